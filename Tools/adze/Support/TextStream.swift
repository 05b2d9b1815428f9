// Rows of an input, answered in their order while later ones are read: a window at a time, in memory that does not grow
// with the input. Not here: what an answer is, nor how it is printed.

import AdzeBytes
import AdzeData
import AdzeThreads
import ArgumentParser
import Foundation

/// The rows of an input.
///
/// ```swift
/// try input.forEachAnswer { rows in try model.classify(rows.map(\.text)) } emit: { row, answer in
///     try StandardOutput.shared.line(…)
/// } failed: { error in
///     try StandardOutput.shared.line(errorLine(error.description, json: true))
/// }
/// ```
struct TextStream {
    private var given: [Row]
    private let source: ReadAhead<ReadRow>?
    private let path: String

    /// The texts of a command line.
    init(texts: [String]) {
        given = texts.enumerated().map { Row(lineNumber: $0 + 1, text: $1) }
        source = nil
        path = ""
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

    /// Opens a file, or `-`, and begins to read it; throws `InputError`.
    init(path: String, format: DataFormat? = nil, columns: ColumnSelection = ColumnSelection()) throws {
        self.path = path
        given = []
        do {
            let opened = OpenedRows(try RowSource(path: path, format: format, columns: columns))
            source = ReadAhead(.texts, cost: { $0.byteCount }) { waiting in
                opened.source.beforeWaiting { waiting.begin() }
                return { try opened.next() }
            }
        } catch {
            throw InputError(path: path, underlying: error)
        }
        if source == nil { throw FileError.system(call: "pthread_create", path: path, errno: EAGAIN) }
    }

    /// The next rows in their order, or nil at the end; throws `InputError`.
    mutating func next() throws -> [Result<Row, RowError>]? {
        guard let source else {
            defer { given = [] }
            return given.isEmpty ? nil : given.map { .success($0) }
        }
        do { return try source.next()?.map(\.row) } catch let error as any AdzeFailure {
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

    /// Answers every row, in order: `answers` gets the good rows of a window and gives one answer for each, `emit` and
    /// `failed` are called for each row. What was printed is written out after each window.
    ///
    /// What a window is depends on the rows alone, but for an input that pauses: then its rows are answered at once.
    /// Throws what the closures throw, and `InputError` where the input breaks, after the answers before the break.
    mutating func forEachAnswer<Answer>(
        _ answers: ([Row]) throws -> [Answer], emit: (Row, Answer) throws -> Void, failed: (RowError) throws -> Void
    ) throws {
        while let window = try next() {
            var results = try answers(window.compactMap { try? $0.get() })[...]
            for row in window {
                switch row {
                case .success(let row):
                    guard let result = results.popFirst() else { preconditionFailure("an answer for each row") }
                    try emit(row, result)
                case .failure(let error): try failed(error)
                }
            }
            try StandardOutput.shared.flush()
        }
    }
}

/// An opened input on its way to the thread that reads it.
private final class OpenedRows {
    var source: RowSource
    init(_ source: consuming RowSource) { self.source = source }

    func next() throws -> ReadRow? {
        try source.next().map { ReadRow(row: $0, byteCount: source.recordByteCount) }
    }
}

/// A row, and what it adds to a window: the bytes of its whole record, for its label and the fields that only pass
/// through are held as its texts are.
private struct ReadRow: Sendable {
    let row: Result<Row, RowError>
    let byteCount: Int
}
