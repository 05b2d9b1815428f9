// Texts of a set that are nearly the same and bear different labels: one of the two labels is likely wrong. Not here: equal
// texts in two sets, which is `Overlap`.

internal import AdzeBytes

/// Pairs of rows whose words are nearly the same and whose labels differ.
public struct NearDuplicates: Sendable, Equatable {
    /// Two rows.
    public struct Pair: Sendable, Equatable {
        /// The place of the earlier row.
        public let first: Int
        /// The place of the later row.
        public let second: Int
        /// The share of their words that both have, 1 for the same words.
        public let similarity: Double
    }

    /// The pairs, the most similar first, ties by place.
    public let pairs: [Pair]
    /// Whether the search ended before all was compared.
    public let isPartial: Bool

    /// Comparisons after which the search ends: minutes, on a set that was made to take for ever.
    private static let comparisonLimit = 50_000_000

    /// Finds the pairs whose sets of words have a Jaccard similarity of `threshold` or more.
    ///
    /// Words are runs of letters and digits in lower case; both texts of a pair count. Rows with the same words and label stand
    /// for each other: of those the first is named. The search is exact: it compares the rows that share one of the words
    /// that similar rows cannot all lack, the rarest (Bayardo, Ma and Srikant 2007, "Scaling Up All Pairs Similarity
    /// Search").
    /// - Complexity: O(words) and a comparison for each pair of rows that share a rare word.
    public init(_ examples: [Example], threshold: Double = 0.8) {
        precondition(threshold > 0 && threshold <= 1)
        let texts = DistinctTexts(examples)
        var pairs = texts.contradictions
        var postings: [Int: [Int]] = [:]
        var comparisons = 0
        // Shorter texts come first, so a later one is never the shorter of two.
        for (place, text) in texts.list.enumerated() {
            var candidates: Set<Int> = []
            // Beyond so many words of one row, too few are left for the other to share.
            let needed = NearDuplicates.ceiling(threshold * Double(text.words.count))
            let prefix = text.words.prefix(text.words.count - needed + 1)
            for word in prefix {
                for other in postings[word] ?? []
                where Double(texts.list[other].words.count) >= threshold * Double(text.words.count) - 1e-9 {
                    candidates.insert(other)
                }
                postings[word, default: []].append(place)
            }
            comparisons += candidates.count
            for other in candidates.sorted() {
                let similarity = NearDuplicates.jaccard(texts.list[other].words, text.words)
                guard similarity >= threshold - 1e-9 else { continue }
                pairs += NearDuplicates.differing(texts.list[other], text).map {
                    Pair(first: min($0, $1), second: max($0, $1), similarity: similarity)
                }
            }
            if comparisons > NearDuplicates.comparisonLimit { break }
        }
        isPartial = comparisons > NearDuplicates.comparisonLimit
        self.pairs = pairs.sorted { ($1.similarity, $0.first, $0.second) < ($0.similarity, $1.first, $1.second) }
    }

    /// Rounded up, but for what rounding itself added.
    private static func ceiling(_ value: Double) -> Int { max(1, Int((value - 1e-9).rounded(.up))) }

    /// The first rows of two texts that bear different labels.
    private static func differing(_ a: DistinctText, _ b: DistinctText) -> [(Int, Int)] {
        a.rows.flatMap { first in b.rows.filter { $0.target != first.target }.map { (first.row, $0.row) } }
    }

    /// The share of two ascending lists' words that both have.
    private static func jaccard(_ a: [Int], _ b: [Int]) -> Double {
        var (i, j, both) = (0, 0, 0)
        while i < a.count, j < b.count {
            if a[i] == b[j] {
                (i, j, both) = (i + 1, j + 1, both + 1)
            } else if a[i] < b[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return Double(both) / Double(a.count + b.count - both)
    }
}

/// A set of words, and the first row of each label whose text has it.
private struct DistinctText {
    /// The words by number, the rarest first.
    let words: [Int]
    var rows: [(row: Int, target: Target)]
}

/// The sets of words of a set of examples, few words first.
private struct DistinctTexts {
    private(set) var list: [DistinctText] = []

    init(_ examples: [Example]) {
        let words = examples.map(DistinctTexts.words)
        var counts: [String: Int] = [:]
        for set in words { for word in set { counts[word, default: 0] += 1 } }
        // No dictionary's order reaches the numbers: rarest first, ties by their bytes.
        let order = counts.sorted {
            $0.value != $1.value ? $0.value < $1.value : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }
        let numbers = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1.key, $0) })
        var places: [[Int]: Int] = [:]
        for (row, set) in words.enumerated() {
            let key = set.compactMap { numbers[$0] }.sorted()
            let target = examples[row].target
            if let place = places[key] {
                if !list[place].rows.contains(where: { $0.target == target }) {
                    list[place].rows.append((row, target))
                }
            } else {
                places[key] = list.count
                list.append(DistinctText(words: key, rows: [(row, target)]))
            }
        }
        list.sort { ($0.words.count, $0.rows[0].row) < ($1.words.count, $1.rows[0].row) }
    }

    /// Rows with the same words and different labels.
    var contradictions: [NearDuplicates.Pair] {
        list.flatMap { text in
            text.rows.dropFirst().map {
                NearDuplicates.Pair(first: text.rows[0].row, second: $0.row, similarity: 1)
            }
        }
    }

    /// The words of an example; of one without any, all that it is.
    private static func words(_ example: Example) -> Set<String> {
        let text = example.text + (example.pair.map { "\n" + $0 } ?? "")
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        return words.isEmpty ? [trimmed(text)] : Set(words)
    }
}
