// The loss under a teacher against PyTorch's in float64, against difference quotients, and the laws that make it one.

import AdzeBytes
import AdzeModels
import AdzeTestSupport
import Foundation
import Testing

@testable import AdzeTraining

@Suite struct DistillationTests {
    private struct Case {
        let function: LossFunction
        let logits: [[Float]]
        var taught: TaughtTargets
        let loss: Double
        let gradient: [Double]

        init(_ json: JSONValue) throws {
            func rows(_ key: String) throws -> [[Double]] {
                try #require(json[key]?.array).map { try #require($0.array).map { try #require($0.number) } }
            }
            logits = try rows("logits").map { $0.map(Float.init) }
            var options = LossOptions(
                classWeights: json["classWeights"]?.array?.compactMap { $0.number.map { Float($0) } })
            options.focalGamma = json["gamma"]?.number.map { Float($0) }
            let kind = try #require(json["kind"]?.string)
            function = try DistillationTests.function(kind, classes: logits[0].count, options)
            let targets = try #require(json["targets"]?.array)
            let numbers = targets.map { $0.array?.compactMap { $0.number.map { Float($0) } } ?? [] }
            let own: Targets =
                switch kind {
                case "classes": .classes(targets.map { $0.integer ?? Targets.ignored })
                case "labels": .multiLabel(numbers)
                default: .values(numbers)
                }
            taught = TaughtTargets(
                own: own, logits: try rows("teacher").map { $0.map(Float.init) },
                temperature: try #require(json["temperature"]?.number), weight: try #require(json["weight"]?.number))
            loss = try #require(json["loss"]?.number)
            gradient = try rows("gradient").flatMap { $0 }
        }

        func sum(_ logits: [[Float]]? = nil) throws -> LossSum {
            let logits = logits ?? self.logits
            return try function(logits.flatMap { $0 }, .taught(taught), lengths: logits.map { _ in 1 })
        }
    }

    private static func function(
        _ kind: String, classes: Int, _ options: LossOptions = LossOptions()
    ) throws -> LossFunction {
        let problems: [String: ProblemType] = [
            "classes": .singleLabel, "labels": .multiLabel, "numbers": .regression,
        ]
        let problem: ProblemType = try #require(problems[kind])
        let head = ClassificationHead(labels: (0..<classes).map { "\($0)" }, problemType: problem)
        return try LossFunction(
            head: Head(task: .classification(head), form: .pooled, hasPooler: true, architectureName: "x"),
            classCount: classes, options: options)
    }

    private func cases() throws -> [Case] {
        try #require(parseJSON(Fixtures.bytes("training/distillation.json"))["cases"]?.array).map(Case.init)
    }

    @Test func lossAndGradientEqualPyTorchs() throws {
        let cases = try cases()
        #expect(cases.count == 8)
        for (index, golden) in cases.enumerated() {
            let sum = try golden.sum()
            #expect(abs(sum.mean - golden.loss) <= 1e-12 * abs(golden.loss), "case \(index)")
            for (found, expected) in zip(sum.gradient, golden.gradient) {
                #expect(abs(found / sum.weight - expected) <= 1e-12, "case \(index)")
            }
            // What the passes get of it.
            for (found, expected) in zip(sum.gradientOfMean(scale: 0.5), golden.gradient) {
                #expect(abs(Double(found) - expected / 2) <= 1e-7)
            }
        }
    }

    @Test func gradientsAreDifferenceQuotients() throws {
        let step: Float = 1 / 1024
        for golden in try cases() {
            let sum = try golden.sum()
            for row in golden.logits.indices {
                for column in golden.logits[row].indices {
                    var (above, below) = (golden.logits, golden.logits)
                    above[row][column] += step
                    below[row][column] -= step
                    let slope = (try golden.sum(above).mean - golden.sum(below).mean) / Double(2 * step)
                    let gradient = sum.gradient[row * golden.logits[0].count + column] / sum.weight
                    #expect(abs(slope - gradient) <= 1e-5)
                }
            }
        }
    }

    @Test func weightZeroEqualsNoTeacher() throws {
        for golden in try cases() {
            let known = golden.logits.indices.filter { Targets.taught(golden.taught).isKnown($0) }
            let logits = known.map { golden.logits[$0] }
            var taught = TaughtTargets(
                own: golden.taught.own.selecting(known), logits: known.map { golden.taught.logits[$0] },
                temperature: 3, weight: 0)
            func sum(_ targets: Targets) throws -> LossSum {
                try golden.function(logits.flatMap { $0 }, targets, lengths: known.map { _ in 1 })
            }
            let (with, without) = (try sum(.taught(taught)), try sum(taught.own))
            #expect(with.mean == without.mean && with.weight == without.weight || known.isEmpty)
            #expect(with.gradientOfMean(scale: 0.25) == without.gradientOfMean(scale: 0.25))
            taught.weight = 0.5
            #expect(try sum(.taught(taught)).gradient != without.gradient || known.isEmpty)
        }
    }

