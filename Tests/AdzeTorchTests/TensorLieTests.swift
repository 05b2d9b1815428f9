// Storages and tensors that contradict each other, in the zip container and in the legacy stream.

import AdzeTestSupport
import AdzeTorch
import Testing

struct TensorLieTests {
    private func error(_ body: (Pickle) -> Pickle, storage: Int = 32) throws -> TorchError? {
        try refusal(of: ZipArchive(Pickle.dictionary("w", body), [("0", [UInt8](repeating: 1, count: storage))]).bytes)
    }

    @Test func theWholeStorageAndNotOneElementMore() throws {
        #expect(try error { $0.tensor(sizes: [8], strides: [1]) } == nil)
        #expect(try error { $0.tensor(sizes: [9], strides: [1]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(offset: 1, sizes: [8], strides: [1]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(offset: 1, sizes: [7], strides: [1]) } == nil)
        #expect(try error { $0.tensor(sizes: [2, 2], strides: [6, 1]) } == nil)
        #expect(try error { $0.tensor(sizes: [2, 2], strides: [7, 1]) }?.isTensorFault == true)
    }

    @Test func negativeNumbers() throws {
        #expect(try error { $0.tensor(offset: -1, sizes: [2], strides: [1]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(offset: 4, sizes: [2], strides: [-1]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(sizes: [-1], strides: [1]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(sizes: [-1, -8], strides: [1, 1]) }?.isTensorFault == true)
    }

    @Test func productsThatOverflow() throws {
        #expect(try error { $0.tensor(sizes: [1 << 62, 4], strides: [0, 0]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(sizes: [1 << 32, 1 << 32], strides: [0, 0]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(sizes: [0, 1 << 62, 4], strides: [1, 1, 1]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(sizes: [3], strides: [Int.max]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(sizes: [2, 2], strides: [Int.max, Int.max]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(offset: Int.max, sizes: [2], strides: [1]) }?.isTensorFault == true)
    }

    @Test func emptyTensorsBeginInsideTheirStorage() throws {
        #expect(try error { $0.tensor(offset: 8, sizes: [0], strides: [1]) } == nil)
        #expect(try error { $0.tensor(offset: 9, sizes: [0], strides: [1]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(sizes: [0, 5], strides: [Int.max, Int.max]) } == nil)
    }

    @Test func ranksThatDiffer() throws {
        #expect(try error { $0.tensor(sizes: [2, 2], strides: [1]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(sizes: [], strides: [1]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(sizes: [], strides: []) } == nil)
    }

    @Test func expansionBomb() throws {
        #expect(try error { $0.tensor(sizes: [1 << 20, 1 << 20], strides: [0, 0]) }?.isTensorFault == true)
        #expect(try error { $0.tensor(sizes: [1 << 12, 8], strides: [0, 1]) } == nil)
    }

    @Test func manySmallExpansions() throws {
        var pickle = Pickle().op("}").op("(")
        for index in 0..<20 {
            pickle = pickle.text("w\(index)").tensor(
                offset: index % 8, sizes: [1 << 12, 1 << 11 + index / 8], strides: [0, 0])
        }
        let error = try refusal(of: ZipArchive(pickle.op("u").op(".").bytes).bytes)
        #expect(error?.isTensorFault == true)
    }

    @Test func oneElementAsLargeAsAllMemoryBehindAnother() throws {
        // Each size is one that an Int holds; their sum is not.
        let most = (1 << 60) - 1
        let pickle = Pickle().op("}").op("(").text("a").tensor().text("b").tensor(
            key: "1", type: "LongStorage", count: 1, sizes: [most], strides: [0])
        let error = try refusal(
            of: ZipArchive(
                pickle.op("u").op(".").bytes,
                [("0", [UInt8](repeating: 1, count: 32)), ("1", [UInt8](repeating: 1, count: 8))]
            ).bytes)
        #expect(error?.isTensorFault == true)
    }

    @Test func sizesThatAreNoIntegers() throws {
        let sizes: [(Pickle) -> Pickle] = [
            { $0.op("(").raw([0x47] + little(0, 8)).op("t") }, { $0.op("(").op(0x88).op("t") }, { $0.op("]") },
            { $0.int(8) }, { $0.op("(").raw([0x8A, 9] + [UInt8](repeating: 1, count: 9)).op("t") },
        ]
        for size in sizes {
            let pickle = Pickle.dictionary("w") {
                size($0.global("torch._utils", "_rebuild_tensor_v2").op("(").storage().int(0)).tuple([1]).op(0x89).op(
                    "}"
                )
                .op("t").op("R")
            }
            #expect(refusal(ofPickle: pickle)?.pickleFault == .call)
        }
    }

