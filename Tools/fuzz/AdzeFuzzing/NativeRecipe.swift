// A native file made from the fuzzer's bytes: header and frames are the fuzzer's; sizes, places and checksums are
// right, so that the checks behind the checksums are reached. Written from the specification alone; shares no code with
// reader or writer.

import AdzeBytes

/// A native file in the making.
///
/// The bytes: flags (1: the header is brought into canonical form first), a u16 with the length of the header's JSON, the
/// JSON, then frames: a kind (1: coded by zstd; 2: begins a section; 4: content of one repeated byte, made into a zstd
/// frame here), a u16 length, and as many bytes, or with 4 the byte and a third byte of length.
struct NativeRecipe {
    private var input: ArraySlice<UInt8>
    private var file = [UInt8](repeating: 0, count: 64)
    private var table: [UInt8] = []

    /// The magic number of the format; an input that begins with it is a file as it is.
    static let magic: [UInt8] = [0x41, 0x44, 0x5A, 0x45, 0x0D, 0x0A, 0x1A, 0x0A]

    /// The file that a recipe gives.
    static func file(of recipe: [UInt8]) -> [UInt8] {
        var kitchen = NativeRecipe(input: recipe[...])
        return kitchen.cook()
    }

    private init(input: ArraySlice<UInt8>) { self.input = input }

    private mutating func cook() -> [UInt8] {
        let flags = number(bytes: 1)
        var header = take(number(bytes: 2))
        if flags & 1 != 0, let value = try? parseJSON(header) { header = Array(value.canonicalText.utf8) }
        while !input.isEmpty { addFrame() }
        pad(to: 64)
        let headerOffset = file.count
        file += header
        pad(to: 16, from: headerOffset)
        file += table
        let tailHash = hash(file[headerOffset...])
        let version = UInt32(String(decoding: header, as: UTF8.self).contains("\"outliers\":") ? 2 : 1)
        var prologue = NativeRecipe.magic + little(version) + little(UInt32(0x0A0B_0C0D))
        for value in [file.count, headerOffset, header.count, table.count / 16] { prologue += little(UInt64(value)) }
        prologue += little(tailHash)
        file.replaceSubrange(0..<64, with: prologue + little(hash(prologue[...])))
        return file
    }

    private mutating func addFrame() {
        let kind = number(bytes: 1)
        let length = number(bytes: 2)
        if kind & 2 != 0 { pad(to: 64) }
        let stored = kind & 4 != 0 ? repeated(count: length | number(bytes: 1) << 16) : take(length)
        file += stored
        table += little(UInt32(stored.count)) + little(UInt32(kind & 5 == 0 ? 0 : 1)) + little(hash(stored[...]))
    }

    /// A zstd frame (RFC 8878) of blocks of one repeated byte, with its checksum.
    private mutating func repeated(count: Int) -> [UInt8] {
        let byte = UInt8(number(bytes: 1))
        let count = min(max(count, 1), 1 << 18)
        // One segment, a checksum, four bytes of content size.
        var frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0xA4] + little(UInt32(count))
        var left = count
        while left > 0 {
            let length = min(left, 128 << 10)
            left -= length
            frame += little(UInt32((left == 0 ? 1 : 0) | 1 << 1 | length << 3)).prefix(3) + [byte]
        }
        let content = [UInt8](repeating: byte, count: count)
        return frame + little(UInt32(truncatingIfNeeded: hash(content[...])))
    }

    private mutating func take(_ count: Int) -> [UInt8] {
        defer { input = input.dropFirst(count) }
        return Array(input.prefix(count))
    }

    private mutating func number(bytes: Int) -> Int { take(bytes).reversed().reduce(0) { $0 << 8 | Int($1) } }

    private mutating func pad(to alignment: Int, from start: Int = 0) {
        while (file.count - start) % alignment != 0 { file.append(0) }
    }

    private func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.withUnsafeBytes { xxh64($0) } }
}
