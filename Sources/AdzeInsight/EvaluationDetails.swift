// What a report's figures do not say: how sure the answers were, and which were the worst. Memory does not grow with the
// set, but for the pairs of numbers of a regression.

public import Adze
public import AdzeData

/// Takes the answers of a model one by one, for a page.
public struct EvaluationDetails: Sendable {
    /// A wrong answer.
    public struct Mistake: Sendable, Equatable {
        /// The text.
        public let text: String
        /// The second text of a pair.
        public let pair: String?
        /// Where it was read.
        public let place: String
        /// What it is.
        public let actual: String
        /// What was said.
        public let predicted: String
        /// How sure the answer was; for numbers, how far it was off.
        public let score: Double
    }

    /// Answers of like confidence.
    struct Bin: Sendable {
        var right = 0
        var wrong = 0
        var confidence = 0.0
        var count: Int { right + wrong }
    }

    /// The most mistakes that are kept.
    public static let mistakeLimit = 50
    /// The most characters that are kept of a text.
    public static let textLimit = 600
    /// The most points of a scatter plot.
    static let pointLimit = 1500

    /// Bins of confidence, each closed above.
    private(set) var bins = [Bin](repeating: Bin(), count: 20)
    /// Actual and predicted numbers: every one of the first, then every second and so on, so that they span the set.
    private(set) var points: [(actual: Double, predicted: Double)] = []
    private let labels: [String]
    private var worst: [Mistake] = []
    private var seen = 0
    private var step = 1

    /// Nothing yet, of a model with these labels.
    public init(labels: [String]) { self.labels = labels }

    /// The mistakes of which the model was surest, or that were farthest off, worst first.
    public var mistakes: [Mistake] { worst }

    /// Takes an example and its answer, of the kinds that `TextClassifier.evaluate` has let pass.
    public mutating func add(_ example: Example, _ answer: Classification) {
        switch example.target {
        case .label(let actual): add(actual, example, answer)
        case .labels(let actual): add(actual, example, answer)
        case .number(let actual):
            let predicted = Double(answer.logits.first ?? 0)
            addPoint(actual, predicted)
            keep(
                example, actual: Figure.short(actual), predicted: Figure.short(predicted),
                score: (actual - predicted).magnitude)
        }
        seen += 1
    }

    private mutating func add(_ actual: Int, _ example: Example, _ answer: Classification) {
        guard let best = answer.scores.indices.max(by: { (answer.scores[$0], -$0) < (answer.scores[$1], -$1) }) else {
            return
        }
        let score = answer.scores[best]
        let place = min(max(Int((score * Double(bins.count)).rounded(.up)) - 1, 0), bins.count - 1)
        bins[place].confidence += score
        if best == actual {
            bins[place].right += 1
        } else {
            bins[place].wrong += 1
            keep(example, actual: labels[actual], predicted: labels[best], score: score)
        }
    }

    /// The worst of the labels decides: how sure the model was of what is not so.
    private mutating func add(_ actual: [Int], _ example: Example, _ answer: Classification) {
        let said = answer.scores.indices.filter { answer.scores[$0] > 0.5 }
        guard said != actual else { return }
        let error = answer.scores.indices.reduce(0.0) { worst, label in
            let score = answer.scores[label]
            return max(worst, actual.contains(label) ? 1 - score : score)
        }
        func names(_ list: [Int]) -> String { list.isEmpty ? "none" : list.map { labels[$0] }.joined(separator: ", ") }
        keep(example, actual: names(actual), predicted: names(said), score: error)
    }

    private mutating func keep(_ example: Example, actual: String, predicted: String, score: Double) {
        let isFull = worst.count == EvaluationDetails.mistakeLimit
        if isFull, let last = worst.last, score <= last.score { return }
        func cut(_ text: String) -> String {
            text.count > EvaluationDetails.textLimit ? String(text.prefix(EvaluationDetails.textLimit)) + "…" : text
        }
        let mistake = Mistake(
            text: cut(example.text), pair: example.pair.map(cut), place: example.place, actual: actual,
            predicted: predicted, score: score)
        // Of equals the first of the set comes first.
        worst.insert(mistake, at: worst.firstIndex { $0.score < score } ?? worst.count)
        if isFull { worst.removeLast() }
    }

    private mutating func addPoint(_ actual: Double, _ predicted: Double) {
        guard seen.isMultiple(of: step) else { return }
        if points.count == EvaluationDetails.pointLimit {
            points = points.indices.filter { $0.isMultiple(of: 2) }.map { points[$0] }
            step *= 2
            guard seen.isMultiple(of: step) else { return }
        }
        points.append((actual, predicted))
    }
}
