// How a normalized text is split into words: the part that `tokenizer.json` calls its pre-tokenizer. Not here: doing it.

/// A rule by which texts are split before the model sees them.
public enum PreTokenizer: Sendable, Equatable {
    /// At white space, and around each punctuation mark, which is a word of its own; `BertPreTokenizer`.
    case whiteSpaceAndPunctuation
    /// One step after another, each on what the last one left; none leaves a text whole.
    case steps([PreTokenizerStep])

    /// The steps; BERT's rule is none.
    var steps: [PreTokenizerStep] {
        if case .steps(let steps) = self { steps } else { [] }
    }

    /// Whether the model is given bytes, and not characters.
    package var givesBytes: Bool {
        if case .byteLevel? = steps.last { true } else { false }
    }

    /// The rule of spaces that are written as a character, where there is one.
    var metaspace: Metaspace? {
        for case .metaspace(let metaspace) in steps { return metaspace }
        return nil
    }
}

/// A step of a pre-tokenizer, by the name that `tokenizer.json` has for it.
public enum PreTokenizerStep: Sendable, Equatable {
    /// `WhitespaceSplit`: at white space, which is left out.
    case whiteSpace
    /// `Metaspace`: spaces become a character, at which words begin.
    case metaspace(Metaspace)
    /// `ByteLevel`: the model is given bytes. Puts a space before a text that begins with none, and cuts words by GPT-2's
    /// rule, each where it says so. The last step where there is one.
    case byteLevel(addsPrefixSpace: Bool, splits: Bool)
    /// `Digits`: around digits, each alone or runs of them.
    case digits(each: Bool)
    /// `Punctuation`: around punctuation marks.
    case punctuation(SplitBehavior)
    /// `Split`: at what a pattern finds, or at all but that.
    case split(SplitPattern, SplitBehavior, inverted: Bool)
}

/// Spaces written as a character.
public struct Metaspace: Sendable, Equatable {
    /// When the character is put before a text that does not begin with it.
    public enum Prefix: String, Sendable, CaseIterable {
        /// Before each stretch between added tokens.
        case always
        /// Before one that begins where the text does.
        case first
        /// Never.
        case never
    }

    /// The character, U+2581 unless a file says otherwise.
    public var replacement: Unicode.Scalar = "\u{2581}"
    /// When it is put before a text.
    public var prefix = Prefix.always
    /// Whether a word begins at each.
    public var splits = true

    /// The character in UTF-8.
    var mark: [UInt8] { Array(String(replacement).utf8) }

    /// As SentencePiece has it.
    public init() {}
}

/// What becomes of the places at which a text is split.
public enum SplitBehavior: String, Sendable, CaseIterable {
    case isolated = "Isolated"
    case removed = "Removed"
    case contiguous = "Contiguous"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
}

/// What `Split` looks for.
public enum SplitPattern: Sendable, Equatable {
    /// A text as it stands.
    case text(String)
    /// One of the regular expressions that occur.
    case rule(WordRule)
}

/// The regular expressions by which byte-level tokenizers cut words, known by their spelling and matched by code of our own.
public enum WordRule: String, Sendable, CaseIterable {
    /// GPT-2's: contractions, letters, digits and marks, each with a space before it; white space by itself.
    case gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    /// Runs of white space.
    case whiteSpaceRuns = #"\s+"#
    /// Each digit.
    case eachDigit = #"\p{N}"#
}
