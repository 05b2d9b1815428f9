// Words that say little by themselves: a small English list of our own, and lists of users. Not here: dropping them.

internal import AdzeBytes

/// Lists of words to drop.
public enum StopWords {
    /// English articles, pronouns, prepositions, conjunctions and auxiliary verbs, written down by word class; with `dont`
    /// and its like for texts without punctuation. Words that deny (no, not, never, nor) and that compare (more, very) are
    /// not among them: they decide many a label.
    public static let english: [String] = inOrder(
        [
            "a an the this that these those",
            "i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself",
            "she her hers herself it its itself they them their theirs themselves who whom whose which what",
            "about above across after against along among around at before behind below beneath beside between",
            "beyond by down during for from in into of off on onto out over through to toward towards under until up",
            "upon with within",
            "and as because but if once or since so than then though when where while whether",
            "am is are was were be been being have has had having do does did doing will would shall should can",
            "could may might must",
            "i'm i've i'll i'd you're you've you'll you'd he's he'll he'd she's she'll she'd it's it'll we're we've",
            "we'll we'd they're they've they'll they'd that's there's here's what's who's let's",
            "im ive youre youve theyre theyve thats theres whats",
            "here there how",
        ].flatMap { $0.split(separator: " ").map(String.init) })

    /// Words ascending by their bytes, each once.
    static func inOrder(_ words: [String]) -> [String] {
        var kept: [String] = []
        for word in words.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        where kept.last.map({ !$0.utf8.elementsEqual(word.utf8) }) ?? true {
            kept.append(word)
        }
        return kept
    }

    /// The words of a file, one a line, in lower case; empty lines are none.
    ///
    /// Throws `CleaningError` for a line that is no word and for too many, `DataError` and `RowError` for a file that is no
    /// text, and for one without words.
    package static func read(path: String) throws -> [String] {
        var source = try RowSource(path: path, format: .txt)
        var words: [String] = []
        while let row = try source.next() {
            let row = try row.get()
            let word = trimmed(row.text)
            if word.isEmpty { continue }
            guard Cleaning.isWord(word) else { throw CleaningError.notAWord(word, line: row.lineNumber) }
            guard words.count < Cleaning.wordLimit else { throw CleaningError.tooManyWords(limit: Cleaning.wordLimit) }
            words.append(word)
        }
        guard !words.isEmpty else { throw CleaningError.noWords }
        return words
    }
}
