// The search for blocks: each step is what measuring every set of blocks by itself gives, the gate ends it, and nothing of
// the machine is in its choice.

import AdzeData
import AdzeModels
import AdzeTestSupport
import AdzeThreads
import Foundation
import Testing

@testable import Adze

@Suite struct BlockSearchTests {
    private func search(
        _ bundle: ModelBundle, _ examples: [Example], maximumDrop: Double, metric: QualityMetric = .accuracy,
        threads: Int = 2
    ) throws -> BlockSearchReport {
        try bundle.searchBlocks(
            examples: examples, gate: QualityGate(metric: metric, maximumDrop: maximumDrop), threads: threads)
    }

    /// A model of four blocks, of which the second and the third are one.
    private func deep() throws -> (bundle: ModelBundle, examples: [Example]) {
        let bundle = try ModelBundle(path: fixture("seqcls-gelu")).keeping(blocks: [0, 1, 1, 2])
        return (bundle, try labelled(bundle, sentences(60)))
    }

    /// What a model that is loaded from a checkpoint of some blocks answers.
    private func answers(_ bundle: ModelBundle, _ blocks: [Int], _ examples: [Example]) throws -> [Classification] {
        let engine = try Engine(
            bundle.keeping(blocks: blocks).checkpoint, exactly: true, pool: WorkerPool(threadCount: 1))
        return try TextClassifier(bundle, engine).classify(examples.map { TextInput($0.text, pair: $0.pair) })
    }

    @Test func eachStepIsTheLeastLossOfAllItsSets() throws {
        let (bundle, examples) = try deep()
        let report = try search(bundle, examples, maximumDrop: 100)
        #expect(report.blockCount == 4 && report.exampleCount == 60 && report.steps.count == 3)
        var kept = Array(0..<4)
        for step in report.steps {
            #expect(step.losses.map(\.block) == kept)
            for candidate in step.losses {
                let left = kept.filter { $0 != candidate.block }
                // The definition, by the scores that a person sees.
                let loss = try zip(examples, answers(bundle, left, examples)).reduce(0.0) { sum, pair in
                    guard case .label(let label) = pair.0.target else { return .nan }
                    return sum - log(pair.1.scores[label]) / Double(examples.count)
                }
                #expect(abs(loss - candidate.loss) < 1e-6, "\(left)")
            }
            let least = step.losses.map(\.loss).min()
            #expect(step.loss == least && step.block == step.losses.last { $0.loss == least }?.block)
            kept.removeAll { $0 == step.block }
            let right = try zip(examples, answers(bundle, kept, examples)).count { example, answer in
                example.target == .label(answer.labels.firstIndex(of: answer.label) ?? -1)
            }
            #expect(step.kept == kept && step.score == Double(right) / 60 && step.passes)
        }
        #expect(report.kept == kept && kept.count == 1 && report.keptScore == report.steps[2].score)
    }

    @Test func ofEqualBlocksTheLaterOneGoes() throws {
        let (bundle, examples) = try deep()
        let losses = try #require(try search(bundle, examples, maximumDrop: 100).steps.first).losses
        #expect(losses[1].loss == losses[2].loss)
        let first = try #require(try search(bundle, examples, maximumDrop: 100).steps.first)
        #expect(first.block != 1)
    }

    @Test func theGateEndsTheSearch() throws {
        let (bundle, examples) = try deep()
        for limit in [0.0, 5, 20] {
            let report = try search(bundle, examples, maximumDrop: limit)
            #expect(report.steps.dropLast().allSatisfy { $0.passes })
            #expect(report.steps.allSatisfy { $0.passes == ($0.drop <= limit + 1e-9) })
            #expect(report.steps.last?.passes == false || report.kept.count == 1)
            #expect(report.keptScore >= report.score - limit / 100 - 1e-9)
        }
    }

    @Test func threadsAreNotInTheReport() throws {
        let (bundle, examples) = try deep()
        let report = try search(bundle, examples, maximumDrop: 100)
        #expect(try search(bundle, examples, maximumDrop: 100, threads: 1) == report)
    }

    @Test func aFileOfCodesAloneIsSearchedInInt8() throws {
        try withTemporaryFolder { folder in
            let (bundle, examples) = try deep()
            var options = ConversionOptions()
            options.store = .int8
            _ = try bundle.convert(to: folder + "/a.adze", options: options)
            let codes = try ModelBundle(path: folder + "/a.adze")
            let report = try search(codes, examples, maximumDrop: 100)
            let whole = try TextClassifier(codes, precision: .int8).evaluate(examples)
            let score = try QualityMetric.accuracy.value(whole)
            #expect(report.score == score)
        }
    }

    @Test func severalLabelsAndNumbersHaveTheirOwnLoss() throws {
        let several = try ModelBundle(path: fixture("seqcls-relu-multilabel"))
        let texts = sentences(20).enumerated().map { Example($1, target: .labels([$0 % 4])) }
        let report = try search(several, texts, maximumDrop: 100, metric: .microF1)
        let loss = try zip(texts, answers(several, [0, 1], texts)).reduce(0.0) { sum, pair in
            guard case .labels(let labels) = pair.0.target else { return .nan }
            return sum
                - pair.1.scores.enumerated().reduce(0) {
                    $0 + log(labels.contains($1.offset) ? $1.element : 1 - $1.element)
                } / 4 / 20
        }
        #expect(abs(report.loss - loss) < 1e-6 && report.steps.count == 1)

        let number = try ModelBundle(path: fixture("seqcls-regression")).keeping(blocks: [0, 0])
        let rows = sentences(20).enumerated().map { Example($1, target: .number(Double($0) / 10)) }
        let squares = try zip(rows, answers(number, [0, 1], rows)).reduce(0.0) { sum, pair in
            guard case .number(let target) = pair.0.target else { return .nan }
            return sum + (Double(pair.1.logits[0]) - target) * (Double(pair.1.logits[0]) - target) / 20
        }
        let squared = try search(number, rows, maximumDrop: 100, metric: .spearman).loss
        #expect(abs(squared - squares) < 1e-9)
    }

    @Test func nothingToMeasureIsRefused() throws {
        let (bundle, examples) = try deep()
        #expect(throws: DataError.noExamples) { try search(bundle, [], maximumDrop: 1) }
        #expect(throws: EvaluationError.self) {
            try search(bundle, [Example("good", target: .number(1))], maximumDrop: 1)
        }
        let same = examples.map { Example($0.text, target: .label(0)) }
        #expect(throws: Never.self) { try search(bundle, Array(same.prefix(5)), maximumDrop: 1) }
    }
}
