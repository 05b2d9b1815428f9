// The best pieces of one word of normalized text by their scores: a Viterbi search over the bytes. Not here: the words,
// and the caching.

/// Room for the search.
struct PathScratch: ~Copyable {
    /// For each byte of the word, as the end of a piece: the best sum up to it, where its piece begins, and its id; a start
    /// of −1 where no piece ends.
    fileprivate var nodes: [(score: Double, start: Int32, id: Int32)] = []

    /// The bytes of the room.
    var byteCount: Int { 16 * (nodes.capacity + pieces.capacity) }

    /// Nodes for a word of so many bytes, none of which is reached but the first.
    fileprivate mutating func clear(_ count: Int) {
        if nodes.count <= count {
            nodes += repeatElement((score: 0, start: Int32(-1), id: Int32(-1)), count: count + 1 - nodes.count)
        }
        var span = nodes.mutableSpan
        span[0] = (0, 0, -1)
        if count > 0 { for index in 1...count { span[index].start = -1 } }
    }
    /// The pieces of the best way, from the last: where each begins and its id.
    fileprivate var pieces: [(start: Int32, id: Int32)] = []
}

/// Cuts words by scores.
final class UnigramCutter: Sendable {
    let model: Unigram
    private let vocabulary: Vocabulary
    private let pieces: PieceTrie
    private let unknownID: Int32
    private let unknownScore: Double
    /// The token of each byte where unknown text is written so; −1 for none.
    private let byteIDs: [Int32]

    /// A cutter of a vocabulary; throws a `TokenizerError` for scores that are not of it.
    init(_ model: Unigram, _ vocabulary: Vocabulary) throws(TokenizerError) {
        try model.check(modelCount: vocabulary.modelCount, file: "tokenizer settings")
        (self.model, self.vocabulary, pieces) = (model, vocabulary, PieceTrie(vocabulary))
        unknownID = model.unknownID.map(Int32.init) ?? -1
        unknownScore = (model.scores.min() ?? 0) - Unigram.unknownPenalty
        byteIDs = (0...255).map { (byte: UInt8) -> Int32 in
            model.fallsBackToBytes ? vocabulary.modelID(of: fallbackToken(byte)) ?? -1 : -1
        }
    }

    /// The piece of the lowest score, the first of them.
    var lowestPiece: Int32 {
        let lowest = model.scores.min() ?? 0
        return Int32(model.scores.firstIndex(of: lowest) ?? 0)
    }

    /// Appends a word's tokens to `ids`, and their places in the text to `places` if asked.
    ///
    /// - Complexity: O(n · longest piece) in the bytes of the word.
    func cut(
        _ text: Span<UInt8>, _ word: Range<Int>, _ scratch: inout PathScratch, into ids: inout [Int32],
        places: inout [Range<Int>], wantsPlaces: Bool
    ) {
        search(text, word, &scratch)
        backtrack(word.count, &scratch)
        var index = scratch.pieces.count - 1
        while index >= 0 {
            let start = Int(scratch.pieces[index].start)
            let isUnknown = scratch.pieces[index].id == unknownID
            // Unknown pieces beside each other are one text.
            while isUnknown, index > 0, scratch.pieces[index - 1].id == unknownID { index -= 1 }
            let end = index > 0 ? Int(scratch.pieces[index - 1].start) : word.count
            let range = word.lowerBound + start..<word.lowerBound + end
            if isUnknown {
                addUnknown(text, range, into: &ids, places: &places, wantsPlaces: wantsPlaces)
            } else {
                ids.append(scratch.pieces[index].id)
                if wantsPlaces { places.append(range) }
            }
            index -= 1
        }
    }

    /// Fills in the best way to each end, from left to right.
    private func search(_ text: Span<UInt8>, _ word: Range<Int>, _ scratch: inout PathScratch) {
        let pieces = pieces
        let trie = pieces.walker
        let known = model.scores
        let scores = known.span
        let count = word.count
        scratch.clear(count)
        var nodes = scratch.nodes.mutableSpan
        var start = 0
        while start < count {
            let length = decodeScalar(text, at: word.lowerBound + start).length
            let before = nodes[start].score
            var (node, position, hasCharacter) = (trie.root, start, false)
            while position < count, let next = trie.step(node, text[word.lowerBound + position]) {
                node = next
                position += 1
                let id = node.id
                guard id >= 0 else { continue }
                let score = before + scores[Int(id)]
                if nodes[position].start < 0 || score > nodes[position].score {
                    nodes[position] = (score, Int32(truncatingIfNeeded: start), id)
                }
                hasCharacter = hasCharacter || position == start + length
            }
            if !hasCharacter {
                let (end, score) = (start + length, before + unknownScore)
                if nodes[end].start < 0 || score > nodes[end].score {
                    nodes[end] = (score, Int32(truncatingIfNeeded: start), unknownID)
                }
            }
            start += length
        }
    }

    private func backtrack(_ count: Int, _ scratch: inout PathScratch) {
        scratch.pieces.removeAll(keepingCapacity: true)
        var end = count
        while end > 0 {
            let node = scratch.nodes[end]
            scratch.pieces.append((node.start, node.id))
            end = Int(node.start)
        }
    }

    /// The token of a text that no piece is: its own where it is in the vocabulary all the same, else those of its bytes, else
    /// the unknown one.
    private func addUnknown(
        _ text: Span<UInt8>, _ range: Range<Int>, into ids: inout [Int32], places: inout [Range<Int>], wantsPlaces: Bool
    ) {
        if let own = vocabulary.modelID(of: range.map { text[$0] }) {
            ids.append(own)
            if wantsPlaces { places.append(range) }
            return
        }
        var tokens: [Int32] = []
        for place in range where model.fallsBackToBytes { tokens.append(byteIDs[Int(text[place])]) }
        guard !tokens.isEmpty, tokens.allSatisfy({ $0 >= 0 }) else {
            if unknownID >= 0 {
                ids.append(unknownID)
                if wantsPlaces { places.append(range) }
            }
            return
        }
        // Each has the place of the whole.
        for id in tokens {
            ids.append(id)
            if wantsPlaces { places.append(range) }
        }
    }
}
