// Which stored block a layer runs: its own, or one that several layers share, as ALBERT's do. Not here: what a block
// computes.
//
// Source: Lan et al. (2020), ALBERT, arXiv 1909.11942, section 3.1.

internal import AdzeBytes

extension EncoderShape {
    /// The blocks that are stored: parameters, codes and ranges have one of each.
    public var blockCount: Int { sharedBlocks.map { ($0.max() ?? -1) + 1 } ?? layerCount }

    /// The stored block that a layer runs.
    package func block(ofLayer layer: Int) -> Int { sharedBlocks?[layer] ?? layer }

    /// The stored blocks that the layers from one on run.
    package func blocks(fromLayer first: Int) -> Range<Int> {
        first < layerCount ? block(ofLayer: first)..<blockCount : blockCount..<blockCount
    }

    /// The layers in front of the first that runs another stored block than the first `count`.
    package func layers(ofFirstBlocks count: Int) -> Int {
        sharedBlocks.map { $0.firstIndex { $0 >= count } ?? layerCount } ?? count
    }

    /// The stored blocks that some layers run, each once, in the order of the layers; each layer's own where none is shared.
    func storedBlocks(ofLayers layers: [Int]) -> [Int] {
        guard sharedBlocks != nil else { return layers }
        var stored: [Int] = []
        for layer in layers where !stored.contains(block(ofLayer: layer)) { stored.append(block(ofLayer: layer)) }
        return stored
    }
}

extension EncoderShape {
    /// Throws `CheckpointError.unsharableLayers` where no config.json of the family says which layers share a block as this
    /// shape, cut from `whole`, has it.
    func checkSharing(of whole: EncoderShape) throws(CheckpointError) {
        guard let sharedBlocks, (try? EncoderShape(json: .object(json)))?.sharedBlocks != sharedBlocks else { return }
        throw .unsharableLayers(sharedBlocks, layers: whole.layerCount, blocks: whole.blockCount)
    }

    /// Throws `CheckpointError.sharedHeads` where a head that goes would go from several layers.
    package func checkHeadsMayGo() throws(CheckpointError) {
        if sharedBlocks != nil { throw .sharedHeads(layers: layerCount, blocks: blockCount) }
    }
}
