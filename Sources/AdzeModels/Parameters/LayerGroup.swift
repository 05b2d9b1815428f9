// The layers that go into int8 or stay in fp32 together, by which a quality gate chooses. Not here: the choice.

/// Matrices that are all in int8 or all in fp32.
///
/// Query, key and value read one input under one set of column factors, so they are one group. Layers with a row a class
/// are never in int8, so they are none.
public enum LayerGroup: Sendable, Hashable {
    case wordEmbeddings
    case positionEmbeddings
    /// Query, key and value of a block.
    case queryKeyValue(block: Int)
    case attentionOutput(block: Int)
    /// From H to F.
    case feedForwardUp(block: Int)
    /// From F to H.
    case feedForwardDown(block: Int)
    case pooler

    /// The groups of an encoder and its pooler, in the order in which a text passes them.
    public static func all(_ config: EncoderShape, hasPooler: Bool) -> [LayerGroup] {
        var groups: [LayerGroup] = [.wordEmbeddings, .positionEmbeddings]
        for block in 0..<config.layerCount {
            groups += [
                .queryKeyValue(block: block), .attentionOutput(block: block), .feedForwardUp(block: block),
                .feedForwardDown(block: block),
            ]
        }
        return groups + (hasPooler ? [.pooler] : [])
    }

    /// The names of the matrices.
    public var matrices: [String] {
        func weights(_ block: Int, _ paths: (BlockPaths) -> [String]) -> [String] {
            paths(ParameterPaths.block(block)).map { $0 + ".weight" }
        }
        return switch self {
        case .wordEmbeddings: [ParameterPaths.wordEmbeddings]
        case .positionEmbeddings: [ParameterPaths.positionEmbeddings]
        case .queryKeyValue(let block): weights(block) { [$0.query, $0.key, $0.value] }
        case .attentionOutput(let block): weights(block) { [$0.attentionOutput] }
        case .feedForwardUp(let block): weights(block) { [$0.intermediate] }
        case .feedForwardDown(let block): weights(block) { [$0.output] }
        case .pooler: [ParameterPaths.pooler + ".weight"]
        }
    }
}

extension LayerGroup: CustomStringConvertible {
    /// The group in words, blocks counted from 0 as `prune --keep` does.
    public var description: String {
        switch self {
        case .wordEmbeddings: "word embeddings"
        case .positionEmbeddings: "position embeddings"
        case .queryKeyValue(let block): "block \(block) query, key, value"
        case .attentionOutput(let block): "block \(block) attention output"
        case .feedForwardUp(let block): "block \(block) feed-forward up"
        case .feedForwardDown(let block): "block \(block) feed-forward down"
        case .pooler: "pooler"
        }
    }
}
