// Standard error: notes for a person. Standard output is `StandardOutput`.

import Foundation

/// Lines on standard error.
enum Console {
    /// Whether a person is looking at standard error.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes one line.
    static func write(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// Writes what a user should hear of, one line each, unless asked to be quiet.
    static func notes(_ notes: [String], quiet: Bool) {
        guard !quiet else { return }
        for note in notes { write("adze: note: \(note)") }
    }

    /// Writes the one line that sums a job up, unless asked to be quiet.
    static func summary(_ line: String, quiet: Bool) {
        if !quiet { write(line) }
    }
}
