// Models that have lost attention heads beside transformers 4 (Tools/reference/make_pruned_head_golden.py), the law of
// dropping more of them, and what a config.json may not say of it.

import AdzeBytes
import AdzeKernels
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

@testable import AdzeModels

@Suite struct PrunedHeadTests {
    private static let wholes = [
        "models/seqcls-gelu", "models/bertmodel-pooler", "models/questions", "families/distilbert/token",
        "families/electra/sequence", "families/mpnet/token", "families/mpnet/base",
        "families/roberta/token", "families/deberta-v2/base", "families/deberta-v2/sequence",
    ]

    private func heads(_ places: (Int, Int)...) -> [AttentionHead] {
        places.map { AttentionHead(block: $0.0, number: $0.1) }
    }

    @Test(arguments: FamilyFixtures.pruned) func everyOutputIsThatOfTransformers(folder: String) throws {
        let golden = try Golden(folder: folder)
        let config = golden.checkpoint.config
        #expect(config.prunedHeads == PrunedHeads(heads((0, 1), (0, 4), (2, 0), (2, 1), (2, 2), (2, 4))))
        #expect((0..<3).map { config.heads(ofBlock: $0).numbers } == [[0, 2, 3], [0, 1, 2, 3, 4], [3]])
        // Of a matrix that query, key and value have in common, and of blocks that layers share, transformers prunes no heads.
        let families = Families.all.count { !$0.classes.isEmpty && $0.names.joined.isEmpty && $0 != Albert.self }
        #expect(config.totalHeadCount == 9 && FamilyFixtures.pruned.count == families)
        for set in InstructionSet.available {
            let found = try golden.checkpoint.run(golden.sequences, [.logits, .sequence, .attentions], set: set)
            let few = try golden.checkpoint.run(golden.sequences, .logits, threads: 1, set: set)
            #expect(few.map(\.logits) == found.map(\.logits), "\(set): what nobody reads is left out")
            var outputs = ["logits": found.flatMap(\.logits), "last_hidden_state": found.flatMap(\.sequence)]
            for (index, output) in found.enumerated() {
                outputs["attentions.\(index)"] = output.attentions.flatMap { $0 }
            }
            for (name, values) in outputs {
                let expected = try #require(golden.expected[name])
                #expect(largestDifference(values, expected) <= 1e-4, "\(set), \(name)")
            }
        }
    }

