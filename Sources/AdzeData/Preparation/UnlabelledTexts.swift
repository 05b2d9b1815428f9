// Texts without labels that are learned from beside labelled ones: those that are in no other set. Not here: reading rows, and
// who says what the texts should be given.

internal import AdzeBytes

/// The texts of a source that neither the training nor the development set has, each once, but for white space around them.
///
/// A development text that a training has met, whoever told its label, is none to be judged by.
public struct UnlabelledTexts: Sendable, Equatable {
    /// A text, or a pair.
    public struct Text: Sendable, Equatable {
        /// The text.
        public let text: String
        /// The second text of a pair.
        public let pair: String?
    }

    /// The texts, in the order of the source.
    public private(set) var texts: [Text] = []
    /// Texts that were left out because the development set has them.
    public private(set) var inDevCount = 0
    /// Texts that were left out because the training set has them.
    public private(set) var inTrainCount = 0
    /// Texts that were left out because they came before.
    public private(set) var repeatedCount = 0
    /// Texts that were left out because there is nothing to read.
    public private(set) var blankCount = 0

    /// Reads a source to its end.
    ///
    /// Throws the source's errors, and `DataError.noExamples` where no text is left.
    /// - Complexity: O(bytes of all texts), in memory too.
    public init(_ rows: inout TextRows, train: [Example], dev: [Example]) throws(DataError) {
        let training = Set(train.map { TextKey($0) }), development = Set(dev.map { TextKey($0) })
        var known: Set<TextKey> = []
        while let row = try rows.next() {
            let key = TextKey(row.text, pair: row.pair)
            if row.isBlank {
                blankCount += 1
            } else if development.contains(key) {
                inDevCount += 1
            } else if training.contains(key) {
                inTrainCount += 1
            } else if !known.insert(key).inserted {
                repeatedCount += 1
            } else {
                texts.append(Text(text: row.text, pair: row.pair))
            }
        }
        guard !texts.isEmpty else { throw .noTexts(leftOut: note) }
    }

    /// What was left out, for a person; nil for nothing.
    public var note: String? {
        let parts = [
            (inDevCount, "in dev"), (inTrainCount, "in train"), (repeatedCount, "repeated"),
            (blankCount, "without a word"),
        ]
        let said = parts.filter { $0.0 > 0 }.map { "\($0) \($1)" }
        return said.isEmpty ? nil : "unlabelled texts left out: \(said.joined(separator: ", "))"
    }
}
