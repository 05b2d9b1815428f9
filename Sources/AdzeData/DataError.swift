// What can be wrong with a file of texts: `DataError` ends the reading, `RowError` costs one row.

public import AdzeBytes

/// What a column is taken for.
public enum ColumnPart: Sendable, Equatable {
    case text, pair, label
}

/// Why reading a file of texts cannot start or go on.
public enum DataError: AdzeFailure, Equatable {
    /// The system refused the file.
    case file(FileError)
    /// The name says no format, and none was stated.
    case unknownFormat(path: String)
    /// A NUL byte in the header, or in a record beyond the limit: the input is no text.
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
    case noColumn(String, nearest: String?, found: [String], part: ColumnPart = .text)
    /// The first row has fewer columns than the number.
    case noColumnNumber(Int, found: Int, part: ColumnPart = .text)
    /// Some columns are given by name and others by number.
    case mixedColumns
    /// Columns are counted from 1.
    case columnZero
    /// The format has no columns of that kind.
    case columnsNotInFormat(DataFormat)
    /// The format has no delimiter or quoting to choose.
    case noDelimiters(DataFormat)
    /// The input is packed.
    case compressed(String)
    /// Labels are asked for, and no column is known to hold them; `found` is empty where columns have no names.
    case noLabelColumn(found: [String])
    /// Labels are asked for of a format that has none.
    case noLabels(DataFormat)
    /// A folder is not laid out as texts under labels.
    case notALabelFolder(found: [String])
    /// Columns are chosen of a folder, which has none.
    case columnsOfAFolder
    /// Rows that cannot be used, where every row must be.
    case badRows(first: RowError, count: Int, places: [String])
    /// There is not one example.
    case noExamples
    /// Of texts without labels there is not one that is new; with what was left out.
    case noTexts(leftOut: String?)
    /// A list of labels has one twice.
    case repeatedLabel(String)
    /// The label column has more distinct labels than are taken for labels; with the place where that was plain, and the
    /// first of them.
    case tooManyLabels(limit: Int, place: String, first: [String])
    /// Every example has the same label.
    case oneLabel(String)
    /// A weight is given for a label that there is not.
    case noSuchLabel(String, nearest: String?, known: [String])

    /// How the command line should end.
    public var kind: FailureKind {
        switch self {
        case .file(let error): error.kind
        case .unknownFormat, .noColumn, .noColumnNumber, .noLabelColumn, .mixedColumns, .columnZero,
            .columnsNotInFormat, .noDelimiters, .noLabels, .columnsOfAFolder, .noSuchLabel:
            .usage
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
        case .nul(let line): "line \(line): a NUL byte; expected text, found binary data or UTF-16 without its mark"
        case .unclosedQuote(let line, let limit):
            "line \(line): the quote that opens a field here is not closed within \(limit) bytes; close or double it"
        case .noHeader: "expected a header line, found an empty input"
        case .header(let error): "header: \(error)"
        case .tooManyColumns(let count, let limit): "header: \(count) columns; at most \(limit) are read"
        case .repeatedColumn(let name): "header: the column \(quoted(name)) is there twice; rename one"
        case .noColumn(let name, let nearest?, let found, _):
            "header: no column is named \(quoted(name)); the nearest is \(quoted(nearest)), found \(list(found))"
        case .noColumn(let name, nil, let found, _):
            "header: no column is named \(quoted(name)), found \(list(found)); name a column,"
                + " or give its number from 1 if the first line is no header"
        case .noColumnNumber(let number, let found, _): "column \(number) is asked for, the first row has \(found)"
        case .mixedColumns: "columns are given by name and by number; use one of the two"
        case .columnZero: "columns are counted from 1"
        case .columnsNotInFormat(.jsonl): "JSON Lines have keys, no column numbers; name the key"
        case .noDelimiters(.jsonl): "JSON Lines have no delimiter or quoting to choose"
        case .noDelimiters(let format): "\(format) has no delimiter or quoting to choose"
        case .columnsNotInFormat(let format): "\(format) has no columns to choose from"
        default: aboutLabels
        }
    }