    @Test(arguments: FamilyFixtures.pruned) func configurationAndNamesGoThereAndBack(folder: String) throws {
        let golden = try Golden(folder: folder)
        let config = try parseJSON(Fixtures.bytes(folder + "/config.json"))
        let members = golden.checkpoint.configMembers
        #expect(members["pruned_heads"] == config["pruned_heads"])
        #expect(try EncoderShape(json: .object(members)) == golden.checkpoint.config)
        let shapes = golden.checkpoint.store.tensorsByName
        let source = try SafetensorsFile(file: InputFile(path: Fixtures.path(folder + "/model.safetensors")))
        #expect(
            Dictionary(golden.checkpoint.transformersTensors.map { ($0.name, shapes[$0.source]?.shape) }) { $1 }
                == Dictionary(source.tensors.map { ($0.name, $0.shape) }) { $1 })
    }

    // MARK: Dropping

    /// The columns of attention's output layer that heads write to, at zero.
    private func zeroed(_ checkpoint: ModelCheckpoint, _ heads: [AttentionHead]) throws -> ModelCheckpoint {
        var store = MemoryTensorStore()
        for info in checkpoint.store.tensors {
            var values = try checkpoint.store.load(info.name).floats()
            for head in heads where info.name == ParameterPaths.block(head.block).attentionOutput + ".weight" {
                let shape = checkpoint.config.heads(ofBlock: head.block)
                let place = try #require(shape.numbers.firstIndex(of: head.number))
                for row in 0..<info.shape[0] {
                    for column in shape.columns(place) { values[row * info.shape[1] + column] = 0 }
                }
            }
            store.add(info.name, Tensor(shape: info.shape, floats: values))
        }
        return ModelCheckpoint(config: checkpoint.config, head: checkpoint.head, store: store)
    }

    @Test(arguments: wholes) func droppedHeadsAreHeadsWhoseContextIsZero(folder: String) throws {
        let golden = try Golden(folder: folder)
        let (checkpoint, count) = (golden.checkpoint, golden.checkpoint.config.headCount)
        // Of each block all but one, and of the last the first alone.
        let last = checkpoint.config.layerCount - 1
        let heads =
            (0..<last).flatMap { block in
                (0..<count).filter { $0 != block % count }.map { AttentionHead(block: block, number: $0) }
            } + [AttentionHead(block: last, number: 0)]
        let pruned = try checkpoint.dropping(heads: heads)
        let outputs = checkpoint.head.outputs.union(.sequence)
        let found = try pruned.run(golden.sequences, outputs)
        let expected = try zeroed(checkpoint, heads).run(golden.sequences, outputs)
        for (a, b) in zip(found, expected) {
            #expect(largestDifference(a.sequence, b.sequence) <= 1e-4)
            #expect(largestDifference(a.logits + a.tokenLogits, b.logits + b.tokenLogits) <= 1e-4)
        }
        let lost = heads.count * checkpoint.config.headSize
        #expect(
            checkpoint.config.parameterCount(head: checkpoint.head) - pruned.config.parameterCount(head: pruned.head)
                == lost * (4 * checkpoint.config.hiddenSize + 3))
        for parameter in pruned.parameters { #expect(try pruned.store.load(parameter.name).shape == parameter.shape) }
    }

    @Test(arguments: FamilyFixtures.pruned) func moreHeadsKeepTheirNumbers(folder: String) throws {
        let golden = try Golden(folder: folder)
        let more = heads((0, 3), (1, 2))
        let pruned = try golden.checkpoint.dropping(heads: more)
        #expect(pruned.config.prunedHeads.numbers(ofBlock: 0) == [1, 3, 4])
        let outputs = golden.checkpoint.head.outputs
        let found = try pruned.run(golden.sequences, outputs)
        let expected = try zeroed(golden.checkpoint, more).run(golden.sequences, outputs)
        #expect(largestDifference(found.flatMap(\.logits), expected.flatMap(\.logits)) <= 1e-4)
        let oneByOne = try golden.checkpoint.dropping(heads: [more[1]]).dropping(heads: [more[0]])
        #expect(try oneByOne.run(golden.sequences, outputs) == found)
    }

    @Test func blocksTakeTheirHeadsWithThem() throws {
        let golden = try Golden(folder: "pruned-heads/bert")
        let kept = try golden.checkpoint.keeping(blocks: [2, 1, 2])
        #expect(kept.config.prunedHeads == PrunedHeads([0, 2].flatMap { heads(($0, 0), ($0, 1), ($0, 2), ($0, 4)) }))
        let model = try EncoderModel(golden.checkpoint, kernels: Kernels(.best), pool: .init(threadCount: 1))
        let some = EncoderModel(model, keeping: [2, 1, 2])
        #expect(some.config == kept.config)
        let found = try some.run(
            PackedBatch(golden.sequences, config: some.config), outputs: .logits, pool: .init(threadCount: 2),
            workspace: Workspace())
        #expect(try found == kept.run(golden.sequences, .logits))
    }

    @Test func noHeadsChangeNothing() throws {
        let golden = try Golden(folder: "models/seqcls-gelu")
        let same = try golden.checkpoint.dropping(heads: [])
        #expect(same.config == golden.checkpoint.config)
        #expect(try same.run(golden.sequences, .logits) == golden.checkpoint.run(golden.sequences, .logits))
        #expect(same.configMembers["pruned_heads"] == nil)
    }

    @Test func headsThatCannotGo() throws {
        let checkpoint = try Golden(folder: "pruned-heads/bert").checkpoint
        #expect(throws: CheckpointError.blockOutOfRange(3, count: 3)) {
            try checkpoint.dropping(heads: heads((3, 0)))
        }
        for gone in [5, -1, 1] {
            #expect(throws: CheckpointError.noSuchHead(AttentionHead(block: 0, number: gone), heads: 5)) {
                try checkpoint.dropping(heads: heads((0, gone)))
            }
        }
        #expect(throws: CheckpointError.lastHead(block: 2)) { try checkpoint.dropping(heads: heads((2, 3))) }
    }

    @Test func everyByteIsCountedOnce() throws {
        let checkpoint = try Golden(folder: "pruned-heads/electra").checkpoint
        let parts = Dictionary(grouping: checkpoint.parameters, by: \.component).mapValues {
            $0.reduce(0) { $0 + $1.shape.count }
        }
        let (hidden, inner) = (20, 24)
        let attention = [3, 5, 1].reduce(0) { $0 + 4 * hidden * 4 * $1 + 3 * 4 * $1 + hidden + 2 * hidden }
        #expect(parts[.attention] == attention)
        #expect(parts[.feedForward] == 3 * (2 * hidden * inner + inner + hidden + 2 * hidden))
        #expect(parts[.head] == hidden * hidden + hidden + 3 * hidden + 3 && parts[.pooler] == nil)
        #expect(parts.values.reduce(0, +) == checkpoint.config.parameterCount(head: checkpoint.head))
    }

    // MARK: config.json

    /// The error of a fixture whose configuration says this of its heads; nil takes the key out.
    private func refusal(_ folder: String, _ text: String?) throws -> String {
        var object = try #require(try parseJSON(Fixtures.bytes(folder + "/config.json")).object)
        object["pruned_heads"] = try text.map { try parseJSON(Array($0.utf8)) }
        let store = try SafetensorsFile(file: InputFile(path: Fixtures.path(folder + "/model.safetensors")))
        do {
            _ = try ModelCheckpoint(store: store, configJSON: .object(object))
            return ""
        } catch { return "\(error)" }
    }

    private static let lies = [
        ("[1, 2]", "an object of lists"), ("\"0\"", "an object of lists"), ("true", "an object of lists"),
        ("{\"x\": [1]}", "the number of a block"), ("{\"00\": [1]}", "the number of a block"),
        ("{\"\": [1]}", "the number of a block"), ("{\"-1\": [1]}", "a block from 0 to 2"),
        ("{\"3\": [1]}", "a block from 0 to 2"), ("{\"99999999999999999999\": [1]}", "the number of a block"),
        ("{\"0\": 1}", "a list of heads, found"), ("{\"0\": null}", "a list of heads"),
        ("{\"0\": {\"1\": 1}}", "a list of heads"), ("{\"0\": [1, 5]}", "found 5"), ("{\"0\": [-1]}", "found -1"),
        ("{\"0\": [\"1\"]}", "heads from 0 to 4"), ("{\"0\": [1.5]}", "heads from 0 to 4"),
        ("{\"0\": [null]}", "heads from 0 to 4"), ("{\"1\": [4, 3, 2, 1, 0]}", "a head that is left"),
    ]

    @Test(arguments: FamilyFixtures.pruned) func listsThatLie(folder: String) throws {
        for (value, words) in PrunedHeadTests.lies {
            let said = try refusal(folder, value)
            #expect(said.contains("pruned_heads") && said.contains(words) && !said.contains("\n"), "\(value): \(said)")
        }
        // What is in the list decides the shapes.
        for value in [nil, "null", "{}", "{\"0\": [], \"2\": []}", "{\"0\": [1]}"] {
            let said = try refusal(folder, value)
            #expect(said.contains("expected shape") && said.contains("pruned_heads in config.json"), "\(said)")
        }
        let disorder = "{\"2\": [0, 2, 1, 4, 4, 0], \"0\": [4, 1], \"1\": []}"
        #expect(try refusal(folder, disorder) == "", "in any order, and twice")
    }

    @Test func aWholeModelMaySayThatNothingIsPruned() throws {
        for value in [nil, "null", "{}", "{\"0\": []}"] { #expect(try refusal("models/seqcls-gelu", value) == "") }
    }
}
