// fp32 elements as two streams: a byte of exponent each, which compresses, and sign and mantissa packed to the bits that
// are in use, which do not. Not here: frames, checksums, zstd.

/// How the elements of one tensor become bits.
enum FloatCoding {
    /// Elements in a chunk: a fraction frame of 768 KiB and an exponent frame of 256 KiB stay in a core's own cache.
    static let chunk = 1 << 18

    /// Bytes that buffers given to `unpack` have behind their content, because bits are loaded a word at a time.
    static let slack = 8

    /// The low bits that are zero in every pattern of an OR over patterns; at most the whole mantissa.
    static func shift(ofUnion patterns: UInt32) -> Int { min(patterns.trailingZeroBitCount, 23) }

    /// Chunks that `count` elements make.
    static func chunks(_ count: Int) -> Int { (count + chunk - 1) / chunk }

    /// The elements of one chunk.
    static func range(_ index: Int, of count: Int) -> Range<Int> {
        index * chunk..<min(count, (index + 1) * chunk)
    }

    /// Bytes of `count` packed fractions.
    static func fractionBytes(_ count: Int, shift: Int) -> Int { (count * (24 - shift) + 7) / 8 }

    /// The exponents of a run of elements, a byte each.
    static func exponents(_ patterns: UnsafeRawBufferPointer, _ range: Range<Int>) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: range.count) { out, initialized in
            for index in 0..<range.count {
                unsafe out[index] = UInt8(truncatingIfNeeded: pattern(patterns, range.lowerBound + index) >> 23)
            }
            initialized = range.count
        }
    }

    /// Signs and mantissas of a run of elements, `24 - shift` bits each.
    static func fractions(_ patterns: UnsafeRawBufferPointer, _ range: Range<Int>, shift: Int) -> [UInt8] {
        let width = 24 - shift
        let size = fractionBytes(range.count, shift: shift)
        var packed = unsafe [UInt8](unsafeUninitializedCapacity: size + slack) { out, initialized in
            let out = UnsafeMutableRawBufferPointer(out)
            var (pending, filled, position) = (UInt64(0), 0, 0)
            for index in range {
                let bits = unsafe pattern(patterns, index)
                pending |= UInt64(((bits & 0x7F_FFFF) >> UInt32(shift)) << 1 | bits >> 31) << UInt64(filled)
                filled += width
                unsafe out.storeBytes(of: pending.littleEndian, toByteOffset: position, as: UInt64.self)
                position += filled >> 3
                pending >>= UInt64(filled & ~7)
                filled &= 7
            }
            initialized = size
        }
        packed.removeLast(packed.count - size)
        return packed
    }

    /// Puts elements together again.
    ///
    /// `fractions` has `fractionBytes` bytes and `slack` more that may be read. False where the bits that fill up the
    /// last byte are not zero.
    static func unpack(
        exponents: UnsafeRawPointer, fractions: UnsafeRawPointer, count: Int, shift: Int,
        into out: UnsafeMutableRawPointer
    ) -> Bool {
        let width = 24 - shift
        let mask = UInt32(1) << UInt32(width) - 1
        for index in 0..<count {
            let bit = index &* width
            // At most 7 + 24 bits are looked at, so one word holds them.
            let word = unsafe UInt32(littleEndian: fractions.loadUnaligned(fromByteOffset: bit >> 3, as: UInt32.self))
            let field = word >> UInt32(bit & 7) & mask
            let exponent = unsafe UInt32(exponents.load(fromByteOffset: index, as: UInt8.self))
            let pattern = field << 31 | exponent << 23 | (field >> 1) << UInt32(shift)
            unsafe out.storeBytes(of: pattern.littleEndian, toByteOffset: index &* 4, as: UInt32.self)
        }
        return unsafe hasZeroTail(fractions, bits: count * width)
    }

    /// Whether the bits behind `bits` in the last byte are zero.
    static func hasZeroTail(_ bytes: UnsafeRawPointer, bits: Int) -> Bool {
        unsafe bits & 7 == 0 || bytes.load(fromByteOffset: bits >> 3, as: UInt8.self) >> UInt8(bits & 7) == 0
    }

    @inline(__always)
    static func pattern(_ patterns: UnsafeRawBufferPointer, _ index: Int) -> UInt32 {
        unsafe UInt32(littleEndian: patterns.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self))
    }
}
