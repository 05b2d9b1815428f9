// Strict JSON: what is read and written again is the same value, and then the same text.

import AdzeBytes

extension FuzzTarget {
    /// `parseJSON` and `JSONValue.text`.
    public static let json = FuzzTarget("json") { bytes in
        guard let value = try unlessRefused({ try parseJSON(bytes) }) else { return }
        let text = value.text
        try require(try reread(text).text == text, "compact text changed when it was read again")
        try require(try reread(value.indentedText).text == text, "indented text is another value")
        let canonical = value.canonical
        try require(canonical.canonical.text == canonical.text, "canonical is not canonical")
        try require(try reread(value.canonicalText) == value, "canonical text is another value")
        try require(
            !text.unicodeScalars.contains(where: \.controlsDisplay), "written JSON has a control character")
    }

    private static func reread(_ text: String) throws -> JSONValue {
        do {
            return try parseJSON(Array(text.utf8))
        } catch {
            throw Violation(description: "written JSON is refused: \(error)")
        }
    }
}
