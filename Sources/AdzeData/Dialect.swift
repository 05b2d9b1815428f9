// How a table is written, as far as its format leaves it open: what separates its fields, whether they are in quotes,
// and the encoding. What is not stated is found from the first rows. Not here: which columns are taken.

internal import AdzeBytes

/// What a person says of the way an input is written; nil is found out.
public struct Dialect: Sendable, Equatable {
    /// Whether fields may stand in quotes.
    public enum Quoting: String, Sendable, CaseIterable {
        /// As RFC 4180 has it: quotes around a field go, doubled ones inside are one.
        case csv
        /// Quotes are text.
        case none
    }

    /// The byte between fields: ASCII, and no quote or line end.
    public var delimiter: UInt8?
    /// Whether fields may stand in quotes.
    public var quoting: Quoting?
    /// The encoding.
    public var encoding: TextEncoding?

    /// Nothing is stated.
    public init() {}

    /// A delimiter as a person types it: one character of ASCII, `tab` or `\t`; nil for what none can be.
    public static func delimiter(_ text: String) -> UInt8? {
        if text == "tab" || text == "\\t" { return UInt8(ascii: "\t") }
        guard let byte = text.utf8.first, text.utf8.count == 1, byte < 0x80 else { return nil }
        return [0, 0x0A, 0x0D, UInt8(ascii: "\"")].contains(byte) ? nil : byte
    }

    /// The format's own delimiter, without anything said.
    static func own(_ format: DataFormat) -> UInt8 { format == .tsv ? UInt8(ascii: "\t") : UInt8(ascii: ",") }

    /// Whether the first rows need to be looked at.
    func isOpen(for format: DataFormat) -> Bool { delimiter == nil || (quoting == nil && format == .tsv) }
}

/// A table's dialect, settled.
struct SettledDialect: Equatable {
    var delimiter: UInt8
    var isQuoted: Bool

    /// What a format has where nothing is said.
    init(_ format: DataFormat, _ stated: Dialect) {
        delimiter = stated.delimiter ?? Dialect.own(format)
        isQuoted = stated.quoting.map { $0 == .csv } ?? (format == .csv)
    }
}

