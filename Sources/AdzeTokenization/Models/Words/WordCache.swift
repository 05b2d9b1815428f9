// The tokens of words that came before, so that a common word is cut once. Not here: the cutting.

import Synchronization

/// A table of short words and their tokens, each word in one of the two places that its hash gives; a new word takes the first
/// and sends what stood there to the second.
///
/// What it answers is what cutting would: it never changes a result. Words of up to 32 bytes and 6 tokens are held.
struct WordCache: ~Copyable {
    static let wordLimit = 32
    static let tokenLimit = 6
    private static let bits: UInt64 = 15
    /// Eight words of 64 bits a place: the word, its length and number of tokens, its tokens.
    private static let stride = 8

    private var places: [UInt64]

    /// An empty table, or one that holds nothing ever.
    init(isUsed: Bool = true) { places = [UInt64](repeating: 0, count: isUsed ? Self.stride << Self.bits : 0) }

    /// A word's bytes as numbers, and where it belongs.
    struct Key {
        fileprivate let a, b, c, d: UInt64
        fileprivate let length: Int
        fileprivate let place: Int

        /// The key of a word of 1 to 32 bytes.
        @inline(__always)
        init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
            let (start, count) = (range.lowerBound, range.count)
            length = count
            a = loadWord(bytes, start, count)
            b = count > 8 ? loadWord(bytes, start + 8, count - 8) : 0
            c = count > 16 ? loadWord(bytes, start + 16, count - 16) : 0
            d = count > 24 ? loadWord(bytes, start + 24, count - 24) : 0
            var mixed = (a ^ UInt64(truncatingIfNeeded: count)) &* 0x9E37_79B9_7F4A_7C15
            if count > 8 {
                mixed = (mixed ^ mixed &>> 29 ^ b) &* 0xBF58_476D_1CE4_E5B9
                if count > 16 {
                    mixed = (mixed ^ mixed &>> 32 ^ c &* 0x94D0_49BB_1331_11EB ^ d) &* 0x9E37_79B9_7F4A_7C15
                }
            }
            let spread = (mixed ^ mixed &>> 30) &* 0xBF58_476D_1CE4_E5B9
            place = Int(truncatingIfNeeded: spread &>> (64 - WordCache.bits))
        }
    }

    /// Appends a word's tokens where they are known.
    @inline(__always)
    func append(_ key: Key, to ids: inout [Int32]) -> Bool {
        let places = places.span
        return append(key, places, key.place * Self.stride, to: &ids)
            || append(key, places, (key.place ^ 1) * Self.stride, to: &ids)
    }

    @inline(__always)
    private func append(_ key: Key, _ places: Span<UInt64>, _ slot: Int, to ids: inout [Int32]) -> Bool {
        let header = places[slot + 4]
        guard header & 0xFF == UInt64(truncatingIfNeeded: key.length), places[slot] == key.a, places[slot + 1] == key.b,
            places[slot + 2] == key.c, places[slot + 3] == key.d
        else { return false }
        let count = Int(truncatingIfNeeded: header &>> 8)
        ids.append(Int32(truncatingIfNeeded: places[slot + 5]))
        var index = 1
        while index < count {
            let pair = places[slot + 5 + index / 2]
            ids.append(Int32(truncatingIfNeeded: index % 2 == 0 ? pair : pair &>> 32))
            index += 1
        }
        return true
    }

    /// Keeps a word's tokens, if they are not too many.
    mutating func keep(_ key: Key, _ ids: ArraySlice<Int32>) {
        guard !ids.isEmpty, ids.count <= Self.tokenLimit else { return }
        let slot = key.place * Self.stride
        let second = (key.place ^ 1) * Self.stride
        for index in 0..<Self.stride { places[second + index] = places[slot + index] }
        (places[slot], places[slot + 1], places[slot + 2], places[slot + 3]) = (key.a, key.b, key.c, key.d)
        places[slot + 4] = UInt64(key.length) | UInt64(ids.count) << 8
        (places[slot + 5], places[slot + 6], places[slot + 7]) = (0, 0, 0)
        for (index, id) in ids.enumerated() {
            places[slot + 5 + index / 2] |= UInt64(UInt32(bitPattern: id)) << UInt64(index % 2 * 32)
        }
    }
}

/// The first eight bytes from a place on as a number; those behind `count` are 0.
@inline(__always)
private func loadWord(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> UInt64 {
    if start + 8 <= bytes.count {
        // In bounds by the line above; `start` is within the span, as the caller's range is.
        let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self).littleEndian
        return count >= 8 ? word : word & (1 &<< UInt64(truncatingIfNeeded: count * 8) &- 1)
    }
    var word: UInt64 = 0
    for index in 0..<min(8, count) { word |= UInt64(bytes[start + index]) << UInt64(index * 8) }
    return word
}

/// What cutting a text works with: caches and room, held by one text at a time.
struct WordScratch: ~Copyable {
    var cache: WordCache
    /// Room for a text after its normalization.
    var normalized: [UInt8] = []
    /// Room for the words of a text that are not used as they stand, and where each begins.
    var text: [UInt8] = []
    var starts: [Int] = []
    var pairs = PairScratch()
    var path = PathScratch()

    /// Room, and a cache unless every word is to be cut.
    init(cached: Bool = true) { cache = WordCache(isUsed: cached) }

    /// Whether a text of uncommon length has made the room larger than is worth keeping.
    fileprivate var isLarge: Bool {
        max(normalized.capacity, text.capacity, 8 * starts.capacity, pairs.byteCount, path.byteCount) > 1 << 20
    }
}

/// The scratches of a tokenizer: as many as texts were ever cut at once.
final class ScratchPool: Sendable {
    /// A scratch in an object, so that handing it over copies nothing. Sendable, as it is in one place at a time: in the pool
    /// or with one text.
    private final class Box: @unchecked Sendable {
        var scratch = WordScratch()
    }

    private let idle = Mutex<[Box]>([])

    /// Runs `body` with a scratch that nobody else has meanwhile.
    func with<Result>(_ body: (inout WordScratch) -> Result) -> Result {
        let box = idle.withLock { $0.popLast() } ?? Box()
        let result = body(&box.scratch)
        if !box.scratch.isLarge { idle.withLock { $0.append(box) } }
        return result
    }
}
