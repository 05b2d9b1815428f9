// A native file taken apart and put together again with correct checksums, so that a lie in it is caught by the check
// that is meant for it. Written from the specification alone; shares no code with reader or writer.

import AdzeBytes
import AdzeNative
import AdzeTensors

/// The parts of a small file, each to be changed at will.
struct Forgery: Sendable {
    /// The version that the prologue states.
    var version: UInt32 = 1
    /// Frames' stored bytes and codings, in file order.
    var frames: [(stored: [UInt8], coding: UInt32)] = []
    /// The frames with which sections begin.
    var sections: [Int] = []
    /// The header's text.
    var header: [UInt8] = []
    /// Bytes put between the last frame and the header, on top of the padding.
    var hole: [UInt8] = []
    /// What fills the gaps.
    var filler: UInt8 = 0
    /// Changes of the prologue's u64 fields, by offset, made before its hash is taken.
    var prologue: [Int: UInt64] = [:]
    /// Changes of the whole file, made last.
    var overwrite: [Int: UInt8] = [:]
    /// Stored sizes that the table states instead of the true ones, by frame.
    var statedSizes: [Int: Int] = [:]

    /// The sample that all lies start from. Frames: 0 vocabulary; int8 "w": 1, 2 scales, 3 codes; "v": 4, 5; zeros "z": 6, 7
    /// (zstd); 8 residual of "w".
    static let honest = Sample(
        [
            ("w", trained(3, 5), .int8()),
            ("v", tensor([3], patterns: [0x3F80_0001, 0x8000_0000, 0x7FC0_0001]), .float32),
            ("z", tensor([300], patterns: [UInt32](repeating: 0, count: 300)), .float32),
        ],
        metadata: NativeMetadata(labels: .array([.string("no"), .string("yes")])), vocabulary: ["[PAD]", "a", "é"])

    /// A matrix with column factors. Frames: 0, 1 scales; 2, 3 factors; 4 codes; 5 residual.
    static let withFactors = Sample([("w", trained(2, 3), .int8(columnFactors: [1, 2, 4]))])

    /// A matrix of which one element is an outlier. Frames: 0, 1 scales; 2 codes; 3 residual.
    static let withOutlier = Sample(
        [("w", Tensor(shape: Shape(2, 3), floats: [1, 0.5, -100, 0.25, 1, -0.5]), .int8(outliers: [2]))])

    /// Takes a file of `honest` apart.
    init() throws { try self.init(Forgery.honest, sections: [1, 8]) }

    /// Takes a file of a sample apart, whose weights and residuals begin at two frames.
    init(_ sample: Sample, sections: [Int]) throws {
        let file = try sample.bytes()
        func word(_ offset: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(file[offset + $1]) << (8 * $1) }
        }
        self.sections = sections
        version = UInt32(word(8, 4))
        let (headerOffset, headerBytes, count) = (word(24, 8), word(32, 8), word(40, 8))
        header = Array(file[headerOffset..<headerOffset + headerBytes])
        var record = file.count - 16 * count
        var offset = 64
        for index in 0..<count {
            if sections.contains(index) { offset = (offset + 63) / 64 * 64 }
            let size = word(record, 4)
            frames.append((Array(file[offset..<offset + size]), UInt32(word(record + 4, 4))))
            offset += size
            record += 16
        }
    }

    /// Replaces the first occurrence of a text in the header.
    mutating func replace(_ old: String, _ new: String) {
        let (old, new) = (Array(old.utf8), Array(new.utf8))
        guard let start = header.indices.first(where: { header[$0...].starts(with: old) }) else {
            preconditionFailure("the header has no \(String(decoding: old, as: UTF8.self))")
        }
        header.replaceSubrange(start..<start + old.count, with: new)
    }

    /// The file, checksums and all.
    func bytes() -> [UInt8] {
        var file = [UInt8](repeating: 0, count: 64)
        func pad(_ alignment: Int) {
            while file.count % alignment != 0 { file.append(filler) }
        }
        for (index, frame) in frames.enumerated() {
            if sections.contains(index) { pad(64) }
            file += frame.stored
        }
        pad(64)
        file += hole
        let headerOffset = file.count
        file += header
        while (file.count - headerOffset) % 16 != 0 { file.append(filler) }
        for (index, frame) in frames.enumerated() {
            file +=
                little(UInt32(statedSizes[index] ?? frame.stored.count)) + little(frame.coding)
                + little(hash(frame.stored))
        }
        var start: [UInt8] =
            [0x41, 0x44, 0x5A, 0x45, 0x0D, 0x0A, 0x1A, 0x0A] + little(version) + little(UInt32(0x0A0B_0C0D))
        let fields = [file.count, headerOffset, header.count, frames.count].map { UInt64($0) }
        for value in fields + [hash(Array(file[headerOffset...]))] { start += little(value) }
        for (offset, value) in prologue { start.replaceSubrange(offset..<offset + 8, with: little(value)) }
        file.replaceSubrange(0..<64, with: start + little(hash(start)))
        for (offset, value) in overwrite { file[offset] = value }
        return file
    }
}

func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

func hash(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { xxh64($0) } }

/// A zstd frame of one repeated byte, with every header field to be lied about.
struct HandmadeZstd: Sendable {
    var magic: UInt32 = 0xFD2F_B528
    var content = [UInt8](repeating: 0, count: 300)
    var statedSize = 300
    var hasSize = true
    var hasChecksum = true
    var window: UInt8?
    var dictionary: UInt8?
    var reservedBit = false
    var checksum: UInt32?

    var bytes: [UInt8] {
        var descriptor: UInt8 = hasSize ? 0x80 : 0
        if window == nil { descriptor |= 0x20 }
        if hasChecksum { descriptor |= 0x04 }
        if reservedBit { descriptor |= 0x08 }
        if dictionary != nil { descriptor |= 0x01 }
        var out = little(magic) + [descriptor]
        if let window { out.append(window) }
        if let dictionary { out.append(dictionary) }
        if hasSize { out += little(UInt32(statedSize)) }
        // Without a size, a single segment still has one byte of it.
        if !hasSize && window == nil { out.append(0) }
        // The last block, of one byte that repeats.
        out += little(UInt32(1 | 1 << 1 | content.count << 3)).prefix(3) + [content.first ?? 0]
        if hasChecksum { out += little(checksum ?? UInt32(truncatingIfNeeded: hash(content))) }
        return out
    }
}
