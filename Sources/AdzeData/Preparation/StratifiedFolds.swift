// Folds of a labelled set for predictions of models that did not see a row. Not here: holding a part out once, which is
// `StratifiedSplit`.

internal import AdzeBytes

/// The places of examples, dealt out to folds of about the same size and the same share of every label.
public struct StratifiedFolds: Sendable, Equatable {
    /// The fold of each example.
    public let folds: [Int]
    /// How many folds there are.
    public let count: Int

    /// Deals examples out.
    ///
    /// Examples with the same texts, but for white space around them, are in one fold. The distinct texts of a label differ
    /// by one from fold to fold at most, but for those that stand under several labels. Which texts go where is a function
    /// of `seed` and their places alone.
    /// - Complexity: O(n log n).
    public init(_ examples: [Example], count: Int, seed: UInt64) {
        precondition(count >= 2, "a fold is predicted from the others")
        let groups = StratifiedSplit.groups(examples)
        let holders = StratifiedFolds.holders(examples, groups)
        // A text that stands under several labels is dealt under the one with the fewest texts, so that these are apart.
        var members: [Int: [Int]] = [:]
        var isDealt = [Bool](repeating: false, count: groups.count)
        for (label, own) in holders.sorted(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) }) {
            members[label] = own.filter { !isDealt[$0] }
            for group in own { isDealt[group] = true }
        }
        var folds = [Int](repeating: 0, count: examples.count)
        // The next label goes on where the last ended, so that small labels do not all fill the first folds.
        var next = 0
        for stratum in members.keys.sorted() {
            for group in StratifiedSplit.drawn(members[stratum] ?? [], of: groups, seed: seed) {
                for index in groups[group] { folds[index] = next }
                next = (next + 1) % count
            }
        }
        // Texts that two labels share may all have come into one fold under the other one's count.
        for (_, own) in holders.sorted(by: { $0.key < $1.key }) {
            guard own.count > 1, let last = own.last, Set(own.map { folds[groups[$0][0]] }).count == 1 else { continue }
            for index in groups[last] { folds[index] = (folds[index] + 1) % count }
        }
        self.folds = folds
        self.count = count
    }

    /// The labels that a single distinct text bears, ascending: no fold of it is judged by others that have it.
    public static func loneLabels(_ examples: [Example]) -> [Int] {
        holders(examples, StratifiedSplit.groups(examples)).filter { $0.value.count == 1 }.keys.sorted()
    }

    /// The groups of equal texts that each label stands under, ascending.
    private static func holders(_ examples: [Example], _ groups: [[Int]]) -> [Int: [Int]] {
        let strata = StratifiedSplit.strata(examples)
        var holders: [Int: [Int]] = [:]
        for (group, places) in groups.enumerated() {
            for label in Set(places.map { strata[$0] }) { holders[label, default: []].append(group) }
        }
        return holders
    }

    /// The examples that are not in a fold, ascending.
    public func others(than fold: Int) -> [Int] { folds.indices.filter { folds[$0] != fold } }

    /// The examples of a fold, ascending.
    public func members(of fold: Int) -> [Int] { folds.indices.filter { folds[$0] == fold } }
}
