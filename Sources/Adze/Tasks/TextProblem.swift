// Errors of a head: reasons why one text of several, or every text, gets no answer.

public import AdzeBytes

/// A text that gets no answer, while the others of the same call do.
public enum TextProblem: AdzeFailure, Equatable {
    /// A model that fills masks was given a text without one.
    case noMask(token: String)
    /// Every mask of the text lies beyond the model's length.
    case maskCutOff(token: String, limit: Int)
    /// The head compares two texts and was given one.
    case noPair
    /// The head reads one text and was given two.
    case unwantedPair
    /// The question, or the context, is empty.
    case empty(String)
    /// The question leaves no room for windows over its context.
    case questionTooLong(needed: Int, limit: Int)
    /// Windows that advance little, over a long context: more of them than are read.
    case tooManyWindows(count: Int, limit: Int)
    /// The model's logits are no numbers.
    case notFinite

    /// One line: what is wrong with the text, and what to do.
    public var description: String {
        switch self {
        case .noMask(let token): "the text has no \(token) to fill; put one where a word is missing"
        case .maskCutOff(let token, let limit):
            "every \(token) stands beyond the first \(limit) tokens and was cut off; shorten the text or take its tail"
        case .noPair: "the model compares two texts, and this row has one; give the second as text_pair"
        case .unwantedPair: "the model reads one text, and this row has two; leave the second out"
        case .empty(let what): "the \(what) is empty"
        case .questionTooLong(let needed, let limit):
            "the question is too long: with a window over its context it takes \(needed) tokens of \(limit); shorten it"
        case .tooManyWindows(let count, let limit):
            "the context takes \(count) windows, and at most \(limit) are read; shorten it or the question, or lower the"
                + " stride"
        case .notFinite: "the logits are not finite; run adze verify"
        }
    }
}

/// A wish that no text can fulfil.
public enum TaskError: AdzeFailure, Equatable {
    /// None of the words asked for gives a token.
    case noTargets
    /// Windows are not joined for masked words or pairs.
    case noWindows(what: String)
    /// Single tokens of overlapping windows cannot be joined.
    case windowsNeedAggregation
    /// The middle of a text cannot be left out where neighbours are joined.
    case noGap
    /// The tokenizer has no mask token.
    case noMaskToken

    /// One line: what cannot be, and what to do.
    public var description: String {
        switch self {
        case .noTargets: "none of the targets gives a token; name at least one word"
        case .noWindows(let what): "\(what) are not read in windows; take head, tail or head+tail"
        case .windowsNeedAggregation:
            "tokens of overlapping windows are joined as entities; choose an aggregation other than none"
        case .noGap: "entities would be joined across the part left out by head+tail; take head, tail or window"
        case .noMaskToken: "the tokenizer has no mask token; name one in tokenizer_config.json"
        }
    }

    /// A bad request, but for a tokenizer that lacks a token.
    public var kind: FailureKind { self == .noMaskToken ? .badData : .usage }
}
