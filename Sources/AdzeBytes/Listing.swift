// Limits on the length of lists and lines in messages, so that a file with very many names cannot make a line of
// megabytes.

/// The first names of a list as messages show them, and how many more there are: `'a', 'b' and 3 more`.
///
/// - Complexity: O(limit) for a collection that counts in O(1).
package func quotedList(_ names: some Collection<some StringProtocol>, limit: Int = 6) -> String {
    if names.isEmpty { return "nothing" }
    let shown = names.prefix(limit).map { quoted($0, limit: 60) }.joined(separator: ", ")
    // Escapes are ten times as long as what they stand for.
    let list = clipped(shown, limit: 120 * limit)
    return names.count > limit ? "\(list) and \(names.count - limit) more" : list
}

/// The most characters of an error or a note; a path of the longest kind and a sentence fit.
package let lineLimit = 2000

/// A line of at most `limit` scalars: of a longer one the start, which says where, and the end, which says what to do.
///
/// - Complexity: O(n) in the length of `line`.
package func clipped(_ line: String, limit: Int = lineLimit) -> String {
    let scalars = line.unicodeScalars
    // Bytes are at least as many as scalars, and counted at once.
    guard line.utf8.count > limit, scalars.count > limit else { return line }
    let end = (limit - 1) / 3
    var out = String.UnicodeScalarView()
    out.append(contentsOf: scalars.prefix(limit - 1 - end))
    out.append("…")
    out.append(contentsOf: scalars.suffix(end))
    return String(out)
}
