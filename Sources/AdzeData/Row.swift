// One text with what belongs to it, and the choice of columns it is taken from.

internal import AdzeBytes

/// One row of a file of texts.
public struct Row: Sendable, Equatable {
    /// The line in which the row begins, counted from 1.
    public var lineNumber: Int
    /// The text; may be empty.
    public var text: String
    /// The second text of a pair.
    public var pair: String?
    /// The label, or labels, as they are written.
    public var label: LabelValue?
    /// The file that holds this row alone, where the input is a folder.
    public var file: String?
    /// What the record holds, these texts among it; empty unless the reader was asked to keep it.
    public var fields: RowFields

    /// A row of its parts.
    public init(
        lineNumber: Int, text: String, pair: String? = nil, label: LabelValue? = nil, fields: RowFields = RowFields(),
        file: String? = nil
    ) {
        self.lineNumber = lineNumber
        self.text = text
        self.pair = pair
        self.label = label
        self.fields = fields
        self.file = file
    }
}

/// What stands in the place of a label.
public enum LabelValue: Sendable, Equatable, ExpressibleByStringLiteral {
    /// A text, a number or a truth value, as it is written.
    case one(String)
    /// A list of JSON lines, its elements as they are written.
    case several([String])

    /// One label.
    public init(stringLiteral value: String) { self = .one(value) }
}

/// A format of texts.
public enum DataFormat: String, Sendable, CaseIterable, CustomStringConvertible {
    /// One text a line.
    case txt
    /// RFC 4180: commas, quotes that may hold line ends. Another delimiter is found by itself.
    case csv
    /// Tabs, and no quoting, unless the file is quoted throughout.
    case tsv
    /// One JSON object a line.
    case jsonl

    /// The format that a file's name says by its ending, in any case; nil for others.
    public init?(path: String) {
        let name = splitPath(path).name
        guard let dot = name.lastIndex(of: ".") else { return nil }
        switch name[name.index(after: dot)...].lowercased() {
        case "txt": self = .txt
        case "csv": self = .csv
        case "tsv": self = .tsv
        case "jsonl", "ndjson": self = .jsonl
        default: return nil
        }
    }

    /// The format's name in messages.
    public var description: String {
        switch self {
        case .txt: "plain text"
        case .csv: "CSV"
        case .tsv: "TSV"
        case .jsonl: "JSON Lines"
        }
    }
}

/// Which columns, or keys of JSON lines, hold text, pair and label.
///
/// A column by name means that the first line is a header; a column by number, counted from 1, that there is none. The
/// two are not mixed. What is nil is found by its usual names: the text must be there, pair and label may be. What is
/// not nil must be there. Without a header, a nil text is column 1, and a nil pair or label does not exist.
public struct ColumnSelection: Sendable, Equatable {
    /// One column.
    public enum Column: Sendable, Equatable {
        /// By its name in the header, or a key of JSON lines.
        case name(String)
        /// By its place, counted from 1.
        case number(Int)

        /// What a person typed: decimal digits are a number, anything else a name.
        public init(_ argument: String) {
            let isNumber = !argument.isEmpty && argument.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            if isNumber, let number = Int(argument) { self = .number(number) } else { self = .name(argument) }
        }
    }

    /// The text.
    public var text: Column?
    /// The second text of a pair.
    public var pair: Column?
    /// The label.
    public var label: Column?
    /// What the names are that a nil text and pair are found by.
    public var role = TextRole.textOrPair

    /// Whether nothing was chosen.
    var isEmpty: Bool { text == nil && pair == nil && label == nil }

    /// A selection; nil stands for the default.
    public init(text: Column? = nil, pair: Column? = nil, label: Column? = nil) {
        self.text = text
        self.pair = pair
        self.label = label
    }

    /// Whether the columns are numbers, so that the first line is a row; throws where they are mixed or zero.
    func isByNumber() throws(DataError) -> Bool {
        var names = 0
        var numbers = 0
        for column in [text, pair, label] {
            switch column {
            case nil: break
            case .name: names += 1
            case .number(let number):
                guard number > 0 else { throw .columnZero }
                numbers += 1
            }
        }
        guard names == 0 || numbers == 0 else { throw .mixedColumns }
        return numbers > 0
    }

    /// The highest column that is given by number, or 0.
    var highestNumber: Int {
        [text, pair, label].map { if case .number(let number) = $0 { number } else { 0 } }.max() ?? 0
    }

    /// The indexes of the columns where the first row has `count` of them; throws for a number beyond.
    func indexes(count: Int) throws(DataError) -> ColumnIndexes {
        func index(_ column: Column?, _ part: ColumnPart) throws(DataError) -> Int? {
            guard case .number(let number) = column else { return nil }
            guard number <= count else { throw .noColumnNumber(number, found: count, part: part) }
            return number - 1
        }
        return ColumnIndexes(
            text: try index(text, .text) ?? 0, pair: try index(pair, .pair), label: try index(label, .label))
    }
}

/// Where the columns are in a record, counted from 0.
struct ColumnIndexes {
    var text: Int
    var pair: Int?
    var label: Int?
}
