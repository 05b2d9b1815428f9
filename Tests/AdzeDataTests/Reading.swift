// Reading rows from text in a test, in chunks of any size.

import AdzeBytes
import AdzeData

/// What a source gave: rows and row errors in order, and the error that ended it.
struct Reading: Equatable {
    var rows: [Result<Row, RowError>] = []
    var failure: DataError?
    var notes: [String] = []

    /// The rows that are none.
    var errors: [RowError] { rows.compactMap { if case .failure(let error) = $0 { error } else { nil } } }
    /// The texts of the rows that are some.
    var texts: [String] { rows.compactMap { try? $0.get().text } }
    /// The lines in which all of them begin.
    var lines: [Int] {
        rows.map {
            switch $0 {
            case .success(let row): row.lineNumber
            case .failure(let error): error.lineNumber
            }
        }
    }
}

/// Reads bytes that come in pieces of `sizes`, used in turn; nil for pieces as large as is asked for.
func read(
    _ bytes: [UInt8], _ format: DataFormat, _ columns: ColumnSelection = ColumnSelection(),
    _ options: RowOptions = RowOptions(), sizes: [Int]? = nil, chunkSize: Int = 128 << 10
) -> Reading {
    var reading = Reading()
    var position = 0
    var turn = 0
    do throws(DataError) {
        var source = try RowSource(format: format, columns: columns, options: options, chunkSize: chunkSize) {
            (buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int in
            let size = sizes.map { $0[turn % $0.count] } ?? buffer.count
            turn += 1
            let count = min(size, buffer.count, bytes.count - position)
            buffer.copyBytes(from: bytes[position..<position + count])
            position += count
            return count
        }
        while let row = try source.next() { reading.rows.append(row) }
        reading.notes = source.notes
    } catch {
        reading.failure = error
    }
    return reading
}

/// The same for text.
func read(
    _ text: String, _ format: DataFormat, _ columns: ColumnSelection = ColumnSelection(),
    _ options: RowOptions = RowOptions()
) -> Reading {
    read(Array(text.utf8), format, columns, options)
}

/// Rows that keep their fields, with a row for every line, in a dialect.
func keeping(_ dialect: Dialect = Dialect()) -> RowOptions {
    var options = RowOptions()
    options.keepsFields = true
    options.countsEmptyLines = true
    options.dialect = dialect
    return options
}

extension RowFields {
    /// The fields as JSON members, those with a reserved name behind a bar.
    func json(reserved: [String] = [], withTexts: Bool = false) -> String {
        var (out, aside): ([UInt8], [UInt8]) = ([], [])
        _ = writeMembers(reserved: reserved, withTexts: withTexts, to: &out, aside: &aside)
        return String(decoding: out.dropFirst(), as: UTF8.self)
            + (aside.isEmpty ? "" : "|" + String(decoding: aside, as: UTF8.self))
    }
}

extension Row {
    /// The label, where it is no list.
    var writtenLabel: String? { if case .one(let label) = label { label } else { nil } }
}

/// What a source of examples gave: examples in order, the error that ended it, and what it noted.
struct ExampleReading: Equatable {
    var examples: [Example] = []
    var failure: DataError?
    var notes: [String] = []

    var targets: [Target] { examples.map(\.target) }
    var texts: [String] { examples.map(\.text) }
}

/// Takes all examples of a source, and asks once more after its end.
func examples(_ open: () throws(DataError) -> ExampleSource) -> ExampleReading {
    var reading = ExampleReading()
    do throws(DataError) {
        var source = try open()
        do throws(DataError) {
            while let example = try source.next() { reading.examples.append(example) }
            // The end stays the end, and an error the error.
            if try source.next() != nil { preconditionFailure("an example after the end") }
        } catch {
            reading.failure = error
            if let again = failure(of: &source), again != error { preconditionFailure("another error: \(again)") }
        }
        reading.notes = source.notes
    } catch {
        reading.failure = error
    }
    return reading
}

private func failure(of source: inout ExampleSource) -> DataError? {
    do throws(DataError) {
        _ = try source.next()
        preconditionFailure("an example after an error")
    } catch {
        return error
    }
}

/// The examples of a text.
func examples(
    _ text: String, _ format: DataFormat, _ kind: TargetKind, _ columns: ColumnSelection = ColumnSelection()
) -> ExampleReading {
    let bytes = Array(text.utf8)
    var position = 0
    return examples { () throws(DataError) in
        try ExampleSource(format: format, columns: columns, kind: kind) {
            (buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int in
            let count = min(buffer.count, bytes.count - position)
            buffer.copyBytes(from: bytes[position..<position + count])
            position += count
            return count
        }
    }
}

/// One label of these.
func oneOf(_ names: String...) -> TargetKind {
    guard let table = try? LabelTable(names) else { preconditionFailure("a name repeats") }
    return .label(table)
}
