// WordPiece itself: the longest known piece first, over the bytes of one normalized word. Not here: finding the words.

/// Cuts words by one vocabulary; borrows its trie for the length of a text.
struct WordPieceCutter: ~Escapable {
    let trie: TrieWalker
    /// The node after the continuing prefix, or nil where no token has it.
    let continuation: UInt32?
    /// Ids from here on are added tokens, which WordPiece must not produce.
    let modelCount: UInt32
    let unknownID: Int32

    @_lifetime(copy trie)
    init(trie: TrieWalker, continuation: UInt32?, modelCount: Int, unknownID: Int32) {
        self.trie = trie
        self.continuation = continuation
        self.modelCount = UInt32(modelCount)
        self.unknownID = unknownID
    }

    /// Appends the pieces of a word to `ids`, and their ends in `word` to `ends` if asked.
    ///
    /// A word that cannot be pieced together gives the unknown token alone.
    /// - Complexity: O(length · longest token); the caller caps the length.
    @inline(__always)
    func cut(_ word: Span<UInt8>, _ range: Range<Int>, into ids: inout [Int32], ends: inout [Int], wantsEnds: Bool) {
        let mark = ids.count
        let endMark = ends.count
        if !match(word, range, into: &ids, ends: &ends, wantsEnds: wantsEnds) {
            giveUp(range, mark, endMark, &ids, &ends, wantsEnds)
        }
    }

    /// Appends the pieces of a word as far as it can be pieced together; false where that is not to its end.
    @inline(__always)
    func match(
        _ word: Span<UInt8>, _ range: Range<Int>, into ids: inout [Int32], ends: inout [Int], wantsEnds: Bool
    ) -> Bool {
        var start = range.lowerBound
        var first = ByteTrie.root
        while start < range.upperBound {
            var node = first
            var best: Int32 = -1
            var bestEnd = start
            var position = start
            while position < range.upperBound {
                node = trie.step(node, word[position])
                if node == 0 { break }
                position += 1
                let value = trie.values[Int(node)]
                // −1 is above every count as an unsigned number.
                if UInt32(bitPattern: value) < modelCount {
                    best = value
                    bestEnd = position
                }
            }
            guard best >= 0 else { return false }
            ids.append(best)
            if wantsEnds { ends.append(bestEnd) }
            start = bestEnd
            guard let continuation else { return start == range.upperBound }
            first = continuation
        }
        return true
    }

    private func giveUp(
        _ range: Range<Int>, _ mark: Int, _ endMark: Int, _ ids: inout [Int32], _ ends: inout [Int], _ wantsEnds: Bool
    ) {
        ids.removeLast(ids.count - mark)
        ends.removeLast(ends.count - endMark)
        ids.append(unknownID)
        if wantsEnds { ends.append(range.upperBound) }
    }
}
