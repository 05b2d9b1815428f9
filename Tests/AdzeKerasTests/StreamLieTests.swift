// Streams that lie about the file they come from: the worker has met the file, so nothing that it says is believed.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import Testing

@testable import AdzeKeras

struct StreamLieTests {
    /// What a worker would send; nil leaves a key out.
    private func checkpoint(
        _ names: [String] = [], attributes: String? = "[]", skipped: String? = "[]", sandbox: String? = "full"
    ) throws -> KerasCheckpoint {
        let said = [("hdf5.attributes", attributes), ("hdf5.skipped", skipped), ("hdf5.sandbox", sandbox)]
        let infos = names.map { TensorInfo(name: $0, dtype: .uint8, shape: Shape(1)) }
        let bytes = try SafetensorsWriter.bytes(
            tensors: infos, metadata: said.compactMap { key, value in value.map { (key, $0) } }
        ) { Tensor(dtype: .uint8, shape: $0.shape, bytes: [7]) }
        return try KerasCheckpoint(stream: SafetensorsFile(bytes: bytes))
    }

    private let lists = KerasError.metadata("the lists of weights")
    private let objects = KerasError.metadata("the list of skipped objects")

    @Test func silenceAboutItself() {
        #expect(throws: lists) { try checkpoint(attributes: nil) }
        #expect(throws: objects) { try checkpoint(skipped: nil) }
        #expect(throws: KerasError.metadata("the state of its sandbox")) { try checkpoint(sandbox: nil) }
    }

    @Test(arguments: [
        "", "{}", "[{}]", "[[]]", #"[["","layer_names"]]"#, #"[[1,"layer_names",[]]]"#, #"[["",1,[]]]"#,
        #"[["","layer_names","a"]]"#, #"[["","layer_names",["a",1]]]"#, #"[["","layer_names",[],0]]"#,
    ])
    func listsOfAnotherForm(text: String) {
        #expect(throws: lists) { try checkpoint(["a"], attributes: text) }
    }

    @Test(arguments: ["", "0", "[0]", #"[["a"]]"#, #"[["a","b","c"]]"#, #"[[0,"b"]]"#, #"[["a",0]]"#])
    func skippedObjectsOfAnotherForm(text: String) {
        #expect(throws: objects) { try checkpoint(skipped: text) }
    }

    @Test(arguments: ["layer_names", "weight_names"]) func oneListTwice(name: String) {
        let row = "[\"a\",\"\(name)\",[]]"
        #expect(throws: lists) { try checkpoint(attributes: "[\(row),\(row)]") }
    }

    @Test func listOfAGroupThatNoTensorCanBeIn() throws {
        func row(_ length: Int) -> String { "[[\"\(String(repeating: "a", count: length))\",\"layer_names\",[]]]" }
        #expect(try checkpoint(attributes: row(1024)).raw.tensors.isEmpty)
        #expect(throws: lists) { try checkpoint(attributes: row(1025)) }
    }

    /// 40,000 × 40,000 names, were each of them followed.
    @Test func oneLayerAgainAndAgain() throws {
        let many = { (name: String) in "[" + repeatElement("\"\(name)\"", count: 40_000).joined(separator: ",") + "]" }
        let lists = "[[\"\",\"layer_names\",\(many("a"))],[\"a\",\"weight_names\",\(many("b"))]]"
        #expect(try checkpoint(["a/b", "c"], attributes: lists).raw.tensors.map(\.name) == ["a.b", "c"])
    }

    @Test func typeThatHDF5DoesNotHave() throws {
        let metadata = #"{"hdf5.attributes":"[]","hdf5.skipped":"[]","hdf5.sandbox":"full"}"#
        let header = #"{"__metadata__":\#(metadata),"x":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}"#
        let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
        let stream = try SafetensorsFile(bytes: length + Array(header.utf8) + [0])
        let expected = KerasError.stream(.unsupportedDType(tensor: "x", dtype: "F8_E4M3"))
        #expect(throws: expected) { try KerasCheckpoint(stream: stream) }
    }

    @Test func textsThatCommandATerminal() throws {
        let escape = #"[["a/b","x\u001b[2J\ny"]]"#
        let plain = #"x\u{1b}[2J\u{a}y"#
        #expect(try checkpoint(skipped: escape).skipped.map(\.reason) == [plain])
        let lists = #"[["","layer_names",["a"]],["a","weight_names",["b"]]]"#
        #expect(throws: KerasError.notATensor("a/b", reason: plain)) {
            try checkpoint(attributes: lists, skipped: escape)
        }
        #expect(throws: KerasError.missingWeight("a/b")) { try checkpoint(attributes: lists) }
        let unfiltered = try checkpoint(sandbox: "no\u{1B}[2J\nfilter" + String(repeating: "x", count: 10_000))
        #expect(!unfiltered.wasFiltered)
        #expect(unfiltered.notes[0].contains(#"no\u{1b}[2J\u{a}filter"#) && unfiltered.notes[0].utf8.count < 700)
    }

    /// HDF5 parts paths by bytes: an accent behind a slash is no other character.
    @Test func accentBehindASlash() throws {
        #expect(try checkpoint(["a/\u{301}b"]).raw.tensors.map(\.name) == ["a.\u{301}b"])
        #expect(throws: KerasError.self) { try checkpoint(["a/\u{301}b", "a.\u{301}b"]) }
    }
}
