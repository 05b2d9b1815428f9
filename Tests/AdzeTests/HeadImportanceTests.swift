// The importance of attention heads beside PyTorch's gradients, the choice of those that go, and what is left: a model that
// answers as the whole one with these heads silent, in every form that it is kept in.

import AdzeData
import AdzeKernels
import AdzeModels
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Foundation
import Testing

@testable import Adze

@Suite struct HeadImportanceTests {
    private func labelled(_ bundle: ModelBundle, count: Int = 40) throws -> [Example] {
        sentences(count).enumerated().map { Example($1, target: .label($0 % 2)) }
    }

    /// The texts that the fixtures' golden data begins with.
    private static let texts = ["", "The oak beam was cut."]

    @Test(arguments: FamilyFixtures.pruned) func itIsTheMeanMagnitudeOfTheGradientsOverTheBlocksNorm(
        folder: String
    ) throws {
        let bundle = try ModelBundle(path: Fixtures.path(folder))
        let golden = try tensors(Fixtures.path(folder + "/gates.safetensors")).load("gates")
        let (count, values) = (golden.shape[1], golden.floats())
        #expect(count == 9)
        let examples = Self.texts.enumerated().map { Example($1, target: .label((7 * $0 + 1) % 3)) }
        let found = try bundle.headImportance(examples: examples, threads: 2)
        #expect(found.exampleCount == 2 && found.entries.count == count)
        for (index, entry) in found.entries.enumerated() {
            let mean = Double(abs(values[index]) + abs(values[count + index])) / 2
            #expect(abs(entry.gradient - mean) < 1e-4 * max(1, mean), "\(entry.head)")
        }
        for block in 0..<3 {
            let own = found.entries.filter { $0.head.block == block }
            #expect(own.map(\.head.number) == bundle.checkpoint.config.heads(ofBlock: block).numbers)
            #expect(abs(own.reduce(0) { $0 + $1.importance * $1.importance } - 1) < 1e-9)
            let norm = own.reduce(0) { $0 + $1.gradient * $1.gradient }.squareRoot()
            for entry in own { #expect(abs(entry.importance - entry.gradient / norm) < 1e-12) }
        }
    }

    @Test func threadsAreNotInIt() throws {
        let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
        let examples = try labelled(bundle)
        let found = try bundle.headImportance(examples: examples, threads: 1)
        for threads in [2, 3] { #expect(try bundle.headImportance(examples: examples, threads: threads) == found) }
    }

    @Test func everyKindOfClassifierHasOne() throws {
        let several = try ModelBundle(path: fixture("seqcls-relu-multilabel"))
        let texts = sentences(8).enumerated().map { Example($1, target: .labels([$0 % 4])) }
        #expect(try several.headImportance(examples: texts).entries.allSatisfy { $0.gradient > 0 })
        let number = try ModelBundle(path: fixture("seqcls-regression"))
        let rows = sentences(8).enumerated().map { Example($1, target: .number(Double($0) / 10)) }
        #expect(try number.headImportance(examples: rows).entries.allSatisfy { $0.gradient > 0 })
    }

    // MARK: The choice

    private func importance(_ values: [[Double]]) -> HeadImportance {
        var shape = EncoderShape.wellKnown("bert-base-uncased")?.shape
        let count = values.map(\.count).max() ?? 1
        shape?.layerCount = values.count
        shape?.headCount = count
        shape?.hiddenSize = 12 * count
        guard let shape else { fatalError("a well-known shape") }
        return HeadImportance(values, exampleCount: 1, shape: shape)
    }

    @Test func theLeastGoFirstAndTheLastOfABlockStays() throws {
        let found = importance([[3, 4], [0.6, 0.8], [0, 1]])
        func numbers(_ count: Int) throws -> [[Int]] { try found.least(count).map { [$0.block, $0.number] } }
        // Of the equals 0.6 of two blocks, the later one.
        #expect(try numbers(0) == [] && numbers(1) == [[2, 0]] && numbers(2) == [[2, 0], [1, 0]])
        #expect(try numbers(3) == [[2, 0], [1, 0], [0, 0]])
        for count in [4, 100, -1] {
            #expect(throws: CheckpointError.tooManyHeads(count, heads: 6, blocks: 3)) { try found.least(count) }
        }
    }

    @Test func whatHasNoGradientIsWorthNothing() throws {
        let found = importance([[0, 0, 0], [1, 2, 3]])
        #expect(found.entries.prefix(3).allSatisfy { $0.importance == 0 })
        #expect(try found.least(2) == [AttentionHead(block: 0, number: 2), AttentionHead(block: 0, number: 1)])
        #expect(try found.least(3).last == AttentionHead(block: 1, number: 0), "one of block 0 stays")
    }

    // MARK: What is left

    @Test(arguments: ["seqcls-gelu", "../families/mpnet/sequence", "../families/electra/sequence"])
    func everyFormOfItIsTheSameModel(name: String) throws {
        try withTemporaryFolder { folder in
            let bundle = try ModelBundle(path: fixture(name))
            let heads = [AttentionHead(block: 0, number: 1), AttentionHead(block: 1, number: 0)]
            let pruned = try bundle.dropping(heads: heads)
            _ = try pruned.convert(to: folder + "/a.adze")
            let again = try ModelBundle(path: folder + "/a.adze")
            #expect(again.checkpoint.config == pruned.checkpoint.config)
            #expect(again.checkpoint.config.prunedHeads == PrunedHeads(heads))
            #expect(try bits(again) == bits(pruned) && again.hasInt8 && !pruned.hasInt8)
            let texts = sentences(12).map { TextInput($0) }
            for precision in [Precision.fp32, .int8] {
                let answers = try TextClassifier(pruned, precision: precision).classify(texts).map(\.logits)
                #expect(try TextClassifier(again, precision: precision).classify(texts).map(\.logits) == answers)
            }
            let verified = try again.verify()
            #expect(verified.probeCount > 0)
            let codes = try again.checkpoint.int8Names.reduce(0) { sum, name in
                sum + (try again.checkpoint.store.load(name).shape.count)
            }
            #expect(
                codes
                    < bundle.checkpoint.int8Names.reduce(0) { sum, name in
                        sum + (bundle.checkpoint.store.tensorsByName[name]?.shape.count ?? 0)
                    })
        }
    }

    @Test func silentHeadsAndLostOnesAnswerAlike() throws {
        let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
        let heads = try bundle.headImportance(examples: labelled(bundle)).least(4)
        var store = MemoryTensorStore()
        let size = bundle.checkpoint.config.headSize
        for info in bundle.checkpoint.store.tensors {
            var values = try bundle.checkpoint.store.load(info.name).floats()
            for head in heads where info.name == ParameterPaths.block(head.block).attentionOutput + ".weight" {
                for row in 0..<info.shape[0] {
                    for column in head.number * size..<(head.number + 1) * size {
                        values[row * info.shape[1] + column] = 0
                    }
                }
            }
            store.add(info.name, Tensor(shape: info.shape, floats: values))
        }
        let checkpoint = bundle.checkpoint
        let silent = ModelCheckpoint(config: checkpoint.config, head: checkpoint.head, store: store)
        let texts = sentences(30).map { TextInput($0) }
        let pool = WorkerPool(threadCount: 2)
        let expected = try TextClassifier(bundle, Engine(silent, exactly: true, pool: pool)).classify(texts)
        let pruned = try bundle.dropping(heads: heads)
        let found = try TextClassifier(pruned, Engine(pruned.checkpoint, exactly: true, pool: pool)).classify(texts)
        #expect(largestDifference(found.flatMap(\.logits), expected.flatMap(\.logits)) < 1e-4)
        let whole = try TextClassifier(bundle, precision: .fp32).classify(texts)
        #expect(largestDifference(found.flatMap(\.logits), whole.flatMap(\.logits)) > 1e-2)
    }

    @Test func blocksAreSearchedWithTheirHeads() throws {
        let bundle = try ModelBundle(path: Fixtures.path("pruned-heads/bert"))
        let examples = sentences(20).enumerated().map { Example($1, target: .label($0 % 3)) }
        let report = try bundle.searchBlocks(
            examples: examples, gate: QualityGate(metric: .accuracy, maximumDrop: 100), threads: 2)
        let kept = try bundle.keeping(blocks: report.kept)
        let score = try kept.score(.accuracy, of: examples)
        #expect(report.steps.count == 2 && report.keptScore == score)
        let number = kept.checkpoint.config.heads(ofBlock: 0)
        #expect(number.numbers == bundle.checkpoint.config.heads(ofBlock: report.kept[0]).numbers)
    }

    @Test func arithmeticIsThatOfTheHeadsThatAreThere() throws {
        let bundle = try ModelBundle(path: Fixtures.path("pruned-heads/bert"))
        let (shape, head) = (bundle.checkpoint.config, bundle.checkpoint.head)
        var whole = shape
        whole.prunedHeads = PrunedHeads()
        let (t, h, f) = (10.0, 20.0, 24.0)
        let blocks = 3 * t * 4 * h * h - t * 2 * h * h + 2 * h * h
        let rest = (2 * t + 1) * 2 * h * f + (2 * t + 1) * 2 * t * h
        #expect(EngineBenchmark.multiplyAdds(tokens: 10, whole, head) == blocks + rest)
        // Two of five heads of the first block, four of the last, whose queries are of the first token alone.
        let (two, four) = (8.0, 16.0)
        let less = t * 4 * h * two + 2 * t * t * two + t * 2 * h * four + 2 * h * four + 2 * t * four
        #expect(EngineBenchmark.multiplyAdds(tokens: 10, shape, head) == blocks + rest - less)
    }

    // MARK: Refusals

    @Test func whatCannotBeMeasuredIsRefused() throws {
        let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
        #expect(throws: DataError.noExamples) { try bundle.headImportance(examples: []) }
        for target in [Target.number(1), .labels([0]), .label(2), .label(-1)] {
            #expect(throws: EvaluationError.unfitTarget(place: "")) {
                try bundle.headImportance(examples: [Example("good", target: target)])
            }
        }
        let encoder = try ModelBundle(path: fixture("bertmodel-pooler"))
        #expect(throws: BundleError.self) { try encoder.headImportance(examples: labelled(bundle)) }
        #expect(throws: CheckpointError.tooManyHeads(7, heads: 9, blocks: 3)) { try bundle.checkDropping(headCount: 7) }
        #expect(throws: Never.self) { try bundle.checkDropping(headCount: 6) }
    }

    @Test func foldersThatNobodyCouldReadAreRefused() throws {
        try withTemporaryFolder { folder in
            let mpnet = try ModelBundle(path: Fixtures.path("pruned-heads/mpnet"))
            let said = refusal { try mpnet.export(to: folder + "/a", format: .safetensors) }
            #expect(said?.description.contains("cannot run an MPNet without them") == true)
            let bert = try ModelBundle(path: Fixtures.path("pruned-heads/bert"))
            let other = refusal { try bert.export(to: folder + "/b", format: .study) }
            #expect(other?.description.contains("study's program") == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }
}
