// An entry's content, whole or in pieces, its checksum always checked. Not here: where entries are.

internal import AdzeBytes

extension ZipDirectory {
    /// The whole content of an entry, refused as `.tooLarge` above `limit` bytes.
    ///
    /// Throws `ZipError`.
    /// - Complexity: O(size); memory is the content.
    package func read(_ entry: ZipEntry, limit: Int = .max) throws(ZipError) -> [UInt8] {
        guard entry.size <= limit else {
            throw .fault(.tooLarge, entry: entry.name, detail: "\(entry.size) bytes; at most \(limit) are read")
        }
        // In one piece, to spare a copy.
        if !entry.isDeflated {
            let bytes = try source.zipRead(at: entry.offset, count: entry.size)
            var checksum = CRC32()
            bytes.withUnsafeBytes { checksum.update($0) }
            try ZipDirectory.check(checksum, of: entry)
            return bytes
        }
        var bytes: [UInt8] = []
        // What the directory announces is believed up to a point only: the rest has to come out of the stream first.
        bytes.reserveCapacity(min(entry.size, 16 << 20))
        try forEachPiece(of: entry) { bytes += $0 }
        return bytes
    }

    /// Gives the content of an entry to `body` in order, in pieces of at most 1 MiB; what was given counts only once this
    /// has returned.
    ///
    /// Throws `ZipError`.
    /// - Complexity: O(size); memory is a few pieces.
    package func forEachPiece(of entry: ZipEntry, _ body: ([UInt8]) -> Void) throws(ZipError) {
        var checksum = CRC32()
        if entry.isDeflated {
            try Inflater(source: source, entry: entry).forEachPiece { piece in
                piece.withUnsafeBytes { checksum.update($0) }
                body(piece)
            }
        } else {
            var done = 0
            while done < entry.size {
                let piece = try source.zipRead(at: entry.offset + done, count: min(1 << 20, entry.size - done))
                piece.withUnsafeBytes { checksum.update($0) }
                body(piece)
                done += piece.count
            }
        }
        try ZipDirectory.check(checksum, of: entry)
    }

    private static func check(_ checksum: CRC32, of entry: ZipEntry) throws(ZipError) {
        guard checksum.value == entry.checksum else {
            throw .checksum(entry.name, found: checksum.value, expected: entry.checksum)
        }
    }
}

extension ByteSource {
    /// `read` with the error of this reader.
    func zipRead(at offset: Int, count: Int) throws(ZipError) -> [UInt8] {
        do throws(FileError) {
            return try read(at: offset, count: count)
        } catch {
            throw .file(error)
        }
    }
}
