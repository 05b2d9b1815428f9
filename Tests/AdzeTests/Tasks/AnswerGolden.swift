// What transformers' pipelines answered for the small models in Fixtures/answers, as values to compare with.

import Adze
import AdzeBytes
import AdzeTensors
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

/// One folder of Fixtures/answers.
struct AnswerGolden {
    let folder: String
    let inputs: [JSONValue]
    let cases: [JSONValue]

    init(_ name: String) throws {
        folder = Fixtures.path("answers/\(name)")
        let json = try parseJSON(Fixtures.bytes("answers/\(name)/golden.json"))
        inputs = json["inputs"]?.array ?? []
        cases = try #require(json["cases"]?.array)
        #expect(!cases.isEmpty)
    }

    var url: URL { URL(filePath: folder) }

    /// The folder's tokenizer.
    func tokenizer() throws -> Tokenizer { try openTokenizer(path: folder) }

    /// The logits of each window of an input.
    func logits(_ input: Int, windows: Int) throws -> [[Float]] {
        let store = try tensors(folder + "/golden.safetensors")
        return try (0..<windows).map { try store.load("\(input).\($0)").floats() }
    }

    /// The input of a case.
    func input(_ entry: JSONValue) throws -> (index: Int, input: JSONValue) {
        let index = try #require(entry["input"]?.integer)
        return (index, inputs[index])
    }
}

extension JSONValue {
    /// The string of a key; a missing one fails the test.
    func text(_ key: String) throws -> String { try #require(self[key]?.string) }
    /// The integer of a key; a missing one fails the test.
    func number(_ key: String) throws -> Int { try #require(self[key]?.integer) }
    /// A list of lists of ids.
    func windows() throws -> [[Int32]] {
        try #require(self["windows"]?.array).map { ($0.array ?? []).map { Int32($0.integer ?? -1) } }
    }
}

/// The scores of the golden files are rounded to seven decimals.
func isNear(_ a: Double, _ b: Double?) -> Bool { b.map { abs(a - $0) < 1e-5 } ?? false }

/// The part of a text by scalars, as a Python slice takes it.
func slice(_ text: String, _ range: Range<Int>) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.dropFirst(range.lowerBound).prefix(range.count)))
}

/// Exactly equal: Swift's == takes a composed and a decomposed letter for the same.
func isSame(_ a: String, _ b: String?) -> Bool { b.map { a.unicodeScalars.elementsEqual($0.unicodeScalars) } ?? false }
