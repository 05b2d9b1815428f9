// Which weights are outliers: those that a few rows have far beyond what rows reach. Not here: their codes.

import AdzeTestSupport
import Testing

@testable import AdzeModels

@Suite struct WeightOutliersTests {
    /// A matrix whose rows all reach 1, but for the elements that are set.
    func matrix(rows: Int = 20, columns: Int = 70, _ changes: [Int: Float]) -> [Float] {
        var values = (0..<rows * columns).map { Float($0 % columns) / Float(columns - 1) * ($0 % 2 == 0 ? 1 : -1) }
        for (index, value) in changes { values[index] = value }
        return values
    }

    @Test func weightsFarOutOfTheirRowsAreFound() {
        let weights = matrix([5: 4.1, 70: -30, 71: 5, 72: 3.9, 1399: 1e9])
        #expect(WeightOutliers.find(weights, columns: 70, factors: nil) == [5, 70, 71, 1399])
        #expect(WeightOutliers.find(matrix([:]), columns: 70, factors: nil).isEmpty)
    }

    /// What counts is the weight as it gets its code: times its column's factor.
    @Test func factorsDecide() {
        var factors = [Float](repeating: 1, count: 70)
        (factors[5], factors[6]) = (0.5, 8)
        let weights = matrix([5: 4.1, 76: 0.9])
        #expect(WeightOutliers.find(weights, columns: 70, factors: factors) == [76])
    }

    /// A row that is large as a whole has no outliers: their codes would cost more than they are worth.
    @Test func rowsThatAreLargeAsAWholeHaveNone() {
        let weights = matrix(Dictionary(uniqueKeysWithValues: (140..<205).map { ($0, Float(50)) }))
        #expect(WeightOutliers.find(weights, columns: 70, factors: nil).isEmpty)
    }

    @Test func oddMatricesHaveNone() {
        #expect(WeightOutliers.find([], columns: 4, factors: nil).isEmpty)
        // Most rows are zeros, and so is what rows reach.
        #expect(WeightOutliers.find(matrix(rows: 3, [:]).map { _ in 0 } + [1], columns: 1, factors: nil).isEmpty)
        #expect(WeightOutliers.find([Float](repeating: .infinity, count: 9), columns: 3, factors: nil).isEmpty)
        #expect(WeightOutliers.find([1, .nan, 2, 3], columns: 2, factors: nil).isEmpty)
        // So deep a matrix's sums could not take codes of that width.
        #expect(
            WeightOutliers.find([Float](repeating: 1, count: 40_000) + [100], columns: 20_000, factors: nil).isEmpty)
    }

    /// Square roots alone give what the powers are.
    @Test func migrationIsThePowerItSays() {
        for (reach, weight) in [(Float(2), Float(3)), (0.001, 40), (512, 0.25)] {
            let half = MigrationStrength.half.ratio(reach, weight)
            let more = MigrationStrength.fiveEighths.ratio(reach, weight)
            #expect(abs(half - (reach / weight).squareRoot()) == 0)
            let ratio = Double(more) / (power(reach, 5) / power(weight, 3))
            #expect(abs(ratio - 1) < 1e-6)
        }
    }

    /// The eighth root of a number, multiplied so many times.
    private func power(_ value: Float, _ eighths: Int) -> Double {
        let root = Double(value).squareRoot().squareRoot().squareRoot()
        return (0..<eighths).reduce(1) { product, _ in product * root }
    }
}
