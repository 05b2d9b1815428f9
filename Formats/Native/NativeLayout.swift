// Where everything in a file is: the prologue, the frame table, and the offsets that follow from them and the header.
// Not here: the content of any frame.

import AdzeBytes
import AdzeTensors

/// The first 64 bytes.
struct Prologue: Equatable {
    static let size = 64
    static let magic: [UInt8] = [0x41, 0x44, 0x5A, 0x45, 0x0D, 0x0A, 0x1A, 0x0A]
    /// The versions that are read. The second has codes beyond ±127, which the first cannot say.
    static let versions: ClosedRange<UInt32> = 1...2
    static let byteOrderMark: UInt32 = 0x0A0B_0C0D

    /// How messages name them.
    static let readableVersions = "versions \(versions.lowerBound) and \(versions.upperBound)"

    var version: UInt32
    var fileSize: Int
    var headerOffset: Int
    var headerBytes: Int
    var frameCount: Int
    /// The hash of header, gap and frame table.
    var tailHash: UInt64

    /// The bytes as they stand in the file.
    var bytes: [UInt8] {
        var out = Prologue.magic
        append(version, to: &out)
        append(Prologue.byteOrderMark, to: &out)
        for value in [fileSize, headerOffset, headerBytes, frameCount] { append(UInt64(value), to: &out) }
        append(tailHash, to: &out)
        unsafe append(out.withUnsafeBytes { unsafe xxh64($0) }, to: &out)
        return out
    }

    init(version: UInt32, fileSize: Int, headerOffset: Int, headerBytes: Int, frameCount: Int, tailHash: UInt64) {
        self.version = version
        self.fileSize = fileSize
        self.headerOffset = headerOffset
        self.headerBytes = headerBytes
        self.frameCount = frameCount
        self.tailHash = tailHash
    }

    /// Reads and checks the first bytes of a file of `fileSize` bytes.
    init(_ bytes: [UInt8], fileSize: Int) throws(NativeError) {
        guard bytes.starts(with: Prologue.magic) else { throw .notNative(found: Array(bytes.prefix(8))) }
        guard bytes.count == Prologue.size else { throw .tooShort(size: fileSize) }
        func word(_ offset: Int) -> UInt64 { littleEndian(bytes, offset, UInt64.self) }
        let version = littleEndian(bytes, 8, UInt32.self)
        guard Prologue.versions.contains(version) else { throw .unknownVersion(version) }
        let mark = littleEndian(bytes, 12, UInt32.self)
        guard mark == Prologue.byteOrderMark else { throw .byteOrder(found: mark) }
        let hash = unsafe bytes.withUnsafeBytes { unsafe xxh64(UnsafeRawBufferPointer(rebasing: $0[..<56])) }
        guard hash == word(56) else { throw .checksum(part: "prologue", offset: 0) }
        guard word(16) == UInt64(fileSize) else { throw .fileSize(stated: word(16), found: fileSize) }
        guard word(32) <= UInt64(NativeLimits.headerBytes) else {
            throw .limit(part: "header bytes", found: Int(clamping: word(32)), limit: NativeLimits.headerBytes)
        }
        guard word(40) <= UInt64(NativeLimits.frames) else {
            throw .limit(part: "number of frames", found: Int(clamping: word(40)), limit: NativeLimits.frames)
        }
        let (headerBytes, frameCount) = (Int(word(32)), Int(word(40)))
        let tail = headerBytes + NativeLayout.gap(headerBytes, 16) + frameCount * FrameRecord.size
        // In range: both sizes are far below the limits' sum, and the offset is compared before it is converted.
        guard fileSize >= tail, word(24) == UInt64(fileSize - tail) else {
            throw .layout(
                part: "header's offset", expected: "\(fileSize - tail) for \(tail) bytes up to the file's end",
                found: "\(word(24))")
        }
        guard fileSize - tail >= Prologue.size else {
            throw .layout(part: "header's offset", expected: "at least \(Prologue.size)", found: "\(fileSize - tail)")
        }
        self.init(
            version: version, fileSize: fileSize, headerOffset: fileSize - tail, headerBytes: headerBytes,
            frameCount: frameCount,
            tailHash: word(48))
    }
}

/// What the frame table says of a frame.
struct FrameRecord: Equatable {
    static let size = 16

    enum Coding: UInt32 {
        case raw = 0
        case zstd = 1
    }

    var storedBytes: Int
    var coding: Coding
    var hash: UInt64

    func append(to out: inout [UInt8]) {
        AdzeNative.append(UInt32(storedBytes), to: &out)
        AdzeNative.append(coding.rawValue, to: &out)
        AdzeNative.append(hash, to: &out)
    }

    init(storedBytes: Int, coding: Coding, hash: UInt64) {
        self.storedBytes = storedBytes
        self.coding = coding
        self.hash = hash
    }

    init(_ table: [UInt8], at offset: Int, index: Int) throws(NativeError) {
        let coding = littleEndian(table, offset + 4, UInt32.self)
        guard let known = Coding(rawValue: coding) else {
            throw .layout(part: "coding of frame \(index)", expected: "0 or 1", found: "\(coding)")
        }
        self.init(
            storedBytes: Int(littleEndian(table, offset, UInt32.self)), coding: known,
            hash: littleEndian(table, offset + 8, UInt64.self))
    }
}

