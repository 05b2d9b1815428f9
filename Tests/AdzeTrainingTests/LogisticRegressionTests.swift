// Logistic regression against scikit-learn, and what must hold of it whatever the data.

import AdzeBytes
import AdzeKernels
import AdzeTestSupport
import AdzeTraining
import Testing

@Suite struct LogisticRegressionTests {
    private static let golden = try? parseJSON(Fixtures.bytes("label-errors.json"))
    static let cases = golden?["regression"]?.object?.keys ?? ["no golden data"]

    private func rows(_ value: JSONValue?) throws -> [[Float]] {
        try #require(value?.array).map { row in try #require(row.array).map { Float(try #require($0.number)) } }
    }

    @Test(arguments: cases) func theMinimumIsScikitLearns(_ name: String) throws {
        let golden = try #require(LogisticRegressionTests.golden?["regression"]?[name])
        let vectors = try rows(golden["vectors"])
        let labels = try #require(golden["labels"]?.array).map { try #require($0.integer) }
        let weights = try rows(golden["weights"])
        let fitted = try LogisticRegression(
            vectors: vectors.flatMap(\.self), size: vectors[0].count, labels: labels, labelCount: weights.count,
            inversePenalty: try #require(golden["inversePenalty"]?.number))
        #expect(fitted.hasConverged)
        for (found, expected) in zip(fitted.weights, weights.flatMap(\.self)) { #expect(abs(found - expected) < 3e-3) }
        // Biases are determined up to a common summand; scikit-learn's sum to zero.
        let bias = try #require(golden["bias"]?.array).map { Float(try #require($0.number)) }
        for (found, expected) in zip(fitted.bias, bias) { #expect(abs(found - expected) < 3e-3) }
        let shares = try rows(golden["probabilities"])
        for (probe, row) in zip(try rows(golden["probe"]), shares) {
            for (found, expected) in zip(fitted.probabilities(probe[...]), row) {
                #expect(abs(found - Double(expected)) < 1e-3)
            }
        }
    }

    @Test func aLabelThatNoRowBearsIsNeverLikely() throws {
        let fitted = try LogisticRegression(
            vectors: [1, 0, 0, 1, 1, 0.1, 0.1, 1], size: 2, labels: [0, 2, 0, 2], labelCount: 3)
        let shares = fitted.probabilities([1, 0])
        #expect(shares[1] < shares[0] && shares[1] < shares[2] && abs(shares.reduce(0, +) - 1) < 1e-12)
    }

    @Test func equalVectorsSayTheShares() throws {
        let fitted = try LogisticRegression(vectors: [0, 0, 0, 0], size: 1, labels: [0, 0, 0, 1], labelCount: 2)
        #expect(abs(fitted.probabilities([0])[0] - 0.75) < 1e-4)
    }
}
