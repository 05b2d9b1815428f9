// Families are declarations that nobody else knows, and a parameter's name is read by those who spell it alone.

import Foundation
import Testing

@Suite struct FamilyBoundaryTests {
    /// Our sources without tests, which may name what they test.
    private func sources() throws -> [SourceFile] {
        try ["Sources", "Formats", "Tools"].flatMap(SourceTree.files(under:)).filter { $0.path.hasSuffix(".swift") }
    }

    /// A line without its strings and comments.
    private func code(_ line: Substring) -> String {
        var (result, isString, previous) = ("", false, Character(" "))
        for character in line {
            if character == "\"" && previous != "\\" { isString.toggle() }
            if !isString { result.append(character) }
            if !isString && result.hasSuffix("//") { break }
            previous = character
        }
        return result
    }

    @Test func nobodyElseKnowsAFamily() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: PackageManifest.root.appending(path: "Sources/AdzeModels/Families").path(percentEncoded: false))
        let families = Set(folders.filter { !$0.hasSuffix(".swift") })
        #expect(
            families.isSuperset(of: [
                "Albert", "Bert", "Camembert", "DistilBert", "Electra", "ModernBert", "MPNet", "Roberta", "XLMRoberta",
            ]))
        for file in try sources() where !file.path.hasPrefix("Sources/AdzeModels/Families/") {
            for (index, line) in file.lines.enumerated() {
                let words = Set(code(line).split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
                #expect(words.isDisjoint(with: families), "\(file.path):\(index + 1): \(line)")
            }
        }
    }

    /// What a parameter is, `Parameter` says.
    @Test func nobodyElseReadsAParametersName() throws {
        let spellers = ["Sources/AdzeModels/Families/", "Sources/AdzeModels/Parameters/"]
        let readers = ["hasPrefix(", "hasSuffix(", "contains(", "split(", "range(of", "starts(with", "dropFirst("]
        let parts = [
            ".weight", ".bias", "LayerNorm", "encoder.", "layer.", "embeddings.", "pooler", "classifier",
            "ParameterPaths",
        ]
        let modules = ["Sources/AdzeModels/", "Sources/AdzeTraining/", "Sources/Adze/", "Tools/adze/"]
        var seen = 0
        for file in try sources() where modules.contains(where: file.path.hasPrefix) {
            guard !spellers.contains(where: file.path.hasPrefix) else { continue }
            seen += 1
            for (index, line) in file.lines.enumerated() where readers.contains(where: { line.contains($0) }) {
                let asksAName = parts.contains { part in
                    readers.contains { line.contains($0 + "\"" + part) || line.contains($0 + part) }
                }
                #expect(!asksAName, "\(file.path):\(index + 1): \(line)")
            }
        }
        #expect(seen > 100)
    }
}
