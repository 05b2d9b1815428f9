// The fields of a record as they came in, on their way to an output: JSON values by their bytes, columns of a table under
// their names. Not here: which of them are texts, and what is put beside them.

internal import AdzeBytes

/// What a record holds, kept as its bytes.
///
/// - JSON: the members in their order, repeated keys, numbers of any size and escapes as they are.
/// - A table: the fields, named by the header; a column without a name, or of a table without a header, is called
///   `column N`.
public struct RowFields: Sendable, Equatable {
    private enum Form: Sendable, Equatable {
        case members([JSONMember])
        case table(TableHeader, ends: [Range<Int>])
    }

    private var form: Form?
    private var bytes: [UInt8] = []
    /// Which of them are the row's text, and the second of a pair.
    private var texts: [Int] = []

    /// No fields.
    public init() {}

    /// The members of a JSON object.
    init(_ members: [JSONMember], of bytes: [UInt8]) {
        form = .members(members)
        self.bytes = bytes
    }

    /// The fields of a record; nil for a record that was not kept.
    init(_ header: TableHeader, _ record: Record?) {
        form = .table(header, ends: record.map { record in record.ends.indices.map(record.range) } ?? [])
        bytes = record?.bytes ?? []
    }

    /// The same fields, of which those at these places are the row's texts.
    func withTexts(_ places: [Int]) -> RowFields {
        var fields = self
        fields.texts = places
        return fields
    }

    /// Whether there are none.
    public var isEmpty: Bool {
        switch form {
        case .members(let members): members.isEmpty
        case .table, nil: form == nil
        }
    }

    /// The table's columns; nil for JSON lines.
    public var header: TableHeader? { if case .table(let header, _) = form { header } else { nil } }

    /// Writes the fields as members of a JSON object, each with a comma in front; those with a reserved name go to
    /// `aside`, with a comma between them.
    ///
    /// JSON values are copied, but for characters that must not stand raw in a line: they are escaped, which is the same
    /// value.
    /// - Parameter withTexts: whether the row's texts are written too.
    /// - Returns: the names that went aside.
    public func writeMembers(
        reserved: [String], withTexts: Bool, to out: inout [UInt8], aside: inout [UInt8]
    ) -> [String] {
        var moved: [String] = []
        func put(_ name: String?, _ write: (inout [UInt8]) -> Void) {
            if let name {
                if !aside.isEmpty { aside.append(UInt8(ascii: ",")) }
                write(&aside)
                moved.append(name)
            } else {
                out.append(UInt8(ascii: ","))
                write(&out)
            }
        }
        switch form {
        case .members(let members):
            for (place, member) in members.enumerated() where withTexts || !texts.contains(place) {
                put(reserved.first { member.isNamed($0, in: bytes) }) { out in
                    appendRawJSON(bytes[member.key], to: &out)
                    out.append(UInt8(ascii: ":"))
                    appendRawJSON(bytes[member.value], to: &out)
                }
            }
        case .table(let header, let ranges):
            // A record with more fields than the header has names for the rest.
            for (place, range) in ranges.enumerated() where withTexts || !texts.contains(place) {
                let name = place < header.keys.count ? header.keys[place] : TableHeader.name(ofColumn: place)
                put(reserved.first { $0 == name }) { out in
                    appendJSONString(name, to: &out)
                    out.append(UInt8(ascii: ":"))
                    appendJSONString(bytes[range], to: &out)
                }
            }
        case nil: break
        }
        return moved
    }

    /// Writes the fields of a table as those of a CSV record, as many as the header has, with the delimiter between them.
    public func writeRecord(delimiter: UInt8, to out: inout [UInt8]) {
        guard case .table(let header, let ranges) = form else { return }
        for place in header.keys.indices {
            if place > 0 { out.append(delimiter) }
            if place < ranges.count { appendCSVField(bytes[ranges[place]], delimiter: delimiter, to: &out) }
        }
    }

    // MARK: - The record again

    /// About how much memory they take.
    public var byteCount: Int { bytes.count + 64 }

    /// Whether a JSON object has a member of this name; false for a table, whose header says that.
    public func hasMember(_ name: String) -> Bool {
        guard case .members(let members) = form else { return false }
        return members.contains { $0.isNamed(name, in: bytes) }
    }

