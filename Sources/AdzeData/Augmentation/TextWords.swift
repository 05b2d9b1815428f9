// A text as words and what stands between them, so that a word changes and every other character stays. Not here: which
// words change.

internal import AdzeBytes

/// The words of a text.
///
/// A word is what stands between white space, without the signs around it, and has a letter or a digit; ` , ` is none. A
/// text in a script that puts no spaces between words is one word.
package struct TextWords: Sendable {
    /// What stands between white space, or a run of that.
    private struct Run: Sendable {
        var before = ""
        var word = ""
        var after = ""
        var isSpace = false
    }

    private var runs: [Run] = []
    /// Which runs have a word.
    private var places: [Int] = []

    /// The words of a text.
    package init(_ text: String) {
        var rest = text.unicodeScalars[...]
        while let first = rest.first {
            let isSpace = first.isCleaningSpace
            let piece = rest.prefix { $0.isCleaningSpace == isSpace }
            rest = rest[piece.endIndex...]
            if isSpace {
                runs.append(Run(before: String(piece), isSpace: true))
            } else {
                let run = TextWords.run(piece)
                if !run.word.isEmpty { places.append(runs.count) }
                runs.append(run)
            }
        }
    }

    private static func run(_ piece: Substring.UnicodeScalarView) -> Run {
        guard let first = piece.firstIndex(where: \.isCleaningWord), let last = piece.lastIndex(where: \.isWordOrMark)
        else { return Run(before: String(piece)) }
        let end = max(piece.index(after: first), piece.index(after: last))
        return Run(before: String(piece[..<first]), word: String(piece[first..<end]), after: String(piece[end...]))
    }

    /// How many words there are.
    package var count: Int { places.count }

    /// A word, or another in its place; the signs around it stay.
    package subscript(_ index: Int) -> String {
        get { runs[places[index]].word }
        set { runs[places[index]].word = newValue }
    }

    /// The text.
    package var text: String {
        var text = ""
        for run in runs { text += run.before + run.word + run.after }
        return text
    }

    /// The text without some words, the signs at them, and the white space in front of each.
    func removing(_ words: Set<Int>) -> String {
        var isGone = [Bool](repeating: false, count: runs.count)
        for word in words.sorted() {
            let place = places[word]
            isGone[place] = true
            // The white space that a text begins with stays, and so does what stands behind it.
            let before = place - 1, after = place + 1
            if before > 0, !isGone[before] {
                isGone[before] = true
            } else if after < runs.count {
                isGone[after] = true
            }
        }
        var text = ""
        for (run, isGone) in zip(runs, isGone) where !isGone { text += run.before + run.word + run.after }
        return text
    }

    /// A word written as another is: all in capitals, or with a capital in front; any other as it is.
    package static func cased(_ word: String, like old: String) -> String {
        let letters = old.unicodeScalars.filter { $0.properties.isCased }
        guard let first = letters.first, first.properties.isUppercase else { return word }
        if letters.allSatisfy(\.properties.isUppercase) {
            return letters.count > 1 ? word.uppercased() : capitalized(word)
        }
        return letters.dropFirst().allSatisfy(\.properties.isLowercase) ? capitalized(word) : word
    }

    private static func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    /// Whether what a language model proposes is a whole word, and none that stood there: letters, with a hyphen or an
    /// apostrophe between them. Pieces that go on a word and special tokens have other signs.
    package static func isWord(_ candidate: String, otherThan old: String) -> Bool {
        let scalars = candidate.unicodeScalars
        guard let first = scalars.first, let last = scalars.last, first.isCleaningWord, last.isWordOrMark else {
            return false
        }
        return scalars.contains { $0.properties.isAlphabetic }
            && scalars.allSatisfy { $0.isWordOrMark && $0 != "_" || $0 == "-" || $0 == "'" }
            && candidate.lowercased() != old.lowercased()
    }
}

extension Unicode.Scalar {
    /// Whether it belongs to a word: marks stand on letters.
    fileprivate var isWordOrMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: isCleaningWord
        }
    }
}
