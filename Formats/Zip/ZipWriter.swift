// Writing a zip archive: every entry stored as it is and aligned to 64 bytes, as torch does, so that a loader may map it.
// The same entries always give the same bytes. Not here: what the entries hold.
// Source: PKWARE APPNOTE 6.3.9; caffe2/serialize/inline_container.cc for the alignment and its extra field.

package import AdzeBytes

/// Writes entries one after another, then the directory.
package struct ZipWriter: ~Copyable {
    private var file: AtomicFile
    private var entries: [Entry] = []

    private struct Entry {
        let name: [UInt8]
        let offset: Int
        let size: Int
        let checksum: UInt32
    }

    private static let alignment = 64
    /// 1 January 1980, midnight: the beginning of zip's calendar.
    private static let date: UInt16 = 0x0021

    /// Begins an archive.
    package init(file: consuming AtomicFile) { self.file = file }

    /// Adds an entry under its whole name, which must be new; throws `FileError`.
    package mutating func add(_ name: String, _ content: [UInt8]) throws(FileError) {
        var checksum = CRC32()
        unsafe content.withUnsafeBytes { unsafe checksum.update($0) }
        let entry = Entry(
            name: Array(name.utf8), offset: file.size, size: content.count, checksum: checksum.value)
        var header: [UInt8] = []
        let isWide = entry.size >= 0xFFFF_FFFF
        let wide: [UInt8] = isWide ? ZipWriter.extra([entry.size, entry.size]) : []
        let before = file.size + 30 + entry.name.count + wide.count + 4
        let padding = (ZipWriter.alignment - before % ZipWriter.alignment) % ZipWriter.alignment
        header.little(0x0403_4B50, 4)
        ZipWriter.common(entry, into: &header)
        header.little(wide.count + 4 + padding, 2)
        header += entry.name + wide
        header += Array("FB".utf8)
        header.little(padding, 2)
        header += [UInt8](repeating: UInt8(ascii: "Z"), count: padding)
        try file.write(header)
        try file.write(content)
        entries.append(entry)
    }

    /// Writes the directory and gives the file its name.
    package consuming func commit() throws(FileError) {
        let start = file.size
        var directory: [UInt8] = []
        for entry in entries {
            let isWide = entry.size >= 0xFFFF_FFFF
            let isFar = entry.offset >= 0xFFFF_FFFF
            let values = (isWide ? [entry.size, entry.size] : []) + (isFar ? [entry.offset] : [])
            let extra = values.isEmpty ? [] : ZipWriter.extra(values)
            directory.little(0x0201_4B50, 4)
            directory.little(45, 2)
            ZipWriter.common(entry, into: &directory)
            directory.little(extra.count, 2)
            directory += [UInt8](repeating: 0, count: 10)  // comment, disk, attributes
            directory.little(min(entry.offset, 0xFFFF_FFFF), 4)
            directory += entry.name + extra
        }
        try file.write(directory)
        try file.write(ZipWriter.end(count: entries.count, size: directory.count, offset: start))
        try file.commit()
    }

    /// The fields that both headers share, from the version to the name's length.
    private static func common(_ entry: Entry, into header: inout [UInt8]) {
        header.little(45, 2)
        header.little(0x0800, 2)  // the name is UTF-8
        header.little(0, 2)  // stored
        header.little(0, 2)
        header.little(Int(date), 2)
        header.little(Int(entry.checksum), 4)
        header.little(min(entry.size, 0xFFFF_FFFF), 4)
        header.little(min(entry.size, 0xFFFF_FFFF), 4)
        header.little(entry.name.count, 2)
    }

    /// A zip64 extra field.
    private static func extra(_ values: [Int]) -> [UInt8] {
        var extra: [UInt8] = []
        extra.little(1, 2)
        extra.little(values.count * 8, 2)
        for value in values { extra.little(value, 8) }
        return extra
    }

    /// The zip64 end record, its locator and the end record; torch writes all three always.
    private static func end(count: Int, size: Int, offset: Int) -> [UInt8] {
        var end: [UInt8] = []
        end.little(0x0606_4B50, 4)
        end.little(44, 8)
        end.little(45, 2)
        end.little(45, 2)
        end.little(0, 8)  // disks
        end.little(count, 8)
        end.little(count, 8)
        end.little(size, 8)
        end.little(offset, 8)
        end.little(0x0706_4B50, 4)
        end.little(0, 4)
        end.little(offset + size, 8)
        end.little(1, 4)
        end.little(0x0605_4B50, 4)
        end.little(0, 4)  // disks
        end.little(min(count, 0xFFFF), 2)
        end.little(min(count, 0xFFFF), 2)
        end.little(min(size, 0xFFFF_FFFF), 4)
        end.little(min(offset, 0xFFFF_FFFF), 4)
        end.little(0, 2)
        return end
    }
}

extension [UInt8] {
    /// Appends the low `count` bytes of a value in little-endian order.
    fileprivate mutating func little(_ value: Int, _ count: Int) {
        for index in 0..<count { append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }
}
