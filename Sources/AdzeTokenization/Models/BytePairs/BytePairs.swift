// The settings of byte-pair encoding: its merges and what becomes of characters that it does not know. Not here: the
// merging, and the files that merges come in.

import AdzeBytes

/// Byte-pair encoding: a word begins as its characters or bytes, and the pair of lowest rank becomes one token, until none
/// is left that merges.
///
/// Source: Sennrich, Haddow and Birch 2016, arXiv:1508.07909; over bytes Radford et al. 2019, "Language Models are
/// Unsupervised Multitask Learners".
public struct BytePairs: Sendable, Equatable {
    /// Two tokens that become one, by their ids.
    public struct Merge: Sendable, Equatable, Hashable {
        /// The first token.
        public var left: Int32
        /// The second token.
        public var right: Int32

        /// A pair.
        public init(_ left: Int32, _ right: Int32) { (self.left, self.right) = (left, right) }
    }

    /// The pairs in the order of their ranks.
    public var merges: [Merge]
    /// The token of characters that are not in the vocabulary; where there is none they are left out.
    public var unknownToken: String?
    /// One unknown token for a run of such characters.
    public var fusesUnknown = false
    /// Write such characters as tokens of their bytes, `<0xE2>`, where the vocabulary has all of them.
    public var fallsBackToBytes = false
    /// A word that is a token as a whole is that token, whatever the merges make of it.
    public var ignoresMerges = false
    /// What a character has before it that does not begin its word.
    public var continuingPrefix = ""
    /// What the last character of a word has behind it.
    public var wordSuffix = ""

    /// The most merges.
    static let mergeLimit = 5_000_000

    /// Merges, and nothing else.
    public init(merges: [Merge] = []) { self.merges = merges }
}

extension BytePairs {
    /// The ids of merges that are given as texts, in their order.
    ///
    /// Throws `TokenizerError.unexpected` for one that names a token which is not there, or makes one.
    init(
        pairs: [(left: Substring, right: Substring)], _ vocabulary: Vocabulary, prefix: String, file: String
    ) throws(TokenizerError) {
        guard pairs.count <= Self.mergeLimit else {
            throw .unexpected(
                file: file, key: "merges", expected: "at most \(Self.mergeLimit) merges", found: "\(pairs.count)")
        }
        var merges: [Merge] = []
        merges.reserveCapacity(pairs.count)
        for (number, pair) in pairs.enumerated() {
            func id(_ token: Substring) throws(TokenizerError) -> Int32 {
                guard let id = vocabulary.trie.value(of: token.utf8), id < vocabulary.modelCount else {
                    throw .unexpected(
                        file: file, key: "merges", expected: "tokens of the vocabulary",
                        found: "\(quoted(String(token), limit: 40)) in merge \(number + 1)")
                }
                return id
            }
            merges.append(Merge(try id(pair.left), try id(pair.right)))
        }
        self.init(merges: merges)
        continuingPrefix = prefix
        _ = try MergeTable(self, vocabulary, file: file)
    }
}

/// What a pair of tokens becomes and how early, for all pairs that merge.
struct MergeTable: Sendable {
    /// Key of the pair in one array, rank and result in the other; a free place has the rank −1.
    private(set) var keys: [UInt64]
    private(set) var values: [UInt64]
    private let shift: UInt64
    static let free = UInt64.max

    /// The table of a model's merges; a pair that is listed twice has its later rank, as in the reference.
    ///
    /// Throws `TokenizerError.unexpected` where what a pair makes is no token.
    init(_ model: BytePairs, _ vocabulary: Vocabulary, file: String) throws(TokenizerError) {
        var bits: UInt64 = 4
        while 1 << bits < 2 * model.merges.count { bits += 1 }
        shift = 64 - bits
        keys = [UInt64](repeating: Self.free, count: 1 << bits)
        values = keys
        let prefix = model.continuingPrefix.utf8.count
        for (rank, merge) in model.merges.enumerated() {
            guard Self.isToken(merge.left, vocabulary), Self.isToken(merge.right, vocabulary) else {
                throw .unexpected(
                    file: file, key: "merges", expected: "ids of tokens", found: "\(merge.left) and \(merge.right)")
            }
            let left = vocabulary.utf8(Int(merge.left))
            let right = vocabulary.utf8(Int(merge.right)).dropFirst(prefix)
            guard let result = vocabulary.trie.value(of: left + right), result < vocabulary.modelCount else {
                let made = String(decoding: left + right, as: UTF8.self)
                throw .unexpected(
                    file: file, key: "merges", expected: "merges that make tokens of the vocabulary",
                    found: "\(quoted(made, limit: 40)) of merge \(rank + 1)")
            }
            set(Self.key(merge.left, merge.right), UInt64(rank) << 32 | UInt64(UInt32(bitPattern: result)))
        }
    }

    private static func isToken(_ id: Int32, _ vocabulary: Vocabulary) -> Bool { id >= 0 && id < vocabulary.modelCount }

    private mutating func set(_ key: UInt64, _ value: UInt64) {
        var place = Self.place(key, shift)
        while keys[place] != Self.free, keys[place] != key { place = (place + 1) & (keys.count - 1) }
        (keys[place], values[place]) = (key, value)
    }

    @inline(__always)
    fileprivate static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    fileprivate static func place(_ key: UInt64, _ shift: UInt64) -> Int {
        let mixed = key &* 0x9E37_79B9_7F4A_7C15
        let spread = (mixed ^ mixed &>> 32) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: spread &>> shift)
    }

    /// A view for many look-ups.
    var walker: MergeWalker {
        @_lifetime(borrow self)
        get { MergeWalker(keys: keys.span, values: values.span, shift: shift) }
    }
}

/// Borrowed look-ups in a `MergeTable`.
struct MergeWalker: ~Escapable {
    private let keys: Span<UInt64>
    private let values: Span<UInt64>
    private let shift: UInt64

    @_lifetime(copy keys, copy values)
    init(keys: Span<UInt64>, values: Span<UInt64>, shift: UInt64) {
        (self.keys, self.values, self.shift) = (keys, values, shift)
    }

    /// The rank in the upper half and the token in the lower, or `MergeTable.free` for a pair that does not merge.
    @inline(__always)
    func value(_ left: Int32, _ right: Int32) -> UInt64 {
        let key = MergeTable.key(left, right)
        var place = MergeTable.place(key, shift)
        while true {
            let found = keys[place]
            if found == key { return values[place] }
            if found == MergeTable.free { return MergeTable.free }
            place = (place + 1) & (keys.count - 1)
        }
    }
}
