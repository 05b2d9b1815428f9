// The input's own fields beside a JSON answer: those whose name the answer has itself are kept under `input`. Not here:
// how fields are read, which is `RowFields`.

import Adze

/// Puts fields into the objects of an output.
struct InputFields {
    /// The names that are the answer's.
    private let reserved: [String]
    private let quiet: Bool
    private var hasSaid = false

    /// Fields beside answers with these members.
    init(besides members: [String], quiet: Bool) {
        reserved = members + ["error", "input"]
        self.quiet = quiet
    }

    /// Puts the fields of a row behind the members of an object that is begun, and closes it. A row without an answer keeps
    /// its texts too: it can be mended and run again.
    mutating func close(_ line: inout [UInt8], _ fields: RowFields, isAnswered: Bool) {
        if !fields.isEmpty {
            var aside: [UInt8] = []
            let moved = fields.writeMembers(reserved: reserved, withTexts: !isAnswered, to: &line, aside: &aside)
            if !moved.isEmpty {
                say(moved)
                line += Array(",\"input\":{".utf8) + aside
                line.append(UInt8(ascii: "}"))
            }
        }
        line.append(UInt8(ascii: "}"))
    }

    /// The line of a row without an answer.
    mutating func errorLine(_ error: String, _ fields: RowFields) -> [UInt8] {
        var line = Array("{\"error\":".utf8)
        appendJSONString(error, to: &line)
        close(&line, fields, isAnswered: false)
        return line
    }

    private mutating func say(_ moved: [String]) {
        guard !hasSaid else { return }
        hasSaid = true
        let names = moved.map { quoted($0) }.joined(separator: ", ")
        Console.notes(
            ["what the input has under an answer's name, as \(names), is kept under 'input'"], quiet: quiet)
    }
}

/// The plain line of a row without an answer: its first column, where a label would be, is empty.
func errorLine(_ error: String) -> String { "\terror: \(error)" }
