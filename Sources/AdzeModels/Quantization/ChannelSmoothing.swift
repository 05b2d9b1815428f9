// Smoothing: factors for the columns of a matrix, applied before it gets 8-bit codes; the input is divided by them, so
// that no few channels take the whole range. Not here: the codes, nor the engine that divides.
//
// Source: Xiao et al., SmoothQuant, arXiv 2211.10438, equation 4.

internal import AdzeTensors

/// The column factors of a model's matrices, by their names.
public struct ChannelSmoothing: Sendable {
    private let factors: [String: [Float]]

    /// No factors at all.
    public static let none = ChannelSmoothing(factors: [:])

    /// The factors of a matrix, or nil for ones.
    public func factors(_ name: String) -> [Float]? { factors[name] }

    /// Reach of the channel in the activations to the power of a strength, divided by its reach in the weights to that of
    /// the rest, for the layers that a normalisation feeds.
    ///
    /// Throws the store's errors. A channel that never moves, or that no weight reads, gets the factor of the smallest
    /// that does.
    public init(_ ranges: ActivationRanges, _ checkpoint: ModelCheckpoint) throws {
        var factors: [String: [Float]] = [:]
        for block in 0..<checkpoint.config.blockCount {
            let paths = ParameterPaths.block(block)
            for (names, reach, strength) in [
                (
                    [paths.query, paths.key, paths.value], ranges.attentionInputs[block],
                    checkpoint.family.attentionMigration
                ), ([paths.intermediate], ranges.feedForwardInputs[block], .half),
            ] {
                let names = names.map { $0 + ".weight" }
                let shared = ChannelSmoothing.factors(
                    reach, try ChannelSmoothing.reach(of: names, checkpoint.store), strength)
                for name in names { factors[name] = shared }
            }
        }
        self.init(factors: factors)
    }

    /// Factors by the names of their matrices, such as a file has them.
    public init(factors: [String: [Float]]) { self.factors = factors }

    /// The greatest magnitude in each column of some matrices together.
    private static func reach(of names: [String], _ store: any TensorStore) throws -> [Float] {
        var reach: [Float] = []
        for name in names {
            let tensor = try store.load(name)
            let (values, columns) = (tensor.floats(), tensor.shape.rowLength)
            if reach.isEmpty { reach = [Float](repeating: 0, count: columns) }
            for start in stride(from: 0, to: values.count, by: max(columns, 1)) {
                for column in 0..<columns { reach[column] = max(reach[column], values[start + column].magnitude) }
            }
        }
        return reach
    }

    /// What the native format takes: well inside its limits for a factor.
    private static let allowed: ClosedRange<Float> = 0x1p-20...0x1p20

    private static func factors(
        _ activations: [Float], _ weights: [Float], _ strength: MigrationStrength
    ) -> [Float] {
        let raw = zip(activations, weights).map { reach, weight -> Float in
            let ratio = strength.ratio(reach, weight)
            return reach > 0 && weight > 0 && ratio.isFinite
                ? min(max(ratio, allowed.lowerBound), allowed.upperBound) : 0
        }
        let smallest = raw.filter { $0 > 0 }.min() ?? 1
        return raw.map { $0 > 0 ? $0 : smallest }
    }
}

/// How much of the activations' unevenness moves into the weights.
package enum MigrationStrength: Sendable {
    case half
    case fiveEighths

    /// reach^strength / weight^(1 - strength), by square roots alone, which every machine rounds alike.
    func ratio(_ reach: Float, _ weight: Float) -> Float {
        switch self {
        case .half: return (reach / weight).squareRoot()
        case .fiveEighths:
            let (reachQuarter, weightQuarter) = (
                reach.squareRoot().squareRoot(), weight.squareRoot().squareRoot()
            )
            return reach.squareRoot() * reachQuarter.squareRoot() / (weightQuarter * weightQuarter.squareRoot())
        }
    }
}
