// Ranges of the channels of a model's normalised hidden states over some texts, from which smoothing is calibrated. Not
// here: the smoothing factors, and the choice of texts.

internal import AdzeKernels
public import AdzeThreads
internal import Synchronization

/// The greatest magnitude of each channel, at the two places of a block where a layer normalisation feeds dense layers.
///
/// There a few channels are tens of times larger than the rest and would take most of an 8-bit range for themselves.
public struct ActivationRanges: Sendable, Equatable {
    /// For each stored block, H values over all layers that run it: the input of query, key and value.
    public private(set) var attentionInputs: [[Float]]
    /// For each stored block, H values: the input of the feed-forward.
    public private(set) var feedForwardInputs: [[Float]]

    /// Nothing seen yet.
    public init(_ config: EncoderShape) {
        let zeros = [Float](repeating: 0, count: config.hiddenSize)
        attentionInputs = [[Float]](repeating: zeros, count: config.blockCount)
        feedForwardInputs = attentionInputs
    }

    mutating func sawAttentionInput(_ block: Int, _ values: MatrixView) { widen(&attentionInputs[block], values) }
    mutating func sawFeedForwardInput(_ block: Int, _ values: MatrixView) { widen(&feedForwardInputs[block], values) }

    /// Takes what another part of the texts showed.
    public mutating func merge(_ other: ActivationRanges) {
        func wider(_ a: [[Float]], _ b: [[Float]]) -> [[Float]] { zip(a, b).map { zip($0, $1).map { max($0, $1) } } }
        attentionInputs = wider(attentionInputs, other.attentionInputs)
        feedForwardInputs = wider(feedForwardInputs, other.feedForwardInputs)
    }

    private func widen(_ ranges: inout [Float], _ values: MatrixView) {
        for row in 0..<values.rows {
            let line = unsafe values.base + row * values.stride
            for column in ranges.indices { ranges[column] = unsafe max(ranges[column], line[column].magnitude) }
        }
    }
}

extension EncoderModel {
    /// Runs a batch and says how far the channels reached in it.
    ///
    /// - Complexity: as `run` with every token of every block.
    public func activationRanges(
        _ batch: PackedBatch, pool: WorkerPool, workspace: Workspace
    ) -> ActivationRanges {
        // The greatest of all does not depend on the order in which blocks of rows come.
        let ranges = Mutex(ActivationRanges(config))
        guard batch.tokenCount > 0 else { return ranges.withLock { $0 } }
        workspace.reserve(tokens: batch.tokenCount, model: self, workers: pool.threadCount)
        var pass = ForwardPass(model: self, batch: batch, pool: pool, workspace: workspace)
        pass.start(nil)
        func stored(_ layer: Int) -> Int { config.block(ofLayer: layer) }
        if !blocks.isEmpty { ranges.withLock { $0.sawAttentionInput(stored(0), pass.hidden) } }
        for index in blocks.indices {
            let (block, next) = (stored(index), index + 1 < blocks.count ? stored(index + 1) : nil)
            pass.onAttended = { attended in ranges.withLock { $0.sawFeedForwardInput(block, attended) } }
            pass.onProjected = { input in if let next { ranges.withLock { $0.sawAttentionInput(next, input) } } }
            pass.run(index, selection: nil, next: pass.projection(before: index + 1, nil), keepingAttentions: false)
        }
        return ranges.withLock { $0 }
    }
}
