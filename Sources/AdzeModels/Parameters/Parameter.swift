// A parameter of a model: name, shape, part, role and int8 group. Training, quantizing, pruning and initialising read
// these; nobody parses a name. Not here: which parameters a model has.

public import AdzeTensors

/// The part of the model that a parameter belongs to.
public enum ParameterPart: Sendable, Hashable {
    /// The tables, their normalisation and projection, and what all blocks share.
    case embeddings
    /// Of the stored block `index`, counted from 0 at the embeddings; several layers may run it.
    case block(Int)
    /// What ends the encoder behind its last block, and learns as that does.
    case end
    /// The encoder's own layer on the first token.
    case pooler
    /// Classifiers, and all else that is on top.
    case head

    /// The block's index, or nil for another part.
    public var block: Int? { if case .block(let index) = self { index } else { nil } }
}

/// What a parameter is to its layer.
public enum ParameterRole: Sendable, Hashable {
    /// (V, E), a row for each word.
    case wordTable
    /// A row for each position.
    case positionTable
    /// A row for each token type.
    case typeTable
    /// A row for each distance between two tokens, a column for each head, added to attention scores.
    case biasTable
    /// A row for each distance between two tokens, as wide as a hidden state.
    case distanceTable
    /// (out, in), a dense layer's matrix.
    case weight
    /// A dense layer's shift.
    case bias
    /// (4h, …), a matrix of an LSTM, with which it starts as PyTorch's does.
    case recurrentWeight
    /// (4h), a shift of an LSTM.
    case recurrentBias
    /// A normalisation's factors.
    case normScale
    /// A normalisation's shift.
    case normShift

    /// Whether its rows are looked up by a token's id, place or type.
    public var isTokenTable: Bool { self == .wordTable || self == .positionTable || self == .typeTable }

    /// Whether it is a part of an LSTM.
    public var isRecurrent: Bool { self == .recurrentWeight || self == .recurrentBias }

    /// Whether weight decay applies: to matrices and token tables, as in transformers, whose trainer leaves out whatever
    /// is a bias or part of a normalisation.
    public var decays: Bool {
        isTokenTable || self == .distanceTable || self == .weight || self == .recurrentWeight
    }
}

/// A parameter that a model must have.
public struct Parameter: Sendable, Equatable {
    /// Our name, see `ParameterPaths`.
    public let name: String
    /// The shape that the configuration asks for.
    public let shape: Shape
    /// Where it belongs.
    public let part: ParameterPart
    /// What it is there.
    public let role: ParameterRole
    /// With which matrices it goes into int8; nil for what stays in fp32 always: vectors, and small matrices.
    public let group: LayerGroup?
    /// Whether it has a row for each word of the vocabulary: the table of words, a decoder of its own, its bias.
    public let hasWordRows: Bool

    /// A parameter and what is said of it.
    public init(
        name: String, shape: Shape, part: ParameterPart, role: ParameterRole, group: LayerGroup? = nil,
        hasWordRows: Bool = false
    ) {
        self.name = name
        self.shape = shape
        self.part = part
        self.role = role
        self.group = group
        self.hasWordRows = hasWordRows
    }
}

/// The components that a model's weights and bytes are counted by.
public enum ModelComponent: String, Sendable, CaseIterable {
    case embeddings
    /// Query, key, value, the layer after them and its normalisation.
    case attention
    case feedForward
    case pooler
    /// Classifiers, and all else that is on top.
    case head
}

extension Parameter {
    /// The component that it is counted under.
    public var component: ModelComponent {
        switch part {
        case .embeddings: .embeddings
        case .end: .feedForward
        case .block(let index): ParameterPaths.block(index).isOfAttention(name) ? .attention : .feedForward
        case .pooler: .pooler
        case .head: .head
        }
    }

    /// The dimension along which each head of its block has D rows or columns: 0 of query, key and value and their biases,
    /// those of distances too, 1 of the layer after them; nil for all others.
    var headsAxis: Int? {
        guard let block = part.block else { return nil }
        let paths = ParameterPaths.block(block)
        let layers = [paths.query, paths.key, paths.value, paths.distanceKey, paths.distanceQuery]
        if layers.contains(where: { name == $0 + ".weight" || name == $0 + ".bias" }) { return 0 }
        return name == paths.attentionOutput + ".weight" ? 1 : nil
    }

    /// The bytes that it takes in int8: a code a weight and a scale a row where it has codes, else fp32.
    ///
    /// Without column factors and codes beyond a byte, which are few and not every model has.
    public var int8ByteCount: Int { group == nil ? shape.count * 4 : shape.count + shape[0] * 4 }
}
