// Every lie that a zip archive can tell a scanner and a loader differently is an error here.

import AdzeBytes
import AdzeTestSupport
import AdzeZip
import Testing

extension ZipArchive {
    /// A sound archive of two entries.
    static var sound: ZipArchive {
        ZipArchive([
            ZipLie("m/data.pkl", [UInt8](repeating: 7, count: 100)),
            ZipLie("m/data/0", [UInt8](repeating: 1, count: 32)),
        ])
    }
}

/// The error of reading every entry of an archive, or nil.
func refusal(of bytes: [UInt8]) -> ZipError? {
    do throws(ZipError) {
        let directory = try ZipDirectory(bytes: bytes)
        for entry in directory.entries { _ = try directory.read(entry) }
        return nil
    } catch {
        return error
    }
}

extension ZipError {
    var zipFault: ZipFault? { if case .fault(let fault, _, _) = self { fault } else { nil } }
}

struct ZipLieTests {
    private func fault(_ change: (inout ZipArchive) -> Void) -> ZipFault? {
        var archive = ZipArchive.sound
        change(&archive)
        return refusal(of: archive.bytes)?.zipFault
    }

    @Test func theSoundArchiveIsRead() { #expect(refusal(of: ZipArchive.sound.bytes) == nil) }

    @Test(arguments: [0x1, 0x20, 0x40, 0x2000, 0x8000]) func flagBits(_ flags: Int) throws {
        #expect(fault { $0.entries[0].flags = flags } == .flags)
        #expect(fault { $0.entries[1].flags = flags } == .flags)
    }

    @Test func localFlagsDiffer() throws { #expect(fault { $0.entries[0].localFlags = 0x1 } == .localHeader) }

    @Test func wrongChecksumOfThePickle() throws {
        #expect(fault { $0.entries[0].checksum = 1 } == .checksum)
    }

    @Test func wrongChecksumOfARecord() throws {
        #expect(fault { $0.entries[1].checksum = 1 } == .checksum)
    }

    @Test func localNameDiffers() throws {
        #expect(fault { $0.entries[0].localName = Array("m/data.txt".utf8) } == .localHeader)
    }

    @Test func localChecksumDiffers() throws { #expect(fault { $0.entries[1].localChecksum = 9 } == .localHeader) }

    @Test func localSizeDiffers() throws { #expect(fault { $0.entries[1].localSize = 31 } == .localHeader) }

    @Test func sizesOfOneEntryDiffer() throws { #expect(fault { $0.entries[1].storedSize = 31 } == .directory) }

    @Test func entriesOverlap() throws {
        #expect(fault { $0.entries[0].size = $0.entries[0].content.count + 40 } == .overlap)
        #expect(fault { $0.entries[1].offset = 4 } == .overlap)
        #expect(fault { $0.entries[1].offset = 0 } == .overlap)
    }

    @Test func entryPastTheEnd() throws {
        #expect(fault { $0.entries[1].offset = 0x7FFF_FFFF } != nil)
        #expect(fault { $0.entries[1].size = 0x7FFF_FFFF } == .overlap)
    }

    /// Up to which the entry before it would reach, past the end of the archive.
    @Test func entryBehindTheDirectory() {
        var archive = ZipArchive.sound
        archive.entries[1].offset = 1 << 22
        archive.entries[0].localName = [UInt8](repeating: 0x61, count: 1000)
        #expect(refusal(of: archive.bytes)?.zipFault == .overlap)
    }

    @Test func duplicateNames() throws {
        #expect(fault { $0.entries.append($0.entries[0]) } == .duplicate)
        #expect(fault { $0.entries.append(ZipLie("m/DATA.PKL", [])) } == .duplicate)
    }

    @Test func bytesInFront() throws {
        #expect(fault { $0.before = [0x50, 0x4B, 0x03, 0x04] } == .prepended)
    }

    @Test func bytesBehind() throws {
        #expect(fault { $0.after = [0] } == .noEnd)
        #expect(fault { $0.after = ZipArchive.sound.bytes } != nil)
    }

    @Test func archiveComment() throws { #expect(fault { $0.comment = [0x20] } == .noEnd) }

    @Test func commentOfAnEntry() throws { #expect(fault { $0.entries[0].comment = [0x20] } == .comment) }

    @Test func signatureOfAnEntry() {
        var bytes = ZipArchive.sound.bytes
        let directory = Int(bytes[bytes.count - 6]) | Int(bytes[bytes.count - 5]) << 8
        bytes[directory] += 1
        #expect(refusal(of: bytes)?.zipFault == .directory)
    }

    /// The local header's signature and method, and a name so long that it would reach into the next entry.
    @Test(arguments: [(3, ZipFault.localHeader), (8, .localHeader), (27, .overlap)])
    func oneFieldOfALocalHeader(_ offset: Int, _ expected: ZipFault) {
        var bytes = ZipArchive.sound.bytes
        bytes[offset] += 8
        #expect(refusal(of: bytes)?.zipFault == expected)
    }

    /// Signature, checksum, stored size, size.
    @Test(arguments: [0, 4, 8, 12]) func oneFieldOfADescriptor(_ offset: Int) {
        func described(_ change: UInt8) -> ZipFault? {
            fault {
                $0.entries[1].flags = 8
                $0.entries[1].after = $0.entries[1].descriptor()
                $0.entries[1].after[offset] += change
            }
        }
        #expect(described(0) == nil)
        #expect(described(1) == .descriptor)
    }

    /// Torch pads with a field of its own, others state times.
    @Test func otherExtraFieldsArePassedOver() {
        let padding: [UInt8] = [0x46, 0x42, 8, 0] + [UInt8](repeating: 0x5A, count: 8)
        #expect(fault { $0.entries[1].extra = padding } == nil)
        #expect(fault { $0.entries[1].localExtra = padding } == nil)
    }

    @Test func gapsBetweenEntries() throws {
        #expect(fault { $0.entries[0].after = [1, 2, 3] } == .gap)
        #expect(fault { $0.gapBeforeDirectory = [1] } == .gap)
    }

    @Test func severalDisks() throws {
        #expect(fault { $0.disk = 1 } == .split)
        #expect(fault { $0.entries[0].disk = 1 } == .split)
    }

    /// This disk, the directory's disk, the entries of this disk, the length of a comment that is not there.
    @Test(arguments: [(4, ZipFault.split), (6, .split), (8, .split), (20, .comment)])
    func oneFieldOfTheEndRecord(_ offset: Int, _ expected: ZipFault) {
        var bytes = ZipArchive.sound.bytes
        bytes[bytes.count - 22 + offset] += 1
        #expect(refusal(of: bytes)?.zipFault == expected)
    }

    @Test func entryCountLies() throws {
        #expect(fault { $0.count = 1 } == .directory)
        #expect(fault { $0.count = 3 } == .directory)
        #expect(fault { $0.count = 0 } == .directory)
        #expect(
            fault {
                $0.zip64 = ZipArchive.wide(count: 100_001)
                $0.count = 0xFFFF
            } == .tooManyEntries)
    }

    @Test func directoryPlaceLies() throws {
        #expect(fault { $0.directoryOffset = 0 } == .directory)
        #expect(fault { $0.directorySize = 0x7FFF_FFFF } == .tooManyEntries)
        #expect(fault { $0.directoryOffset = 0xFFFF_FFF0 } == .directory)
    }

    @Test func emptyArchive() { #expect(fault { $0.entries = [] } == .empty) }

    @Test func onlyFolders() { #expect(fault { $0.entries = [ZipLie("m/", [])] } == .empty) }

    @Test func everyTruncationIsRefused() throws {
        let whole = ZipArchive.sound.bytes
        for count in 0..<whole.count { #expect(refusal(of: Array(whole[..<count])) != nil) }
    }

    // MARK: - Zip64

    @Test func truthfulZip64IsRead() throws {
        #expect(fault { $0.zip64 = ZipArchive.wide() } == nil)
        var archive = ZipArchive.sound
        archive.zip64 = ZipArchive.wide()
        (archive.count, archive.directorySize, archive.directoryOffset) = (0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF)
        #expect(refusal(of: archive.bytes) == nil)
    }

    /// What has one value only in the zip64 end record and its locator, then the disks and the entries of this disk.
    @Test(arguments: [
        (0, ZipFault.zip64), (4, .zip64), (60, .zip64), (72, .zip64), (16, .split), (20, .split), (24, .split),
    ])
    func oneFieldOfTheZip64Record(_ offset: Int, _ expected: ZipFault) {
        var archive = ZipArchive.sound
        archive.zip64 = ZipArchive.wide()
        var bytes = archive.bytes
        bytes[bytes.count - 22 - 76 + offset] += 1
        #expect(refusal(of: bytes)?.zipFault == expected)
    }

    @Test func zip64Contradicts() throws {
        #expect(fault { $0.zip64 = ZipArchive.wide(count: 1) } == .zip64)
        #expect(fault { $0.zip64 = ZipArchive.wide(offset: 0) } == .zip64)
        #expect(fault { $0.zip64 = ZipArchive.wide(position: 0) } == .zip64)
        #expect(fault { $0.zip64 = ZipArchive.wide(size: -1) } == .zip64)
        #expect(fault { $0.count = 0xFFFF } == .zip64)
    }

    /// A place so great that a size cannot be added to it.
    @Test func directoryAtTheEndOfAllNumbers() {
        var archive = ZipArchive.sound
        archive.zip64 = ZipArchive.wide(offset: -1)
        archive.directoryOffset = 0xFFFF_FFFF
        #expect(refusal(of: archive.bytes)?.zipFault == .directory)
    }

    /// The next entry begins inside the header, or at it.
    @Test(arguments: [1, 29]) func entryShorterThanItsHeader(_ room: Int) {
        #expect(fault { $0.entries[1].offset = room } == .overlap)
    }

    @Test func zip64ExtraFields() throws {
        let field = { (values: [Int]) in
            [1, 0] + little(values.count * 8, 2) + values.flatMap { little($0, 8) }
        }
        // The truth in wide fields.
        var archive = ZipArchive.sound
        archive.entries[1].size = 0xFFFF_FFFF
        archive.entries[1].extra = field([32, 32])
        archive.entries[1].localExtra = field([32, 32])
        #expect(refusal(of: archive.bytes) == nil)
        archive.entries[1].extra = field([32, 32, 0])
        #expect(refusal(of: archive.bytes)?.zipFault == .zip64)
        archive.entries[1].extra = field([32])
        #expect(refusal(of: archive.bytes)?.zipFault == .zip64)
        archive.entries[1].extra = field([-1, -1])
        #expect(refusal(of: archive.bytes)?.zipFault == .overlap)
        archive.entries[1].extra = field([32, 32]) + field([32, 32])
        #expect(refusal(of: archive.bytes)?.zipFault == .zip64)
        // A second meaning for a field that has one already.
        #expect(fault { $0.entries[1].extra = field([16, 16]) } == .zip64)
        #expect(fault { $0.entries[1].localExtra = field([16, 16]) } == .zip64)
        #expect(fault { $0.entries[1].extra = [1, 0, 8] } == .zip64)
        // Torch repeats true values in the local extra field.
        let offset = 30 + 10 + ZipArchive.sound.entries[0].content.count
        for truth in [[offset], [32, 32], [32, 32, offset]] {
            #expect(fault { $0.entries[1].localExtra = field(truth) } == nil)
        }
        let promised = { (local: [Int]) in
            self.fault {
                $0.entries[1].flags = 8
                $0.entries[1].localSize = 0
                $0.entries[1].after = $0.entries[1].descriptor()
                $0.entries[1].localExtra = field(local)
            }
        }
        #expect(promised([32, 0, offset]) == nil)
        #expect(promised([31, 0, offset]) == .zip64)
        #expect(fault { $0.entries[1].localExtra = field([32, 0]) } == .zip64)
        #expect(fault { $0.entries[1].localExtra = field([offset + 1]) } == .zip64)
        #expect(fault { $0.entries[1].localExtra = field([32, 32, 0]) } == .zip64)
    }

    // MARK: - Descriptors

    @Test func truthfulDescriptorIsRead() throws {
        #expect(
            fault {
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
                fault {
                    $0.entries[1].flags = 8
                    $0.entries[1].after = lie($0.entries[1])
                } == .descriptor)
        }
    }

    // MARK: - Names

    @Test(arguments: [
        "../data/0", "/m/x", "m/../x", "m//x", "m/.", "", "/", "m//", "m\\data\\1", "m/a\0b", "m/a\nb", "m/\u{7F}",
    ])
    func badNames(_ name: String) throws {
        #expect(fault { $0.entries.append(ZipLie(name, [])) } == .badName)
    }

    @Test func nameThatIsNotUTF8() throws {
        #expect(fault { $0.entries[0].name = [0x6D, 0x2F, 0xFF] } == .badName)
    }

    @Test func namesOfEveryOtherKind() throws {
        var archive = ZipArchive([ZipLie("config.json", [1]), ZipLie("m/", []), ZipLie("m/modél (1)/x", [2, 3])])
        let directory = try ZipDirectory(bytes: archive.bytes)
        #expect(directory.entries.map(\.name) == ["config.json", "m/modél (1)/x"])
        let index = try #require(directory.index(of: "m/modél (1)/x"))
        #expect(try directory.read(directory.entries[index]) == [2, 3])
        #expect(directory.index(of: "m/") == nil && directory.index(of: "x") == nil)
        archive.entries[1].content = [9]
        #expect(refusal(of: archive.bytes)?.zipFault == .badName)
    }
}
