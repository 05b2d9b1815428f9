// Counts of answered and unanswered rows, and the notes and exit code that follow from them.

import Adze

/// Counts over an input.
struct RowTally {
    /// Rows with an answer.
    private(set) var answered = 0
    /// Rows that could not be read.
    private(set) var unreadable = 0
    /// Rows that were read and have no answer.
    private(set) var withoutAnswer = 0
    /// Answers to texts with nothing in them.
    private(set) var empty = 0
    private var firstEmpty = 0
    private(set) var firstProblem: String?

    private var failed: Int { unreadable + withoutAnswer }

    /// Counts a row with an answer.
    mutating func answer(_ row: Row) {
        answered += 1
        guard row.isBlank else { return }
        empty += 1
        if empty == 1 { firstEmpty = row.lineNumber }
    }

    /// Counts a row that could not be read.
    mutating func fail(unreadable error: RowError) {
        unreadable += 1
        firstProblem = firstProblem ?? error.description
    }

    /// Counts a row without an answer.
    mutating func fail(_ problem: String) {
        withoutAnswer += 1
        firstProblem = firstProblem ?? problem
    }

    /// Throws where no row was answered though there were some, and for `strict` where any was not.
    func check(strict: Bool = false) throws {
        guard let firstProblem, strict || answered == 0 else { return }
        throw RowsWithoutAnswer(failed: failed, all: answered + failed, first: firstProblem)
    }

    /// What to hear of texts with nothing in them.
    var notes: [String] {
        guard empty > 0 else { return [] }
        let are =
            empty == 1
            ? "1 text is empty, in line \(firstEmpty)"
            : "\(grouped(empty)) texts are empty, the first in line \(firstEmpty)"
        return ["\(are): what a model says of nothing means nothing"]
    }

    /// What to say of rows without an answer, after how many have one.
    var line: String {
        (unreadable > 0 ? ", \(grouped(unreadable)) unreadable" : "")
            + (withoutAnswer > 0 ? ", \(grouped(withoutAnswer)) without an answer" : "")
    }
}

/// Rows have no answer where that is an error.
private struct RowsWithoutAnswer: AdzeFailure {
    let failed: Int
    let all: Int
    let first: String
    var description: String {
        let rows =
            failed < all
            ? "\(grouped(failed)) of \(counted(all, "row")) \(failed == 1 ? "has" : "have") no answer"
            : all == 1 ? "the one row has no answer" : "none of \(grouped(all)) rows has an answer"
        return "\(rows): \(first)"
    }
}
