// Options that say how texts are cleaned before they are cut into tokens. Not here: the steps, which are AdzeData's.

import Adze
import ArgumentParser

/// Where the files of lemmas and synonyms are.
struct WordNetOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The folder of WordNet's files, for lemmas and synonyms; default: \(WordNet.debianFolder).",
            valueName: "DIR"),
        completion: .directory)
    var wordnet: String?
}

/// `--clean` and what belongs to it.
struct CleaningOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "How texts are cleaned first: some of breaks, punctuation, lower, lemmas, stopwords, spaces, which are done "
                + "in this order; none; or study, the study's way with its faults; default: as the model says.",
            valueName: "STEPS"),
        completion: .list(["none", "study"] + CleaningStep.allCases.map(\.rawValue)))
    var clean: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What the step stopwords drops, one word a line; default: a small English list of our own.",
            valueName: "FILE"),
        completion: .file())
    var stopwords: String?

    func validate() throws {
        var steps: [CleaningStep] = []
        do throws(CleaningError) {
            if let clean { steps = try CleaningStep.steps(named: clean) }
        } catch {
            throw ValidationError("--clean: \(error)")
        }
        if stopwords != nil, !steps.contains(.stopWords) {
            throw ValidationError("--stopwords is for the step stopwords of --clean")
        }
    }

    /// What is asked for.
    func choice(_ wordNet: WordNetOptions) throws -> CleaningChoice {
        guard let clean else { return .asTheModelSays }
        let steps = try CleaningStep.steps(named: clean)
        guard !steps.isEmpty else { return .notAtAll }
        let files = steps.contains(.lemmas) ? try WordNet.opened(folder: wordNet.wordnet) : nil
        return .by(try TextCleaner(steps, stopWords: words(), wordNet: files))
    }

    /// A model with what is asked for; notes of what it says itself are printed.
    func applied(to bundle: ModelBundle, _ wordNet: WordNetOptions, quiet: Bool) throws -> ModelBundle {
        if clean == nil { Console.notes(try bundle.cleaningNotes(), quiet: quiet) }
        let cleaned = try bundle.cleaning(choice(wordNet))
        bundle.noteDroppedRule(in: cleaned, quiet: quiet)
        return cleaned
    }

    /// The cleaner that is asked for, or that the model of a tokenizer says, which is told.
    func cleaner(_ wordNet: WordNetOptions, ofModel path: String, quiet: Bool) throws -> TextCleaner? {
        switch try choice(wordNet) {
        case .notAtAll: return nil
        case .by(let cleaner): return cleaner
        case .asTheModelSays:
            let own = try openCleaner(path: path, wordNet: wordNet.wordnet)
            Console.notes(own?.notes ?? [], quiet: quiet)
            return own?.cleaner
        }
    }

    private func words() throws -> [String]? {
        guard let stopwords else { return nil }
        do {
            return try StopWords.read(path: stopwords)
        } catch let error as any AdzeFailure {
            throw InputError(path: stopwords, underlying: error)
        }
    }
}

extension Row {
    /// The row with its texts cleaned.
    func cleaned(by cleaner: TextCleaner) -> Row {
        var row = self
        row.text = cleaner.clean(text)
        row.pair = pair.map(cleaner.clean)
        return row
    }
}
