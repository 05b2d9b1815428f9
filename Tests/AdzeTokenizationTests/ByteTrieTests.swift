// The table under every vocabulary: what is put in is found, and no choice of strings makes its places meet.

import AdzeTestSupport
import Testing

@testable import AdzeTokenization

@Suite struct ByteTrieTests {
    /// The most used places of the table that stand one after another: what a search may have to pass.
    private func longestRun(_ trie: ByteTrie) -> Int {
        var (longest, run) = (0, 0)
        for slot in trie.slots {
            run = slot == 0 ? 0 : run + 1
            longest = max(longest, run)
        }
        return longest
    }

    /// Bytes that make every edge of a path begin with the same bits of a multiplication that does not know a seed.
    private func chosenPath(nodes: Int, multiplier: UInt32) -> [UInt8] {
        var path: [UInt8] = []
        for node in 0..<UInt32(nodes) {
            let bytes = (UInt8(0x21)...0x7E).sorted {
                (node << 8 | UInt32($0)) &* multiplier < (node << 8 | UInt32($1)) &* multiplier
            }
            path.append(bytes[0])
        }
        return path
    }

    @Test(arguments: [0x9E37_79B1 as UInt32, 0x85EB_CA6B, 1, 0x0100_0193]) func chosenKeysDoNotMeet(
        multiplier: UInt32
    ) {
        let path = chosenPath(nodes: 20_000, multiplier: multiplier)
        for seed in 0..<8 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var trie = ByteTrie(seed: EdgeHash.Seed(using: &generator))
            let isNew = trie.insert(path, value: 7)
            #expect(isNew)
            #expect(trie.value(of: path) == 7)
            // A table that is half full has runs of about the logarithm of its size.
            #expect(longestRun(trie) < 120, "\(seed)")
        }
    }

    @Test func answersDoNotDependOnTheSeed() {
        let words = ["", "a", "ab", "abc", "b", "bab", "é", "漢字"]
        for seed in 0..<4 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var trie = ByteTrie(seed: EdgeHash.Seed(using: &generator))
            let first = words.enumerated().map { trie.insert($1.utf8, value: Int32($0)) }
            let again = words.map { trie.insert($0.utf8, value: 99) }
            #expect(first.allSatisfy { $0 } && !again.contains(true))
            for (value, word) in words.enumerated() { #expect(trie.value(of: word.utf8) == Int32(value)) }
            #expect(trie.value(of: "ba".utf8) == nil && trie.value(of: "c".utf8) == nil)
        }
    }

    /// Strings of two letters, so that many are equal or begin alike.
    private func words(_ count: Int, using generator: inout SeededGenerator) -> [[UInt8]] {
        (0..<count).map { _ in
            (0..<Int.random(in: 0...9, using: &generator)).map { _ in UInt8.random(in: 97...98, using: &generator) }
        }
    }

    @Test func manyAtOnceAreOneAfterTheOther() {
        var generator = SeededGenerator(seed: 5)
        for round in 0..<40 {
            let words = words(Int.random(in: 0...300, using: &generator), using: &generator)
            let replaceable = Int.random(in: 0...words.count, using: &generator)
            var expected: [[UInt8]: Int32] = [:]
            var repeated: Int?
            for (id, word) in words.enumerated() {
                if expected[word] == nil || id < replaceable {
                    expected[word] = Int32(id)
                } else {
                    repeated = repeated ?? id
                }
            }
            var ends: [Int32] = []
            for word in words { ends.append((ends.last ?? 0) + Int32(word.count)) }
            let text = words.flatMap { $0 }
            // Room for a few bytes, so that the table grows on the way.
            var trie = ByteTrie(capacity: 64)
            let found = trie.insertAll(text: text.span, ends: ends.span, replaceable: replaceable)
            #expect(found == repeated)
            #expect(trie.count == expected.count, "\(round)")
            for (word, id) in expected { #expect(trie.value(of: word) == id) }
            #expect(trie.value(of: [97, 98, 97, 98, 97, 98, 97, 98, 97, 98]) == nil)
        }
    }
}
