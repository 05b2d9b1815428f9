// Scripts, as sets of the characters that texts in them are made of. Not here: which tokens such texts need.

/// A script, with all that texts in it may hold.
public enum TextScript: String, Sendable, CaseIterable {
    /// Latin letters, and what scripts share: digits, punctuation, symbols, emoji, and the marks that join any letter.
    ///
    /// Unicode's Script property is Latin, Common or Inherited.
    case latin

    /// The scalars, as ascending ranges.
    var scalars: [Range<UInt32>] {
        var reader =
            switch self {
            case .latin: Base36Reader(ScriptData.latin)
            }
        var ranges: [Range<UInt32>] = []
        var start = 0
        while let distance = reader.next(), let length = reader.next() {
            start += distance
            ranges.append(UInt32(start)..<UInt32(start + length))
            start += length
        }
        return ranges
    }
}

extension Normalizer {
    /// The scalars of which words are after normalization, where raw texts are of some scalars; white space is none.
    ///
    /// A scalar becomes the same wherever it stands: marks may change places, and are the same marks.
    /// - Complexity: O(scalars).
    func wordScalars(of scalars: some Sequence<UInt32>) -> Set<UInt32> {
        var found: Set<UInt32> = []
        for scalar in scalars {
            var normalizer = AlignedNormalizer(self)
            normalizer.append(scalar, source: 0)
            normalizer.finish()
            let bytes = normalizer.result.bytes
            forEachScalar(bytes.span) { if ScalarTable.action($0) != .space { found.insert($0) } }
        }
        return found
    }
}
