// Details of an evaluation beyond its scores: the confidence of predictions, and the worst mistakes. Memory does not
// grow with the set, but for the pairs of numbers of a regression.

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
        /// Where it was read: the first places of a text that the set has several times.
        public internal(set) var places: [String]
        /// How often the set has it as a mistake.
        public internal(set) var count = 1
        /// What it is; the first things, where it is several in the set.
        public internal(set) var actual: [String]
        /// What was said.
        public let predicted: String
        /// How sure the answer was; for numbers, how far it was off.
        public let score: Double
        /// Bytes of the whole texts, by which long ones that begin alike are told apart.
        let byteCount: Int
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
    /// The most places of one text that are kept.
    public static let placeLimit = 5
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

    /// The mistakes of which the model was surest, or that were farthest off, worst first; each text once.
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
        let place = score.isNaN ? 0 : (score * Double(bins.count)).rounded(.up) - 1
        let bin = Int(min(max(place, 0), Double(bins.count - 1)))
        bins[bin].confidence += score
        if best == actual {
            bins[bin].right += 1
        } else {
            bins[bin].wrong += 1
            keep(example, actual: labels[actual], predicted: labels[best], score: score)
        }
    }

    /// The worst of the labels decides: how sure the model was of what is not so.
    private mutating func add(_ actual: [Int], _ example: Example, _ answer: Classification) {
        let said = said(answer)
        guard said != actual else { return }
        let error = answer.scores.indices.reduce(0.0) { worst, label in
            let score = answer.scores[label]
            return max(worst, actual.contains(label) ? 1 - score : score)
        }
        func names(_ list: [Int]) -> String { list.isEmpty ? "none" : list.map { labels[$0] }.joined(separator: ", ") }
        keep(example, actual: names(actual), predicted: names(said), score: error)
    }

    /// The labels that a model of any number of labels says, in its order.
    private func said(_ answer: Classification) -> [Int] {
        switch answer.verdict {
        case .set(let names):
            let names = Set(names)
            return labels.indices.filter { names.contains(labels[$0]) }
        case .abstained: return []
        case .answered, nil: return answer.scores.indices.filter { answer.scores[$0] > 0.5 }
        }
    }

    private mutating func keep(_ example: Example, actual: String, predicted: String, score: Double) {
        let isFull = worst.count == EvaluationDetails.mistakeLimit
        if isFull, let last = worst.last, score < last.score { return }
        func cut(_ text: String) -> String {
            text.count > EvaluationDetails.textLimit ? String(text.prefix(EvaluationDetails.textLimit)) + "…" : text
        }
        var mistake = Mistake(
            text: cut(example.text), pair: example.pair.map(cut), places: example.place.isEmpty ? [] : [example.place],
            actual: [actual], predicted: predicted, score: score,
            byteCount: example.text.utf8.count + (example.pair?.utf8.count ?? 0))
        // A text that the set has twice, under one label or two, is one mistake of the model.
        if let same = worst.firstIndex(where: { $0.isOfTheTexts(of: mistake) }) {
            mistake = worst[same].joined(with: mistake)
            worst.remove(at: same)
        } else if isFull {
            if let last = worst.last, score <= last.score { return }
            worst.removeLast()
        }
        // Of equals the first of the set comes first.
        worst.insert(mistake, at: worst.firstIndex { $0.score < mistake.score } ?? worst.count)
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

extension EvaluationDetails.Mistake {
    fileprivate func isOfTheTexts(of other: Self) -> Bool {
        byteCount == other.byteCount && text == other.text && pair == other.pair
    }

    /// This mistake and another of the same text as one, the worse of the two.
    fileprivate func joined(with other: Self) -> Self {
        var result = other.score > score ? other : self
        result.count = count + other.count
        result.places = Array((places + other.places).prefix(EvaluationDetails.placeLimit))
        result.actual = actual
        for label in other.actual where !result.actual.contains(label) && result.actual.count < 5 {
            result.actual.append(label)
        }
        return result
    }
}
