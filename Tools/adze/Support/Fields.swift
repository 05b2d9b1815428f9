// Names from a file as fields of a line: one that could be taken for more than itself is quoted. `StandardOutput` and
// `Console` escape what is left in a line; here is what only the verb knows, where a name begins and ends.

import AdzeBytes

/// A name as one field of one line, whatever is in it.
func oneField(_ name: String) -> String { withoutControls(name) == name ? name : quoted(name, limit: .max) }

/// A name as one item of a list with commas: one that holds a comma, or spaces where nobody sees them, is quoted.
func oneItem(_ name: String) -> String {
    let isPlain = !name.isEmpty && !name.contains(",") && name.first != " " && name.last != " "
    return isPlain ? oneField(name) : quoted(name, limit: .max)
}
