// One text with what belongs to it, and the choice of columns it is taken from.

public import AdzeBytes

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
    /// The fields of a JSON line that are none of the above, in their order; empty for the other formats.
    public var extra: JSONObject

    /// A row of its parts.
    public init(
        lineNumber: Int, text: String, pair: String? = nil, label: LabelValue? = nil, extra: JSONObject = JSONObject(),
        file: String? = nil
    ) {
        self.lineNumber = lineNumber
        self.text = text
        self.pair = pair
        self.label = label
        self.extra = extra
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
    /// RFC 4180: commas, quotes that may hold line ends.
    case csv
    /// Tabs, no quoting of any kind.
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
/// two are not mixed. What is nil has its default: `text`, which must be there, `text_pair` and `label`, which may be;
/// for text and pair the default may be several names, of which the first that is there counts. What is not nil must be
/// there. Without a header, a nil text is column 1, and a nil pair or label does not exist.
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
    /// The names that a nil text stands for; at least one.
    public var standardTexts = ["text"]
    /// The names that a nil pair stands for; at least one.
    public var standardPairs = ["text_pair"]

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

    /// The indexes of the columns under a header; throws for a name that it lacks.
    func indexes(header: [String]) throws(DataError) -> ColumnIndexes {
        guard let text = try index(text, defaults: standardTexts, header) else {
            let name = standardTexts.first ?? ""
            throw .noColumn(name, nearest: nearestName(to: name, in: header), found: header)
        }
        return ColumnIndexes(
            text: text, pair: try index(pair, defaults: standardPairs, header),
            label: try index(label, defaults: ["label"], header))
    }

    /// The indexes of the columns where the first row has `count` of them; throws for a number beyond.
    func indexes(count: Int) throws(DataError) -> ColumnIndexes {
        func index(_ column: Column?) throws(DataError) -> Int? {
            guard case .number(let number) = column else { return nil }
            guard number <= count else { throw .noColumnNumber(number, found: count) }
            return number - 1
        }
        return ColumnIndexes(text: try index(text) ?? 0, pair: try index(pair), label: try index(label))
    }

    private func index(_ column: Column?, defaults names: [String], _ header: [String]) throws(DataError) -> Int? {
        if let column { return try index(column, header) }
        return names.lazy.compactMap { header.firstIndex(of: $0) }.first
    }

    private func index(_ column: Column, _ header: [String]) throws(DataError) -> Int {
        guard case .name(let name) = column else { throw .mixedColumns }
        guard let index = header.firstIndex(of: name) else {
            throw .noColumn(name, nearest: nearestName(to: name, in: header), found: header)
        }
        return index
    }
}

/// Where the columns are in a record, counted from 0.
struct ColumnIndexes {
    var text: Int
    var pair: Int?
    var label: Int?
}