/// The first rows of a table, looked at before it is read.
struct DialectSurvey {
    /// The bytes that are looked at; a header of more is taken as the format has it.
    static let sampleSize = 64 << 10
    /// Delimiters that are looked for where the format's own does not fit.
    static let delimiters = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]
    private static let rowLimit = 200

    let format: DataFormat
    let stated: Dialect
    let bytes: ArraySlice<UInt8>
    /// Whether the bytes are the whole input.
    let isWhole: Bool

    /// The rows as one dialect reads them; without one that the sample cuts off.
    private func rows(_ dialect: SettledDialect) -> [[String]] {
        var (rest, rows, record) = (bytes, [[String]](), Record())
        let reader = unsafe ChunkReader(capacity: DialectSurvey.sampleSize) { buffer in
            let count = min(buffer.count, rest.count)
            unsafe buffer.copyBytes(from: rest.prefix(count))
            rest = rest.dropFirst(count)
            return count
        }
        var scanner = TableScanner(reader: reader, limit: RowSource.recordLimit, dialect: dialect)
        var isCut = !isWhole && bytes.last != 0x0A
        while rows.count < DialectSurvey.rowLimit {
            guard let found = try? scanner.next(&record) else {
                // The sample ends in quotes.
                isCut = false
                break
            }
            if found == .end { break }
            guard found == .record else {
                // A bad row has no number of fields: it lines up with none.
                rows.append([])
                break
            }
            if record.isEmptyLine { continue }
            rows.append(record.ends.indices.map { record.text($0) ?? "" })
        }
        if isCut, rows.count > 1, rows.count < DialectSurvey.rowLimit { rows.removeLast() }
        return rows
    }

    /// The dialect with a delimiter, or the format's own.
    private func dialect(_ delimiter: UInt8? = nil) -> SettledDialect {
        var dialect = SettledDialect(format, stated)
        if let delimiter { dialect.delimiter = delimiter }
        // What is not tabs is CSV, whatever its name.
        if stated.quoting == nil {
            dialect.isQuoted =
                dialect.delimiter != UInt8(ascii: "\t") || format == .csv || isInQuotes(dialect.delimiter)
        }
        return dialect
    }

    private var candidates: [UInt8] {
        if let delimiter = stated.delimiter { return [delimiter] }
        let own = Dialect.own(format)
        return [own] + DialectSurvey.delimiters.filter { $0 != own }
    }

    /// The dialect of a table with a header, in which `isFound` finds the columns that are wanted.
    func settled(isFound: ([String]) -> Bool) -> SettledDialect {
        var best = (dialect: dialect(candidates[0]), count: 0)
        for delimiter in candidates {
            let dialect = dialect(delimiter)
            guard let header = rows(dialect).first else { continue }
            if isFound(header) { return dialect }
            // The refusal that follows should show the names as they are meant.
            if best.count < 2, header.count > max(1, best.count) { best = (dialect, header.count) }
        }
        return best.dialect
    }

    /// The dialect of a table without a header that has a column of this number.
    func settled(columnCount: Int) -> SettledDialect {
        let own = dialect(candidates[0])
        let least = max(2, columnCount)
        let ownRows = rows(own)
        let isOwn = ownRows.first.map { first in first.count >= least && ownRows.allSatisfy { $0.count == first.count }
        }
        if isOwn ?? true { return own }
        for delimiter in candidates.dropFirst() {
            let other = dialect(delimiter)
            let rows = rows(other)
            guard let first = rows.first, first.count >= least, rows.allSatisfy({ $0.count == first.count }) else {
                continue
            }
            if (ownRows.first?.count ?? 0) < columnCount { return other }
            // A file of one column is as well one of texts: after their commas and semicolons stands a space.
            let isOfTexts = rows.contains { $0.dropFirst().contains { $0.hasPrefix(" ") } }
            if rows.count > 1, !isOfTexts { return other }
        }
        return own
    }

    /// The names in the first row where it looks like a header: a usual name in the place of the text or in two places,
    /// or a word over a column of numbers.
    func headerInFirstRow(_ dialect: SettledDialect, text: Int) -> [String]? {
        let rows = rows(dialect)
        guard let first = rows.first, !first.isEmpty else { return nil }
        let usual = first.indices.filter { KnownColumns.isUsual(first[$0]) }
        if usual.contains(text) || usual.count > 1 { return first }
        let others = rows.dropFirst().filter { $0.count == first.count }
        guard others.count >= 2 else { return nil }
        let isOverNumbers = first.indices.contains { column in
            Double(first[column]) == nil && !first[column].isEmpty && others.allSatisfy { Double($0[column]) != nil }
        }
        return isOverNumbers ? first : nil
    }

    // MARK: - Quotes

    /// Whether fields between tabs are in quotes throughout, as a writer of CSV puts them: with doubled quotes inside
    /// some, or around every field but numbers, or around line ends without which the rows would not line up; and no
    /// quote stands where such a writer has none.
    private func isInQuotes(_ delimiter: UInt8) -> Bool {
        let quote = UInt8(ascii: "\"")
        var (isDoubled, isAroundEnds, quotedCount, isEvery) = (false, false, 0, true)
        func isProof() -> Bool {
            guard quotedCount > 0 else { return false }
            return isDoubled || isEvery || (isAroundEnds && !linesUp(delimiter))
        }
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == quote {
                index += 1
                var isClosed = false
                while index < bytes.endIndex, !isClosed {
                    let byte = bytes[index]
                    if byte == quote, index + 1 < bytes.endIndex, bytes[index + 1] == quote {
                        isDoubled = true
                        index += 1
                    } else if byte == quote {
                        isClosed = true
                    } else if byte == delimiter || byte == 0x0A || byte == 0x0D {
                        isAroundEnds = true
                    }
                    index += 1
                }
                // A field that the sample cuts off says nothing; one that the input ends in is not closed.
                guard isClosed else { return !isWhole && isProof() }
                quotedCount += 1
                guard index == bytes.endIndex || [delimiter, 0x0A, 0x0D].contains(bytes[index]) else { return false }
            } else {
                let end = bytes[index...].firstIndex { $0 == delimiter || $0 == 0x0A || $0 == 0x0D } ?? bytes.endIndex
                let field = bytes[index..<end]
                if field.contains(quote) { return false }
                if !field.isEmpty, Double(String(decoding: field, as: UTF8.self)) == nil { isEvery = false }
                index = end
            }
            index += 1
        }
        return isProof()
    }

    /// Whether every line has as many fields, quotes being text.
    private func linesUp(_ delimiter: UInt8) -> Bool {
        var dialect = SettledDialect(format, stated)
        (dialect.delimiter, dialect.isQuoted) = (delimiter, false)
        let rows = rows(dialect)
        guard let first = rows.first else { return true }
        return rows.allSatisfy { $0.count == first.count }
    }
}

/// Takes records off a table in its dialect.
struct TableScanner {
    private var lines: LineScanner
    private var quoted: CSVScanner
    private let dialect: SettledDialect

    init(reader: ChunkReader, limit: Int, dialect: SettledDialect) {
        self.dialect = dialect
        lines = LineScanner(reader: reader, limit: limit)
        quoted = CSVScanner(reader: reader, limit: limit, delimiter: dialect.delimiter)
    }

    /// Reads the next record; throws as the scanners do.
    mutating func next(_ record: inout Record) throws(DataError) -> Scan {
        if dialect.isQuoted { return try quoted.next(&record) }
        let found = try lines.next(&record)
        if found == .record { record.split(at: dialect.delimiter) }
        return found
    }
}
