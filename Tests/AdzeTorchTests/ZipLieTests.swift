// Every lie that a zip archive can tell a scanner and a loader differently is an error here.

import AdzeBytes
import AdzeTorch
import Testing

struct ZipLieTests {
    private func fault(_ change: (inout ZipArchive) -> Void) throws -> ZipFault? {
        var archive = ZipArchive.sound
        change(&archive)
        return try refusal(of: archive.bytes)?.zipFault
    }

    @Test func theSoundArchiveIsRead() throws { #expect(try refusal(of: ZipArchive.sound.bytes) == nil) }

    @Test(arguments: [0x1, 0x20, 0x40, 0x2000, 0x8000]) func flagBits(_ flags: Int) throws {
        #expect(try fault { $0.entries[0].flags = flags } == .flags)
        #expect(try fault { $0.entries[1].flags = flags } == .flags)
    }

    @Test func localFlagsDiffer() throws { #expect(try fault { $0.entries[0].localFlags = 0x1 } == .localHeader) }

    @Test func wrongChecksumOfThePickle() throws {
        #expect(try fault { $0.entries[0].checksum = 1 } == .checksum)
    }

    @Test func wrongChecksumOfARecord() throws {
        #expect(try fault { $0.entries[1].checksum = 1 } == .checksum)
        var archive = ZipArchive(Pickle.dictionary { $0.tensor(offset: 1, sizes: [2, 2], strides: [1, 2]) })
        archive.entries[1].checksum = 7
        #expect(try refusal(of: archive.bytes)?.zipFault == .checksum)
    }

    @Test func localNameDiffers() throws {
        #expect(try fault { $0.entries[0].localName = Array("m/data.txt".utf8) } == .localHeader)
    }

    @Test func localChecksumDiffers() throws { #expect(try fault { $0.entries[1].localChecksum = 9 } == .localHeader) }

    @Test func localSizeDiffers() throws { #expect(try fault { $0.entries[1].localSize = 31 } == .localHeader) }

    @Test func sizesOfOneEntryDiffer() throws { #expect(try fault { $0.entries[1].storedSize = 31 } == .directory) }

    @Test func deflate() throws { #expect(try fault { $0.entries[1].method = 8 } == .compressed) }

    @Test func entriesOverlap() throws {
        #expect(try fault { $0.entries[0].size = $0.entries[0].content.count + 40 } == .overlap)
        #expect(try fault { $0.entries[1].offset = 4 } == .overlap)
        #expect(try fault { $0.entries[1].offset = 0 } == .overlap)
    }

    @Test func entryPastTheEnd() throws {
        #expect(try fault { $0.entries[1].offset = 0x7FFF_FFFF } != nil)
        #expect(try fault { $0.entries[1].size = 0x7FFF_FFFF } == .overlap)
    }

    @Test func duplicateNames() throws {
        #expect(try fault { $0.entries.append($0.entries[0]) } == .duplicate)
        #expect(try fault { $0.entries.append(ZipLie("m/DATA.PKL", [])) } == .duplicate)
    }

    @Test func bytesInFront() throws {
        #expect(try fault { $0.before = [0x50, 0x4B, 0x03, 0x04] } == .prepended)
    }

    @Test func bytesBehind() throws {
        #expect(try fault { $0.after = [0] } == .noEnd)
        #expect(try fault { $0.after = ZipArchive.sound.bytes } != nil)
    }

    @Test func archiveComment() throws { #expect(try fault { $0.comment = [0x20] } == .noEnd) }

    @Test func commentOfAnEntry() throws { #expect(try fault { $0.entries[0].comment = [0x20] } == .comment) }

    @Test func gapsBetweenEntries() throws {
        #expect(try fault { $0.entries[0].after = [1, 2, 3] } == .gap)
        #expect(try fault { $0.gapBeforeDirectory = [1] } == .gap)
    }

    @Test func severalDisks() throws {
        #expect(try fault { $0.disk = 1 } == .split)
        #expect(try fault { $0.entries[0].disk = 1 } == .split)
    }

    @Test func entryCountLies() throws {
        #expect(try fault { $0.count = 1 } == .directory)
        #expect(try fault { $0.count = 3 } == .directory)
        #expect(try fault { $0.count = 0 } == .directory)
        #expect(
            try fault {
                $0.zip64 = ZipArchive.wide(count: 100_001)
                $0.count = 0xFFFF
            } == .tooManyEntries)
    }

    @Test func directoryPlaceLies() throws {
        #expect(try fault { $0.directoryOffset = 0 } == .directory)
        #expect(try fault { $0.directorySize = 0x7FFF_FFFF } == .tooManyEntries)
        #expect(try fault { $0.directoryOffset = 0xFFFF_FFF0 } == .directory)
    }

    @Test func emptyArchive() throws {
        var archive = ZipArchive.sound
        archive.entries = []
        guard case .notACheckpoint = try refusal(of: archive.bytes) else {
            Issue.record("an archive without entries is no checkpoint")
            return
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let whole = ZipArchive.sound.bytes
        for count in 0..<whole.count { #expect(try refusal(of: Array(whole[..<count])) != nil) }
    }

    // MARK: - Zip64

    @Test func truthfulZip64IsRead() throws {
        #expect(try fault { $0.zip64 = ZipArchive.wide() } == nil)
        var archive = ZipArchive.sound
        archive.zip64 = ZipArchive.wide()
        (archive.count, archive.directorySize, archive.directoryOffset) = (0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF)
        #expect(try refusal(of: archive.bytes) == nil)
    }

    @Test func zip64Contradicts() throws {
        #expect(try fault { $0.zip64 = ZipArchive.wide(count: 1) } == .zip64)
        #expect(try fault { $0.zip64 = ZipArchive.wide(offset: 0) } == .zip64)
        #expect(try fault { $0.zip64 = ZipArchive.wide(position: 0) } == .zip64)
        #expect(try fault { $0.zip64 = ZipArchive.wide(size: -1) } == .zip64)
        #expect(try fault { $0.count = 0xFFFF } == .zip64)
    }

    @Test func zip64ExtraFields() throws {
        let field = { (values: [Int]) in
            [1, 0] + Pickle.little(values.count * 8, 2) + values.flatMap { Pickle.little($0, 8) }
        }
        // The truth in wide fields.
        var archive = ZipArchive.sound
        archive.entries[1].size = 0xFFFF_FFFF
        archive.entries[1].extra = field([32, 32])
        archive.entries[1].localExtra = field([32, 32])
        #expect(try refusal(of: archive.bytes) == nil)
        archive.entries[1].extra = field([32, 32, 0])
        #expect(try refusal(of: archive.bytes)?.zipFault == .zip64)
        archive.entries[1].extra = field([32])
        #expect(try refusal(of: archive.bytes)?.zipFault == .zip64)
        archive.entries[1].extra = field([-1, -1])
        #expect(try refusal(of: archive.bytes)?.zipFault == .overlap)
        archive.entries[1].extra = field([32, 32]) + field([32, 32])
        #expect(try refusal(of: archive.bytes)?.zipFault == .zip64)
        // A second meaning for a field that has one already.
        #expect(try fault { $0.entries[1].extra = field([16, 16]) } == .zip64)
        #expect(try fault { $0.entries[1].localExtra = field([16, 16]) } == .zip64)
        #expect(try fault { $0.entries[1].extra = [1, 0, 8] } == .zip64)
        // Torch repeats true values in the local extra field.
        let offset = 30 + 10 + ZipArchive.sound.entries[0].content.count
        for truth in [[offset], [32, 32], [32, 32, offset]] {
            #expect(try fault { $0.entries[1].localExtra = field(truth) } == nil)
        }
        let promised = { (local: [Int]) in
            try self.fault {
                $0.entries[1].flags = 8
                $0.entries[1].localSize = 0
                $0.entries[1].after = $0.entries[1].descriptor()
                $0.entries[1].localExtra = field(local)
            }
        }
        #expect(try promised([32, 0, offset]) == nil)
        #expect(try promised([31, 0, offset]) == .zip64)
        #expect(try fault { $0.entries[1].localExtra = field([32, 0]) } == .zip64)
        #expect(try fault { $0.entries[1].localExtra = field([offset + 1]) } == .zip64)
        #expect(try fault { $0.entries[1].localExtra = field([32, 32, 0]) } == .zip64)
    }

    // MARK: - Descriptors

    @Test func truthfulDescriptorIsRead() throws {
        #expect(
            try fault {
                $0.entries[1].flags = 8
                ($0.entries[1].localSize, $0.entries[1].localChecksum) = (0, 0)
                $0.entries[1].after = $0.entries[1].descriptor()
            } == nil)
    }

    @Test func descriptorLies() throws {
        let lies: [(ZipLie) -> [UInt8]] = [
            { $0.descriptor(checksum: 3) }, { $0.descriptor(size: 31) }, { _ in [] }, { $0.descriptor() + [0] },
            { Array($0.descriptor().dropFirst(4)) },
        ]
        for lie in lies {
            #expect(
                try fault {
                    $0.entries[1].flags = 8
                    $0.entries[1].after = lie($0.entries[1])
                } == .descriptor)
        }
    }

    // MARK: - Names

    @Test(arguments: [
        "../data/0", "/m/x", "m/../x", "m//x", "m/.", "m/", "data", "m\\data\\1", "m/a\0b", "m/a\nb", "m/\u{7F}",
    ])
    func badNames(_ name: String) throws {
        #expect(try fault { $0.entries.append(ZipLie(name, [])) } == .badName)
    }

    @Test func nameThatIsNotUTF8() throws {
        #expect(try fault { $0.entries[0].name = [0x6D, 0x2F, 0xFF] } == .badName)
    }

    @Test func severalTopFolders() throws {
        #expect(try fault { $0.entries.append(ZipLie("n/data.pkl", [])) } == .severalRoots)
    }

    @Test func anyTopFolderWillDo() throws {
        var archive = ZipArchive.sound
        for (index, name) in ["data.pkl", "data/0"].enumerated() {
            archive.entries[index].name = Array("my modél (1)/\(name)".utf8)
        }
        #expect(try refusal(of: archive.bytes) == nil)
    }

    // MARK: - Content

    @Test func noPickle() throws { #expect(try fault { $0.entries.removeFirst() } == .missing) }

    @Test func noRecord() throws { #expect(try fault { $0.entries.removeLast() } == .missing) }

    @Test func recordOfAnotherSize() throws {
        #expect(try fault { $0.entries[1].content.append(0) } == .badRecord)
        #expect(try fault { $0.entries[1].content.removeLast() } == .badRecord)
    }

    @Test func torchScript() throws {
        var archive = ZipArchive.sound
        archive.entries.append(ZipLie("m/constants.pkl", []))
        let error = try #require(try refusal(of: archive.bytes))
        #expect(error.isUnsupportedKind && error.description.contains("TorchScript"))
    }

    @Test func byteOrder() throws {
        var archive = ZipArchive.sound
        archive.entries.append(ZipLie("m/byteorder", Array("little".utf8)))
        #expect(try refusal(of: archive.bytes) == nil)
        archive.entries[2].content = Array("big".utf8)
        #expect(try refusal(of: archive.bytes)?.isUnsupportedKind == true)
        archive.entries[2].content = Array("middle".utf8)
        #expect(try refusal(of: archive.bytes)?.zipFault == .badRecord)
        archive.entries[2].content = [UInt8](repeating: 0, count: 17)
        #expect(try refusal(of: archive.bytes)?.zipFault == .badRecord)
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
        let error = try #require(try refusal(of: tar))
        #expect(error.isUnsupportedKind && error.description.contains("tar"))
    }
}
