// Answers on their way to an output: plain lines, JSON lines with the input's other fields, or the input's table with
// the answers' columns behind its own. Not here: what the columns and members are, which is each head's.

import Adze

/// What an output is made of.
enum AnswerForm {
    /// Columns between tabs, without a header.
    case lines
    /// An object a line.
    case json
    /// A table with a header.
    case csv
}

/// Prints the answers of a head.
struct AnswerPrinter<Head: RowAnswers> {
    private let head: Head
    private let form: AnswerForm
    private let output: LineOutput
    private let quiet: Bool
    private var fields: InputFields
    private var delimiter = UInt8(ascii: ",")
    private var hasHeader = false

    /// A printer to `output`.
    init(_ head: Head, _ form: AnswerForm, to output: LineOutput, quiet: Bool) {
        self.head = head
        self.form = form
        self.output = output
        self.quiet = quiet
        fields = InputFields(besides: head.memberNames + ["truncated"], quiet: quiet)
    }

    /// Prints an answer.
    mutating func print(_ answer: Head.Answer, of row: Row, truncated: Int) throws {
        switch form {
        case .lines:
            try output.line(head.columns(answer).map(oneField).joined(separator: "\t"))
        case .json:
            var line = [UInt8(ascii: "{")]
            head.writeMembers(answer, to: &line)
            if truncated > 0 { line += ",\"truncated\":\(truncated)".utf8 }
            fields.close(&line, row.fields, isAnswered: true)
            try output.json(text: line)
        case .csv:
            var line = try record(of: row)
            for field in head.tableFields(answer) {
                line.append(delimiter)
                appendCSVField(Array(field.utf8), delimiter: delimiter, to: &line)
            }
            line.append(delimiter)
            try output.record(line)
        }
    }

    /// Prints that a row which was read has no answer.
    mutating func print(_ problem: String, of row: Row) throws {
        if form == .csv { return try table(try record(of: row), problem) }
        try print(problem, row.fields)
    }

    /// Prints that a row could not be read.
    mutating func print(_ error: RowError) throws {
        guard form == .csv else { return try print(error.description, error.fields) }
        try begin(error.fields.header, hasPair: false)
        var line: [UInt8] = []
        if error.fields.isEmpty {
            // As many empty fields as the record would have.
            line = [UInt8](repeating: delimiter, count: max(0, columnCount - 1))
        } else {
            error.fields.writeRecord(delimiter: delimiter, to: &line)
        }
        try table(line, error.description)
    }

    /// Prints the header of a table that had no row.
    mutating func end(_ header: TableHeader?) throws {
        if form == .csv { try begin(header, hasPair: false) }
    }

    private mutating func print(_ problem: String, _ rowFields: RowFields) throws {
        guard form == .json else { return try output.line(errorLine(problem)) }
        try output.json(text: fields.errorLine(problem, rowFields))
    }

    // MARK: - Tables

    private var columnCount = 1

    private func table(_ record: [UInt8], _ problem: String) throws {
        var line = record
        line += [UInt8](repeating: delimiter, count: head.tableColumns.count + 1)
        appendCSVField(Array(problem.utf8), delimiter: delimiter, to: &line)
        try output.record(line)
    }

    /// The columns of the input: a table's own, or the texts of what is none.
    private mutating func record(of row: Row) throws -> [UInt8] {
        try begin(row.fields.header, hasPair: row.pair != nil)
        var line: [UInt8] = []
        if row.fields.header != nil {
            row.fields.writeRecord(delimiter: delimiter, to: &line)
        } else {
            appendCSVField(Array(row.text.utf8), delimiter: delimiter, to: &line)
            if columnCount > 1 {
                line.append(delimiter)
                appendCSVField(Array((row.pair ?? "").utf8), delimiter: delimiter, to: &line)
            }
        }
        return line
    }

    /// Prints the header before the first row: a column of the input that has an answer's name is called `input.NAME`.
    private mutating func begin(_ header: TableHeader?, hasPair: Bool) throws {
        guard !hasHeader else { return }
        hasHeader = true
        var names = hasPair ? ["text", "text_pair"] : ["text"]
        if let header {
            // A table without a header gets one; a column without a name stays without.
            names = header.names.allSatisfy(\.isEmpty) ? header.keys : header.names
            if header.delimiter != UInt8(ascii: "\t") { delimiter = header.delimiter }
        }
        columnCount = names.count
        let added = head.tableColumns + ["error"]
        var taken = Set(names + added)
        var renamed: [(old: String, new: String)] = []
        for index in names.indices where added.contains(names[index]) {
            var name = "input.\(names[index])"
            while !taken.insert(name).inserted { name += "_" }
            renamed.append((names[index], name))
            names[index] = name
        }
        if !renamed.isEmpty {
            let list = renamed.map { "\(quoted($0.old)) is called \(quoted($0.new))" }.joined(separator: ", ")
            Console.notes(["of the input's own columns \(list)"], quiet: quiet)
        }
        // Whoever needs a mark to read the input needs it here too.
        var line: [UInt8] = header?.hasMark == true ? [0xEF, 0xBB, 0xBF] : []
        for (index, name) in (names + added).enumerated() {
            if index > 0 { line.append(delimiter) }
            appendCSVField(Array(name.utf8), delimiter: delimiter, to: &line)
        }
        try output.record(line)
    }
}
