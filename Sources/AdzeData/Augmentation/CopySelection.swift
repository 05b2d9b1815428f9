// Which copies of a text are kept: those that say something new, and nothing of what a training is judged by. Not here:
// making them.

public import AdzeBytes

/// A text, or a pair, that was made out of another, and how.
public struct AugmentedText: Sendable, Equatable {
    /// The text.
    public var text: String
    /// The second text of a pair.
    public var pair: String?
    /// What made it.
    public var step: AugmentationStep

    /// A text of its parts.
    public init(_ text: String, pair: String? = nil, step: AugmentationStep) {
        (self.text, self.pair, self.step) = (text, pair, step)
    }
}

/// How many copies were made, and left out and why.
public struct AugmentationTally: Sendable, Equatable {
    /// Copies that are kept.
    public internal(set) var added = 0
    /// Copies that are as the text was: nothing could be changed, or the change changed nothing.
    public internal(set) var unchanged = 0
    /// Copies that an earlier one of the same text equals.
    public internal(set) var repeated = 0
    /// Copies with nothing in them, as a translation may be.
    public internal(set) var empty = 0
    /// Copies that a text of the development set equals.
    public internal(set) var inDev = 0

    /// How many were left out.
    public var leftOut: Int { unchanged + repeated + empty + inDev }

    /// The counts with their names.
    public var json: JSONObject {
        [
            "added": .integer(added), "unchanged": .integer(unchanged), "repeated": .integer(repeated),
            "empty": .integer(empty), "inDev": .integer(inDev),
        ]
    }

    /// The counts for a person.
    public var line: String {
        let reasons = [
            (unchanged, "unchanged"), (repeated, "repeated"), (empty, "empty"), (inDev, "in the development set"),
        ].filter { $0.0 > 0 }.map { "\(groupedDigits($0.0)) \($0.1)" }
        return "\(counted(added, "copy", plural: "copies")) added"
            + (leftOut == 0 ? "" : ", \(groupedDigits(leftOut)) left out (\(reasons.joined(separator: ", ")))")
    }
}

/// Keeps copies, and counts them.
package struct CopySelection {
    /// The counts so far.
    package private(set) var tally = AugmentationTally()
    private let dev: Set<TextKey>

    /// A selection apart from what a training is judged by.
    package init(apartFrom dev: [Example] = []) { self.dev = Set(dev.map(TextKey.init)) }

    /// The copies of a text that are kept, in their order; nil among them is one that could not be made.
    ///
    /// Texts are compared but for white space around them.
    package mutating func kept(_ copies: [AugmentedText?], of text: String, pair: String?) -> [AugmentedText] {
        let original = TextKey(text, pair: pair)
        var (kept, seen) = ([AugmentedText](), Set<TextKey>())
        for copy in copies {
            guard let copy else {
                tally.unchanged += 1
                continue
            }
            let key = TextKey(copy.text, pair: copy.pair)
            if key == original {
                tally.unchanged += 1
            } else if key.text.isEmpty && !original.text.isEmpty || key.pair == "" && original.pair != "" {
                tally.empty += 1
            } else if dev.contains(key) {
                tally.inDev += 1
            } else if !seen.insert(key).inserted {
                tally.repeated += 1
            } else {
                tally.added += 1
                kept.append(copy)
            }
        }
        return kept
    }
}
