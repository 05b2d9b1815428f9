// Texts that occur in two data sets, such as training and development: they make scores too high.

internal import AdzeBytes

/// The examples of a development set whose texts are in the training set too, but for white space around them.
public struct Overlap: Sendable, Equatable {
    /// A text and where it stands.
    public struct Match: Sendable, Equatable {
        /// The text.
        public let text: String
        /// Its first place in the training set.
        public let train: String
        /// Its place in the development set.
        public let dev: String
        /// Whether the two have the same answer.
        public let agrees: Bool
    }

    /// The most matches that are kept.
    public static let matchLimit = 5

    /// How many examples of the development set are in the training set.
    public private(set) var count = 0
    /// How many of them have another answer there.
    public private(set) var contradictions = 0
    /// The first of them.
    public private(set) var matches: [Match] = []

    /// Compares two sets.
    ///
    /// - Complexity: O(n) in the bytes of their texts.
    public init(train: [Example], dev: [Example]) {
        var places: [TextKey: Int] = [:]
        for (index, example) in train.enumerated() {
            let key = TextKey(example)
            if places[key] == nil { places[key] = index }
        }
        for example in dev {
            guard let index = places[TextKey(example)] else { continue }
            let agrees = train[index].target == example.target
            count += 1
            if !agrees { contradictions += 1 }
            if matches.count < Overlap.matchLimit {
                matches.append(
                    Match(text: example.text, train: train[index].place, dev: example.place, agrees: agrees))
            }
        }
    }

    /// What a person should hear of; nil where nothing is in both.
    public func note(devCount: Int) -> String? {
        guard count > 0 else { return nil }
        let shown = matches.prefix(3).map { "\($0.dev) is \($0.train) of train: \(quoted($0.text, limit: 40))" }
        return "\(count) of \(devCount) dev texts are in train too, so scores flatter"
            + (contradictions > 0
                ? "; \(contradictions) of them \(contradictions == 1 ? "has" : "have") another label there" : "")
            + " (\(shown.joined(separator: "; "))\(count > shown.count ? "; …" : ""))"
    }
}