/// What a frame gives when it is decoded.
enum FrameKind: Equatable {
    case vocabulary(bytes: Int)
    case exponents(count: Int)
    case fractions(count: Int, shift: Int)
    case codes(count: Int)
    case residual(count: Int)

    /// The bytes that the frame gives; for a residual the most it can.
    var decodedBytes: Int {
        switch self {
        case .vocabulary(let bytes): bytes
        case .exponents(let count), .codes(let count): count
        case .fractions(let count, let shift): FloatCoding.fractionBytes(count, shift: shift)
        case .residual(let count): Residual.mostBytes(count)
        }
    }

    var name: String {
        switch self {
        case .vocabulary: "vocabulary"
        case .exponents: "exponent frame"
        case .fractions: "fraction frame"
        case .codes: "codes frame"
        case .residual: "residual frame"
        }
    }

    /// What is wrong with the stored size and coding of a frame of this kind, or nil.
    func problem(_ record: FrameRecord) -> String? {
        switch (record.coding, self) {
        case (.raw, .residual):
            record.storedBytes <= decodedBytes ? nil : "\(record.storedBytes) bytes, at most \(decodedBytes)"
        case (.zstd, .residual): "zstd, a residual is raw"
        case (.raw, _):
            record.storedBytes == decodedBytes ? nil : "\(record.storedBytes) raw bytes, expected \(decodedBytes)"
        // A frame that zstd did not make smaller is stored raw.
        case (.zstd, _):
            record.storedBytes < decodedBytes ? nil : "\(record.storedBytes) zstd bytes for \(decodedBytes)"
        }
    }
}

/// A run of floats stored as exponent and fraction frames.
struct FloatRun: Sendable, Equatable {
    /// The first frame's index; exponents and fractions alternate.
    var frame: Int
    var count: Int
    var shift: Int
}

/// The frames of one tensor.
enum TensorFrames: Sendable, Equatable {
    case float32(FloatRun)
    case int8(scales: FloatRun, factors: FloatRun?, codes: Int, residual: Int?)
}

/// Which frames a header implies, in file order, and where each tensor's are.
struct NativeLayout {
    private(set) var kinds: [FrameKind] = []
    private(set) var tensors: [TensorFrames] = []
    /// The first frame of the weights section and of the residual section.
    private(set) var sectionFrames: [Int] = []

    /// The layout of a header with at most `limit` frames.
    init(_ header: NativeHeader, limit: Int) throws(NativeError) {
        if let vocabulary = header.vocabulary { kinds.append(.vocabulary(bytes: vocabulary.bytes)) }
        sectionFrames.append(kinds.count)
        for tensor in header.tensors {
            // One tensor adds at most some 50,000 frames, so checking between tensors bounds the list.
            guard kinds.count <= limit else { break }
            tensors.append(addWeights(tensor))
        }
        sectionFrames.append(kinds.count)
        for (index, tensor) in header.tensors.enumerated() where index < tensors.count {
            guard kinds.count <= limit else { break }
            if case .int8(_, .some, _) = tensor.scheme,
                case .int8(let scales, let factors, let codes, _) = tensors[index]
            {
                tensors[index] = .int8(scales: scales, factors: factors, codes: codes, residual: kinds.count)
                addChunks(tensor.shape.count) { .residual(count: $0) }
            }
        }
        guard kinds.count <= limit else {
            throw .layout(part: "number of frames", expected: "at most \(limit)", found: "\(kinds.count) or more")
        }
    }

    private mutating func addWeights(_ tensor: NativeTensorRecord) -> TensorFrames {
        switch tensor.scheme {
        case .float32(let shift): return .float32(addFloats(tensor.shape.count, shift: shift))
        case .int8(let hasColumnFactors, _, _):
            let scales = addFloats(tensor.shape[0], shift: 0)
            let factors = hasColumnFactors ? addFloats(tensor.shape[1], shift: 0) : nil
            let codes = kinds.count
            addChunks(tensor.shape.count) { .codes(count: $0) }
            return .int8(scales: scales, factors: factors, codes: codes, residual: nil)
        }
    }

    private mutating func addFloats(_ count: Int, shift: Int) -> FloatRun {
        let run = FloatRun(frame: kinds.count, count: count, shift: shift)
        for chunk in 0..<FloatCoding.chunks(count) {
            let length = FloatCoding.range(chunk, of: count).count
            kinds.append(.exponents(count: length))
            kinds.append(.fractions(count: length, shift: shift))
        }
        return run
    }

    private mutating func addChunks(_ count: Int, _ kind: (Int) -> FrameKind) {
        for chunk in 0..<FloatCoding.chunks(count) { kinds.append(kind(FloatCoding.range(chunk, of: count).count)) }
    }

    /// Zero bytes up to the next multiple.
    static func gap(_ offset: Int, _ alignment: Int) -> Int { (alignment - offset % alignment) % alignment }
}

/// Appends an integer in little-endian order.
func append(_ value: some FixedWidthInteger, to out: inout [UInt8]) {
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe out.append(contentsOf: $0) }
}

/// The little-endian integer at an offset that the caller has checked.
func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(_ bytes: [UInt8], _ offset: Int, _: T.Type) -> T {
    precondition(offset >= 0 && offset + MemoryLayout<T>.size <= bytes.count)
    return unsafe bytes.withUnsafeBytes { unsafe T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self)) }
}
