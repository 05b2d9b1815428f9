// The attention heads of each block, some of which may have been dropped: by their numbers in the whole model, as
// transformers' `pruned_heads` has them. Not here: which are dropped, and the matrices without them.

public import AdzeBytes
internal import AdzeKernels

/// An attention head, by its block and its number in the whole model.
public struct AttentionHead: Sendable, Hashable, Comparable {
    /// The block, from 0.
    public var block: Int
    /// The head's number among the A of the whole model, from 0.
    public var number: Int

    /// Head `number` of a block.
    public init(block: Int, number: Int) { (self.block, self.number) = (block, number) }

    /// Block by block, and within a block by number.
    public static func < (a: AttentionHead, b: AttentionHead) -> Bool { (a.block, a.number) < (b.block, b.number) }
}

/// The heads that a model has lost.
public struct PrunedHeads: Sendable, Equatable {
    /// The numbers of a block's lost heads, ascending; no block has an empty list.
    private var numbers: [Int: [Int]] = [:]

    /// None.
    public init() {}

    /// Some heads, each once however often it is given.
    public init(_ heads: some Sequence<AttentionHead>) {
        for head in Set(heads).sorted() { numbers[head.block, default: []].append(head.number) }
    }

    /// Whether no head is lost.
    public var isEmpty: Bool { numbers.isEmpty }
    /// How many are lost.
    public var count: Int { numbers.values.reduce(0) { $0 + $1.count } }
    /// The blocks that have lost some, ascending.
    public var blocks: [Int] { numbers.keys.sorted() }
    /// The numbers of a block's lost heads, ascending.
    public func numbers(ofBlock block: Int) -> [Int] { numbers[block] ?? [] }

    /// Those of some blocks, which are numbered anew in the order given.
    func keeping(blocks: [Int]) -> PrunedHeads {
        var kept = PrunedHeads()
        for (index, block) in blocks.enumerated() { kept.numbers[index] = numbers[block] }
        return kept
    }

    /// With more of them.
    func union(_ heads: some Sequence<AttentionHead>) -> PrunedHeads {
        PrunedHeads(all + heads)
    }

    private var all: [AttentionHead] {
        blocks.flatMap { block in numbers(ofBlock: block).map { AttentionHead(block: block, number: $0) } }
    }

    /// As transformers' `pruned_heads` has them: the block's number as a string, and a list of heads.
    public var json: JSONObject {
        var object = JSONObject()
        for block in blocks { object["\(block)"] = .array(numbers(ofBlock: block).map { .integer($0) }) }
        return object
    }
}

extension PrunedHeads: CustomStringConvertible {
    /// Block by block, such as "block 0: 1, 3; block 2: 0".
    public var description: String {
        blocks.map { "block \($0): " + numbers(ofBlock: $0).map { "\($0)" }.joined(separator: ", ") }
            .joined(separator: "; ")
    }
}

/// The A' heads that a block has.
public struct BlockHeads: Sendable, Equatable {
    /// D, the size of each, which is H / A of the whole model.
    public let size: Int
    /// A, the heads of the whole model.
    public let wholeCount: Int
    /// The numbers of those that are gone, ascending.
    public let pruned: [Int]

    /// A', from 1 to A.
    public var count: Int { wholeCount - pruned.count }
    /// A' · D: the outputs of query, key and value, and the inputs of attention's output layer.
    public var width: Int { count * size }
    /// The width in whole panels: where key and value start beside the query.
    package var paddedWidth: Int { (width + PackedMatrix.panel - 1) / PackedMatrix.panel * PackedMatrix.panel }

    /// The numbers in the whole model of the heads that are left, ascending.
    ///
    /// - Complexity: O(A).
    public var numbers: [Int] {
        guard !pruned.isEmpty else { return Array(0..<wholeCount) }
        let gone = Set(pruned)
        return (0..<wholeCount).filter { !gone.contains($0) }
    }

    /// The columns of the `place`-th head that is left, within the block's width.
    package func columns(_ place: Int) -> Range<Int> { place * size..<(place + 1) * size }
}

extension EncoderShape {
    /// The heads of a block.
    public func heads(ofBlock block: Int) -> BlockHeads {
        BlockHeads(size: headSize, wholeCount: headCount, pruned: prunedHeads.numbers(ofBlock: block))
    }

    /// The heads of all blocks.
    public var totalHeadCount: Int { layerCount * headCount - prunedHeads.count }

    /// Whether there is a model of some of the blocks, in the order given.
    ///
    /// Where blocks normalise what they read, the first reads what is normalised already and has no normalisation of its
    /// own: no other can take its place, nor can it stand elsewhere.
    package func canKeep(blocks: [Int]) -> Bool {
        !normsFirst || blocks.first == 0 && !blocks.dropFirst().contains(0)
    }

    /// The shape of a model with only some of the blocks, in the order given; their heads go with them.
    package func keeping(blocks: [Int]) -> EncoderShape {
        var shape = self
        shape.layerCount = blocks.count
        shape.prunedHeads = prunedHeads.keeping(blocks: blocks)
        shape.rotary = rotary?.keeping(blocks: blocks)
        if sharedBlocks != nil {
            let stored = storedBlocks(ofLayers: blocks)
            shape.sharedBlocks = blocks.map { layer in stored.firstIndex(of: block(ofLayer: layer)) ?? 0 }
        }
        return shape
    }
}
