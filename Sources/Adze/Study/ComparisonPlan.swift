// Which models a comparison trains: numbers of blocks, heads and seeds. Not here: training them, and what came of it.

public import AdzeBytes
internal import AdzeModels

/// A model of a comparison: some blocks under a head.
public struct ComparisonConfiguration: Sendable, Hashable {
    /// The blocks that are kept, by their numbers in the whole model.
    public let blocks: [Int]
    /// The head, as `HeadForm.specified(_:)` reads it.
    public let head: String
    /// The columns of a new table of words that stands in place of the model; nil for the model.
    public let wordTableSize: Int?

    /// A configuration.
    public init(blocks: [Int], head: String, wordTableSize: Int? = nil) {
        (self.blocks, self.head, self.wordTableSize) = (blocks, head, wordTableSize)
    }

    /// The configuration in a few words.
    public var name: String {
        if let wordTableSize { return "own table of \(wordTableSize), \(head)" }
        return "\(blocks.count) \(blocks.count == 1 ? "block" : "blocks"), \(head)"
    }
}

/// What a comparison trains.
public struct ComparisonPlan: Sendable, Equatable {
    /// Each number of blocks under each head.
    public let configurations: [ComparisonConfiguration]
    /// The seeds of each configuration's runs.
    public let seeds: [UInt64]
    /// What a person should hear of.
    public let notes: [String]

    /// Each number of blocks under each head, which are named once each, and the heads that read every position over new
    /// tables of words in place of the model.
    ///
    /// `layerCount` is the whole model's; blocks are its first, or its last. A pooler over no blocks reads the same of every
    /// text, and is left out. Throws `ComparisonError` and `HeadFormError`.
    public init(
        blocks: [Int], fromLast: Bool, heads: [String], wordTableSizes: [Int] = [], seeds: [UInt64], layerCount: Int
    ) throws {
        guard !blocks.isEmpty, !heads.isEmpty, !seeds.isEmpty else { throw ComparisonError.nothingToCompare }
        for count in blocks where !(0...layerCount).contains(count) {
            throw ComparisonError.blockCount(count, limit: layerCount)
        }
        for size in wordTableSizes { try ModelCheckpoint.checkWordTable(size: size) }
        let counts = [blocks, wordTableSizes].map { $0.map(String.init) }
        if let twice = (counts + [heads]).lazy.compactMap(ComparisonPlan.repeated).first {
            throw ComparisonError.givenTwice(twice)
        }
        var (configurations, notes): ([ComparisonConfiguration], [String]) = ([], [])
        for head in heads {
            let form = try HeadForm.specified(head)
            for count in blocks {
                if count == 0 && form == nil {
                    notes.append("0 blocks, \(head): left out, since the first token is the same in every text")
                    continue
                }
                let kept = fromLast ? Array(layerCount - count..<layerCount) : Array(0..<count)
                let configuration = ComparisonConfiguration(
                    blocks: kept, head: form?.specification ?? "pooler")
                guard !configurations.contains(configuration) else { throw ComparisonError.givenTwice(head) }
                configurations.append(configuration)
            }
        }
        for head in heads {
            guard let form = try HeadForm.specified(head) else { continue }
            configurations += wordTableSizes.map {
                ComparisonConfiguration(blocks: [], head: form.specification, wordTableSize: $0)
            }
        }
        if !wordTableSizes.isEmpty, !configurations.contains(where: { $0.wordTableSize != nil }) {
            throw HeadFormError.tableWithoutSequence("pooler")
        }
        guard !configurations.isEmpty else { throw ComparisonError.nothingToCompare }
        (self.configurations, self.seeds, self.notes) = (configurations, seeds, notes)
    }

    private static func repeated(_ names: [String]) -> String? {
        names.enumerated().first { names[..<$0].contains($1) }?.element
    }
}

/// A comparison that cannot be made.
public enum ComparisonError: AdzeFailure, Equatable {
    case nothingToCompare
    case blockCount(Int, limit: Int)
    case givenTwice(String)
    case notAComparison(path: String)
    case otherComparison(path: String, differences: [String])
    case damaged(path: String, detail: String)
    case cancelled(done: Int, of: Int)

    /// What is wrong with the request, or with the folder.
    public var kind: FailureKind {
        switch self {
        case .nothingToCompare, .blockCount, .givenTwice, .cancelled: .usage
        case .notAComparison, .otherComparison: .outputExists
        case .damaged: .badData
        }
    }

    /// One line: what was expected and found, what to do.
    public var description: String {
        switch self {
        case .nothingToCompare: "there is nothing to compare; name numbers of blocks, heads, and one seed at least"
        case .blockCount(let count, let limit): "--blocks \(count): the model has \(limit); expected 0 to \(limit)"
        case .givenTwice(let name): "\(quoted(name)) is given twice; each number of blocks and each head once"
        case .notAComparison(let path):
            "\(path): the folder holds other files and no comparison; choose an empty or a new one"
        case .otherComparison(let path, let differences):
            "\(path): the folder holds a comparison of another \(differences.joined(separator: " and "));"
                + " choose another folder for this one"
        case .damaged(let path, let detail):
            "\(path): \(detail); remove the file, and its run is made again"
        case .cancelled(let done, let count):
            "stopped with \(done) of \(count) runs done; the same command goes on from there"
        }
    }
}