    /// Writes the record as its own format has it, without a line end: every field by its bytes, but for the texts where
    /// others are given.
    ///
    /// - Parameters:
    ///   - texts: the text, and the second of a pair, in place of the row's.
    ///   - mark: a further field, or member, behind all others.
    public func writeRecord(texts: [String]?, mark: (name: String, value: String)?, to out: inout [UInt8]) {
        var replaced: [Int: String] = [:]
        if let texts { for (place, text) in zip(self.texts, texts) { replaced[place] = text } }
        switch form {
        case .members(let members):
            var written = 0
            for (place, member) in members.enumerated() {
                guard let text = replaced[place] else { continue }
                out += bytes[written..<member.value.lowerBound]
                appendJSONString(text, to: &out)
                written = member.value.upperBound
            }
            if let mark, let last = members.last {
                out += bytes[written..<last.value.upperBound] + [UInt8(ascii: ",")]
                appendJSONString(mark.name, to: &out)
                out.append(UInt8(ascii: ":"))
                appendJSONString(mark.value, to: &out)
                written = last.value.upperBound
            }
            out += bytes[written...]
        case .table(let header, let ranges):
            for (place, range) in ranges.enumerated() {
                if place > 0 { out.append(header.delimiter) }
                header.append(replaced[place].map { Array($0.utf8)[...] } ?? bytes[range], to: &out)
            }
            if let mark {
                out.append(header.delimiter)
                header.append(Array(mark.value.utf8)[...], to: &out)
            }
        case nil: break
        }
    }
}

/// The columns of a table.
public struct TableHeader: Sendable, Equatable {
    /// The names as they stand in the header; empty where there is no header, or a column has none.
    public let names: [String]
    /// The names with one for every column, no two equal.
    public let keys: [String]
    /// The byte between the table's fields.
    public let delimiter: UInt8
    /// Whether the file began with a byte order mark.
    public let hasMark: Bool
    /// Whether fields may be in quotes.
    private let isQuoted: Bool

    init(names: [String], delimiter: UInt8, hasMark: Bool, isQuoted: Bool) {
        self.names = names
        self.delimiter = delimiter
        self.hasMark = hasMark
        self.isQuoted = isQuoted
        let taken = Set(names)
        keys = names.enumerated().map { place, name in
            guard name.isEmpty else { return name }
            var key = TableHeader.name(ofColumn: place)
            while taken.contains(key) { key += "_" }
            return key
        }
    }

    /// The header as the table has it, with a further column; nil where there is none.
    public func record(with name: String?) -> [UInt8]? {
        guard !names.allSatisfy(\.isEmpty) else { return nil }
        var record: [UInt8] = hasMark ? [0xEF, 0xBB, 0xBF] : []
        for (place, name) in (names + [name].compactMap(\.self)).enumerated() {
            if place > 0 { record.append(delimiter) }
            append(Array(name.utf8)[...], to: &record)
        }
        return record
    }

    /// Appends a field as the table writes it; without quotes there is no room for what separates fields and rows.
    fileprivate func append(_ field: ArraySlice<UInt8>, to out: inout [UInt8]) {
        if isQuoted { return appendCSVField(field, delimiter: delimiter, to: &out) }
        for byte in field { out.append(byte == delimiter || byte == 0x0A ? 0x20 : byte) }
    }

    static func name(ofColumn place: Int) -> String { "column \(place + 1)" }
}

/// Appends a field of CSV, in quotes where it needs them.
public func appendCSVField(_ field: some Collection<UInt8>, delimiter: UInt8, to out: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let isPlain = field.allSatisfy { $0 != quote && $0 != delimiter && $0 != 0x0A && $0 != 0x0D }
    guard !isPlain else {
        out += field
        return
    }
    out.append(quote)
    for byte in field {
        if byte == quote { out.append(quote) }
        out.append(byte)
    }
    out.append(quote)
}

/// Appends a text as a JSON string.
public func appendJSONString(_ text: String, to out: inout [UInt8]) {
    var text = text
    text.withUTF8 { unsafe appendJSONString($0, to: &out) }
}

/// Appends bytes as a JSON string; what is no UTF-8 among them becomes U+FFFD.
func appendJSONString(_ bytes: some Collection<UInt8>, to out: inout [UInt8]) {
    let isPlain = bytes.allSatisfy {
        $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
    }
    if isPlain {
        out.append(UInt8(ascii: "\""))
        out += bytes
        out.append(UInt8(ascii: "\""))
    } else {
        var literal = ""
        writeJSONString(String(decoding: bytes, as: UTF8.self), to: &literal)
        out += literal.utf8
    }
}

/// Appends bytes of a JSON text, a character that must not stand raw in a line being escaped.
private func appendRawJSON(_ bytes: ArraySlice<UInt8>, to out: inout [UInt8]) {
    guard bytes.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else {
        out += bytes
        return
    }
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
        switch scalar.value {
        // White space between tokens: strings have none of these.
        case 0..<0x20: out.append(0x20)
        case 0x20..<0x7F: out.append(UInt8(scalar.value))
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                var literal = ""
                writeJSONString(String(scalar), to: &literal)
                out += literal.utf8.dropFirst().dropLast()
            default: out += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
    }
}
