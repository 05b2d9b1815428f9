// Rows of an input, answered in their order while later ones are read: a window at a time, in memory that does not grow
// with the input. Not here: what an answer is, nor how it is printed.

import Adze
import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a verb wants of the rows of an input.
struct TextWishes {
    /// What the columns are found by.
    var role = TextRole.textOrPair
    /// Whether an output line belongs to every input line, so that an empty line of JSON lines counts.
    var answersEveryLine = false
    /// Whether what the rows hold besides is passed on: as bytes to a table, as text to JSON.
    var passesOn: AnswerForm?
}

/// The rows of an input.
///
/// ```swift
/// try input.forEachAnswer { rows in try model.classify(rows.map(\.text)) } emit: { row, answer in
///     try StandardOutput.shared.line(…)
/// } failed: { error in
///     try StandardOutput.shared.line(errorLine(error.description))
/// }
/// ```
struct TextStream {
    /// The table's columns, as soon as a row or the end was read; nil for what is no table.
    var header: TableHeader? { source?.header }
    private var given: [Row]
    private var source: RowWindows?
    private let path: String
    private let quiet: Bool

    /// The texts of a command line.
    init(texts: [String]) {
        given = texts.enumerated().map { Row(lineNumber: $0 + 1, text: $1) }
        source = nil
        path = ""
        quiet = true
    }

    /// The texts of a command line, two by two; throws where the last has no second.
    init(pairs: [String]) throws {
        guard pairs.count.isMultiple(of: 2) else {
            throw ValidationError("the model reads pairs: give texts two by two, not \(pairs.count)")
        }
        self.init(texts: [])
        given = stride(from: 0, to: pairs.count, by: 2).map { index in
            Row(lineNumber: index / 2 + 1, text: pairs[index], pair: pairs[index + 1])
        }
    }

    /// Opens a file, or `-`, and begins to read it; what is found out about it is said unless `quiet`. Throws
    /// `InputError`.
    init(path: String, _ columns: ColumnOptions, _ wishes: TextWishes = TextWishes(), quiet: Bool) throws {
        self.path = path
        self.quiet = quiet
        given = []
        var selection = columns.selection()
        selection.role = wishes.role
        var options = RowOptions()
        options.dialect = columns.dialect
        options.countsEmptyLines = wishes.answersEveryLine
        options.keepsFields = wishes.passesOn == .json || wishes.passesOn == .csv
        options.fieldsAreText = wishes.passesOn == .json
        do {
            source = try RowWindows(path: path, format: columns.format, columns: selection, options: options)
        } catch {
            throw InputError(path: path, underlying: error)
        }
        if source == nil { throw FileError.system(call: "pthread_create", path: path, errno: EAGAIN) }
    }

    /// The next rows in their order, or nil at the end; throws `InputError`.
    mutating func next() throws -> [Result<Row, RowError>]? {
        guard source != nil else {
            defer { given = [] }
            return given.isEmpty ? nil : given.map { .success($0) }
        }
        do {
            guard let window = try source?.next() else { return nil }
            Console.notes(window.notes, quiet: quiet)
            return window.rows.isEmpty ? nil : window.rows
        } catch let error as any AdzeFailure {
            throw InputError(path: path, underlying: error)
        }
    }

    /// The row, where every row must be one; throws `InputError`.
    func required(_ row: Result<Row, RowError>) throws -> Row {
        switch row {
        case .success(let row): return row
        case .failure(let error): throw InputError(path: path, underlying: error)
        }
    }

    /// Answers every row, in order: `answers` gets good rows of a window and gives one answer for each, `emit` and
    /// `failed` are called for each row. What was printed is written out after each window.
    ///
    /// What a window is depends on the rows alone, but for an input that pauses: then its rows are answered at once. Its
    /// rows are answered in parts where their answers together hold more than `numberLimit` numbers, of which each has
    /// `numbers(row)`. Throws what the closures throw, and `InputError` where the input breaks, after the answers before
    /// the break.
    mutating func forEachAnswer<Answer>(
        numbers: (Row) -> Int = { _ in 1 }, _ answers: ([Row]) throws -> [Answer],
        emit: (Row, Answer) throws -> Void, failed: (RowError) throws -> Void
    ) throws {
        while let window = try next() {
            var rest = window[...]
            while !rest.isEmpty {
                var (part, held) = (rest.prefix(0), 0)
                while part.endIndex < rest.endIndex, held < TextStream.numberLimit {
                    if case .success(let row) = rest[part.endIndex] { held += numbers(row) }
                    part = rest[rest.startIndex...part.endIndex]
                }
                rest = rest[part.endIndex...]
                try answer(part, answers, emit: emit, failed: failed)
            }
            try StandardOutput.shared.flush()
        }
    }

    /// Numbers that answers hold at a time: some tens of megabytes, whatever a model's labels are. Few enough labels are
    /// never noticed.
    private static let numberLimit = 2 << 20

    private func answer<Answer>(
        _ part: ArraySlice<Result<Row, RowError>>, _ answers: ([Row]) throws -> [Answer],
        emit: (Row, Answer) throws -> Void, failed: (RowError) throws -> Void
    ) throws {
        var results = try answers(part.compactMap { try? $0.get() })[...]
        for row in part {
            switch row {
            case .success(let row):
                guard let result = results.popFirst() else { preconditionFailure("an answer for each row") }
                try emit(row, result)
            case .failure(let error): try failed(error)
            }
        }
    }
}
