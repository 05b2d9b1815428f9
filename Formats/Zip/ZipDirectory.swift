// A zip archive's entries, read one way: whatever two readers could read differently is an error, and every byte of the
// file belongs to exactly one entry, the directory or the end records. Not here: what the entries hold, and any rule
// that only one kind of archive has.
// Source: PKWARE APPNOTE 6.3.9, sections 4.3.7 to 4.3.16; caffe2/serialize/inline_container.cc for what torch writes.

package import AdzeBytes

/// One entry.
package struct ZipEntry: Sendable, Equatable {
    /// The whole name.
    package let name: String
    /// Where its bytes begin in the archive.
    package let offset: Int
    /// Bytes of its content.
    package let size: Int
    /// Bytes that the archive stores for it: `size` unless it is deflated.
    package let storedSize: Int
    /// Whether the content has to be inflated.
    package let isDeflated: Bool
    /// The CRC-32 of the content that the directory states.
    package let checksum: UInt32

    /// Whether the checksum may stand for none: torch stores a zero where it was told to compute none, and content whose
    /// checksum is zero by chance is as good without.
    package var mayLackChecksum: Bool { checksum == 0 && !isDeflated && size > 0 }
}

/// The entries of an archive, all of them checked against their local headers.
package struct ZipDirectory: Sendable {
    /// The entries in the order in which they stand in the file; folders are left out.
    package let entries: [ZipEntry]
    /// The archive's own bytes.
    package let source: ByteSource
    /// Whether a checksum of zero is none.
    package let takesZeroForNoChecksum: Bool
    private let indices: [String: Int]

    /// The most entries that are read.
    static let entryLimit = 100_000
    /// The most bytes of directory that are read.
    static let directoryLimit = 64 << 20
    /// The most bytes of content for each byte stored, and how many may come out of an archive whatever it stores.
    static let expansionLimit = 100
    static let expansionFloor = 256 << 20

    /// The position of the entry of a name, or nil.
    package func index(of name: String) -> Int? { indices[name] }

    /// Reads and checks the directory of an archive in a file.
    ///
    /// With `takingZeroForNoChecksum` a stored entry whose stated checksum is zero is read unchecked.
    package init(file: InputFile, takingZeroForNoChecksum: Bool = false) throws(ZipError) {
        try self.init(.file(file), takingZeroForNoChecksum: takingZeroForNoChecksum)
    }

    /// Reads and checks the directory of an archive in memory.
    package init(bytes: [UInt8], takingZeroForNoChecksum: Bool = false) throws(ZipError) {
        try self.init(.bytes(bytes), takingZeroForNoChecksum: takingZeroForNoChecksum)
    }

    /// Reads and checks the whole directory; throws `ZipError`.
    ///
    /// - Complexity: O(entries); the entries' content is not read.
    package init(_ source: ByteSource, takingZeroForNoChecksum: Bool = false) throws(ZipError) {
        let end = try ZipEnd(source)
        let bytes = try source.zipRead(at: end.directoryOffset, count: end.directorySize)
        var headers = try ZipDirectory.centralHeaders(bytes, count: end.entryCount)
        headers.sort { $0.localOffset < $1.localOffset }
        if let last = headers.last, last.localOffset > end.directoryOffset {
            // Each entry may reach up to the next one: an entry behind the directory would let the one before it reach
            // past the end of the file.
            throw .fault(
                .overlap, entry: last.name, detail: "it is stated at \(last.localOffset), behind the directory")
        }
        var entries: [ZipEntry] = []
        var indices: [String: Int] = [:]
        // Names that differ in case alone are one name to some readers.
        var folded: Set<String> = []
        var position = 0
        var expansion = ZipExpansion()
        for (index, header) in headers.enumerated() {
            let next = index + 1 < headers.count ? headers[index + 1].localOffset : end.directoryOffset
            guard header.localOffset == position else {
                // Sorted, and the entry before ends where this one begins: only the first can begin elsewhere.
                throw .fault(.prepended, entry: header.name, detail: "expected offset 0, found \(header.localOffset)")
            }
            let isFolder = try ZipDirectory.isFolder(header)
            guard folded.insert(header.name.lowercased()).inserted else {
                throw .fault(.duplicate, entry: header.name, detail: "expected it once")
            }
            let entry = try header.checkLocal(in: source, next: next)
            try expansion.add(entry)
            position = next
            guard !isFolder else { continue }
            indices[entry.name] = entries.count
            entries.append(entry)
        }
        guard !entries.isEmpty else { throw .fault(.empty, entry: nil, detail: "expected one at least") }
        self.source = source
        takesZeroForNoChecksum = takingZeroForNoChecksum
        self.entries = entries
        self.indices = indices
    }

    private static func centralHeaders(_ bytes: [UInt8], count: Int) throws(ZipError) -> [ZipCentralHeader] {
        var cursor = unsafe ByteCursor(bytes.span.bytes)
        var headers: [ZipCentralHeader] = []
        headers.reserveCapacity(count)
        for _ in 0..<count {
            do throws(OutOfBytes) {
                headers.append(try ZipCentralHeader(&cursor))
            } catch {
                throw .fault(.directory, entry: headers.last?.name, detail: "an entry after it ends too early")
            }
        }
        guard cursor.left == 0 else {
            throw .fault(.directory, entry: nil, detail: "\(cursor.left) bytes follow the last of \(count) entries")
        }
        for header in headers { try header.check() }
        return headers
    }

    /// Whether a name, all of whose components must be sane, is that of a folder; a folder has no content.
    private static func isFolder(_ header: ZipCentralHeader) throws(ZipError) -> Bool {
        let name = header.name
        let isFolder = name.hasSuffix("/") && header.isEmpty
        let parts = (isFolder ? name.dropLast() : name[...]).split(separator: "/", omittingEmptySubsequences: false)
        let isSane =
            name.utf8.count <= 1024 && !name.contains("\\")
            && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard isSane else { throw .fault(.badName, entry: name, detail: "expected a plain relative path") }
        return isFolder
    }
}

