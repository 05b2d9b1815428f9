// A development set out of a training set: the same share of every label, the same rows for the same seed, and no text on
// both sides.

internal import AdzeBytes

/// The places of examples, divided.
public struct StratifiedSplit: Sendable, Equatable {
    /// The places that stay for training, ascending.
    public private(set) var train: [Int] = []
    /// The places that are held out, ascending.
    public private(set) var dev: [Int] = []

    /// How many bands of equal size numbers are divided into.
    private static let bandCount = 10

    /// Divides examples so that about `devShare` of each stratum is held out.
    ///
    /// A stratum is a label; of several labels of an example the rarest of the set; of numbers one of ten bands of ranks.
    /// Every stratum keeps an example for training, so one that occurs once is never held out. Examples with the same
    /// texts, but for white space around them, stay together: what is held out was never seen. Which texts are taken is
    /// a function of `seed` and their places alone.
    /// - Complexity: O(n log n).
    public init(_ examples: [Example], devShare: Double, seed: UInt64) {
        precondition((0...1).contains(devShare), "a share is 0 to 1")
        let strata = StratifiedSplit.strata(examples)
        let groups = StratifiedSplit.groups(examples)
        var members: [Int: [Int]] = [:]
        for (group, indexes) in groups.enumerated() { members[strata[indexes[0]], default: []].append(group) }
        let order = members.keys.sorted()
        let sizes = order.map { (members[$0] ?? []).reduce(0) { $0 + groups[$1].count } }
        var isDev = [Bool](repeating: false, count: examples.count)
        for (stratum, quota) in zip(order, StratifiedSplit.quotas(sizes, devShare)) {
            let drawn = StratifiedSplit.drawn(members[stratum] ?? [], of: groups, seed: seed)
            var taken = 0
            // The last group stays.
            for group in drawn.dropLast() where taken + groups[group].count <= quota {
                taken += groups[group].count
                for index in groups[group] { isDev[index] = true }
            }
        }
        for index in examples.indices {
            if isDev[index] { dev.append(index) } else { train.append(index) }
        }
    }

    /// The places of equal texts together, in the order of their first.
    package static func groups(_ examples: [Example]) -> [[Int]] {
        var groups: [[Int]] = []
        var places: [TextKey: Int] = [:]
        for (index, example) in examples.enumerated() {
            let key = TextKey(example)
            if let group = places[key] {
                groups[group].append(index)
            } else {
                places[key] = groups.count
                groups.append([index])
            }
        }
        return groups
    }

    /// Groups in an order that is drawn for their first places.
    static func drawn(_ members: [Int], of groups: [[Int]], seed: UInt64) -> [Int] {
        members.map { (draw: draw(seed, groups[$0][0]), group: $0) }
            .sorted { ($0.draw, $0.group) < ($1.draw, $1.group) }.map(\.group)
    }

    /// How many of each stratum are held out: the share rounded down, and one more for those with the largest rest until
    /// the sum is that of the whole.
    private static func quotas(_ sizes: [Int], _ share: Double) -> [Int] {
        let exact = sizes.map { Double($0) * share }
        var quotas = exact.map { Int($0) }
        let whole = Int((exact.reduce(0, +)).rounded())
        let byRest = sizes.indices.sorted {
            (exact[$1] - Double(quotas[$1]), $0) < (exact[$0] - Double(quotas[$0]), $1)
        }
        for index in byRest.prefix(max(0, whole - quotas.reduce(0, +))) { quotas[index] += 1 }
        return quotas
    }

    /// The stratum of every example.
    static func strata(_ examples: [Example]) -> [Int] {
        var counts: [Int: Int] = [:]
        for case .labels(let labels) in examples.lazy.map(\.target) {
            for label in labels { counts[label, default: 0] += 1 }
        }
        let numbers = examples.indices.compactMap { index -> (value: Double, index: Int)? in
            if case .number(let value) = examples[index].target { (value, index) } else { nil }
        }.sorted { ($0.value, $0.index) < ($1.value, $1.index) }
        var bands: [Int: Int] = [:]
        for (rank, number) in numbers.enumerated() { bands[number.index] = rank * bandCount / numbers.count }
        return examples.indices.map { index in
            switch examples[index].target {
            case .label(let label): label
            case .labels(let labels): labels.min { (counts[$0] ?? 0, $0) < (counts[$1] ?? 0, $1) } ?? -1
            case .number: bands[index] ?? 0
            }
        }
    }

    /// A number for a seed and a place.
    private static func draw(_ seed: UInt64, _ index: Int) -> UInt64 {
        var generator = SplitMix64(seed: seed, skipping: index)
        return generator.next()
    }
}

/// The texts of an example without white space at either end: what makes two examples the same.
struct TextKey: Hashable {
    let text: String
    let pair: String?

    init(_ example: Example) { self.init(example.text, pair: example.pair) }

    init(_ text: String, pair: String?) {
        self.text = trimmed(text)
        self.pair = pair.map(trimmed)
    }
}

extension Row {
    /// Whether there is nothing to read but white space.
    public var isBlank: Bool { trimmed(text).isEmpty && pair.map { trimmed($0).isEmpty } ?? true }
}

extension Example {
    /// Whether there is nothing to read but white space.
    public var isBlank: Bool { TextKey(self).text.isEmpty && (pair == nil || TextKey(self).pair == "") }
}
