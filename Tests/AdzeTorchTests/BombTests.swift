// Checkpoints that would take more memory or work than their bytes are worth, and honest ones that look a little alike.

import AdzeBytes
import AdzeTensors
import AdzeTestSupport
import AdzeTorch
import AdzeZip
import Testing

struct BombTests {
    /// Four megabytes of empty dictionaries in four kilobytes of archive.
    @Test func aDeflatedPickleOutOfProportionIsRefused() throws {
        let pickle = Pickle().op("(").raw([UInt8](repeating: 0x7D, count: 4 << 20)).op("l").op(".").bytes
        let archive = ZipArchive([.deflated("m/data.pkl", pickle), ZipLie("m/version", [0x33, 0x0A])])
        #expect(archive.bytes.count < 8192)
        let error = try #require(try refusal(of: archive.bytes))
        #expect(error.archiveFault == .badRecord && error.description.contains("compressed bytes become 4194"))
    }

    /// Two megabytes of names that differ in numbers alone: more alike than those of any model.
    @Test func aDeflatedPickleOfManyNamesIsRead() throws {
        var pickle = Pickle().op("}").op("(")
        for index in 0..<2000 {
            pickle = pickle.text("bert.encoder.layer.\(index).attention.self.query.weight").tensor(sizes: [1])
        }
        let archive = ZipArchive([
            .deflated("m/data.pkl", pickle.op("u").op(".").bytes), ZipLie("m/data/0", [UInt8](repeating: 1, count: 32)),
        ])
        try withTemporaryFile(archive.bytes) { (path: String) throws in
            #expect(try TorchCheckpoint(file: InputFile(path: path)).tensors.count == 2000)
        }
    }

    /// 200 names of a dictionary of 200 names, and so on: eight million names for some kilobytes.
    @Test func containersSharedInsideEachOtherAreCounted() throws {
        func shared(_ start: Pickle, level: Int) -> Pickle {
            var pickle = start.op("}").op("(").text("0")
            pickle = level == 0 ? pickle.int(1) : shared(pickle, level: level - 1).put(level - 1)
            for index in 1..<200 {
                pickle = pickle.text("\(index)")
                pickle = level == 0 ? pickle.int(1) : pickle.get(level - 1)
            }
            return pickle.op("u")
        }
        func refused(level: Int) throws -> PickleFault? {
            let pickle = shared(Pickle(), level: level).op(".").bytes
            return try refusal(of: ZipArchive([ZipLie("m/data.pkl", pickle)]).bytes)?.pickleFault
        }
        #expect(try refused(level: 0) == nil)
        #expect(try refused(level: 2) == .limit)
    }

    /// A thousand items, copied ten thousand times by six bytes each.
    @Test func copiesOfOneDictionaryAreCounted() {
        var pickle = Pickle().op("(").op("}").op("(")
        for index in 0..<1000 { pickle = pickle.op(0x4B, UInt8(index & 0xFF)).op("N") }
        var bytes = pickle.op("u").put(0).global("collections", "Counter").put(1).bytes
        for _ in 0..<10_000 { bytes += [0x68, 1, 0x68, 0, 0x85, 0x52] }
        #expect(refusal(ofPickle: Pickle(raw: bytes).op("l").op(".").bytes)?.pickleFault == .limit)
    }

    /// A code of a megabyte is none, and is not decoded to see that.
    @Test func aLongStringIsNoCode() {
        let text = String(repeating: "f", count: 1 << 20)
        let typed = Pickle().global("numpy", "dtype").text(text).op(0x85).op("R").op(".").bytes
        #expect(refusal(ofPickle: typed)?.pickleFault == .call)
        let encoded = Pickle().global("_codecs", "encode").text("a").text(text).op(0x86).op("R").op(".").bytes
        #expect(refusal(ofPickle: encoded)?.pickleFault == .call)
    }

    /// A name of a class in the place of a value is shown as a name, whatever it holds.
    @Test func namesInMessagesAreQuotedAndCut() throws {
        let name = "\u{1B}[31m" + String(repeating: "x", count: 900)
        var machine = PickleMachine(
            Pickle().global("torch", "Size").op("(").global("m", name).op("t").op("R").op(".").bytes,
            ignoresObjects: true)
        let error = #expect(throws: TorchError.self) { try machine.run() }
        #expect(error?.description.contains("\u{1B}") == false && (error?.description.utf8.count ?? 999) < 400)
    }

    // MARK: Checksums

    @Test func aChecksumOfZeroIsNone() throws {
        var archive = ZipArchive.sound
        for index in archive.entries.indices { archive.entries[index].checksum = 0 }
        try withTemporaryFile(archive.bytes) { (path: String) throws in
            let store = try TorchCheckpoint(file: InputFile(path: path))
            #expect(try store.load("w").bytes == [UInt8](repeating: 1, count: 32))
            #expect(store.uncheckedCount == 2)
        }
        #expect(try TorchCheckpoint(file: InputFile(path: Fixtures.path("torch/unchecked.pt"))).uncheckedCount > 5)
        #expect(try TorchCheckpoint(file: InputFile(path: Fixtures.path("torch/views.pt"))).uncheckedCount == 0)
    }

    /// Only torch leaves them out, and only of what it stores: elsewhere a zero is a checksum.
    @Test func aChecksumOfZeroIsOneElsewhere() throws {
        var archive = ZipArchive.sound
        archive.entries[1].checksum = 0
        #expect(throws: ZipError.self) {
            let directory = try ZipDirectory(bytes: archive.bytes)
            _ = try directory.read(directory.entries[1])
        }
        var deflated = ZipArchive([
            ZipLie("m/data.pkl", Pickle.dictionary { $0.tensor() }),
            .deflated("m/data/0", [UInt8](repeating: 1, count: 32)),
        ])
        #expect(try refusal(of: deflated.bytes) == nil)
        deflated.entries[1].checksum = 0
        #expect(try refusal(of: deflated.bytes)?.zipFault == .checksum)
    }
}