/// What the entries give in all, against what they store: a bomb of many small entries is a bomb all the same.
private struct ZipExpansion {
    private var made = 0
    private var stored = 0

    mutating func add(_ entry: ZipEntry) throws(ZipError) {
        guard entry.isDeflated else { return }
        stored += entry.storedSize
        let (sum, overflow) = made.addingReportingOverflow(entry.size)
        made = sum
        // The stored bytes are disjoint parts of the archive, so their sum is less than its size.
        let scaled = stored.multipliedReportingOverflow(by: ZipDirectory.expansionLimit)
        let limit = max(ZipDirectory.expansionFloor, scaled.overflow ? .max : scaled.partialValue)
        // Only an archive of 2^56 bytes, made of holes, overflows: no test does.
        guard !overflow, made <= limit else {
            throw .fault(
                .expansion, entry: entry.name,
                detail:
                    "with it \(stored) bytes become \(overflow ? "more than" : "") \(made); at most \(limit) are read")
        }
    }
}

/// Where the directory is, from the end of the file: the end record is its last 22 bytes.
private struct ZipEnd {
    var entryCount = 0
    var directorySize = 0
    var directoryOffset = 0

    init(_ source: ByteSource) throws(ZipError) {
        guard source.size >= 22 else { throw .fault(.noEnd, entry: nil, detail: "\(source.size) bytes") }
        let endOffset = source.size - 22
        let tail = try source.zipRead(at: max(0, endOffset - 76), count: min(source.size, 98))
        let end = tail.count - 22
        guard tail.zip32(end) == 0x0605_4B50 else {
            throw .fault(.noEnd, entry: nil, detail: "a comment, a truncation, or bytes added at the end")
        }
        guard tail.zip16(end + 20) == 0 else { throw .fault(.comment, entry: nil, detail: "expected none") }
        guard tail.zip16(end + 4) == 0, tail.zip16(end + 6) == 0, tail.zip16(end + 8) == tail.zip16(end + 10) else {
            throw .fault(.split, entry: nil, detail: "expected one disk")
        }
        let plain = [UInt64(tail.zip16(end + 10)), UInt64(tail.zip32(end + 12)), UInt64(tail.zip32(end + 16))]
        var values = plain
        var directoryEnd = endOffset
        if end >= 76, tail.zip32(end - 20) == 0x0706_4B50 {
            directoryEnd = endOffset - 76
            values = try ZipEnd.wide(tail, at: end - 76, fileOffset: directoryEnd)
            let saturated: [UInt64] = [0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF]
            for (index, value) in values.enumerated() where plain[index] != value && plain[index] != saturated[index] {
                throw .fault(.zip64, entry: nil, detail: "the end records say \(plain[index]) and \(value)")
            }
        } else if plain[0] == 0xFFFF || plain[1] == 0xFFFF_FFFF || plain[2] == 0xFFFF_FFFF {
            throw .fault(.zip64, entry: nil, detail: "the end record refers to a zip64 record that is not there")
        }
        guard values[0] <= UInt64(ZipDirectory.entryLimit), values[1] <= UInt64(ZipDirectory.directoryLimit) else {
            throw .fault(
                .tooManyEntries, entry: nil,
                detail: "\(values[0]) in \(values[1]) bytes; at most \(ZipDirectory.entryLimit) are read")
        }
        // Both sides fit: the size is at most 64 MiB and the file's end at most `Int.max`.
        guard values[2] <= UInt64(directoryEnd), values[2] + values[1] == UInt64(directoryEnd) else {
            throw .fault(
                .directory, entry: nil,
                detail: "\(values[1]) bytes at \(values[2]) do not end at the end record, \(directoryEnd)")
        }
        entryCount = Int(values[0])
        directorySize = Int(values[1])
        directoryOffset = Int(values[2])
    }

    /// Entry count, size and offset of the zip64 end record, which stands directly before its locator.
    private static func wide(_ tail: [UInt8], at start: Int, fileOffset: Int) throws(ZipError) -> [UInt64] {
        let locator = start + 56
        guard tail.zip32(start) == 0x0606_4B50, tail.zip64(start + 4) == 44, tail.zip32(locator + 4) == 0,
            tail.zip64(locator + 8) == UInt64(fileOffset), tail.zip32(locator + 16) == 1
        else { throw .fault(.zip64, entry: nil, detail: "the locator does not lead to the record before it") }
        guard tail.zip32(start + 16) == 0, tail.zip32(start + 20) == 0, tail.zip64(start + 24) == tail.zip64(start + 32)
        else { throw .fault(.split, entry: nil, detail: "expected one disk") }
        return [tail.zip64(start + 32), tail.zip64(start + 40), tail.zip64(start + 48)]
    }
}

extension [UInt8] {
    // Little-endian fields of records whose size the caller has checked.
    fileprivate func zip16(_ at: Int) -> UInt16 { UInt16(self[at]) | UInt16(self[at + 1]) << 8 }
    fileprivate func zip32(_ at: Int) -> UInt32 { UInt32(zip16(at)) | UInt32(zip16(at + 2)) << 16 }
    fileprivate func zip64(_ at: Int) -> UInt64 { UInt64(zip32(at)) | UInt64(zip32(at + 4)) << 32 }
}
