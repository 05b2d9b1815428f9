// Easy data augmentation: words that are replaced by synonyms, deleted and swapped. Not here: what needs a model or another
// program.

internal import AdzeBytes

/// The operations of EDA on one text; each gives nil where the text has nothing to change.
///
/// - Source: Wei and Zou, EMNLP 2019, and their `eda.py`. Otherwise than there a text keeps its case and signs, deletion
///   takes one word at least, and what comes out as it went in is for the caller to leave out.
package enum WordOperations {
    /// How many of so many words a share is, one at least.
    static func count(_ share: Double, of words: Int) -> Int { max(1, Int(share * Double(words))) }

    /// Which words of a text are masked, ascending.
    package static func masked(_ words: TextWords, share: Double, _ draws: inout CopyDraws) -> [Int] {
        draws.sample(count(share, of: words.count), of: words.count).sorted()
    }

    /// Each word goes with a probability, one at least and never all.
    package static func deleting(_ text: String, share: Double, _ draws: inout CopyDraws) -> String? {
        let words = TextWords(text)
        guard words.count > 1 else { return nil }
        var gone: Set<Int> = []
        for word in 0..<words.count where draws.unit() < share { gone.insert(word) }
        if gone.isEmpty { gone = [draws.below(words.count)] }
        if gone.count == words.count { gone.remove(draws.below(words.count)) }
        return words.removing(gone)
    }

    /// Two words change places, so often as the share says.
    package static func swapping(_ text: String, share: Double, _ draws: inout CopyDraws) -> String? {
        var words = TextWords(text)
        guard words.count > 1 else { return nil }
        for _ in 0..<count(share, of: words.count) {
            let first = draws.below(words.count)
            let second = draws.below(words.count - 1)
            let other = second < first ? second : second + 1
            (words[first], words[other]) = (words[other], words[first])
        }
        return words.text
    }

    /// Words that have synonyms and are no stop words become one of them.
    ///
    /// A word is replaced where it is a lemma as it stands, in any case: then the synonym needs no ending. Throws as
    /// `Thesaurus.synonyms(of:)` does.
    package static func replacing(
        _ text: String, share: Double, by thesaurus: Thesaurus, _ draws: inout CopyDraws
    ) throws(AugmentationError) -> String? {
        var words = TextWords(text)
        var candidates: [(word: Int, synonyms: [String])] = []
        for word in 0..<words.count {
            let lower = words[word].lowercased()
            guard !stopWords.contains(lower) else { continue }
            let synonyms = try thesaurus.synonyms(of: lower)
            if !synonyms.isEmpty { candidates.append((word, synonyms)) }
        }
        guard !candidates.isEmpty else { return nil }
        for place in draws.sample(count(share, of: words.count), of: candidates.count) {
            let (word, synonyms) = candidates[place]
            words[word] = TextWords.cased(synonyms[draws.below(synonyms.count)], like: words[word])
        }
        return words.text
    }

    private static let stopWords = Set(StopWords.english)
}
