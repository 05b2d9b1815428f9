// Examples as a run takes them: token sequences with their targets, in one order. Not here: where they come from.

internal import AdzeBytes
public import AdzeModels

/// The examples of a run, or those that it is judged by.
public struct TrainingData: Sendable {
    /// A sequence for each example.
    public let sequences: [TokenSequence]
    /// A target for each example.
    public let targets: Targets

    /// Examples; there are as many targets as sequences.
    public init(sequences: [TokenSequence], targets: Targets) {
        precondition(sequences.count == targets.count, "a target for each sequence")
        self.sequences = sequences
        self.targets = targets
    }

    /// The number of examples.
    public var count: Int { sequences.count }

    /// Some of the examples, in the order given.
    func batch(_ indices: [Int]) -> TrainingBatch {
        TrainingBatch(sequences: indices.map { sequences[$0] }, targets: targets.selecting(indices))
    }

    /// What two sets of examples share iff they are equal and in the same order, whatever a teacher says of them, as 16
    /// hexadecimal digits.
    ///
    /// - Complexity: O(tokens).
    var digest: String {
        var hash = UInt64(count)
        for sequence in sequences {
            hash = unsafe sequence.ids.withUnsafeBytes { unsafe xxh64($0, seed: hash) }
            hash = unsafe sequence.typeIDs.withUnsafeBytes { unsafe xxh64($0, seed: hash) }
        }
        return hexDigits(targets.hash(hash))
    }

    /// The same of a teacher's logits; nil where there is no teacher.
    var teacherDigest: String? {
        guard case .taught(let taught) = targets else { return nil }
        return hexDigits(Targets.values(taught.logits).hash(UInt64(count)))
    }
}

extension Targets {
    /// For how many sequences there is a target.
    public var count: Int {
        switch self {
        case .classes(let list): list.count
        case .multiLabel(let list), .values(let list): list.count
        case .tokenClasses(let list): list.count
        case .spans(let list): list.count
        case .taught(let taught): taught.logits.count
        }
    }

    /// Whether a sequence has a target of its own.
    func isKnown(_ index: Int) -> Bool {
        switch self {
        case .classes(let list): list[index] != Targets.ignored
        case .multiLabel(let list), .values(let list): !list[index].isEmpty
        case .tokenClasses, .spans: true
        case .taught(let taught): taught.own.isKnown(index)
        }
    }

    /// The targets of some sequences.
    func selecting(_ indices: [Int]) -> Targets {
        switch self {
        case .classes(let list): .classes(indices.map { list[$0] })
        case .multiLabel(let list): .multiLabel(indices.map { list[$0] })
        case .values(let list): .values(indices.map { list[$0] })
        case .tokenClasses(let list): .tokenClasses(indices.map { list[$0] })
        case .spans(let list): .spans(indices.map { list[$0] })
        case .taught(let taught):
            .taught(
                TaughtTargets(
                    own: taught.own.selecting(indices), logits: indices.map { taught.logits[$0] },
                    temperature: taught.temperature, weight: taught.weight))
        }
    }

    fileprivate func hash(_ seed: UInt64) -> UInt64 {
        func add<Value>(_ values: [Value], _ hash: UInt64) -> UInt64 {
            unsafe values.withUnsafeBytes { unsafe xxh64($0, seed: hash) }
        }
        switch self {
        case .classes(let list): return add(list, seed &+ 1)
        case .multiLabel(let list): return list.reduce(seed &+ 2) { add($1, $0) }
        case .values(let list): return list.reduce(seed &+ 3) { add($1, $0) }
        case .tokenClasses(let list): return list.reduce(seed &+ 4) { add($1, $0) }
        case .spans(let list): return add(list.flatMap { [$0.start, $0.end] }, seed &+ 5)
        case .taught(let taught): return taught.own.hash(seed)
        }
    }
}

/// The examples that a run is judged by after each epoch.
public struct DevelopmentSet: Sendable {
    /// The examples.
    public let data: TrainingData
    /// The names of the scores that `score` gives; the run adds `loss`.
    public let metrics: [String]
    /// The scores of the logits of all examples, in their order: C values, or C a token.
    public let score: @Sendable (_ logits: [[Float]]) throws -> [Score]

    /// Examples and what is said of the logits they get.
    public init(
        data: TrainingData, metrics: [String], score: @escaping @Sendable (_ logits: [[Float]]) throws -> [Score]
    ) {
        self.data = data
        self.metrics = metrics
        self.score = score
    }
}

/// A named number.
public struct Score: Sendable, Equatable {
    /// The name, such as `macro-f1`.
    public var name: String
    /// The value; not a number where it is not defined.
    public var value: Double

    /// A score.
    public init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
    }

    /// Whether a lower value of this name is the better one.
    public static func isLowerBetter(_ name: String) -> Bool { ["loss", "mse", "mae"].contains(name) }
}
