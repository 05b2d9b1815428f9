// The score from which a label of several is said, chosen by examples.

/// The threshold of one label of several.
public enum LabelThreshold {
    /// What is taken where examples do not say otherwise.
    public static let standard = 0.5

    /// The threshold with the highest F1, where a label is said whose score is no less.
    ///
    /// Between two neighbouring scores every threshold says the same. Of the gaps with the highest F1 the one that has
    /// 0.5 in it gives 0.5; else the gap whose middle is nearest to 0.5 gives its middle, of two the lower. A label that
    /// no example has keeps 0.5.
    /// - Complexity: O(n log n).
    public static func best(_ examples: [(score: Double, holds: Bool)]) -> Double {
        let sorted = examples.sorted { $0.score < $1.score }
        var correct = sorted.count { $0.holds }
        let actual = correct
        guard actual > 0 else { return standard }
        var (best, bestF1) = (standard, -1.0)
        // The gap below each score: it and all above are said.
        var (start, below) = (0, 0.0)
        while start <= sorted.count {
            let above = start < sorted.count ? sorted[start].score : 1
            let f1 = ratio(2 * Double(correct), Double(sorted.count - start + actual))
            // A gap is open below, but for the first, and closed above, but for the last.
            let holdsStandard = (below < standard || start == 0) && standard <= above
            let middle = holdsStandard ? standard : min(max((below + above) / 2, below.nextUp), above)
            if f1 > bestF1 || f1 == bestF1 && (middle - standard).magnitude < (best - standard).magnitude {
                (best, bestF1) = (middle, f1)
            }
            guard start < sorted.count else { break }
            below = above
            while start < sorted.count, sorted[start].score == below {
                if sorted[start].holds { correct -= 1 }
                start += 1
            }
        }
        return best
    }
}
