// An entry's content, whole or in pieces, its checksum checked where it has one. Not here: where entries are.

internal import AdzeBytes

extension ZipDirectory {
    /// The largest stored entry that is read at once; a larger one grows as its bytes arrive.
    private static let readAtOnce = 256 << 20

    /// The whole content of an entry, refused as `.tooLarge` above `limit` bytes.
    ///
    /// Throws `ZipError`.
    /// - Complexity: O(size); memory is the content.
    package func read(_ entry: ZipEntry, limit: Int = .max) throws(ZipError) -> [UInt8] {
        guard entry.size <= limit else {
            throw .fault(.tooLarge, entry: entry.name, detail: "\(entry.size) bytes; at most \(limit) are read")
        }
        // In one piece where it is not large, to spare a copy.
        guard entry.isDeflated || entry.size > ZipDirectory.readAtOnce else {
            let bytes = try source.zipRead(at: entry.offset, count: entry.size)
            var checksum = CRC32()
            unsafe bytes.withUnsafeBytes { unsafe checksum.update($0) }
            try check(checksum, of: entry)
            return bytes
        }
        var bytes: [UInt8] = []
        // What the directory announces is believed up to a point only: the rest has to come first.
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
                unsafe piece.withUnsafeBytes { unsafe checksum.update($0) }
                body(piece)
            }
        } else {
            var done = 0
            while done < entry.size {
                let piece = try source.zipRead(at: entry.offset + done, count: min(1 << 20, entry.size - done))
                unsafe piece.withUnsafeBytes { unsafe checksum.update($0) }
                body(piece)
                done += piece.count
            }
        }
        try check(checksum, of: entry)
    }

    /// Whether nothing says what the content of an entry was.
    package func isUnchecked(_ entry: ZipEntry) -> Bool { takesZeroForNoChecksum && entry.mayLackChecksum }

    private func check(_ checksum: CRC32, of entry: ZipEntry) throws(ZipError) {
        guard checksum.value == entry.checksum || isUnchecked(entry) else {
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
