// Layers that share blocks: what is stored once, which of them may be cut off, and what of them may not.

import AdzeBytes
import AdzeKernels
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

@testable import AdzeModels

@Suite struct SharedBlockTests {
    /// Five layers that run the blocks 0, 0, 0, 1, 1.
    private func uneven() throws -> Golden { try Golden(folder: "families/albert/sequence") }

    @Test func eachBlockIsStoredOnce() throws {
        let checkpoint = try uneven().checkpoint
        #expect(checkpoint.config.sharedBlocks == [0, 0, 0, 1, 1] && checkpoint.config.blockCount == 2)
        #expect(Set(checkpoint.parameters.compactMap(\.part.block)) == [0, 1])
        #expect(Set(checkpoint.parameters.map(\.name)).count == checkpoint.parameters.count)
        let ranges = ActivationRanges(checkpoint.config)
        #expect(ranges.attentionInputs.count == 2 && ranges.feedForwardInputs.count == 2)
    }

    @Test func layersAndTheBlocksUnderThem() throws {
        let shape = try uneven().checkpoint.config
        #expect((0...5).map { shape.blocks(fromLayer: $0) } == [0..<2, 0..<2, 0..<2, 1..<2, 1..<2, 2..<2])
        #expect((0...2).map { shape.layers(ofFirstBlocks: $0) } == [0, 3, 5])
        let plain = try Golden(folder: "families/electra/sequence").checkpoint.config
        #expect(plain.blocks(fromLayer: 1) == 1..<2 && plain.layers(ofFirstBlocks: 1) == 1 && plain.blockCount == 2)
    }

    @Test(arguments: [
        ([0, 1, 2], [0, 0, 0]), ([3, 4], [0, 0]), ([0, 3], [0, 1]), ([1, 2, 3, 4], [0, 0, 1, 1]), ([4, 0], [0, 1]),
        ([0, 1, 2, 3, 4], [0, 0, 0, 1, 1]),
    ]) func whatIsKeptSharesAsBefore(kept: [Int], blocks: [Int]) throws {
        let golden = try uneven()
        let cut = try golden.checkpoint.keeping(blocks: kept)
        #expect(cut.config.sharedBlocks == blocks && cut.config.layerCount == kept.count)
        let config = try EncoderShape(json: .object(cut.config.json))
        #expect(config == cut.config)
        // A model whose layers are cut in memory gives the same bits.
        let (kernels, pool) = (Kernels(.scalar), WorkerPool(threadCount: 1))
        let whole = try EncoderModel(golden.checkpoint, kernels: kernels, pool: pool)
        let batch = try PackedBatch(golden.sequences, config: cut.config)
        let found = try [EncoderModel(cut, kernels: kernels, pool: pool), EncoderModel(whole, keeping: kept)].map {
            try $0.run(batch, outputs: [.logits], pool: pool, workspace: Workspace()).map(\.logits)
        }
        #expect(found[0] == found[1] && !found[0].isEmpty)
    }

    @Test(arguments: [[0, 1, 2, 3], [0, 3, 4], [0, 3, 0], [3, 0, 4]])
    func whatNoConfigurationSaysIsRefused(kept: [Int]) throws {
        let checkpoint = try uneven().checkpoint
        let error = #expect(throws: CheckpointError.self) { try checkpoint.keeping(blocks: kept) }
        #expect(error?.description.contains("5 layers share 2 blocks") == true)
    }

    /// Of layers that all share one block, any N are the first N.
    @Test func ofOneBlockAnyLayersAreTheFirst() throws {
        let checkpoint = try Golden(folder: "families/albert/base").checkpoint
        let (first, others) = (try checkpoint.keeping(blocks: [0, 1]), try checkpoint.keeping(blocks: [2, 0]))
        #expect(first.config == others.config && first.config.sharedBlocks == [0, 0])
        let name = first.parameters[first.parameters.count - 5].name
        #expect(try first.store.load(name) == others.store.load(name))
        #expect(try checkpoint.keepingAny(blocks: []).config.blockCount == 0)
    }

    @Test func headsOfSharedBlocksStay() throws {
        let checkpoint = try uneven().checkpoint
        let error = #expect(throws: CheckpointError.self) {
            try checkpoint.dropping(heads: [AttentionHead(block: 0, number: 1)])
        }
        #expect(error == .sharedHeads(layers: 5, blocks: 2))
        #expect(try checkpoint.dropping(heads: []).config == checkpoint.config)
    }
}
