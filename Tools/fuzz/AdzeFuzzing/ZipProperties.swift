// Zip: the entries of an archive that opens lie apart inside it, give what their checksums say, and survive being written
// again.

import AdzeBytes
import AdzeZip

extension FuzzTarget {
    /// `ZipDirectory` from memory and by position, and `ZipWriter`.
    public static let zip = FuzzTarget("zip") { bytes in
        let scratch = try ScratchFile(bytes)
        let path = scratch.path
        let onDisk = try unlessRefused { try ZipDirectory(file: try InputFile(path: path)) }
        let inMemory = try unlessRefused { try ZipDirectory(bytes: bytes) }
        try require((onDisk == nil) == (inMemory == nil), "an archive is taken in memory or on disk alone")
        guard let onDisk, let inMemory else { return }
        try require(onDisk.entries == inMemory.entries, "memory and disk have different entries")
        var end = 0
        for entry in inMemory.entries {
            try require(entry.offset >= end && entry.storedSize >= 0, "\(quoted(entry.name)) overlaps the one before")
            end = entry.offset + entry.storedSize
            try require(end <= bytes.count, "\(quoted(entry.name)) ends at \(end) of \(bytes.count)")
            try require(entry.isDeflated || entry.size == entry.storedSize, "a stored entry grows")
        }
        var contents: [(String, [UInt8])] = []
        for (index, entry) in inMemory.entries.enumerated() where entry.size <= 1 << 20 {
            try require(inMemory.index(of: entry.name) == index, "\(quoted(entry.name)) is not found by its name")
            let content = try checkContent(entry, inMemory)
            try require(try unlessRefused { try onDisk.read(entry) } == content, "memory and disk differ in content")
            if let content { contents.append((entry.name, content)) }
        }
        if contents.count <= 16 { try checkRewritten(contents) }
    }

    private static func checkContent(_ entry: ZipEntry, _ archive: ZipDirectory) throws -> [UInt8]? {
        let content = try unlessRefused { try archive.read(entry) }
        let pieces = try unlessRefused {
            var joined: [UInt8] = []
            try archive.forEachPiece(of: entry) { joined += $0 }
            return joined
        }
        try require(content == pieces, "pieces of \(quoted(entry.name)) are not the whole")
        guard let content else { return nil }
        var checksum = CRC32()
        content.withUnsafeBytes { checksum.update($0) }
        try require(
            content.count == entry.size && checksum.value == entry.checksum,
            "\(quoted(entry.name)) is not what the directory says")
        return content
    }

    private static func checkRewritten(_ contents: [(String, [UInt8])]) throws {
        if contents.isEmpty { return }
        try withScratchPath { path in
            try writeArchive(contents, to: path)
            let again = try ZipDirectory(file: try InputFile(path: path))
            try require(again.entries.map(\.name) == contents.map(\.0), "the entries changed when they were written")
            for (entry, content) in Swift.zip(again.entries, contents) {
                try require(try again.read(entry) == content.1, "the content changed when it was written")
            }
        }
    }

    static func writeArchive(_ contents: [(String, [UInt8])], to path: String) throws {
        var writer = ZipWriter(file: try AtomicFile(path: path, replacing: true))
        for (name, content) in contents { try writer.add(name, content) }
        try writer.commit()
    }
}
