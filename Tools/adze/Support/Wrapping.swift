// Lines no wider than a terminal of the usual width. What stands in columns is `TextTable`.

/// The columns of a terminal that nobody has widened.
let usualColumns = 80

/// The words of a text in lines of at most so many columns; a word that is longer than a line has one for itself.
func wrapped(_ text: String, columns: Int = usualColumns) -> [String] {
    wrapped(text.split(separator: " ").map(String.init), columns: columns)
}

/// Words that are not broken, whatever is in them, in such lines: the first begins with `lead`, the others with `indent`
/// spaces.
func wrapped(_ words: [String], after lead: String = "", indent: Int = 0, columns: Int = usualColumns) -> [String] {
    var lines: [String] = []
    var line = lead
    var isEmpty = true
    for word in words {
        if !isEmpty, columnCount(line) + 1 + columnCount(word) > columns {
            lines.append(line)
            (line, isEmpty) = (String(repeating: " ", count: indent), true)
        }
        line += (isEmpty ? "" : " ") + word
        isEmpty = false
    }
    return lines + [line]
}
