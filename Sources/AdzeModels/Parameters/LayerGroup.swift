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
    /// A head's own layer on the first token.
    case headDense
    /// The layer before a vocabulary projection.
    case vocabularyTransform
    /// A vocabulary projection with weights of its own.
    case vocabularyDecoder

    /// The groups that a gate chooses among, in the order in which a text passes them: all but those of a vocabulary.
    public static func all(_ shape: EncoderShape, head: Head) -> [LayerGroup] {
        var groups: [LayerGroup] = []
        for group in shape.parameters(head: head).compactMap(\.group) where !group.isOfVocabulary {
            if groups.last != group { groups.append(group) }
        }
        return groups
    }

    private var isOfVocabulary: Bool { self == .vocabularyTransform || self == .vocabularyDecoder }
}

extension [Parameter] {
    /// The names of the matrices of some groups.
    public func matrices(of groups: some Sequence<LayerGroup>) -> Set<String> {
        let groups = Set(groups)
        return Set(filter { $0.group.map(groups.contains) ?? false }.map(\.name))
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
        case .headDense: "head, first layer"
        case .vocabularyTransform: "vocabulary transform"
        case .vocabularyDecoder: "vocabulary decoder"
        }
    }
}
