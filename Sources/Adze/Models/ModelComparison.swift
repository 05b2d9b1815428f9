// How two models differ: tensor by tensor, and prediction by prediction.

internal import AdzeBytes
public import AdzeModels
internal import AdzeTensors

/// The differences between two models' tensors.
public struct TensorComparison: Sendable {
    /// A tensor that both have.
    public struct Difference: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// The largest absolute difference of two elements; nil where the shapes differ.
        public let largest: Float?
        /// Both shapes, where they differ.
        public let shapes: String?
    }

    /// Tensors of the first alone.
    public let onlyInFirst: [String]
    /// Tensors of the second alone.
    public let onlyInSecond: [String]
    /// Tensors that both have and that are not the same bit for bit, the largest difference first.
    public let different: [Difference]
    /// How many tensors are the same bit for bit.
    public let equalCount: Int

    /// Compares the parameters of two checked models, as fp32, one tensor at a time.
    ///
    /// - Complexity: O(weights).
    public init(_ first: ModelCheckpoint, _ second: ModelCheckpoint) throws {
        let (a, b) = (first.store.tensorsByName, second.store.tensorsByName)
        onlyInFirst = first.store.tensors.map(\.name).filter { b[$0] == nil }
        onlyInSecond = second.store.tensors.map(\.name).filter { a[$0] == nil }
        var different: [Difference] = []
        var equalCount = 0
        for info in first.store.tensors {
            guard let other = b[info.name] else { continue }
            guard info.shape == other.shape else {
                different.append(Difference(name: info.name, largest: nil, shapes: "\(info.shape) and \(other.shape)"))
                continue
            }
            let (x, y) = (try first.store.load(info.name).floats(), try second.store.load(info.name).floats())
            if zip(x, y).allSatisfy({ $0.bitPattern == $1.bitPattern }) {
                equalCount += 1
            } else {
                let largest = zip(x, y).reduce(Float(0)) { worst, pair in
                    let difference = (pair.0 - pair.1).magnitude
                    return difference.isNaN || difference > worst ? difference : worst
                }
                different.append(Difference(name: info.name, largest: largest, shapes: nil))
            }
        }
        self.different = different.enumerated().sorted {
            ($0.element.largest ?? .infinity, $1.offset) > ($1.element.largest ?? .infinity, $0.offset)
        }.map(\.element)
        self.equalCount = equalCount
    }
}

/// How often and where two classifiers, or two encoders, answer differently.
public struct PredictionComparison: Sendable {
    /// A text on which they differ.
    public struct Disagreement: Sendable {
        /// Its place among the texts, from 0.
        public let index: Int
        /// The text.
        public let text: String
        /// The first model's label and score.
        public let first: Classification
        /// The second model's.
        public let second: Classification
    }

    /// The number of texts.
    public internal(set) var texts = 0
    /// How many of them have another best label.
    public internal(set) var disagreementCount = 0
    /// The first of these, in their order: at most `exampleLimit`, so that memory does not grow with the texts.
    public internal(set) var disagreements: [Disagreement] = []
    /// The most disagreements that are kept.
    public static let exampleLimit = 20
    /// The largest absolute difference of two logits, where both have the same number of classes.
    public internal(set) var largestLogitDifference: Float?

    /// No texts yet.
    public init() {}

    /// Adds both answers for a text.
    public mutating func add(_ input: TextInput, _ first: Classification, _ second: Classification) {
        defer { texts += 1 }
        if first.label != second.label {
            disagreementCount += 1
            if disagreements.count < PredictionComparison.exampleLimit {
                disagreements.append(Disagreement(index: texts, text: input.text, first: first, second: second))
            }
        }
        guard first.logits.count == second.logits.count else { return }
        let difference = zip(first.logits, second.logits).reduce(Float(0)) { max($0, ($1.0 - $1.1).magnitude) }
        largestLogitDifference = max(largestLogitDifference ?? 0, difference)
    }
}
