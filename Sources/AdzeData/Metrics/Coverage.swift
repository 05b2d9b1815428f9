// Split-conformal prediction: from scores of examples that the model has not seen, the threshold that holds a promise for
// the next one. Not here: what is done with the threshold.

/// A part of all texts, greater than 0 and less than 1, for which something is promised.
///
/// The promises hold for a text that is exchangeable with the examples, on average over examples and texts: not for each
/// set of examples, not for each label or kind of text, and not once texts come from elsewhere. Nothing is drawn by lot, so
/// that equal scores make the promise hold more often than asked, never less.
/// - Source: Vovk, Gammerman and Shafer, "Algorithmic learning in a random world" (2005); Angelopoulos and Bates, "A gentle
///   introduction to conformal prediction" (2021).
public struct Coverage: Sendable, Equatable {
    /// The part.
    public let part: Double

    /// A part; nil for what is none.
    public init?(_ part: Double) {
        guard part > 0, part < 1 else { return nil }
        self.part = part
    }

    /// The finite-sample quantile among `count` scores as a rank from 1: ⌈(count + 1) · part⌉, which is beyond `count`
    /// where there are too few.
    ///
    /// A product that is whole but for the rounding of `part`, which was written as a decimal, counts as whole.
    public func rank(_ count: Int) -> Int {
        let product = Double(count + 1) * part
        let whole = product.rounded()
        return Int((product - whole).magnitude <= 4 * product.ulp ? whole : product.rounded(.up))
    }

    /// The fewest scores of which there is a quantile: ⌈part / (1 − part)⌉; nil where it is beyond 2⁵⁰.
    public var leastCount: Int? {
        let least = part / (1 - part)
        guard least < 0x1p50 else { return nil }
        var count = max(1, Int(least) - 1)
        while rank(count) > count { count += 1 }
        return count
    }

    /// The least score that is answered, so that of all texts no more than 1 − part get a wrong answer; nil for too few
    /// answers.
    ///
    /// It is the conformal quantile of the score of the best label where that is wrong, and of 0 where it is right: the
    /// labels that conform are the best one alone above it, and all of them below. Beyond 1 no answer may be given.
    /// - Complexity: O(n log n).
    public func answerThreshold(_ answers: [(score: Double, isRight: Bool)]) -> Double? {
        let rank = rank(answers.count)
        guard rank <= answers.count else { return nil }
        let quantile = answers.map { $0.isRight ? 0 : $0.score }.sorted()[rank - 1]
        return quantile == 0 ? 0 : quantile.nextUp
    }

    /// The least score of a label that belongs to a text's set, so that the set holds the label that is as often as `part`
    /// says; nil for too few scores.
    ///
    /// Sadinle, Lei and Wasserman, "Least ambiguous set-valued classifiers with bounded error levels" (2019): among sets
    /// of one threshold these are the smallest on average.
    /// - Parameter truths: the score of the label that is, for each example.
    /// - Complexity: O(n log n).
    public func setThreshold(_ truths: [Double]) -> Double? {
        let rank = rank(truths.count)
        guard rank <= truths.count else { return nil }
        return truths.sorted()[truths.count - rank]
    }
}
