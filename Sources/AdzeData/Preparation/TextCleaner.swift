// Cleaning a text, step by step. Not here: which steps there are and in which order.

/// Cleans texts.
///
/// ```swift
/// let cleaner = try TextCleaner([.breaks, .punctuation, .lower, .spaces])
/// print(cleaner.clean("It's bad.<br /><br />Really BAD!"))  // its bad really bad
/// ```
/// A word is what stands between white space. What is cleaned of a text is no part of it any more: places in it are not
/// places in the text as it was.
public struct TextCleaner: Sendable {
    /// What is done, as a model says it.
    public let cleaning: Cleaning
    private let stopWords: Set<[Unicode.Scalar]>
    /// The files that lemmas are of.
    package let wordNet: WordNet?

    /// A cleaner that takes some steps, in their own order.
    ///
    /// Throws `CleaningError`: two ways of one step, lemmas without WordNet, no step.
    /// - Parameter words: what `CleaningStep.stopWords` drops, in lower case; nil for our own list.
    public init(
        _ steps: [CleaningStep], stopWords words: [String]? = nil, wordNet: WordNet? = nil
    ) throws(CleaningError) {
        let steps = CleaningStep.allCases.filter(steps.contains)
        let list = words ?? (steps.contains(.stopWords) ? StopWords.english : [])
        let cleaning = try Cleaning(
            steps: steps, stopWords: StopWords.inOrder(list),
            wordNet: steps.contains(.lemmas) ? wordNet?.fingerprint : nil)
        self.init(cleaning, wordNet: wordNet)
    }

    /// The cleaner that a model says; `wordNet` is needed for lemmas alone, and may be another than the model's.
    package init(_ cleaning: Cleaning, wordNet: WordNet?) {
        precondition(wordNet != nil || !cleaning.steps.contains(.lemmas), "lemmas are WordNet's")
        self.cleaning = cleaning
        self.wordNet = wordNet
        stopWords = Set(cleaning.stopWords.map { Array($0.unicodeScalars) })
    }

    /// The text after all steps.
    /// - Complexity: O(n).
    public func clean(_ text: String) -> String {
        var scalars = Array(text.unicodeScalars)
        for step in cleaning.steps {
            scalars =
                switch step {
                case .breaks: withoutBreaks(scalars)
                case .gluedBreaks: withoutGluedBreaks(scalars)
                case .punctuation: withoutPunctuation(scalars, most: .max)
                case .punctuation32: withoutPunctuation(scalars, most: 32)
                case .lower: lowercased(scalars)
                case .lemmas: mapWords(scalars) { lemma(of: $0) }
                case .stopWords: mapWords(scalars) { stopWords.contains(lowercased($0)) ? [] : $0 }
                case .spaces: withSingleSpaces(scalars)
                }
        }
        return String(String.UnicodeScalarView(scalars))
    }

    // MARK: - Tags and punctuation

    private func withoutBreaks(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var (kept, index) = ([Unicode.Scalar](), 0)
        kept.reserveCapacity(scalars.count)
        while index < scalars.count {
            if scalars[index] == "<", let end = breakEnd(scalars, from: index) {
                kept.append(" ")
                index = end
            } else {
                kept.append(scalars[index])
                index += 1
            }
        }
        return kept
    }

    /// The end of a tag `<br>`, `<br/>` or `<BR />` that begins at `start`.
    private func breakEnd(_ scalars: [Unicode.Scalar], from start: Int) -> Int? {
        var index = start + 1
        func at(_ index: Int) -> Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
        guard at(index) == "b" || at(index) == "B", at(index + 1) == "r" || at(index + 1) == "R" else { return nil }
        index += 2
        // More than a few spaces are no tag that anybody writes, and would make this quadratic.
        while at(index) == " ", index < start + 16 { index += 1 }
        if at(index) == "/" { index += 1 }
        return at(index) == ">" ? index + 1 : nil
    }

    private func withoutGluedBreaks(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        let tag = Array("<br />".unicodeScalars)
        var (kept, index) = ([Unicode.Scalar](), 0)
        kept.reserveCapacity(scalars.count)
        while index < scalars.count {
            if scalars[index] == tag[0], scalars[index...].starts(with: tag) {
                index += tag.count
            } else {
                kept.append(scalars[index])
                index += 1
            }
        }
        return kept
    }

    private func withoutPunctuation(_ scalars: [Unicode.Scalar], most: Int) -> [Unicode.Scalar] {
        var left = most
        return scalars.filter { scalar in
            if left == 0 || scalar.isCleaningWord || scalar.isCleaningSpace { return true }
            left -= 1
            return false
        }
    }

    private func withSingleSpaces(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var kept: [Unicode.Scalar] = []
        kept.reserveCapacity(scalars.count)
        var isAfterSpace = true
        for scalar in scalars {
            let isSpace = scalar.isCleaningSpace
            if !isSpace { kept.append(scalar) } else if !isAfterSpace { kept.append(" ") }
            isAfterSpace = isSpace
        }
        if kept.last == " " { kept.removeLast() }
        return kept
    }

    // MARK: - Words

    /// The text with each word replaced; white space stays as it is.
    private func mapWords(
        _ scalars: [Unicode.Scalar], _ word: ([Unicode.Scalar]) -> [Unicode.Scalar]
    ) -> [Unicode.Scalar] {
        var mapped: [Unicode.Scalar] = []
        mapped.reserveCapacity(scalars.count)
        var rest = scalars[...]
        while let first = rest.first {
            let isSpace = first.isCleaningSpace
            let run = rest.prefix { $0.isCleaningSpace == isSpace }
            mapped.append(contentsOf: isSpace ? Array(run) : word(Array(run)))
            rest = rest.dropFirst(run.count)
        }
        return mapped
    }

    /// WordNet's words are ASCII; any other is its own lemma.
    private func lemma(of word: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard let wordNet, word.allSatisfy(\.isASCII) else { return word }
        let bytes = word.map { UInt8($0.value) }
        return wordNet.lemma(of: wordNet.lemma(of: bytes, as: .noun), as: .verb).map { Unicode.Scalar($0) }
    }
}
