// Gauss-Legendre quadrature of the unit interval. Not here: what is integrated.

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// Points and weights with which ∫₀¹ f ≈ Σ weight · f(point): exact for polynomials up to degree 2n − 1.
struct GaussLegendre: Sendable {
    /// The n points, ascending, none of them 0 or 1.
    let points: [Double]
    /// Their weights, which sum to 1.
    let weights: [Double]

    /// The rule of n ≥ 1 points.
    ///
    /// - Complexity: O(n²).
    /// - Source: Press et al., Numerical Recipes, `gauleg`: Newton's method on the Legendre polynomial.
    init(_ count: Int) {
        precondition(count > 0, "a rule has a point")
        var (points, weights) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
        for index in 0..<count {
            var x = -cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
            var slope = 1.0
            // Quadratic convergence from a guess that is near: far fewer rounds are enough.
            for _ in 0..<100 {
                let (value, derivative) = GaussLegendre.legendre(count, x)
                slope = derivative
                let step = value / derivative
                x -= step
                if step.magnitude < 1e-15 { break }
            }
            points[index] = (x + 1) / 2
            weights[index] = 1 / ((1 - x * x) * slope * slope)
        }
        (self.points, self.weights) = (points, weights)
    }

    /// The Legendre polynomial of a degree and its slope.
    private static func legendre(_ degree: Int, _ x: Double) -> (value: Double, derivative: Double) {
        var (last, value) = (1.0, x)
        for k in 1..<max(degree, 1) {
            (last, value) = (value, (Double(2 * k + 1) * x * value - Double(k) * last) / Double(k + 1))
        }
        return (value, Double(degree) * (x * value - last) / (x * x - 1))
    }
}
