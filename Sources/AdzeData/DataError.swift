// What can be wrong with a file of texts: `DataError` ends the reading, `RowError` costs one row.

public import AdzeBytes

/// Why reading a file of texts cannot start or go on.
public enum DataError: AdzeFailure, Equatable {
    /// The system refused the file.
    case file(FileError)
    /// The name says no format, and none was stated.
    case unknownFormat(path: String)
    /// The input begins with the mark of UTF-16.
    case utf16
    /// A NUL byte: the input is no text.
    case nul(line: Int)
    /// A quote that opens a field is not closed within the limit, or at all.
    case unclosedQuote(line: Int, limit: Int)
    /// The input has no header line.
    case noHeader
    /// The header cannot be read.
    case header(RowError)
    /// The header has more columns than are read.
    case tooManyColumns(count: Int, limit: Int)
    /// Two columns of the header have one name.
    case repeatedColumn(String)
    /// The header has no such column.
    case noColumn(String, nearest: String?, found: [String])
    /// The first row has fewer columns than the number.
    case noColumnNumber(Int, found: Int)
    /// Some columns are given by name and others by number.
    case mixedColumns
    /// Columns are counted from 1.
    case columnZero
    /// The format has no columns of that kind.
    case columnsNotInFormat(DataFormat)

    /// How the command line should end.
    public var kind: FailureKind {
        switch self {
        case .file(let error): error.kind
        case .unknownFormat, .noColumn, .mixedColumns, .columnZero, .columnsNotInFormat: .usage
        default: .badData
        }
    }

    /// The refusal in one line.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .unknownFormat(let path):
            "\(quoted(path, limit: 200)): expected a name ending in .txt, .csv, .tsv or .jsonl; rename it, unpack it,"
                + " or state the format"
        case .utf16: "the text is UTF-16; save it as UTF-8"
        case .nul(let line): "line \(line): a NUL byte; expected text in UTF-8, found binary data or UTF-16"
        case .unclosedQuote(let line, let limit):
            "line \(line): the quote that opens a field here is not closed within \(limit) bytes; close or double it"
        case .noHeader: "expected a header line, found an empty input"
        case .header(let error): "header: \(error)"
        case .tooManyColumns(let count, let limit): "header: \(count) columns; at most \(limit) are read"
        case .repeatedColumn(let name): "header: the column \(quoted(name)) is there twice; rename one"
        case .noColumn(let name, let nearest?, _):
            "header: no column is named \(quoted(name)); the nearest is \(quoted(nearest))"
        case .noColumn(let name, nil, let found):
            "header: no column is named \(quoted(name)), found \(list(found)); name a column,"
                + " or give its number from 1 if the first line is no header"
        case .noColumnNumber(let number, let found): "column \(number) is asked for, the first row has \(found)"
        case .mixedColumns: "columns are given by name and by number; use one of the two"
        case .columnZero: "columns are counted from 1"
        case .columnsNotInFormat(.jsonl): "JSON Lines have keys, no column numbers; name the key"
        case .columnsNotInFormat(let format): "\(format) has no columns to choose from"
        }
    }

    private func list(_ names: [String]) -> String {
        names.prefix(6).map { quoted($0, limit: 40) }.joined(separator: ", ") + (names.count > 6 ? ", …" : "")
    }
}

/// A row that cannot be used; the rows after it can.
public struct RowError: AdzeFailure, Equatable {
    /// What is wrong with a row.
    public enum Reason: Sendable, Equatable {
        /// A text is not UTF-8.
        case invalidUTF8
        /// The record is longer than is read; it was skipped.
        case tooLong(limit: Int)
        /// The row has other than the header's, or the first row's, number of fields.
        case fieldCount(expected: Int, found: Int)
        /// Text follows the closing quote of a field, counted from 1.
        case textAfterQuote(field: Int)
        /// The line is no JSON.
        case json(JSONError)
        /// The line is JSON, but no object.
        case notAnObject(found: String)
        /// The object lacks a key.
        case missingKey(String, nearest: String?)
        /// A value is of the wrong kind.
        case wrongType(key: String, expected: String, found: String)
    }

    /// The line in which the row begins, counted from 1.
    public let lineNumber: Int
    /// What is wrong with it.
    public let reason: Reason

    /// The error of a line.
    public init(lineNumber: Int, reason: Reason) {
        self.lineNumber = lineNumber
        self.reason = reason
    }

    /// The refusal in one line.
    public var description: String { "line \(lineNumber): \(text)" }

    private var text: String {
        switch reason {
        case .invalidUTF8: "not valid UTF-8; save the file as UTF-8"
        case .tooLong(let limit): "longer than \(limit) bytes; skipped"
        case .fieldCount(let expected, let found): "expected \(expected) fields, found \(found)"
        case .textAfterQuote(let field):
            "field \(field): text after the closing quote; double the quotes inside a field"
        case .json(let error): "\(error)"
        case .notAnObject(let found): "expected a JSON object, found \(found)"
        case .missingKey(let key, let nearest):
            "no key \(quoted(key))" + (nearest.map { "; the nearest is \(quoted($0))" } ?? "")
        case .wrongType(let key, let expected, let found): "\(quoted(key)): expected \(expected), found \(found)"
        }
    }
}
