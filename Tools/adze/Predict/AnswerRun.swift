// The run of a head's answers over an input, to the last line for a person. Not here: what an answer is.

import Adze

/// Answers every row of an input, and prints them.
struct AnswerRun {
    /// What the output is made of.
    let form: AnswerForm
    /// A file, or nil for standard output.
    let output: String?
    /// Whether the file may be there.
    let replacing: Bool
    /// Whether every row must have an answer.
    let strict: Bool
    let quiet: Bool

    /// Prints a line for each row, and the last one for a person.
    func answer(_ input: TextStream, _ head: some RowAnswers) throws {
        var input = input
        let lines =
            try output.map { path throws(FileError) in try LineOutput(path: path, replacing: replacing) }
            ?? LineOutput()
        var printer = AnswerPrinter(head, form, to: lines, quiet: quiet)
        var (tally, truncatedCount) = (RowTally(), 0)
        let start = ContinuousClock.now
        let progress = ProgressLine(total: nil, quiet: quiet, besideOutput: output == nil)
        defer { progress.end() }
        try input.forEachAnswer(numbers: { head.numbers($0.text.utf8.count) }) { rows in
            progress.show(tally.answered)
            return try head.answers(to: rows.map { TextInput($0.text, pair: $0.pair) })
        } emit: { row, result in
            switch result {
            case .success(let answer):
                let truncated = head.truncatedTokenCount(answer)
                if truncated > 0 { truncatedCount += 1 }
                tally.answer(row)
                try printer.print(answer, of: row, truncated: truncated)
            case .failure(let problem):
                // What is wrong with the model is wrong on every line.
                let place = problem == .notFinite ? "" : "line \(row.lineNumber): "
                tally.fail(place + problem.description)
                try printer.print(place + problem.description, of: row)
            }
        } failed: { error in
            tally.fail(unreadable: error)
            try printer.print(error)
        }
        try printer.end(input.header)
        progress.end()
        Console.notes(tally.notes, quiet: quiet)
        // A file with an error for every row, or against a strict wish, is none that anybody waits for.
        try tally.check(strict: strict)
        try lines.finish()
        let seconds = (ContinuousClock.now - start).inSeconds
        Console.summary(
            "\(counted(tally.answered, "text")) in \(rounded(seconds, digits: 2)) s, \(grouped(truncatedCount)) truncated"
                + tally.line, quiet: quiet)
    }
}
