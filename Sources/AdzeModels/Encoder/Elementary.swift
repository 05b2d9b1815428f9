// Logarithm, exponential, cosine and sine that have the same bits on every machine. Not here: what angles and buckets are made
// of them.

/// Functions of double precision by additions, multiplications and divisions alone, so that no library has a part in them.
enum Elementary {
    private static let ln2 = 0.693147180559945309417232121458

    /// The natural logarithm of a positive finite number, to about 1e-15 of its size.
    static func log(_ value: Double) -> Double {
        var (significand, exponent) = (value.significand, Double(value.exponent))
        if significand > 1.4142135623730951 { (significand, exponent) = (significand / 2, exponent + 1) }
        // ln m = 2 artanh((m - 1) / (m + 1)).
        let ratio = (significand - 1) / (significand + 1)
        let square = ratio * ratio
        var sum = 0.0
        for power in stride(from: 41, through: 1, by: -2) { sum = sum * square + 1 / Double(power) }
        return exponent * ln2 + 2 * ratio * sum
    }

    /// e to the power of a number of moderate size, to about 1e-15 of the result.
    static func exp(_ value: Double) -> Double {
        let exponent = (value / ln2).rounded()
        let rest = (value - exponent * 0.693147180369123816490) - exponent * 1.90821492927058770002e-10
        var sum = 1.0
        for power in stride(from: 20, through: 1, by: -1) { sum = 1 + sum * rest / Double(power) }
        return Double(sign: .plus, exponent: Int(exponent), significand: sum)
    }

    /// Cosine and sine of an angle from 0 to some millions, to about 1e-15.
    static func cosineAndSine(_ angle: Double) -> (cosine: Double, sine: Double) {
        let quarter = (angle * 0.636619772367581343076).rounded()
        // π / 2 in three parts, of which the first two leave room for the product.
        let rest =
            ((angle - quarter * 1.57079632673412561417) - quarter * 6.07710050630396597660e-11)
            - quarter * 2.02226624879595063154e-21
        let square = rest * rest
        var (sine, cosine) = (1.0, 1.0)
        for power in stride(from: 20, through: 2, by: -2) {
            cosine = 1 - cosine * square / Double(power * (power - 1))
            sine = 1 - sine * square / Double(power * (power + 1))
        }
        sine *= rest
        return switch Int(quarter) & 3 {
        case 0: (cosine, sine)
        case 1: (-sine, cosine)
        case 2: (-cosine, -sine)
        default: (sine, -cosine)
        }
    }
}
