// The word pieces that `prune --vocab` keeps: by the texts of a file, which is read once to choose and once to prove, or by a
// script. Not here: which pieces a text needs.

import Adze
import ArgumentParser

/// Choosing the word pieces that stay.
enum VocabularyRun {
    /// What `--vocab` asks for; nil where it asks for nothing.
    ///
    /// Every row of the texts must be readable. Throws `InputError`, and as `CorpusVocabulary` does.
    static func choice(
        _ cut: CutOptions, _ bundle: ModelBundle, _ columns: ColumnOptions, quiet: Bool
    ) throws -> VocabularyChoice? {
        guard let wish = cut.vocab else { return nil }
        if let script = TextScript(rawValue: wish) {
            let choice = try bundle.vocabulary(of: script)
            note(choice, quiet: quiet)
            return choice
        }
        // What the model lacks is said before a long input is read.
        var corpus = try CorpusVocabulary(bundle)
        let piped = try PipedData(path: wish)
        var columns = cut.dev == nil ? columns : columns.besideData(wish)
        if piped.path(wish) != wish { columns.format = columns.format ?? (wish == "-" ? .txt : DataFormat(path: wish)) }
        Console.notes(try bundle.cleaningNotes(), quiet: quiet)
        let progress = ProgressLine(total: nil, quiet: quiet)
        defer { progress.end() }
        func read(_ part: String, quiet: Bool, _ body: (TextInput) throws -> Void) throws {
            var count = 0
            var stream = try TextStream(path: piped.path(wish), columns, quiet: quiet)
            while let window = try stream.next() {
                for row in window {
                    let row = try stream.required(row)
                    try body(TextInput(row.text, pair: row.pair))
                }
                count += window.count
                progress.show(part, count, of: nil)
            }
        }
        return try piped.naming {
            do {
                try read("choosing", quiet: quiet) { corpus.add($0) }
                let choice = try corpus.choice()
                var check = try VocabularyCheck(bundle, choice)
                try read("cutting again", quiet: true) { try check.check($0) }
                guard check.textCount == corpus.textCount else {
                    throw BundleError.changedCorpus(text: min(check.textCount, corpus.textCount) + 1)
                }
                progress.end()
                note(choice, quiet: quiet)
                return choice
            } catch let error as BundleError {
                progress.end()
                throw InputError(path: wish, underlying: error)
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

    /// What holds all the same.
    static func proof(_ choice: VocabularyChoice) -> String {
        switch choice.grounds {
        case .texts(let count): "\(counted(count, "text")) cut as before"
        case .script(.latin, let pairs): "all \(grouped(pairs)) words of two pieces cut as before"
        }
    }

    /// The member of a report.
    static func json(_ choice: VocabularyChoice) -> JSONValue {
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
        return .object(object)
    }
}
