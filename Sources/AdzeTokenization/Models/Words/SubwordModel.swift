// The two models whose words are found by steps, as one: their choice and the cache before them. Not here: finding the
// words.

/// Byte pairs or unigram, made ready for a vocabulary.
enum SubwordModel: Sendable {
    case bytePairs(BytePairCutter)
    case unigram(UnigramCutter)

    /// Appends a word's tokens to `ids`, and their places in the text to `places` if asked.
    func cut(
        _ text: Span<UInt8>, _ word: Range<Int>, _ scratch: inout WordScratch, into ids: inout [Int32],
        places: inout [Range<Int>], wantsPlaces: Bool
    ) {
        switch self {
        case .bytePairs(let cutter):
            cutter.cut(text, word, &scratch.pairs, into: &ids, places: &places, wantsPlaces: wantsPlaces)
        case .unigram(let cutter):
            cutter.cut(text, word, &scratch.path, into: &ids, places: &places, wantsPlaces: wantsPlaces)
        }
    }

    /// The same without places, and from the cache where the word is there.
    @inline(__always)
    func cut(_ text: Span<UInt8>, _ word: Range<Int>, _ scratch: inout WordScratch, into ids: inout [Int32]) {
        guard word.count <= WordCache.wordLimit else { return cutUncached(text, word, &scratch, into: &ids) }
        let key = WordCache.Key(text, word)
        if scratch.cache.append(key, to: &ids) { return }
        let mark = ids.count
        cutUncached(text, word, &scratch, into: &ids)
        scratch.cache.keep(key, ids[mark...])
    }

    @inline(never)
    private func cutUncached(
        _ text: Span<UInt8>, _ word: Range<Int>, _ scratch: inout WordScratch, into ids: inout [Int32]
    ) {
        var places: [Range<Int>] = []
        cut(text, word, &scratch, into: &ids, places: &places, wantsPlaces: false)
    }
}