    @Test func temperatureOneAtWeightOneIsCrossEntropyWithSoftLabels() throws {
        let student: [Float] = [0.5, -1.25, 2, 0], teacher: [Float] = [-2, 0.75, 1, 0.25]
        let function = try DistillationTests.function("classes", classes: 4)
        let taught = TaughtTargets(own: .classes([2]), logits: [teacher], temperature: 1, weight: 1)
        let sum = try function(student, .taught(taught), lengths: [1])
        let total = logSumExp(teacher.map(Double.init))
        let logs = teacher.map { Double($0) - total }, soft = logs.map { exp($0) }
        var (loss, gradient, entropy) = (0.0, [Double](repeating: 0, count: 4), 0.0)
        for label in 0..<4 {
            let hard = try function(student, .classes([label]), lengths: [1])
            loss += soft[label] * hard.mean
            entropy -= soft[label] * logs[label]
            for index in 0..<4 { gradient[index] += soft[label] * hard.gradient[index] }
        }
        // The divergence lacks the teacher's entropy, which no weight moves.
        #expect(abs(sum.mean + entropy - loss) < 1e-12)
        for (found, expected) in zip(sum.gradient, gradient) { #expect(abs(found / sum.weight - expected) < 1e-12) }
    }

    @Test func aStudentThatSaysTheSameLosesNothing() throws {
        for golden in try cases() {
            var taught = golden.taught
            (taught.logits, taught.weight) = (golden.logits, 1)
            let sum = try golden.function(
                golden.logits.flatMap { $0 }, .taught(taught), lengths: golden.logits.map { _ in 1 })
            #expect(sum.mean >= 0 && sum.mean < 1e-14)
            #expect(sum.gradient.allSatisfy { abs($0) < 1e-14 })
        }
    }

    @Test func optionsOfLabelsLeaveTheTeachersPartAlone() throws {
        let plain = try DistillationTests.function("classes", classes: 3)
        let taught = TaughtTargets(
            own: .classes([0, 2]), logits: [[1, 2, 3], [0, -1, 1]], temperature: 2, weight: 1)
        let logits: [Float] = [0.5, 0.25, -1, 2, 1, 0]
        let expected = try plain(logits, .taught(taught), lengths: [1, 1])
        for options in [
            LossOptions(classWeights: [9, 1, 0.5]), LossOptions(focalGamma: 2), LossOptions(labelSmoothing: 0.2),
        ] {
            let sum = try DistillationTests.function("classes", classes: 3, options)(
                logits, .taught(taught), lengths: [1, 1])
            #expect(abs(sum.mean - expected.mean) < 1e-12)
            for (a, b) in zip(sum.gradient, expected.gradient) {
                #expect(abs(a / sum.weight - b / expected.weight) < 1e-12)
            }
        }
    }

    @Test func greatLogitsStayFinite() throws {
        for kind in ["classes", "labels", "numbers"] {
            let own: Targets =
                kind == "classes" ? .classes([0]) : kind == "labels" ? .multiLabel([[1, 0]]) : .values([[1, 0]])
            let taught = TaughtTargets(own: own, logits: [[900, -900]], temperature: 0.1, weight: 0.5)
            let sum = try DistillationTests.function(kind, classes: 2)([-900, 900], .taught(taught), lengths: [1])
            #expect(sum.mean.isFinite && sum.gradient.allSatisfy(\.isFinite))
        }
    }

    @Test func answersThatDoNotFitAreRefused() throws {
        let function = try DistillationTests.function("classes", classes: 2)
        func refusal(_ own: Targets, _ logits: [[Float]]) -> TrainingError? {
            do throws(TrainingError) {
                _ = try function(
                    [0, 1], .taught(TaughtTargets(own: own, logits: logits, temperature: 2, weight: 0.5)), lengths: [1])
                return nil
            } catch { return error }
        }
        #expect(refusal(.classes([1]), [[0, 1]]) == nil)
        #expect(
            refusal(.classes([1]), [[0, 1, 2]])
                == .targetCount(what: "values of sequence 0", expected: 2, found: 3))
        #expect(refusal(.classes([1]), []) == .targetCount(what: "targets", expected: 1, found: 0))
        #expect(refusal(.classes([1, 0]), [[0, 1]]) == .targetCount(what: "targets", expected: 1, found: 2))
        #expect(
            refusal(.classes([1]), [[.nan, 1]])
                == .badTarget(sequence: 0, target: "nan", expected: "a finite number"))
        #expect(
            refusal(.spans([.init(start: 0, end: 0)]), [[0, 1]])
                == .wrongTargets(expected: "classes, sets of labels or numbers", found: "answers"))
    }
}
