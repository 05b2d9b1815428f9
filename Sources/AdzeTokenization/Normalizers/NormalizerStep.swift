// The normalizers that `tokenizer.json` files of byte-level BPE and Unigram models name, as data. Not here: doing them.

/// One normalizer; a list of them is applied in order, each to the whole of what the one before has made.
public enum NormalizerStep: Sendable, Equatable {
    /// Canonical composition.
    case nfc
    /// Canonical decomposition.
    case nfd
    /// Compatibility decomposition, then canonical composition.
    case nfkc
    /// Compatibility decomposition.
    case nfkd
    /// Each scalar's lower-case form, without regard to its neighbours.
    case lowercase
    /// Removes the combining marks that stand by themselves; what has one inside stays.
    case stripAccents
    /// Removes white space at the ends.
    case strip(left: Bool, right: Bool)
    /// Puts a text in the place of each match, from left to right.
    case replace(ReplacePattern, String)
    /// Puts a text in front, unless there is nothing to put it in front of.
    case prepend(String)
    /// SentencePiece's rules, by grapheme clusters.
    case precompiled(Charsmap)
}

/// What a `Replace` normalizer looks for: a text, or one of the regular expressions that real files have.
public enum ReplacePattern: Sendable, Equatable {
    /// The text itself; an empty one matches before every scalar and at the end.
    case text(String)
    /// ` {2,}`: two spaces or more.
    case spaces
    /// `\s{2,}|[\n\r\t]`: white space of two or more, or one line feed, carriage return or tab.
    case whitespaceRunOrLine
    /// `[\n\r\t]`
    case line
    /// `\n`
    case lineFeed
    /// `\s+`
    case whitespaceRun
    /// `\s`
    case whitespace
    /// `[^\S\n]+`: white space without line feeds.
    case blanks
    /// `[ \t\r\n]+`
    case asciiWhitespaceRun
    /// ` +▁`: spaces up to a "▁", with it.
    case spacesBeforeMark

    private static let spellings: [(pattern: ReplacePattern, regex: String)] = [
        (.spaces, " {2,}"), (.whitespaceRunOrLine, #"\s{2,}|[\n\r\t]"#), (.line, #"[\n\r\t]"#), (.lineFeed, #"\n"#),
        (.whitespaceRun, #"\s+"#), (.whitespace, #"\s"#), (.blanks, #"[^\S\n]+"#),
        (.asciiWhitespaceRun, #"[ \t\r\n]+"#), (.spacesBeforeMark, " +▁"),
    ]

    /// The spellings of regular expressions that are known, in a fixed order.
    public static var knownRegexes: [String] { spellings.map(\.regex) }

    /// The pattern of a regular expression in exactly this spelling, or nil.
    public init?(regex: String) {
        // By bytes: Swift takes strings as equal whose accents are written in different ways.
        guard let known = Self.spellings.first(where: { $0.regex.utf8.elementsEqual(regex.utf8) }) else { return nil }
        self = known.pattern
    }

    /// The spelling of the regular expression; nil for a text.
    public var regex: String? { Self.spellings.first { $0.pattern == self }?.regex }
}
