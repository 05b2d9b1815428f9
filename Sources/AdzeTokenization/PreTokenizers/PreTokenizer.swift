// How a normalized text is split into words: the part that `tokenizer.json` calls its pre-tokenizer. Not here: doing
// it, which the cutter of each model does in the same pass.

/// A rule by which texts are split before the model sees them.
public enum PreTokenizer: Sendable, Equatable {
    /// At white space, and around each punctuation mark, which is a word of its own; `BertPreTokenizer`.
    case whiteSpaceAndPunctuation
}
