// What the reader takes, checked against files and values made by the reference library.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Foundation
import Testing

@Suite struct SafetensorsFileTests {
    func open(_ header: String, data: Int = 0) throws -> SafetensorsFile {
        try SafetensorsFile(bytes: file(header, data: data))
    }

    @Test func emptyFile() throws {
        let empty = try open("{}")
        #expect(empty.tensors.isEmpty && empty.metadata.isEmpty && empty.unsupported.isEmpty)
    }

    @Test(arguments: ["{}  \n\t\r", " \t\n{}", "  {  }  "])
    func whiteSpaceAroundTheHeader(_ header: String) throws {
        #expect(try open(header).tensors.isEmpty)
    }

    @Test func emptyTensorsShareAnOffset() throws {
        let header = [
            entry("e2", "F32", "[2,0]", "[4,4]"), entry("a", "F32", "[1]", "[0,4]"), entry("e1", "F64", "[0]", "[4,4]"),
            entry("e0", "U8", "[0]", "[0,0]"),
        ].joined(separator: ",")
        let file = try open("{\(header)}", data: 4)
        #expect(file.tensors.map(\.name) == ["e0", "a", "e2", "e1"])
        #expect(try file.load("e2") == Tensor(dtype: .float32, shape: Shape(2, 0), bytes: []))
    }

    @Test func zeroRank() throws {
        let file = try open("{" + entry("s", "F32", "[]", "[0,4]") + "}", data: 4)
        #expect(try file.load("s").floats() == [0])
    }

    @Test func tensorNameTraversalIsJustAName() throws {
        let file = try open("{" + entry("../../x", "U8", "[1]", "[0,1]") + "}", data: 1)
        #expect(try file.load("../../x").bytes == [0])
    }

    @Test func nullIsNoMetadata() throws {
        #expect(try open(#"{"__metadata__":null}"#).metadata.isEmpty)
    }

    @Test func metadataKeepsItsOrder() throws {
        let file = try open(#"{"__metadata__":{"z":"1","a":"é"}}"#)
        #expect(file.metadata.map(\.0) == ["z", "a"])
        #expect(file.metadata.map(\.1) == ["1", "é"])
    }

    @Test func missingTensorNamesTheNearest() throws {
        let file = try open("{" + entry("encoder.weight", "U8", "[0]", "[0,0]") + "}")
        #expect(throws: MissingTensor(name: "encoder.weigth", nearest: "encoder.weight")) {
            try file.load("encoder.weigth")
        }
    }

    @Test func unsupportedTypesAreListedAndRefusedByName() throws {
        let file = try SafetensorsFile(file: InputFile(path: Fixtures.path("safetensors/all.safetensors")))
        let found = Dictionary(uniqueKeysWithValues: file.unsupported.map { ($0.name, $0) })
        #expect(
            found.mapValues(\.dtype) == [
                "e4m3": "F8_E4M3", "e4m3z": "F8_E4M3FNUZ", "e5m2": "F8_E5M2", "e5m2z": "F8_E5M2FNUZ",
                "e8m0": "F8_E8M0", "f4": "F4", "c64": "C64",
            ])
        #expect(found["f4"]?.shape == Shape(6))
        for name in found.keys {
            #expect(throws: SafetensorsError.unsupportedDType(tensor: name, dtype: found[name]?.dtype ?? "")) {
                try file.load(name)
            }
        }
        #expect(file.tensors.allSatisfy { found[$0.name] == nil })
    }

    @Test(arguments: ["safetensors/readable.safetensors", "safetensors/all.safetensors"])
    func valuesOfTheReferenceLibrary(_ name: String) throws {
        let file = try SafetensorsFile(file: InputFile(path: Fixtures.path(name)))
        let values = try #require(try parseJSON(try Fixtures.bytes("safetensors/values.json")).object)
        #expect(Set(file.tensors.map(\.name)) == Set(values.keys))
        for (name, expected) in values {
            let numbers = try #require(expected.array).map { Float($0.number ?? .nan) }
            #expect(try file.load(name).floats() == numbers, "\(name)")
        }
        #expect(file.metadata.map(\.0) == ["format"])
    }

    @Test func bytesAndFileAreTheSameTensors() throws {
        let path = Fixtures.path("safetensors/readable.safetensors")
        let (file, memory) = (
            try SafetensorsFile(file: InputFile(path: path)),
            try SafetensorsFile(bytes: try Fixtures.bytes("safetensors/readable.safetensors"))
        )
        #expect(file.tensors == memory.tensors)
        for info in file.tensors { #expect(try file.load(info.name) == memory.load(info.name)) }
    }

    @Test func fileThatShrinksIsAnError() throws {
        let bytes = file("{" + entry("a", "U8", "[1000]", "[0,1000]") + "}", data: 1000)
        try withTemporaryFile(bytes) { path in
            let file = try SafetensorsFile(file: InputFile(path: path))
            #expect(truncate(path, 100) == 0)
            #expect(throws: FileError.self) { try file.load("a") }
        }
    }

    @Test(.enabled(if: Fixtures.shared != nil))
    func vectorsOfTheReferenceLibrary() throws {
        let folder = try #require(Fixtures.shared)
            .appending(path: "peerfiles/safetensors/upstream-test-vectors").path(percentEncoded: false)
        let json = try InputFile.readAll(path: folder + "/expected.json", limit: 1 << 20) { _ in JSONError.byteOrderMark
        }
        let expected = try #require(try parseJSON(json).object)
        #expect(expected.count == 15)
        for (name, entry) in expected {
            let input = try InputFile(path: "\(folder)/\(name).safetensors")
            if entry["upstream_expect"]?.string?.hasPrefix("ok") == true {
                let file = try SafetensorsFile(file: input)
                for info in file.tensors { #expect(try file.load(info.name).bytes.count == info.byteCount) }
            } else {
                #expect(throws: SafetensorsError.self, "\(name)") { try SafetensorsFile(file: input) }
            }
        }
    }
}
