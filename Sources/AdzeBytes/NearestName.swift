// "Did you mean …": the name closest to one that was mistyped.

/// The candidate with the smallest edit distance to `name`, or nil where none is close enough to be meant.
///
/// Close enough is a third of the longer length. Ties go to the first candidate.
/// - Complexity: O(n · m) for each candidate; those beyond the first 10,000, or after 2^23 comparisons of scalars in all,
///   are not looked at: a hint is not worth seconds.
package func nearestName(to name: String, in candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.unicodeScalars.prefix(256))
    var best: (distance: Int, name: String)?
    var comparisonsLeft = 1 << 23
    for candidate in candidates.prefix(10_000) {
        let other = Array(candidate.unicodeScalars.prefix(256))
        let allowed = max(wanted.count, other.count) / 3
        guard abs(wanted.count - other.count) <= allowed else { continue }
        comparisonsLeft -= wanted.count * other.count
        guard comparisonsLeft >= 0 else { break }
        let distance = editDistance(wanted, other)
        if distance <= allowed, best.map({ distance < $0.distance }) ?? true { best = (distance, candidate) }
    }
    return best?.name
}

/// Insertions, deletions, substitutions and exchanges of neighbours, each place touched once.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var (before, above, row) = ([Int](), [Int](), Array(0...b.count))
    for (i, x) in a.enumerated() {
        (before, above) = (above, row)
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            row[j + 1] = min(above[j] + (x == y ? 0 : 1), row[j] + 1, above[j + 1] + 1)
            if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { row[j + 1] = min(row[j + 1], before[j - 1] + 1) }
        }
    }
    return row[b.count]
}
