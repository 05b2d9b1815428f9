// Characters that a terminal obeys instead of showing, and text without them: whatever a file says, it cannot move a
// cursor, begin a line or turn the direction of what is printed beside it.

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
    guard hasControls(text, besidesTabs: keepingTabs) else { return text }
    var out = ""
    for scalar in text.unicodeScalars {
        if scalar.controlsDisplay, !(keepingTabs && scalar == "\t") {
            out += "\\u{" + String(scalar.value, radix: 16) + "}"
        } else {
            out.unicodeScalars.append(scalar)
        }
    }
    return out
}

/// JSON text with every character that controls its display written as `\uXXXX`, so that its value stays the same.
///
/// `text` must be one JSON text, or the inside of one, without white space between its tokens but spaces: there such
/// characters can stand in strings alone.
package func jsonWithoutControls(_ text: String) -> String {
    guard hasControls(text, besidesTabs: false) else { return text }
    var out = ""
    for scalar in text.unicodeScalars {
        if scalar.controlsDisplay { appendEscape(of: scalar, to: &out) } else { out.unicodeScalars.append(scalar) }
    }
    return out
}

/// Appends `\uXXXX`; what controls display lies in the first plane.
func appendEscape(of scalar: Unicode.Scalar, to out: inout String) {
    let digits = String(scalar.value, radix: 16)
    out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
}

/// Whether any scalar controls its display: over UTF-8's bytes, since nearly every text has none.
private func hasControls(_ text: String, besidesTabs: Bool) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0x09: if !besidesTabs { return true }
            case 0x00...0x1F, 0x7F: return true
            // The lead bytes of U+0080–009F, U+061C, and U+200E–2069; a string has whole characters alone.
            case 0xC2: if bytes[index + 1] < 0xA0 { return true }
            case 0xD8: if bytes[index + 1] == 0x9C { return true }
            case 0xE2 where bytes[index + 1] == 0x80:
                if (0x8E...0x8F).contains(bytes[index + 2]) || (0xA8...0xAE).contains(bytes[index + 2]) { return true }
            case 0xE2 where bytes[index + 1] == 0x81: if (0xA6...0xA9).contains(bytes[index + 2]) { return true }
            default: break
            }
        }
        return false
    }
}
