// Sound zip archives that are no checkpoint, and how the faults of unsound ones come through. The lies of zip itself are
// in AdzeZipTests.

import AdzeBytes
import AdzeTensors
import AdzeTestSupport
import AdzeTorch
import AdzeZip
import Testing

struct ArchiveLieTests {
    private func refused(_ change: (inout ZipArchive) -> Void) throws -> TorchError? {
        var archive = ZipArchive.sound
        change(&archive)
        return try refusal(of: archive.bytes)
    }

    @Test func theSoundArchiveIsRead() throws { #expect(try refused { _ in } == nil) }

    @Test func faultsOfTheArchive() throws {
        #expect(try refused { $0.after = [0] }?.zipFault == .noEnd)
        #expect(try refused { $0.entries[0].checksum = 1 }?.zipFault == .checksum)
        #expect(try refused { $0.entries[1].checksum = 1 }?.zipFault == .checksum)
    }

    @Test func wrongChecksumOfARecordThatIsReadInParts() throws {
        var archive = ZipArchive(Pickle.dictionary { $0.tensor(offset: 1, sizes: [2, 2], strides: [1, 2]) })
        archive.entries[1].checksum = 7
        #expect(try refusal(of: archive.bytes)?.zipFault == .checksum)
    }

    @Test func everyTruncationIsRefused() throws {
        let whole = ZipArchive.sound.bytes
        for count in 0..<whole.count { #expect(try refusal(of: Array(whole[..<count])) != nil) }
    }

    @Test func severalTopFolders() throws {
        #expect(try refused { $0.entries.append(ZipLie("n/data.pkl", [])) }?.archiveFault == .severalRoots)
        #expect(try refused { $0.entries.append(ZipLie("data.pkl", [])) }?.archiveFault == .severalRoots)
    }

    @Test func anyTopFolderWillDo() throws {
        let error = try refused { archive in
            for (index, name) in ["data.pkl", "data/0"].enumerated() {
                archive.entries[index].name = Array("my modél (1)/\(name)".utf8)
            }
        }
        #expect(error == nil)
    }

    @Test func noPickle() throws { #expect(try refused { $0.entries.removeFirst() }?.archiveFault == .missing) }

    @Test func noRecord() throws { #expect(try refused { $0.entries.removeLast() }?.archiveFault == .missing) }

    @Test func recordOfAnotherSize() throws {
        #expect(try refused { $0.entries[1].content.append(0) }?.archiveFault == .badRecord)
        #expect(try refused { $0.entries[1].content.removeLast() }?.archiveFault == .badRecord)
    }

    @Test func torchScript() throws {
        let error = try #require(try refused { $0.entries.append(ZipLie("m/constants.pkl", [])) })
        #expect(error.isUnsupportedKind && error.description.contains("TorchScript"))
    }

    @Test func byteOrder() throws {
        var archive = ZipArchive.sound
        archive.entries.append(ZipLie("m/byteorder", Array("little".utf8)))
        #expect(try refusal(of: archive.bytes) == nil)
        archive.entries[2].content = Array("big".utf8)
        #expect(try refusal(of: archive.bytes) == nil)
        archive.entries[2].content = Array("middle".utf8)
        #expect(try refusal(of: archive.bytes)?.archiveFault == .badRecord)
        archive.entries[2].content = [UInt8](repeating: 0, count: 17)
        #expect(try refusal(of: archive.bytes)?.zipFault == .tooLarge)
    }

    @Test func anArchiveThatWasPackedByHandIsReadAlike() throws {
        let whole = { (body: (Pickle) -> Pickle) in
            try withTemporaryFile(ZipArchive.deflated(body).bytes) { path in
                try TorchCheckpoint(file: InputFile(path: path)).load("w").bytes
            }
        }
        let storage = ZipArchive.storage
        #expect(try whole { $0.tensor() } == storage)
        #expect(try whole { $0.tensor(offset: 1, sizes: [7], strides: [1]) } == Array(storage[4...]))
        #expect(
            try whole { $0.tensor(offset: 1, sizes: [2], strides: [2]) } == Array(storage[4..<8]) + storage[12..<16])
        var archive = ZipArchive.deflated { $0.tensor() }
        archive.entries[2].checksum = 3
        #expect(try refusal(of: archive.bytes)?.zipFault == .checksum)
    }

    @Test func tensorsThatTakeTurnsInCompressedStorages() throws {
        // Each look at one of these costs a megabyte of inflating; 2,000 would cost two gigabytes.
        let turns = { (count: Int) in
            var pickle = Pickle().op("}").op("(")
            for index in 0..<count {
                pickle = pickle.text("w\(index)").tensor(
                    key: "\(index % 2)", count: 1 << 18, offset: index, sizes: [1], strides: [1])
            }
            let storage = [UInt8](repeating: 0, count: 1 << 20)
            return ZipArchive([
                ZipLie("m/data.pkl", pickle.op("u").op(".").bytes), .deflated("m/data/0", storage),
                .deflated("m/data/1", storage),
            ]).bytes
        }
        #expect(try refusal(of: turns(4)) == nil)
        #expect(try refusal(of: turns(2000))?.isTensorFault == true)
    }

    @Test func otherFiles() throws {
        let others: [[UInt8]] = [
            [], [0x80], Array("7z\u{BC}\u{AF}".utf8), Array("{}".utf8),
            [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A],
        ]
        for bytes in others {
            guard case .notACheckpoint = try refusal(of: bytes) else {
                Issue.record("\(bytes) was not refused as no checkpoint")
                continue
            }
        }
        var tar = [UInt8](repeating: 0, count: 1024)
        tar.replaceSubrange(257..<262, with: Array("ustar".utf8))
        #expect(try refusal(of: tar)?.isTarFault == true)
    }

    @Test func numpyArchive() throws {
        let error = try refusal(of: ZipArchive([ZipLie("arr_0.npy", [1]), ZipLie("b.npy", [2])]).bytes)
        #expect(error?.isUnsupportedKind == true && error?.description.contains("numpy") == true)
    }
}

extension ZipArchive {
    fileprivate static let storage = (0..<32).map { UInt8($0) }

    /// A checkpoint of one tensor with its folder as an entry, as `zip -r` packs it.
    fileprivate static func deflated(_ body: (Pickle) -> Pickle) -> ZipArchive {
        ZipArchive([
            ZipLie("m/", []), .deflated("m/data.pkl", Pickle.dictionary("w", body)), .deflated("m/data/0", storage),
        ])
    }
}
