// The rate and the decay of each parameter, by its part and role. Not here: schedules.

public import AdzeModels

extension ParameterPart {
    /// Whether the part is trained while `depth` of a model of `layerCount` blocks is. The pooler, like the head, always
    /// is: it stands above what can be frozen.
    public func isTrained(_ depth: TrainedDepth, layerCount: Int) -> Bool {
        switch self {
        case .head, .pooler: true
        case .end: depth.blockCount(of: layerCount) > 0
        case .embeddings: depth == .all
        case .block(let index): index >= layerCount - depth.blockCount(of: layerCount)
        }
    }
}

/// The rate and the decay of one parameter.
public struct ParameterSettings: Sendable, Equatable {
    /// Where the parameter belongs.
    public var part: ParameterPart
    /// The rate before the schedule.
    public var learningRate: Double
    /// The decay, which the rate is multiplied with.
    public var weightDecay: Double

    /// A parameter's settings.
    public init(part: ParameterPart, learningRate: Double, weightDecay: Double) {
        self.part = part
        self.learningRate = learningRate
        self.weightDecay = weightDecay
    }
}

extension Recipe {
    /// The settings of each parameter of a layout, in its order.
    ///
    /// The head has its own rate and decay; embeddings, blocks and pooler have the body's. Biases and the weights of
    /// LayerNorm do not decay. Block i of L has the body's rate times `layerDecay`^(L − 1 − i), the embeddings times
    /// `layerDecay`^L. A pooler that nothing reads stays as it is.
    public func settings(
        of layout: ParameterLayout, layerCount: Int, readsPooler: Bool = true
    ) -> [ParameterSettings] {
        layout.entries.map { entry in
            let part = entry.parameter.part
            let below: Int =
                switch part {
                case .embeddings: layerCount
                case .block(let index): max(layerCount - 1 - index, 0)
                case .end, .pooler, .head: 0
                }
            var rate = part == .head ? headLearningRate : bodyLearningRate
            if part == .pooler && !readsPooler { rate = 0 }
            for _ in 0..<below { rate *= layerDecay }
            let decay = part == .head ? headWeightDecay : bodyWeightDecay
            return ParameterSettings(
                part: part, learningRate: rate, weightDecay: entry.parameter.role.decays ? decay : 0)
        }
    }
}
