// Quoting of names from a file where they are fields of a line or items of a list, so that it is clear where a name
// begins and ends. `StandardOutput` and `Console` escape control characters.

import Adze

/// A name as one field of one line, whatever is in it.
func oneField(_ name: String) -> String { withoutControls(name) == name ? name : quoted(name, limit: .max) }

/// A name as one item of a list with commas: one that holds a comma, or spaces where nobody sees them, is quoted.
func oneItem(_ name: String) -> String {
    let isPlain = !name.isEmpty && !name.contains(",") && name.first != " " && name.last != " "
    return isPlain ? oneField(name) : quoted(name, limit: .max)
}
