// A zip archive in which every field can lie.

internal import AdzeBytes
internal import CZlib

/// An entry, with what its headers say where that is not the truth.
package struct ZipLie {
    package var name: [UInt8]
    package var content: [UInt8]
    package var localName: [UInt8]?
    package var flags = 0
    package var localFlags: Int?
    package var method = 0
    package var checksum: UInt32?
    package var localChecksum: UInt32?
    package var size: Int?
    package var storedSize: Int?
    package var localSize: Int?
    package var localStoredSize: Int?
    package var offset: Int?
    package var extra: [UInt8] = []
    package var localExtra: [UInt8] = []
    package var comment: [UInt8] = []
    package var disk = 0
    /// Bytes after the content: a descriptor, or a gap.
    package var after: [UInt8] = []

    /// An entry that says the truth.
    package init(_ name: String, _ content: [UInt8]) {
        self.name = Array(name.utf8)
        self.content = content
    }

    package var trueChecksum: UInt32 {
        var checksum = CRC32()
        content.withUnsafeBytes { checksum.update($0) }
        return checksum.value
    }

    /// A descriptor of the content, as bit 3 promises it.
    package func descriptor(checksum: UInt32? = nil, size: Int? = nil) -> [UInt8] {
        little(0x0807_4B50, 4) + little(Int(checksum ?? self.checksum ?? trueChecksum), 4)
            + little(size ?? content.count, 4) + little(size ?? self.size ?? content.count, 4)
    }
}

/// An archive of such entries.
package struct ZipArchive {
    package var entries: [ZipLie]
    package var before: [UInt8] = []
    package var gapBeforeDirectory: [UInt8] = []
    package var after: [UInt8] = []
    package var comment: [UInt8] = []
    package var count: Int?
    package var directorySize: Int?
    package var directoryOffset: Int?
    package var disk = 0
    /// The zip64 end record and locator, given the true count, size, offset and where they stand.
    package var zip64: ((_ count: Int, _ size: Int, _ offset: Int, _ position: Int) -> [UInt8])?

    /// An archive of entries that all say the truth.
    package init(_ entries: [ZipLie]) { self.entries = entries }

    /// Zip64 end records that say the truth, but for what is replaced.
    package static func wide(count: Int? = nil, size: Int? = nil, offset: Int? = nil, position: Int? = nil)
        -> (Int, Int, Int, Int) -> [UInt8]
    {
        { trueCount, trueSize, trueOffset, truePosition in
            let counts = little(count ?? trueCount, 8)
            return little(0x0606_4B50, 4) + little(44, 8) + little(0, 12) + counts + counts
                + little(size ?? trueSize, 8) + little(offset ?? trueOffset, 8)
                + little(0x0706_4B50, 4) + little(0, 4) + little(position ?? truePosition, 8)
                + little(1, 4)
        }
    }

    package var bytes: [UInt8] {
        var out = before
        var directory: [UInt8] = []
        for entry in entries {
            let offset = out.count
            let checksum = Int(entry.checksum ?? entry.trueChecksum)
            let size = entry.size ?? entry.content.count
            let localName = entry.localName ?? entry.name
            out += little(0x0403_4B50, 4) + little(20, 2) + little(entry.localFlags ?? entry.flags, 2)
            out += little(entry.method, 2) + little(0, 4)
            out += little(entry.localChecksum.map(Int.init) ?? checksum, 4)
            let storedSize = entry.storedSize ?? size
            out += little(entry.localStoredSize ?? entry.localSize ?? storedSize, 4)
            out += little(entry.localSize ?? size, 4)
            out += little(localName.count, 2) + little(entry.localExtra.count, 2)
            out += localName + entry.localExtra + entry.content + entry.after
            directory += little(0x0201_4B50, 4) + little(20, 2) + little(20, 2)
            directory += little(entry.flags, 2) + little(entry.method, 2) + little(0, 4)
            directory += little(checksum, 4) + little(storedSize, 4) + little(size, 4)
            directory += little(entry.name.count, 2) + little(entry.extra.count, 2)
            directory += little(entry.comment.count, 2) + little(entry.disk, 2) + little(0, 6)
            directory += little(entry.offset ?? offset, 4) + entry.name + entry.extra + entry.comment
        }
        out += gapBeforeDirectory
        let start = out.count
        out += directory
        out += zip64?(entries.count, directory.count, start, out.count) ?? []
        out += little(0x0605_4B50, 4) + little(disk, 2) + little(disk, 2)
        out += little(count ?? entries.count, 2) + little(count ?? entries.count, 2)
        out += little(directorySize ?? directory.count, 4) + little(directoryOffset ?? start, 4)
        return out + little(comment.count, 2) + comment + after
    }
}

/// The low `count` bytes of a value in little-endian order.
package func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

extension ZipLie {
    /// An entry that stores its content deflated and says so truly; its fields may lie afterwards.
    package static func deflated(_ name: String, _ content: [UInt8]) -> ZipLie {
        var entry = ZipLie(name, rawDeflate(content))
        entry.method = 8
        entry.size = content.count
        entry.storedSize = entry.content.count
        entry.checksum = ZipLie(name, content).trueChecksum
        return entry
    }
}

/// The bytes as one raw deflate stream.
package func rawDeflate(_ content: [UInt8]) -> [UInt8] {
    var content = content
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    defer { stream.deallocate() }
    precondition(
        deflateInit2_(stream, 9, Z_DEFLATED, -15, 9, 0, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
    defer { deflateEnd(stream) }
    let room = Int(deflateBound(stream, UInt(content.count)))
    return content.withUnsafeMutableBufferPointer { input in
        [UInt8](unsafeUninitializedCapacity: room) { output, count in
            (stream.pointee.next_in, stream.pointee.avail_in) = (input.baseAddress, UInt32(input.count))
            (stream.pointee.next_out, stream.pointee.avail_out) = (output.baseAddress, UInt32(room))
            precondition(deflate(stream, Z_FINISH) == Z_STREAM_END, "the bound is enough")
            count = room - Int(stream.pointee.avail_out)
        }
    }
}
