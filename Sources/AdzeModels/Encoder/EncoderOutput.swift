// The outputs that a forward pass can be asked for, and the values that it returns.

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

    /// The logits of every token: C a token of a token classifier, start and end of question answering.
    public static let tokenLogits = OutputRequest(rawValue: 64)
    /// Two logits, 'the second text follows' and 'it does not'; needs a next-sentence head.
    public static let nextSentenceLogits = OutputRequest(rawValue: 128)
    /// V logits at each of the positions asked for; needs a masked language model.
    public static let vocabularyLogits = OutputRequest(rawValue: 256)

    /// Outputs that read the pooler's.
    package static let pooledOutputs: OutputRequest = [.pooled, .logits, .nextSentenceLogits]
    /// Outputs that read the first token's last hidden state.
    package static let firstTokenOutputs: OutputRequest = pooledOutputs.union(.firstToken)
    /// Outputs for which the last block must be computed for every token.
    static let everyTokenOutputs: OutputRequest = [.sequence, .hiddenStates, .attentions, .tokenLogits]
}

/// The results of one sequence of T tokens; members that were not asked for are empty.
public struct EncoderOutput: Sendable, Equatable {
    /// T.
    public let tokenCount: Int
    /// (T, H), the last hidden state.
    public package(set) var sequence: [Float] = []
    /// (H), the last hidden state of the first token.
    public package(set) var firstToken: [Float] = []
    /// (H), the pooler's output.
    public package(set) var pooled: [Float] = []
    /// L + 1 times (T, H): the embeddings' output first.
    public package(set) var hiddenStates: [[Float]] = []
    /// L times (A, T, T).
    public package(set) var attentions: [[Float]] = []
    /// (C).
    public package(set) var logits: [Float] = []
    /// (T, C) of a token classifier; (T, 2) of question answering, start before end.
    public package(set) var tokenLogits: [Float] = []
    /// (2): the second text follows the first; it does not.
    public package(set) var nextSentenceLogits: [Float] = []
    /// (P, V) at the P positions asked for, in the order in which they were.
    public package(set) var vocabularyLogits: [Float] = []

    /// No results yet, of a sequence of `tokenCount` tokens.
    package init(tokenCount: Int) { self.tokenCount = tokenCount }
}
