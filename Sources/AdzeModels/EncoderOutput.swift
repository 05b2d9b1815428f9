// What a forward pass can give, and what it gave.

/// The results a caller wants; fewer wishes mean less work.
public struct OutputRequest: OptionSet, Sendable {
    /// The bits.
    public let rawValue: Int
    /// A request from its bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The last hidden state of every token.
    public static let sequence = OutputRequest(rawValue: 1)
    /// The pooler's output; needs a pooler.
    public static let pooled = OutputRequest(rawValue: 2)
    /// The embeddings' output and every block's.
    public static let hiddenStates = OutputRequest(rawValue: 4)
    /// The attention weights of every block and head.
    public static let attentions = OutputRequest(rawValue: 8)
    /// The classifier's logits; needs a classification head.
    public static let logits = OutputRequest(rawValue: 16)
    /// The last hidden state of every sequence's first token.
    public static let firstToken = OutputRequest(rawValue: 32)

    /// Whether the last block must be computed for every token.
    var needsEveryToken: Bool { !isDisjoint(with: [.sequence, .hiddenStates, .attentions]) }
}

/// The results of one sequence of T tokens; members that were not asked for are empty.
public struct EncoderOutput: Sendable, Equatable {
    /// T.
    public let tokenCount: Int
    /// (T, H), the last hidden state.
    public internal(set) var sequence: [Float] = []
    /// (H), the last hidden state of the first token.
    public internal(set) var firstToken: [Float] = []
    /// (H), the pooler's output.
    public internal(set) var pooled: [Float] = []
    /// L + 1 times (T, H): the embeddings' output first.
    public internal(set) var hiddenStates: [[Float]] = []
    /// L times (A, T, T).
    public internal(set) var attentions: [[Float]] = []
    /// (C).
    public internal(set) var logits: [Float] = []
}
