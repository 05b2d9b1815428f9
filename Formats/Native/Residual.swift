// The bits that turn an int8 code back into the exact fp32 element: its place among the values that have this code. The
// expressions are the file format's, see FileFormat.md, "Residual". Not here: frames, checksums.

/// Codes and decodes the residual of runs of a quantized matrix's elements.
struct Residual: Sendable {
    /// How the codes were made.
    let quantizer: RowQuantizer
    /// Low bits of every pattern that are zero.
    let shift: Int

    /// The most bits that an element takes: class and whole pattern.
    static let mostBits = 36

    /// The most bytes that `count` elements take.
    static func mostBytes(_ count: Int) -> Int { (count * mostBits + 7) / 8 }

    /// The values that a code other than 0 can stand for: the first pattern, and truncated binary for their number.
    private struct Interval {
        let low: UInt32
        /// Bits of a short codeword.
        let bits: UInt32
        /// How many codewords are short.
        let short: UInt32

        @inline(__always)
        init(magnitude: Float, scale: Float, factor: Float?, shift: UInt32) {
            // Four roundings at most lie between these edges and the quantizer's, hence the margin of 4.
            var (below, above) = ((magnitude - 0.5) * scale, (magnitude + 0.5) * scale)
            if let factor {
                below /= factor
                above /= factor
            }
            low = (below.bitPattern &- 4) >> shift
            let count = ((above.bitPattern &+ 4) >> shift) &- low &+ 1
            // Never 0: `above` ≥ `below`, and scales and factors are in the range in which neither overflows.
            bits = UInt32(31 &- count.leadingZeroBitCount)
            short = (2 << bits) &- count
        }

        /// 1 where the first bits of a codeword are those of a long one, else 0; without a branch.
        @inline(__always)
        func isLong(_ head: UInt32) -> UInt32 {
            UInt32(truncatingIfNeeded: (UInt64(head) &- UInt64(short)) >> 63) ^ 1
        }
    }

    /// The greatest exponent field of an element with code 0.
    private func zeroExponent(scale: Float, factor: Float?) -> UInt32 {
        var edge = 0.5 * scale
        if let factor { edge /= factor }
        return (edge.bitPattern &+ 4) >> 23
    }

    // MARK: Coding

    /// The residual bits of a run of elements; `codes` are that run's.
    func encode(
        _ patterns: UnsafeRawBufferPointer, codes: UnsafeRawBufferPointer, scales: [Float], _ range: Range<Int>
    ) -> [UInt8] {
        let capacity = Residual.mostBytes(range.count) + FloatCoding.slack
        return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { out, initialized in
            var writer = unsafe BitWriter(UnsafeMutableRawBufferPointer(out))
            quantizer.forEachRow(range) { row, columns, start in
                let scale = scales[row]
                for column in columns {
                    let element = start + column - columns.lowerBound
                    let code = unsafe quantizer.code(
                        codes.load(fromByteOffset: element, as: Int8.self), at: range.lowerBound + element)
                    let pattern = unsafe FloatCoding.pattern(patterns, range.lowerBound + element)
                    let factor = quantizer.columnFactors?[column]
                    if code == 0 {
                        encodeZero(pattern, top: zeroExponent(scale: scale, factor: factor), to: &writer)
                    } else {
                        let interval = Interval(
                            magnitude: Float(code.magnitude), scale: scale, factor: factor, shift: UInt32(shift))
                        let place = ((pattern & 0x7FFF_FFFF) >> UInt32(shift)) &- interval.low
                        // Which of the two lengths it is cannot be predicted, so there is no branch on it.
                        let long = interval.isLong(place)
                        let word = place &+ ((0 &- long) & interval.short)
                        writer.put(
                            UInt64(word >> long) | UInt64(word & long) << UInt64(interval.bits),
                            Int(interval.bits &+ long))
                    }
                }
            }
            initialized = writer.finish()
        }
    }

    private func encodeZero(_ pattern: UInt32, top: UInt32, to writer: inout BitWriter) {
        let exponent = pattern >> 23 & 0xFF
        if pattern == 0 {
            writer.put(14, 4)
        } else if exponent <= top && top - exponent < 14 {
            let mantissa = (pattern & 0x7F_FFFF) >> UInt32(shift)
            writer.put(UInt64(top - exponent) | UInt64(mantissa << 1 | pattern >> 31) << 4, 4 + 24 - shift)
        } else {
            writer.put(15 | UInt64(pattern >> UInt32(shift)) << 4, 4 + 32 - shift)
        }
    }

    // MARK: Decoding

    /// Gives the exact elements of a run, or what is wrong with its bits.
    ///
    /// `bits` has `FloatCoding.slack` bytes behind it that may be read. The scales and factors were checked.
    func decode(
        _ bits: UnsafeRawBufferPointer, codes: UnsafeRawBufferPointer, scales: [Float], _ range: Range<Int>,
        into out: UnsafeMutableRawBufferPointer
    ) -> String? {
        var reader = unsafe BitReader(bits)
        var problem: String?
        quantizer.forEachRow(range) { row, columns, start in
            guard problem == nil else { return }
            problem =
                if let factors = quantizer.columnFactors {
                    unsafe decodeRow(&reader, codes, scales[row], columns, start, range.lowerBound, out) { factors[$0] }
                } else {
                    unsafe decodeRow(&reader, codes, scales[row], columns, start, range.lowerBound, out) { _ in nil }
                }
        }
        return problem ?? reader.problemAtEnd
    }