    @Test func moreElementsThanTheRecordHas() throws {
        // The count that the pickle states is not the record's: the class of CVE-2026-24747.
        #expect(try error({ $0.tensor(count: 1000) }, storage: 32)?.archiveFault == .badRecord)
        #expect(try error({ $0.tensor(type: "DoubleStorage") }, storage: 32)?.archiveFault == .badRecord)
        #expect(try error({ $0.tensor(count: 8) }, storage: 1000)?.archiveFault == .badRecord)
    }

    @Test func oneStorageOfTwoSizes() throws {
        let both = Pickle().op("}").op("(").text("a").tensor().text("b").tensor(count: 4, sizes: [4]).op("u").op(".")
        #expect(refusal(ofPickle: both.bytes)?.pickleFault == .persistentID)
    }

    @Test func typesThatDoNotFitTheirStorage() throws {
        let mixed: (String) -> (Pickle) -> Pickle = { dtype in
            {
                $0.global("torch._utils", "_rebuild_tensor_v3").op("(").storage().int(0).tuple([4]).tuple([1])
                    .op(0x89).op("}").global("torch", dtype).op("t").op("R")
            }
        }
        #expect(try error(mixed("float32")) == nil)
        #expect(try error(mixed("int32")) == nil)
        #expect(try error(mixed("float64"))?.isTensorFault == true)
    }

    @Test func ninthDimensionsAreListedAsUnread() throws {
        let nine = [Int](repeating: 1, count: 9)
        #expect(try error { $0.tensor(sizes: nine, strides: nine) } == nil)
        let many = [Int](repeating: 1, count: 65)
        #expect(try error { $0.tensor(sizes: many, strides: many) }?.pickleFault == .call)
    }

    // MARK: - Persistent ids

    @Test(arguments: ["", "a", "../0", "-1", "0/..", "٣", "123456789012345678901"])
    func storageKeysAreDigits(_ key: String) throws {
        let pickle = Pickle.dictionary("w") { $0.tensor(key: key) }
        #expect(refusal(ofPickle: pickle)?.pickleFault == .persistentID)
    }

    @Test(arguments: [-1, Int.max]) func storageCountsThatCannotBe(_ count: Int) throws {
        let pickle = Pickle.dictionary("w") { $0.tensor(count: count) }
        #expect(refusal(ofPickle: pickle)?.pickleFault == .persistentID)
    }

    @Test func persistentIDsThatAreNoStorage() throws {
        let ids: [(Pickle) -> Pickle] = [
            { $0.op("N") }, { $0.text("storage") }, { $0.op(")") }, { $0.op("(").text("storag").op("t") },
            { $0.op("(").text("storage").op("t") }, { $0.op("(").int(1).text("storage").op("t") },
            { $0.op("(").text("storage").text("FloatStorage").text("0").text("cpu").int(8).op("t") },
            { $0.op("(").text("storage").global("torch", "float32").text("0").text("cpu").int(8).op("t") },
            { $0.op("(").text("storage").global("torch", "FloatStorage").int(0).text("cpu").int(8).op("t") },
            { $0.op("(").text("storage").global("torch", "FloatStorage").text("0").text("cpu").text("8").op("t") },
            { $0.op("(").text("storage").global("torch", "FloatStorage").text("0").text("cpu").int(8).op("N").op("t") },
        ]
        for id in ids { #expect(refusal(ofPickle: id(Pickle()).op("Q").op(".").bytes)?.pickleFault == .persistentID) }
        let module = Pickle().op("(").text("module").op("N").op("N").op("N").op("t").op("Q").op(".")
        #expect(refusal(ofPickle: module.bytes)?.pickleFault == .persistentID)
    }

    @Test func aPickleAloneHasNoStorages() throws {
        var machine = PickleMachine(Pickle().storage().op(".").bytes)
        #expect { try machine.run() } throws: { ($0 as? TorchError)?.pickleFault == .persistentID }
    }
}

struct LegacyLieTests {
    /// A legacy stream of one tensor of eight floats, and what may be changed in it.
    private struct Stream {
        var magic: [UInt8] = [0x80, 2] + [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
        var version = Pickle().int(1001).op(".").bytes
        var system = Pickle().op("}").text("little_endian").op(0x88).op("s").op(".").bytes
        var view: (Pickle) -> Pickle = { $0.op("N") }
        var sizes = [8]
        var keys = ["5"]
        var data = little(8, 8) + [UInt8](repeating: 2, count: 32)
        var items = 6

        var bytes: [UInt8] {
            var id = Pickle().op("}").text("w").global("torch._utils", "_rebuild_tensor_v2").op("(").op("(")
                .text("storage").global("torch", "FloatStorage").text("5").text("cpu").int(8)
            if items == 6 { id = view(id) }
            let object = id.op("t").op("Q").int(0).tuple(sizes).tuple([1]).op(0x89).op("}").op("t").op("R").op("s").op(
                ".")
            let list = keys.reduce(Pickle().op("(")) { $0.text($1) }.op("l").op(".")
            return magic + version + system + object.bytes + list.bytes + data
        }
    }

