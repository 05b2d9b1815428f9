// Escaping of control characters, so that text from a file cannot move a terminal's cursor, begin a line or change the
// direction of what is printed beside it.

extension Unicode.Scalar {
    /// Whether the scalar controls how text is shown instead of being text: C0 controls, DEL, C1 controls, the separators
    /// of lines and paragraphs, and the characters with Unicode's property Bidi_Control.
    package var controlsDisplay: Bool {
        switch value {
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

/// The text with every character that controls its display written as `\u{…}`; a tab stays where it separates columns.
///
/// - Complexity: O(n) in the length of `text`; a text without such a character is given back as it is.
package func withoutControls(_ text: String, keepingTabs: Bool = false) -> String {
    var text = text
    return text.withUTF8 { unsafe replacingControls(in: $0, keepingTabs: keepingTabs, by: appendBraced) }
        .map { String(decoding: $0, as: UTF8.self) } ?? text
}

/// The same for text in UTF-8.
package func withoutControls(_ text: [UInt8], keepingTabs: Bool = false) -> [UInt8] {
    unsafe text.withUnsafeBufferPointer { unsafe replacingControls(in: $0, keepingTabs: keepingTabs, by: appendBraced) }
        ?? text
}

/// JSON text with every character that controls its display written as `\uXXXX`, so that its value stays the same.
///
/// `text` must be one JSON text, without white space between its tokens but spaces: there such characters can stand in
/// strings alone.
package func jsonWithoutControls(_ text: [UInt8]) -> [UInt8] {
    unsafe text.withUnsafeBufferPointer { bytes in
        unsafe replacingControls(in: bytes, keepingTabs: false) { $1.append(contentsOf: jsonEscape(of: $0).utf8) }
    } ?? text
}

/// `\uXXXX`; what controls display lies in the first plane.
func jsonEscape(of scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
}

private func appendBraced(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
    out.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".utf8)
}

/// The bytes with `replacement` in the place of each control; nil where there is none, as in nearly every text.
private func replacingControls(
    in bytes: UnsafeBufferPointer<UInt8>, keepingTabs: Bool, by replacement: (Unicode.Scalar, inout [UInt8]) -> Void
) -> [UInt8]? {
    var out: [UInt8] = []
    var start = 0
    var index = 0
    while index < bytes.count {
        guard let (scalar, length) = unsafe control(at: index, in: bytes), !(keepingTabs && scalar == "\t") else {
            index += 1
            continue
        }
        unsafe out.append(contentsOf: bytes[start..<index])
        replacement(scalar, &out)
        index += length
        start = index
    }
    // Every control has been replaced by something.
    guard !out.isEmpty else { return nil }
    unsafe out.append(contentsOf: bytes[start...])
    return out
}

/// The control that begins at a byte, and how many bytes it has: those of one, and of two and three, by their lead bytes.
private func control(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> (Unicode.Scalar, length: Int)? {
    let lead = unsafe bytes[index]
    switch lead {
    case 0x00...0x1F, 0x7F: return (Unicode.Scalar(lead), 1)
    case 0xC2, 0xD8:
        guard index + 1 < bytes.count else { return nil }
        let value = unsafe UInt32(lead & 0x1F) << 6 | UInt32(bytes[index + 1] & 0x3F)
        return Unicode.Scalar(value).flatMap { $0.controlsDisplay ? ($0, 2) : nil }
    case 0xE2:
        guard index + 2 < bytes.count else { return nil }
        let value = unsafe 0x2000 | UInt32(bytes[index + 1] & 0x3F) << 6 | UInt32(bytes[index + 2] & 0x3F)
        return Unicode.Scalar(value).flatMap { $0.controlsDisplay ? ($0, 3) : nil }
    default: return nil
    }
}