    @inline(__always)
    private func decodeRow(
        _ reader: inout BitReader, _ codes: UnsafeRawBufferPointer, _ scale: Float, _ columns: Range<Int>, _ start: Int,
        _ first: Int, _ out: UnsafeMutableRawBufferPointer, factor: (Int) -> Float?
    ) -> String? {
        let shift = UInt32(shift)
        for column in columns {
            let element = start &+ column &- columns.lowerBound
            let code = unsafe quantizer.code(
                codes.load(fromByteOffset: element, as: Int8.self), at: first &+ element)
            guard let word = reader.peek() else { return "residual bits end early" }
            let pattern: UInt32
            if code != 0 {
                guard scale > 0 else { return "a code other than 0 in a row of scale 0" }
                let interval = Interval(
                    magnitude: Float(code.magnitude), scale: scale, factor: factor(column), shift: shift)
                let head = UInt32(truncatingIfNeeded: word) & (1 << interval.bits &- 1)
                let next = UInt32(truncatingIfNeeded: word >> UInt64(interval.bits)) & 1
                let long = interval.isLong(head)
                let place = head &+ ((0 &- long) & (head &+ next &- interval.short))
                reader.skip(Int(interval.bits &+ long))
                pattern = (interval.low &+ place) << shift | UInt32(bitPattern: code) & 0x8000_0000
            } else {
                let top = zeroExponent(scale: scale, factor: factor(column))
                guard let zero = decodeZero(word, top: top, &reader) else { return "a residual class out of range" }
                pattern = zero
            }
            unsafe out.storeBytes(of: pattern.littleEndian, toByteOffset: element &* 4, as: UInt32.self)
        }
        return nil
    }

    private func decodeZero(_ word: UInt64, top: UInt32, _ reader: inout BitReader) -> UInt32? {
        let kind = UInt32(truncatingIfNeeded: word & 15)
        switch kind {
        case 14:
            reader.skip(4)
            return 0
        case 15:
            reader.skip(4 + 32 - shift)
            return UInt32(truncatingIfNeeded: word >> 4) << UInt32(shift)
        default:
            guard kind <= top else { return nil }
            reader.skip(4 + 24 - shift)
            let field = UInt32(truncatingIfNeeded: word >> 4) & (UInt32(1) << UInt32(24 - shift) - 1)
            return field << 31 | (top - kind) << 23 | (field >> 1) << UInt32(shift)
        }
    }
}

/// Fills a buffer with bits, the least significant first.
@safe struct BitWriter {
    // @safe: the buffer has a word of room behind all that is put, as `init` asks, and outlives the writer.
    private let out: UnsafeMutableRawBufferPointer
    private var pending: UInt64 = 0
    private var filled = 0
    private var position = 0

    /// A writer into a buffer that is `FloatCoding.slack` bytes larger than all that will be put.
    init(_ out: UnsafeMutableRawBufferPointer) { unsafe self.out = out }

    /// Appends at most 56 bits.
    @inline(__always)
    mutating func put(_ bits: UInt64, _ count: Int) {
        pending |= bits << UInt64(filled)
        filled += count
        unsafe out.storeBytes(of: pending.littleEndian, toByteOffset: position, as: UInt64.self)
        position += filled >> 3
        pending >>= UInt64(filled & ~7)
        filled &= 7
    }

    /// The bytes written; the last is filled up with zero bits.
    mutating func finish() -> Int { position + (filled > 0 ? 1 : 0) }
}

/// Takes bits out of a buffer, the least significant first.
@safe struct BitReader {
    // @safe: `peek` reads a word at a position inside the bytes; the slack that `init` asks for is a word.
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// A reader of bytes behind which `FloatCoding.slack` more may be read.
    init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    /// The next 57 bits at least, undefined beyond the last byte; nil where they have all been taken.
    @inline(__always)
    func peek() -> UInt64? {
        // In bounds: the position is at most the end, and the slack is a word.
        guard unsafe position <= bytes.count &* 8, let base = unsafe bytes.baseAddress else { return nil }
        let word = unsafe UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position >> 3, as: UInt64.self))
        return word >> UInt64(position & 7)
    }

    @inline(__always)
    mutating func skip(_ count: Int) { position &+= count }

    /// What is wrong when everything should have been taken.
    var problemAtEnd: String? {
        guard unsafe (position + 7) / 8 == bytes.count else {
            return unsafe position > bytes.count * 8 ? "residual bits end early" : "residual bits are left over"
        }
        guard let base = unsafe bytes.baseAddress else { return nil }
        return unsafe FloatCoding.hasZeroTail(base, bits: position) ? nil : "bits behind the last element are not zero"
    }
}