    private func error(_ change: (inout Stream) -> Void) throws -> TorchError? {
        var stream = Stream()
        change(&stream)
        return try refusal(of: stream.bytes)
    }

    @Test func theSoundStreamIsRead() throws { #expect(try error { _ in } == nil) }

    @Test func everyTruncationIsRefused() throws {
        let whole = Stream().bytes
        for count in 0..<whole.count { #expect(try refusal(of: Array(whole[..<count])) != nil) }
    }

    @Test func wrongMagic() throws {
        guard case .notACheckpoint = try error({ $0.magic[5] ^= 1 }) else {
            Issue.record("another number than torch's was taken")
            return
        }
    }

    @Test func magicFromACall() throws {
        let bypass = Pickle().global("__builtin__", "eval").text("0x1950a86a20f9469cfc6c").op(0x85).op("R").op(".")
            .bytes
        #expect(try error { $0.magic = bypass }?.refusedName == "__builtin__.eval")
    }

    @Test func otherVersion() throws {
        #expect(try error { $0.version = Pickle().int(1000).op(".").bytes }?.isLegacyFault == true)
    }

    @Test func factsAboutTheMachine() throws {
        // A big-endian machine writes the same stream.
        let big = Pickle().op("}").text("little_endian").op(0x89).op("s").op(".").bytes
        #expect(try error { $0.system = big } == nil)
        #expect(try error { $0.system = Pickle().op("]").op(".").bytes }?.isLegacyFault == true)
    }

    @Test func storageListLies() throws {
        #expect(try error { $0.keys = [] }?.isLegacyFault == true)
        #expect(try error { $0.keys = ["6"] }?.isLegacyFault == true)
        #expect(try error { $0.keys = ["5", "5"] }?.isLegacyFault == true)
        #expect(try error { $0.keys = ["5", "6"] }?.isLegacyFault == true)
    }

    @Test func elementCountLies() throws {
        #expect(try error { $0.data = little(7, 8) + $0.data.dropFirst(8) }?.isLegacyFault == true)
        #expect(try error { $0.data = little(-1, 8) + $0.data.dropFirst(8) }?.isLegacyFault == true)
    }

    @Test func bytesBehind() throws {
        #expect(try error { $0.data.append(0) }?.isLegacyFault == true)
        #expect(try error { $0.data += ZipArchive.sound.bytes }?.isLegacyFault == true)
    }

    @Test func fiveItems() throws { #expect(try error { $0.items = 5 }?.pickleFault == .persistentID) }

    @Test func viewsStayInsideTheirStorage() throws {
        let view = { (offset: Int, size: Int) -> (Pickle) -> Pickle in
            { $0.op("(").text("7").int(offset).int(size).op("t") }
        }
        #expect(
            try error {
                $0.view = view(2, 6)
                $0.sizes = [6]
            } == nil)
        #expect(try error { $0.view = view(2, 6) }?.isTensorFault == true)
        for (offset, size) in [(3, 6), (-1, 2), (0, 9), (0, -1), (Int.max, 1), (1, Int.max)] {
            #expect(try error { $0.view = view(offset, size) }?.pickleFault == .persistentID)
        }
    }
}
