// How many texts one pass forward and backward takes: those whose activations fit into memory that does not grow with the
// set. Not here: the passes.

internal import AdzeModels

/// Runs of items that a pass of gradients takes together.
struct GradientBatches {
    private let tokenBudget: Int

    /// Enough rows for products to be fast.
    private static let batchTokens = 2048
    /// What the blocks may keep of a batch; more only for a single sequence.
    private static let batchBytes = 512 << 20

    /// Of a model of a shape.
    init(_ shape: EncoderShape) {
        let kept = 4 * shape.layerCount * (shape.projectedStride + 3 * shape.hiddenSize + shape.intermediateStride)
        tokenBudget = min(GradientBatches.batchTokens, max(1, GradientBatches.batchBytes / max(1, kept)))
    }

    /// Runs of items of so many tokens that together have no more than a batch may; a longer item is one by itself.
    func groups(_ counts: [Int]) -> [Range<Int>] {
        var (groups, start, tokens): ([Range<Int>], Int, Int) = ([], 0, 0)
        for (index, count) in counts.enumerated() {
            if index > start, tokens + count > tokenBudget {
                groups.append(start..<index)
                (start, tokens) = (index, 0)
            }
            tokens += count
        }
        if start < counts.count { groups.append(start..<counts.count) }
        return groups
    }
}
