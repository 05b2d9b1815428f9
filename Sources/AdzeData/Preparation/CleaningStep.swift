// The steps by which texts may be cleaned before they are cut into tokens, by name and in their order. Not here: what a
// step does, which is `TextCleaner`'s.

public import AdzeBytes

/// A step of cleaning texts; the order of the cases is the order in which they are done.
public enum CleaningStep: String, Sendable, CaseIterable {
    /// A line break's tag, `<br>` or `<br />`, becomes a space.
    case breaks
    /// The source study's way: `<br />` goes, and the words around it are one.
    case gluedBreaks = "glued-breaks"
    /// What is neither a letter, a number, `_` nor white space goes, as of Python's `re.sub(r"[^\w\s]", "", text)`.
    case punctuation
    /// The source study's way: the first 32 of them go.
    case punctuation32 = "punctuation-32"
    /// Lower case, as Python's `str.lower` has it.
    case lower
    /// Words become WordNet's lemmas, as nouns and then as verbs.
    case lemmas
    /// Words that a list holds go.
    case stopWords = "stopwords"
    /// Runs of white space become one space, and go at both ends.
    case spaces

    /// All that the source study does, with what it did not mean to.
    public static let study: [CleaningStep] = [
        .gluedBreaks, .punctuation32, .lower, .lemmas, .stopWords, .spaces,
    ]

    /// What another step stands in the place of.
    private var place: CleaningStep {
        switch self {
        case .gluedBreaks: .breaks
        case .punctuation32: .punctuation
        default: self
        }
    }

    /// The steps of a list such as `breaks,lower`, in their own order; `none` and `study` are lists by themselves.
    ///
    /// Throws `CleaningError.unknownStep` and `.twoOfOne`.
    public static func steps(named list: String) throws(CleaningError) -> [CleaningStep] {
        switch list {
        case "none": return []
        case "study": return study
        default: break
        }
        var named: Set<CleaningStep> = []
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let name = String(part)
            guard let step = CleaningStep(rawValue: name) else {
                throw .unknownStep(name, nearest: nearestName(to: name, in: allCases.map(\.rawValue)))
            }
            named.insert(step)
        }
        return try checked(allCases.filter(named.contains))
    }

    /// Steps in their order; throws `CleaningError.twoOfOne` where one stands in another's place.
    static func checked(_ steps: [CleaningStep]) throws(CleaningError) -> [CleaningStep] {
        for (step, next) in zip(steps, steps.dropFirst()) where step.place == next.place {
            throw .twoOfOne(step.rawValue, next.rawValue)
        }
        return steps
    }
}

/// How texts are cleaned, in all that decides what comes out.
public struct Cleaning: Sendable, Equatable {
    /// What is done, in its order; not empty.
    public let steps: [CleaningStep]
    /// The words that go, ascending by their bytes; empty without `CleaningStep.stopWords`.
    public let stopWords: [String]
    /// `WordNet.fingerprint` of the files that the lemmas are of; nil without `CleaningStep.lemmas`.
    public let wordNet: String?

    /// The most words of a list.
    static let wordLimit = 10_000
    /// The most bytes of a word.
    static let wordBytes = 100

    /// Cleaning by its parts, as a model has them; throws `CleaningError` for such as no cleaner has.
    package init(steps: [CleaningStep], stopWords: [String], wordNet: String?) throws(CleaningError) {
        guard !steps.isEmpty, steps == CleaningStep.allCases.filter(steps.contains) else { throw .disorder }
        self.steps = try CleaningStep.checked(steps)
        guard steps.contains(.stopWords) != stopWords.isEmpty else { throw .wordsWithoutStep }
        guard stopWords.count <= Cleaning.wordLimit else { throw .tooManyWords(limit: Cleaning.wordLimit) }
        for word in stopWords where !Cleaning.isWord(word) { throw .notAWord(word, line: nil) }
        let isSorted = zip(stopWords, stopWords.dropFirst()).allSatisfy { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        guard isSorted else { throw .disorder }
        guard steps.contains(.lemmas) == (wordNet != nil) else { throw .lemmasWithoutFiles }
        if let wordNet {
            guard wordNet.utf8.count == 16, wordNet.utf8.allSatisfy(Cleaning.isLowerHex) else {
                throw .badFingerprint(wordNet)
            }
        }
        (self.stopWords, self.wordNet) = (stopWords, wordNet)
    }

    /// Whether a text is a word that a list may hold: some of it, no white space, in lower case.
    static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= wordBytes
            && text.unicodeScalars.allSatisfy { !$0.isCleaningSpace && $0.properties.generalCategory != .control }
            && String.UnicodeScalarView(lowercased(Array(text.unicodeScalars))).elementsEqual(text.unicodeScalars)
    }

    private static func isLowerHex(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}

/// What cleaning cannot be, or lacks.
public enum CleaningError: AdzeFailure, Equatable {
    /// No step has the name.
    case unknownStep(String, nearest: String?)
    /// Two ways of one step.
    case twoOfOne(String, String)
    /// Words without the step that drops them, or the step without words.
    case wordsWithoutStep
    /// A list with too many words.
    case tooManyWords(limit: Int)
    /// A list without a word.
    case noWords
    /// A line of a list that is no word.
    case notAWord(String, line: Int?)
    /// Lemmas without the files that they are of, or the files without lemmas.
    case lemmasWithoutFiles
    /// What is no fingerprint of files.
    case badFingerprint(String)
    /// Steps or words in another order than their own, or none.
    case disorder
    /// WordNet is not there.
    case noWordNet(folder: String, file: String)
    /// A file that is none of WordNet's.
    case notWordNet(path: String, problem: String)

    /// A wish that makes no sense, missing files, or bad data.
    public var kind: FailureKind {
        switch self {
        case .unknownStep, .twoOfOne: .usage
        case .noWordNet: .missingInput
        default: .badData
        }
    }

    /// One line: what is wrong, and what to do.
    public var description: String {
        switch self {
        case .unknownStep(let name, let nearest):
            "no step of cleaning is named \(quoted(name, limit: 40)); "
                + (nearest.map { "did you mean \($0)?" }
                    ?? "there are \(CleaningStep.allCases.map(\.rawValue).joined(separator: ", "))")
        case .twoOfOne(let one, let other): "\(one) and \(other) are two ways of one step; name one"
        case .wordsWithoutStep: "words to drop belong to the step stopwords, and it to them"
        case .tooManyWords(let limit): "more than \(limit) words to drop"
        case .noWords: "expected words to drop, one a line, found none"
        case .notAWord(let text, let line):
            (line.map { "line \($0): " } ?? "") + "expected a word in lower case, without white space and of at most "
                + "\(Cleaning.wordBytes) bytes, found \(quoted(text, limit: 40))"
        case .lemmasWithoutFiles: "the step lemmas belongs to WordNet's fingerprint, and it to the step"
        case .badFingerprint(let text):
            "expected WordNet's fingerprint of 16 hexadecimal digits, found \(quoted(text, limit: 40))"
        case .disorder: "expected steps and words in their order, each once, found another"
        case .noWordNet(let folder, let file):
            "lemmas are WordNet's, and \(folder) has no \(file); install the Debian package wordnet-base, or name the "
                + "folder of its files with --wordnet DIR"
        case .notWordNet(let path, let problem): "\(path): expected a file of WordNet's, found \(problem)"
        }
    }
}
