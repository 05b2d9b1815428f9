// The tree that unigram's search walks: it ends where the vocabulary's own does, with the same pieces.

import AdzeTestSupport
import Testing

@testable import AdzeTokenization

@Suite struct PieceTrieTests {
    /// The pieces that a walk along a text meets, by where they end.
    private func met(_ trie: PieceTrie, _ text: [UInt8]) -> [Int: Int32] {
        let walker = trie.walker
        var (node, found) = (walker.root, [Int: Int32]())
        for (place, byte) in text.enumerated() {
            guard let next = walker.step(node, byte) else { break }
            node = next
            if node.id >= 0 { found[place + 1] = node.id }
        }
        return found
    }

    private func expected(_ vocabulary: Vocabulary, _ text: [UInt8]) -> [Int: Int32] {
        var found: [Int: Int32] = [:]
        for end in 1...max(1, text.count) where end <= text.count {
            if let id = vocabulary.modelID(of: text[..<end]) { found[end] = id }
        }
        return found
    }

    @Test(arguments: [0, 1, PieceTrie.tableLimit]) func itMeetsThePiecesOfTheVocabulary(tableLimit: Int) throws {
        var generator = SeededGenerator(seed: 3)
        // Nodes of one child, of a few, of more than are looked through, of 254, 255 and of every byte.
        var tokens: Set<[UInt8]> = [[7], [9, 9, 9, 9, 9]]
        for byte in UInt8.min...UInt8.max {
            tokens.insert([1, byte])
            if byte > 0 { tokens.insert([2, byte]) }
            if byte > 1 { tokens.insert([3, byte, byte]) }
            if byte < 20 { tokens.insert([4, byte]) }
        }
        for _ in 0..<3000 {
            let count = Int.random(in: 1...6, using: &generator)
            tokens.insert((0..<count).map { _ in UInt8.random(in: 97...102, using: &generator) })
        }
        let listed = tokens.sorted { $0.lexicographicallyPrecedes($1) }
        // The last are added tokens, which are no pieces.
        let vocabulary = try Vocabulary(tokens: listed, modelCount: listed.count - 5, file: "test")
        let trie = PieceTrie(vocabulary, tableLimit: tableLimit)
        for token in listed { #expect(met(trie, token) == expected(vocabulary, token)) }
        for _ in 0..<3000 {
            let count = Int.random(in: 0...9, using: &generator)
            let text = (0..<count).map { _ in UInt8.random(in: 96...103, using: &generator) }
            #expect(met(trie, text) == expected(vocabulary, text))
        }
        for first in 0...9 as ClosedRange<UInt8> {
            for byte in UInt8.min...UInt8.max {
                #expect(met(trie, [first, byte, byte]) == expected(vocabulary, [first, byte, byte]))
            }
        }
    }

    @Test func aNodeHoldsTheLastPlaceThereIs() {
        for (id, first, fan) in [(-1 as Int32, ByteTrie.nodeLimit - 1, 254 as UInt64), (.max, 0, 255), (0, 1, 0)] {
            let node = PieceTrie.Node(id: id, first: first, fan: fan)
            #expect(node.id == id && node.first == first && node.fan == fan)
        }
    }

    @Test func aVocabularyWithoutTokensHasNoPieces() throws {
        let trie = PieceTrie(try Vocabulary(tokens: [[UInt8]](), file: "test"))
        #expect(met(trie, [97, 98]).isEmpty)
    }
}
