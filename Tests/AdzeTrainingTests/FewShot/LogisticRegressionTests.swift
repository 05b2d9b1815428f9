// Logistic regression beside scikit-learn's (Tools/reference/make_few_golden.py), and its laws.

import AdzeBytes
import AdzeTestSupport
import AdzeThreads
import Testing

@testable import AdzeTraining

@Suite struct LogisticRegressionTests {
    private struct Case {
        let name: String
        let classCount: Int
        let vectors: [[Float]]
        let classes: [Int]
        let coefficients: [Double]
        let intercepts: [Double]

        func solved(threads: Int = 2) -> LogisticRegression {
            LogisticRegression(
                vectors: vectors, classes: classes, classCount: classCount, pool: WorkerPool(threadCount: threads))
        }
    }

    private static func cases() throws -> [Case] {
        try (parseJSON(Fixtures.bytes("training/logistic.json")).array ?? []).map { entry in
            func numbers(_ key: String) -> [Double] { (entry[key]?.array ?? []).compactMap(\.number) }
            let size = try #require(entry["size"]?.integer)
            let values = numbers("vectors").map { Float($0) }
            return Case(
                name: entry["name"]?.string ?? "", classCount: entry["classes"]?.integer ?? 0,
                vectors: stride(from: 0, to: values.count, by: size).map { Array(values[$0..<$0 + size]) },
                classes: numbers("labels").map { Int($0) }, coefficients: numbers("coefficients"),
                intercepts: numbers("intercepts"))
        }
    }

    @Test func aRoughSolutionPredictsAlike() throws {
        for entry in try Self.cases() {
            let exact = entry.solved()
            let rough = try LogisticRegression(
                roughly: entry.vectors, classes: entry.classes, classCount: entry.classCount)
            for vector in entry.vectors {
                for (a, b) in zip(exact.probabilities(vector), rough.probabilities(vector)) {
                    #expect(abs(a - b) < 5e-3, "\(entry.name)")
                }
            }
        }
    }

    @Test func coefficientsAreThoseOfScikitLearn() throws {
        let cases = try Self.cases()
        #expect(cases.count == 5)
        for sample in cases {
            let solved = sample.solved()
            var (weights, biases) = (solved.weights, solved.biases)
            if sample.classCount == 2 {
                let size = sample.vectors[0].count
                weights = (0..<size).map { weights[size + $0] - weights[$0] }
                biases = [biases[1] - biases[0]]
            }
            #expect(weights.count == sample.coefficients.count && biases.count == sample.intercepts.count)
            for (found, wanted) in zip(weights + biases, sample.coefficients + sample.intercepts) {
                #expect(abs(found - wanted) < 1e-6 * max(1, abs(wanted)), "\(sample.name)")
            }
        }
    }

    @Test func theMinimumIsOneAlone() throws {
        for sample in try Self.cases() {
            let solved = sample.solved()
            #expect(abs(solved.biases.reduce(0, +)) < 1e-9, "\(sample.name)")
            let size = sample.vectors[0].count
            for column in 0..<size {
                let sum = (0..<sample.classCount).reduce(0.0) { $0 + solved.weights[$1 * size + column] }
                #expect(abs(sum) < 1e-9, "\(sample.name)")
            }
        }
    }

    @Test func threadsDoNotMatter() throws {
        for sample in try Self.cases() {
            let (first, other) = (sample.solved(threads: 1), sample.solved(threads: 3))
            #expect(first.weights == other.weights && first.biases == other.biases)
        }
    }

    /// Classes that a line parts keep finite weights, and vectors that are all alike leave the shares of the classes.
    @Test func whatIsEasyOrHopelessStaysFinite() {
        let pool = WorkerPool(threadCount: 1)
        let apart = LogisticRegression(
            vectors: [[1000], [1001], [-1000], [-1001]], classes: [0, 0, 1, 1], classCount: 2, pool: pool)
        #expect(apart.weights.allSatisfy { $0.isFinite } && apart.weights[0] > 0 && apart.weights[1] < 0)
        let same = LogisticRegression(
            vectors: [[0, 0], [0, 0], [0, 0], [0, 0]], classes: [0, 1, 1, 1], classCount: 2, pool: pool)
        #expect(same.weights == [0, 0, 0, 0])
        #expect(abs(same.biases[1] - same.biases[0] - 1.0986122886681098) < 1e-9)
    }
}
