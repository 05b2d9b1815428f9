// The properties of every error of every reader: an error of ours, in one line that a terminal can show.

import AdzeBytes

/// Runs a reader; nil where it refused as it should.
///
/// Throws a violation where the error is none of ours, or where its text is empty, longer than a line may be, or has a
/// character that does not belong in one.
func unlessRefused<Value>(_ read: () throws -> Value) throws -> Value? {
    do {
        return try read()
    } catch let violation as Violation {
        throw violation
    } catch {
        try requireOneLine(error)
        return nil
    }
}

func requireOneLine(_ error: any Error) throws(Violation) {
    guard let failure = error as? any AdzeFailure else {
        throw Violation(description: "an error of type \(type(of: error)) came out: \(error)")
    }
    let text = failure.description
    try require(
        failure.kind == .badData || failure.kind == .missingInput, "bad data is told as \(failure.kind): \(text)")
    try requireOneLine(text)
}

/// A line for a user: not empty, not too long, no character that commands a terminal, turns text around or ends the line.
func requireOneLine(_ text: String) throws(Violation) {
    try require(!text.isEmpty, "a line without text")
    try require(text.unicodeScalars.count <= lineLimit, "a line of \(text.unicodeScalars.count) characters")
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
            throw Violation(description: "U+\(String(scalar.value, radix: 16)) in the line \(text)")
        default: continue
        }
    }
}
