// Columns that line up in a terminal, whatever script their words are in.

/// Rows of cells; the first column is flush left, the others flush right.
struct TextTable {
    private var rows: [[String]] = []

    /// Adds a row.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The rows as lines, columns two spaces apart, without spaces at the end.
    var lines: [String] {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                let width = columnCount(cell)
                if column < widths.count { widths[column] = max(widths[column], width) } else { widths.append(width) }
            }
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - columnCount(cell))
                line += column == 0 ? cell + space : "  " + space + cell
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}

/// How many columns of a terminal a text takes: two for wide characters of East Asia and emoji, none for marks that
/// combine.
func columnCount(_ text: String) -> Int {
    text.reduce(0) { count, character in
        let scalars = character.unicodeScalars
        // A character is as wide as its base; the presentation selector makes any an emoji.
        guard let base = scalars.first, !takesNoColumn(base) else { return count }
        return count + (isWide(base) || scalars.contains("\u{FE0F}") ? 2 : 1)
    }
}

/// The text, cut to so many columns with an ellipsis where it is longer.
func cut(_ text: String, columns: Int) -> String {
    guard columnCount(text) > columns else { return text }
    var (out, count) = ("", 0)
    for character in text {
        let width = columnCount(String(character))
        guard count + width < columns else { break }
        out.append(character)
        count += width
    }
    return out + "…"
}

private func takesNoColumn(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: true
    default: false
    }
}

/// The blocks whose characters are wide in Unicode's EastAsianWidth, to the precision that a label needs.
private func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
        0x20000...0x3FFFD:
        true
    default: scalar.properties.isEmojiPresentation
    }
}
