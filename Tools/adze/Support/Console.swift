// Standard error: notes for a person. Standard output is `StandardOutput`.

import Adze

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Lines on standard error.
enum Console {
    /// Whether a person is looking at standard error.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes one line, whatever it quotes: what would control a terminal is escaped. Where nobody can be told, nobody is.
    static func write(_ line: String) { send(withoutControls(line) + "\n") }

    /// Writes a line over the one that the cursor is in, and stays in it. For terminals.
    static func redraw(_ line: String) { send("\r\u{1B}[K" + withoutControls(line)) }

    /// Takes the line away that the cursor is in. For terminals.
    static func erase() { send("\r\u{1B}[K") }

    private static func send(_ text: String) {
        unsafe Array(text.utf8).withUnsafeBytes { text in
            try? unsafe writeAll(text, to: STDERR_FILENO, at: nil, path: "standard error")
        }
    }

    /// Writes what a user should hear of, one line each, unless asked to be quiet.
    static func notes(_ notes: [String], quiet: Bool) {
        guard !quiet else { return }
        for note in notes { write("adze: note: \(clipped(note))") }
    }

    /// Writes the one line that sums a job up, unless asked to be quiet.
    static func summary(_ line: String, quiet: Bool) {
        if !quiet { write(line) }
    }
}
