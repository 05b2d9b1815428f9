// int8 gives the same bits over random batches, threads, instruction sets and layers kept in fp32; the definition, the
// loaded model and the one that is put together of two are one model.

import AdzeKernels
import AdzeModels
import AdzeReference
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

@testable import Adze

@Suite struct SameBitsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let seed: UInt64
        var testDescription: String { "\(name), seed \(seed)" }
    }

    static let cases =
        ["seqcls-gelu", "seqcls-odd", "bertmodel-pooler", "pretraining", "questions"].flatMap { name in
            (1...3).map { Case(name: name, seed: $0) }
        }
        + [
            "distilbert/sequence", "electra/sequence", "electra/masked", "mpnet/base", "mpnet/sequence", "mpnet/masked",
            "roberta/sequence", "roberta/token", "roberta/masked", "xlm-roberta/base", "camembert/token",
            "modernbert/base", "modernbert/sequence", "modernbert/token", "modernbert/questions", "modernbert/masked",
            "deberta-v2/base", "deberta-v2/sequence", "deberta-v2/token", "deberta-v2/questions", "deberta-v2/masked",
            "albert/base", "albert/sequence", "albert/token", "albert/pretraining",
        ].map { Case(name: "../families/" + $0, seed: 4) }
        + (FamilyFixtures.means + FamilyFixtures.prompts + ["rotary/mean"]).map { Case(name: "../" + $0, seed: 7) }
        + FamilyFixtures.pruned.flatMap { folder in (5...6).map { Case(name: "../" + folder, seed: $0) } }

    func bits(_ outputs: [EncoderOutput]) -> [[UInt32]] {
        outputs.map { output in
            (output.logits + output.tokenLogits + output.nextSentenceLogits + output.vocabularyLogits
                + output.firstToken).map(\.bitPattern)
        }
    }

    @Test(arguments: cases) func whateverRunsIt(_ sample: Case) throws {
        var generator = SeededGenerator(seed: sample.seed)
        let bundle = try ModelBundle(path: fixture(sample.name))
        let (checkpoint, config) = (bundle.checkpoint, bundle.checkpoint.config)
        let plain = try Engine(checkpoint, exactly: true, pool: WorkerPool(threadCount: 2))
        let measured = try plain.plan(checkpoint, .builtIn, tokenizer: bundle.tokenizer)
        let groups = LayerGroup.all(config, head: checkpoint.head)
        let kept = Set(groups.filter { _ in Int.random(in: 0..<3, using: &generator) == 0 })
        let store = PlannedQuantizedStore(checkpoint, plan: measured.keeping(kept, of: checkpoint))
        let sequences = randomBatch(config, using: &generator)

        let oracle = Int8Oracle(config: config, head: checkpoint.head, store: store, kernels: Kernels(.best))
        let expected = bits(try oracle.run(PackedBatch(sequences, config: config)))
        #expect(expected.allSatisfy { !$0.isEmpty })
        for set in InstructionSet.available {
            let threads = Int.random(in: 1...5, using: &generator)
            let pool = WorkerPool(threadCount: threads)
            let model = try EncoderModel(checkpoint, quantized: store, kernels: Kernels(set), pool: pool)
            func run(_ sequences: [TokenSequence]) throws -> [[UInt32]] {
                bits(
                    try model.run(
                        PackedBatch(sequences, config: config), outputs: checkpoint.head.outputs, pool: pool,
                        workspace: Workspace()))
            }
            #expect(try run(sequences) == expected, "\(set), \(threads) threads, in fp32: \(kept)")
            let order = sequences.indices.shuffled(using: &generator)
            #expect(try run(order.map { sequences[$0] }) == order.map { expected[$0] }, "\(set), in another order")
            let one = Int.random(in: sequences.indices, using: &generator)
            #expect(try run([sequences[one]]) == [expected[one]], "\(set), alone")
        }
    }

    /// The gate's trials run what a file with the same layers in fp32 will.
    @Test(arguments: cases) func aModelPutTogetherIsTheOneLoaded(_ sample: Case) throws {
        var generator = SeededGenerator(seed: sample.seed)
        let bundle = try ModelBundle(path: fixture(sample.name))
        let checkpoint = bundle.checkpoint
        let plain = try Engine(checkpoint, exactly: true, pool: WorkerPool(threadCount: 2))
        let measured = try plain.plan(checkpoint, .builtIn, tokenizer: bundle.tokenizer)
        let int8 = PlannedQuantizedStore(checkpoint, plan: measured)
        let sequences = randomBatch(checkpoint.config, using: &generator)
        // A decoder that is tied to the word embeddings is none of the gate's, which scores classifiers.
        let groups = LayerGroup.all(checkpoint.config, head: checkpoint.head).filter {
            $0 != .wordEmbeddings || checkpoint.head.decoder == nil
        }
        let full = try Engine(checkpoint, quantized: int8, pool: WorkerPool(threadCount: 2)).model
        for count in [0, 1, groups.count / 2, groups.count] {
            let kept = groups.shuffled(using: &generator).prefix(count)
            let loaded = try Engine(
                checkpoint, quantized: PlannedQuantizedStore(checkpoint, plan: measured.keeping(kept, of: checkpoint)),
                pool: WorkerPool(threadCount: 2))
            let mixed = Engine(EncoderModel(full, taking: Set(kept), from: plain.model), pool: plain.pool)
            let outputs = checkpoint.head.outputs
            #expect(
                try bits(mixed.run(sequences, outputs: outputs)) == bits(loaded.run(sequences, outputs: outputs)),
                "\(kept)")
        }
    }

    /// With everything that int8 has in fp32 again, int8 is exact fp32: why the gate always ends.
    @Test func everythingInFP32IsFP32() throws {
        let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
        let checkpoint = bundle.checkpoint
        let plain = try Engine(checkpoint, exactly: true, pool: WorkerPool(threadCount: 2))
        let groups = LayerGroup.all(checkpoint.config, head: checkpoint.head)
        let plan = QuantizationPlan().keeping(groups, of: checkpoint)
        #expect(plan.kept == checkpoint.int8Names)
        let engine = try Engine(
            checkpoint, quantized: PlannedQuantizedStore(checkpoint, plan: plan), pool: WorkerPool(threadCount: 2))
        var generator = SeededGenerator(seed: 9)
        let sequences = randomBatch(checkpoint.config, using: &generator)
        #expect(
            try bits(engine.run(sequences, outputs: .logits)) == bits(plain.run(sequences, outputs: .logits)))
    }
}
