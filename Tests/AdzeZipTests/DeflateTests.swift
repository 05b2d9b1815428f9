// Deflated entries: read as they were, and every way in which one can be more, less or other than it says.

import AdzeBytes
import AdzeTestSupport
import AdzeZip
import Testing

struct DeflateTests {
    /// Bytes that neither repeat nor shrink to nothing.
    static let content: [UInt8] = {
        var random = SeededGenerator(seed: 5)
        return (0..<300_000).map { _ in UInt8.random(in: 0...15, using: &random) }
    }()

    private func fault(_ change: (inout ZipLie) -> Void) -> ZipFault? {
        var entry = ZipLie.deflated("x", DeflateTests.content)
        change(&entry)
        return refusal(of: ZipArchive([ZipLie("before", [1]), entry, ZipLie("after", [2])]).bytes)?.zipFault
    }

    @Test func contentIsWhatWasDeflated() throws {
        for content in [[], [7], DeflateTests.content, [UInt8](repeating: 0, count: 3 << 20)] {
            let directory = try ZipDirectory(bytes: ZipArchive([.deflated("x", content)]).bytes)
            let entry = directory.entries[0]
            #expect(entry.isDeflated && entry.size == content.count)
            #expect(try directory.read(entry) == content)
            var pieces: [UInt8] = []
            try directory.forEachPiece(of: entry) { piece in
                #expect(piece.count <= 1 << 20)
                pieces += piece
            }
            #expect(pieces == content)
        }
    }

    @Test func anArchiveInAFileIsReadAsOneInMemory() throws {
        let bytes = ZipArchive([.deflated("x", DeflateTests.content), ZipLie("y", DeflateTests.content)]).bytes
        try withTemporaryFile(bytes) { path in
            let directory = try ZipDirectory(file: InputFile(path: path))
            for entry in directory.entries { #expect(try directory.read(entry) == DeflateTests.content) }
        }
    }

    @Test func theEffortBitsAreRead() {
        #expect(fault { $0.flags = 0x2 } == nil)
        #expect(fault { $0.flags = 0x6 } == nil)
        #expect(fault { $0.flags = 0x10 } == .flags)
        // They mean nothing for a stored entry.
        var stored = ZipLie("x", [1])
        stored.flags = 0x2
        #expect(refusal(of: ZipArchive([stored]).bytes)?.zipFault == .flags)
    }

    @Test func theDescriptorStatesBothSizes() {
        let promised = { (after: (ZipLie) -> [UInt8]) in
            self.fault {
                $0.flags = 8
                ($0.localSize, $0.localChecksum) = (0, 0)
                $0.after = after($0)
            }
        }
        #expect(promised { $0.descriptor() } == nil)
        #expect(promised { $0.descriptor(size: $0.size) } == .descriptor)
    }

    @Test func oneByteMoreThanStated() { #expect(fault { $0.size = $0.size.map { $0 - 1 } } == .deflate) }

    /// Of a stream that is too long nothing beyond the stated size is handed out.
    @Test func theSurplusIsNotHandedOut() throws {
        var entry = ZipLie.deflated("x", DeflateTests.content)
        entry.size = 1000
        let directory = try ZipDirectory(bytes: ZipArchive([entry]).bytes)
        var handedOut = 0
        do {
            try directory.forEachPiece(of: directory.entries[0]) { handedOut += $0.count }
            Issue.record("a stream of more bytes than stated was read")
        } catch {
            #expect(error.zipFault == .deflate)
        }
        #expect(handedOut <= 1000)
    }

    @Test func oneByteLessThanStated() { #expect(fault { $0.size = $0.size.map { $0 + 1 } } == .deflate) }

    @Test func emptyButNot() { #expect(fault { $0.size = 0 } == .deflate) }

    @Test func streamThatBreaksOff() {
        #expect(
            fault {
                $0.content.removeLast(9)
                $0.storedSize = $0.content.count
            } == .deflate)
        #expect(fault { ($0.content, $0.storedSize) = ([], 0) } == .deflate)
    }

    @Test func bytesAfterTheStream() {
        #expect(
            fault {
                $0.content.append(0)
                $0.storedSize = $0.content.count
            } == .deflate)
    }

    @Test func streamOfNonsense() {
        #expect(fault { $0.content[0] = 0xFF } == .deflate)
        #expect(fault { $0.content = [UInt8](repeating: 0xAA, count: $0.content.count) } == .deflate)
        // It is zlib that refuses, not a check of what follows from its refusal.
        var entry = ZipLie.deflated("x", DeflateTests.content)
        entry.content[0] = 0xFF
        #expect(refusal(of: ZipArchive([entry]).bytes)?.description.contains("of zlib after 0 bytes") == true)
    }

    @Test func wrongChecksum() { #expect(fault { $0.checksum = 1 } == .checksum) }

    @Test(arguments: [1, 6, 9, 12, 14, 93, 99]) func otherMethods(_ method: Int) {
        #expect(fault { $0.method = method } == .method)
    }

    @Test func localMethodDiffers() {
        // A deflated entry whose directory says that it is stored.
        #expect(fault { ($0.method, $0.size) = (0, $0.storedSize) } != nil)
    }

    @Test func localStoredSizeDiffers() { #expect(fault { $0.localStoredSize = 5 } == .localHeader) }

    @Test func bomb() {
        // Above 256 MiB no more than a hundred bytes come out of one.
        #expect(fault { $0.size = 1 << 28 } == .deflate)
        #expect(fault { $0.size = (1 << 28) + 1 } == .expansion)
        #expect(fault { $0.size = 0xFFFF_FFFE } == .expansion)
    }

    @Test func sizeThatNoIntegerHolds() {
        let wide = [1, 0, 8, 0] + [UInt8](repeating: 0xFF, count: 8)
        #expect(fault { ($0.size, $0.extra) = (0xFFFF_FFFF, wide) } == .expansion)
    }

    @Test func bombOfManyEntries() {
        var small = ZipLie.deflated("", [1, 2, 3])
        small.size = 1 << 27
        let entries = (0..<3).map { index in
            var entry = small
            entry.name = Array("\(index)".utf8)
            return entry
        }
        #expect(refusal(of: ZipArchive(Array(entries.prefix(2))).bytes)?.zipFault == .deflate)
        #expect(refusal(of: ZipArchive(entries).bytes)?.zipFault == .expansion)
    }

    @Test func moreThanTheCallerWants() throws {
        let directory = try ZipDirectory(
            bytes: ZipArchive([.deflated("x", [1, 2, 3]), ZipLie("y", [1, 2, 3])]).bytes)
        for entry in directory.entries {
            #expect(try directory.read(entry, limit: 3) == [1, 2, 3])
            let error = #expect(throws: ZipError.self) { try directory.read(entry, limit: 2) }
            #expect(error?.zipFault == .tooLarge)
        }
    }

    @Test func aFlippedByteIsFoundOrChangesNothing() throws {
        let content = Array("the quick brown fox jumps over the lazy dog".utf8)
        let sound = ZipArchive([.deflated("x", content)]).bytes
        var found = 0
        for index in 31..<31 + rawDeflate(content).count {
            var bytes = sound
            bytes[index] ^= 0x10
            do throws(ZipError) {
                let directory = try ZipDirectory(bytes: bytes)
                // The last bits of a stream belong to no symbol.
                #expect(try directory.read(directory.entries[0]) == content)
            } catch {
                found += 1
            }
        }
        #expect(found >= rawDeflate(content).count - 1)
    }
}
