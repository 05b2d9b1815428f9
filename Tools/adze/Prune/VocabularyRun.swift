// The word pieces that `prune --vocab` keeps: by the texts of a file, which is read once to choose and once to prove, or by a
// script. Not here: which pieces a text needs.

import Adze
import ArgumentParser

/// Choosing the word pieces that stay.
struct VocabularyRun {
    /// What stays, and how much of it each language asked for.
    struct Result {
        let choice: VocabularyChoice
        var languages: [(name: String, choice: VocabularyChoice)] = []
    }

    /// What `--vocab` asks for; nil where it asks for nothing.
    ///
    /// Every row of the texts must be readable. Throws `InputError`, and as `CorpusVocabulary` does.
    static func result(
        _ cut: CutOptions, _ bundle: ModelBundle, _ columns: ColumnOptions, quiet: Bool
    ) throws -> Result? {
        guard let wish = cut.vocab else { return nil }
        if let script = TextScript(rawValue: wish) {
            let choice = try bundle.vocabulary(of: script)
            note(choice, quiet: quiet)
            return Result(choice: choice)
        }
        // What the model lacks is said before a long input is read.
        let empty = try CorpusVocabulary(bundle)
        let progress = ProgressLine(total: nil, quiet: quiet)
        defer { progress.end() }
        let runs = try cut.corpora.map { corpus in
            VocabularyRun(
                corpus: corpus, piped: try PipedData(path: corpus.path),
                columns: cut.dev == nil ? columns : columns.besideData(corpus.path), progress: progress)
        }
        Console.notes(try bundle.cleaningNotes(), quiet: quiet)
        let choices = try runs.map { try $0.choose(from: empty, quiet: quiet) }
        let choice = choices[0].joined(with: Array(choices.dropFirst()))
        let check = try VocabularyCheck(bundle, choice)
        for (run, own) in zip(runs, choices) { try run.prove(own, check) }
        progress.end()
        note(choice, quiet: quiet)
        let languages = zip(runs, choices).compactMap { run, own in run.corpus.language.map { ($0, own) } }
        for (name, own) in languages { Console.summary(VocabularyText.language(name, own), quiet: quiet) }
        return Result(choice: choice, languages: languages)
    }

    private let corpus: CutOptions.Corpus
    private let piped: PipedData
    private let columns: ColumnOptions
    private let progress: ProgressLine

    /// The pieces that the corpus needs; `empty` has no texts yet.
    private func choose(from empty: CorpusVocabulary, quiet: Bool) throws -> VocabularyChoice {
        var vocabulary = empty
        return try naming {
            try read("choosing", quiet: quiet) { vocabulary.add($0) }
            return try vocabulary.choice()
        }
    }

    /// Cuts the corpus again, with what stays; `own` is what it chose, and `check` has seen no text.
    private func prove(_ own: VocabularyChoice, _ check: VocabularyCheck) throws {
        guard case .texts(let count) = own.grounds else { return }
        var check = check
        try naming {
            try read("cutting again", quiet: true) { try check.check($0) }
            guard check.textCount == count else {
                throw BundleError.changedCorpus(text: min(check.textCount, count) + 1)
            }
        }
    }

    private func read(_ part: String, quiet: Bool, _ body: (TextInput) throws -> Void) throws {
        let part = corpus.language.map { "\(part) \($0)" } ?? part
        var columns = columns
        if piped.path(corpus.path) != corpus.path {
            columns.format = columns.format ?? (corpus.path == "-" ? .txt : DataFormat(path: corpus.path))
        }
        var count = 0
        var stream = try TextStream(path: piped.path(corpus.path), columns, quiet: quiet)
        while let window = try stream.next() {
            for row in window {
                let row = try stream.required(row)
                try body(TextInput(row.text, pair: row.pair))
            }
            count += window.count
            progress.show(part, count, of: nil)
        }
    }

    /// Runs `body`; an error about the corpus names it.
    private func naming<Value>(_ body: () throws -> Value) throws -> Value {
        try piped.naming {
            do {
                return try body()
            } catch let error as BundleError {
                progress.end()
                throw InputError(path: corpus.path, underlying: error)
            }
        }
    }

    private static func note(_ choice: VocabularyChoice, quiet: Bool) {
        guard choice.surplusRows > 0 else { return }
        Console.notes(
            ["\(counted(choice.surplusRows, "row")) of the word table beyond the vocabulary's pieces dropped"],
            quiet: quiet)
    }
}

/// Lines and JSON about the word pieces that a model lost.
enum VocabularyText {
    /// How many stay of how many.
    static func summary(_ choice: VocabularyChoice) -> String {
        choice.keptCount == choice.count
            ? "\(counted(choice.count, "piece")), none dropped"
            : "\(grouped(choice.count)) → \(grouped(choice.keptCount)) pieces"
    }

    /// What one language asked for.
    static func language(_ name: String, _ choice: VocabularyChoice) -> String {
        guard case .texts(let count) = choice.grounds else { return name }
        return "\(name): \(counted(count, "text")), \(counted(choice.keptCount, "piece"))"
    }

    /// What holds all the same.
    static func proof(_ choice: VocabularyChoice) -> String {
        switch choice.grounds {
        case .texts(let count): "\(counted(count, "text")) cut as before"
        case .script(.latin, let pairs): "all \(grouped(pairs)) words of two pieces cut as before"
        }
    }

    /// The member of a report.
    static func json(_ result: VocabularyRun.Result) -> JSONValue {
        let choice = result.choice
        var object: JSONObject = [
            "pieces": .integer(choice.count), "keptPieces": .integer(choice.keptCount),
            "droppedRows": .integer(choice.surplusRows + choice.count - choice.keptCount),
        ]
        switch choice.grounds {
        case .texts(let count): object["texts"] = .integer(count)
        case .script(let script, let pairs):
            object["script"] = .string(script.rawValue)
            object["wordsOfTwoPieces"] = .integer(pairs)
        }
        if !result.languages.isEmpty {
            object["languages"] = .array(
                result.languages.map { name, choice in
                    var entry: JSONObject = ["language": .string(name), "pieces": .integer(choice.keptCount)]
                    if case .texts(let count) = choice.grounds { entry["texts"] = .integer(count) }
                    return .object(entry)
                })
        }
        return .object(object)
    }
}