    private var aboutLabels: String {
        switch self {
        case .compressed(let kind):
            "packed with \(kind); unpack it first, or pipe the unpacked text to - and state its format"
        case .noLabelColumn([]): "the column of the labels is not given; give its number too"
        case .noLabelColumn(let found):
            "header: no column is known to hold labels, found \(list(found)); name it"
                + (KnownColumns.nearestLabel(in: found).map { " (\(quoted($0))?)" } ?? "")
        case .noLabels(let format):
            "\(format) has no labels; expected CSV, TSV, JSON Lines, or a folder with pos and neg"
        case .notALabelFolder(let found) where found.contains("train") || found.contains("test"):
            "expected the folders neg and pos, found \(list(found)); name one of them"
        case .notALabelFolder([]): "expected the folders neg and pos, found none"
        case .notALabelFolder(let found): "expected the folders neg and pos, found \(list(found))"
        case .columnsOfAFolder: "a folder of texts has no columns or format to choose"
        case .badRows(let first, 1, _): first.description
        case .badRows(let first, let count, let places):
            "\(first); \(count) rows cannot be used: \(places.joined(separator: ", "))"
                + (count > places.count ? ", …" : "")
        case .noExamples: "expected examples, found none"
        case .noTexts(let leftOut):
            "expected texts that are in no other set, found none" + (leftOut.map { " (\($0))" } ?? "")
        case .repeatedLabel(let name): "the label \(quoted(name)) is there twice"
        case .tooManyLabels(let limit, let place, let first):
            "\(place): more than \(limit) distinct labels, such as \(list(first, limit: 3)); is this the column of labels?"
        case .oneLabel(let name):
            "every example has the label \(quoted(name)); a classifier needs at least two to tell apart"
        case .noSuchLabel(let name, let nearest, let known):
            "there is no label \(quoted(name))" + (nearest.map { "; the nearest is \(quoted($0))" } ?? "")
                + "; known: \(list(known))"
        default: ""
        }
    }
}

/// The first names of a list, for a message.
func list(_ names: some Sequence<String>, limit: Int = 6) -> String {
    let shown = Array(names.prefix(limit + 1))
    return shown.prefix(limit).map { quoted($0, limit: 40) }.joined(separator: ", ")
        + (shown.count > limit ? ", …" : "")
}

/// A row that cannot be used; the rows after it can.
public struct RowError: AdzeFailure, Equatable {
    /// What is wrong with a row.
    public enum Reason: Sendable, Equatable {
        /// A text is not UTF-8.
        case invalidUTF8
        /// A text is not what its stated encoding, or its mark, says.
        case undecodable
        /// The line is empty where every line has an answer.
        case emptyLine
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
        /// The row, or its file, has a NUL byte.
        case nul
        /// The row has no label.
        case noLabel
        /// A label is none of the known ones, of which the first are given.
        case unknownLabel(String, nearest: String?, known: [String])
        /// A list stands where one label is meant.
        case severalLabels(count: Int)
        /// A list of labels has one twice.
        case repeatedLabel(String)
        /// A number is meant.
        case notANumber(String)
    }

    /// The line in which the row begins, counted from 1.
    public let lineNumber: Int
    /// The file that holds the row alone, where the input is a folder.
    public let file: String?
    /// What is wrong with it.
    public let reason: Reason
    /// What the record holds, as far as it could be told; empty unless the reader was asked to keep it.
    public var fields = RowFields()

    /// The error of a line, or of a file.
    public init(lineNumber: Int, file: String? = nil, reason: Reason) {
        self.lineNumber = lineNumber
        self.file = file
        self.reason = reason
    }

    /// Where the row is: a line, or a file.
    public var place: String { placeName(lineNumber: lineNumber, file: file) }

    /// The refusal in one line.
    public var description: String { "\(place): \(text)" }

    private var text: String {
        switch reason {
        case .invalidUTF8:
            "not valid UTF-8; save the file as UTF-8, or name its encoding: --encoding latin-1, or windows-1252"
        case .undecodable: "a character that its encoding does not have; is it another encoding?"
        case .tooLong(let limit): "longer than \(limit) bytes; skipped"
        case .fieldCount(let expected, let found): "expected \(expected) fields, found \(found)"
        case .textAfterQuote(let field):
            "field \(field): text after the closing quote; double the quotes inside a field"
        case .json(let error): "\(error)"
        case .notAnObject(let found): "expected a JSON object, found \(found)"
        case .missingKey(let key, let nearest):
            "no key \(quoted(key))" + (nearest.map { "; the nearest is \(quoted($0))" } ?? "")
        case .wrongType(let key, let expected, let found): "\(quoted(key)): expected \(expected), found \(found)"
        case .emptyLine: "an empty line; expected a JSON object"
        case .nul: "a NUL byte; expected text, found binary data or UTF-16 without its mark"
        case .noLabel: "no label"
        case .unknownLabel(let label, let nearest, let known):
            "unknown label \(quoted(label))" + (nearest.map { "; the nearest is \(quoted($0))" } ?? "")
                + "; known: \(list(known))"
                + (known.first == "LABEL_0" ? "; these are no names: give the model's labels theirs" : "")
        case .severalLabels(let count): "expected one label, found a list of \(count)"
        case .repeatedLabel(let label): "the label \(quoted(label)) is there twice"
        case .notANumber(let label): "expected a number as label, found \(quoted(label))"
        }
    }
}

/// Where a row is, for messages.
func placeName(lineNumber: Int, file: String?) -> String {
    file.map { quoted($0, limit: 200) } ?? "line \(lineNumber)"
}
