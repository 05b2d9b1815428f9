// Smoothing: factors for the columns of a matrix, applied before it gets 8-bit codes; the input is divided by them, so
// that no few channels take the whole range. Not here: the codes, nor the engine that divides.
//
// Source: Xiao et al., SmoothQuant, arXiv 2211.10438, equation 4 with one half as the migration strength.

internal import AdzeTensors

/// The column factors of a model's matrices, by their names.
public struct ChannelSmoothing: Sendable {
    private let factors: [String: [Float]]

    /// No factors at all.
    public static let none = ChannelSmoothing(factors: [:])

    /// The factors of a matrix, or nil for ones.
    public func factors(_ name: String) -> [Float]? { factors[name] }

    /// √(reach of the channel in the activations / reach in the weights), for the layers that a normalisation feeds.
    ///
    /// Throws the store's errors. A channel that never moves, or that no weight reads, gets the factor of the smallest
    /// that does.
    public init(_ ranges: ActivationRanges, _ checkpoint: ModelCheckpoint) throws {
        var factors: [String: [Float]] = [:]
        for block in 0..<checkpoint.config.layerCount {
            let paths = ParameterPaths.block(block)
            for (names, reach) in [
                ([paths.query, paths.key, paths.value], ranges.attentionInputs[block]),
                ([paths.intermediate], ranges.feedForwardInputs[block]),
            ] {
                let names = names.map { $0 + ".weight" }
                let shared = ChannelSmoothing.factors(reach, try ChannelSmoothing.reach(of: names, checkpoint.store))
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

    private static func factors(_ activations: [Float], _ weights: [Float]) -> [Float] {
        let raw = zip(activations, weights).map { reach, weight -> Float in
            let ratio = (reach / weight).squareRoot()
            return reach > 0 && weight > 0 && ratio.isFinite
                ? min(max(ratio, allowed.lowerBound), allowed.upperBound) : 0
        }
        let smallest = raw.filter { $0 > 0 }.min() ?? 1
        return raw.map { $0 > 0 ? $0 : smallest }
    }
}
