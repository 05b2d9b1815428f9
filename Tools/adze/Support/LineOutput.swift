// Where lines of data go: standard output, or a file that appears under its name when the last line is in it.

import Adze

/// Takes lines.
final class LineOutput {
    private var file: AtomicFile?
    private let isFile: Bool
    private var buffer: [UInt8] = []

    /// Standard output.
    init() { isFile = false }

    /// A file; throws `FileError`.
    init(path: String, replacing: Bool) throws(FileError) {
        file = try AtomicFile(path: path, replacing: replacing, order: .sequential)
        isFile = true
    }

    /// Writes a line of text, tabs between its columns.
    func line(_ text: String) throws(FileError) {
        guard isFile else { return try StandardOutput.shared.line(text) }
        try write(Array(withoutControls(text, keepingTabs: true).utf8))
    }

    /// Writes a line of JSON.
    func json(text: [UInt8]) throws(FileError) {
        guard isFile else { return try StandardOutput.shared.json(text: text) }
        try write(jsonWithoutControls(text))
    }

    /// Writes a record of a table.
    func record(_ record: [UInt8]) throws(FileError) {
        guard isFile else { return try StandardOutput.shared.record(record) }
        try write(record)
    }

    /// Gives a file its name.
    func finish() throws(FileError) {
        guard isFile else { return try StandardOutput.shared.flush() }
        try flush()
        if let file = file.take() { try file.commit() }
    }

    private func write(_ line: [UInt8]) throws(FileError) {
        buffer += line
        buffer.append(0x0A)
        if buffer.count >= 1 << 16 { try flush() }
    }

    private func flush() throws(FileError) {
        try file?.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
