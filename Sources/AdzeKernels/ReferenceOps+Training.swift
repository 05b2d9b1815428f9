// What the kernels of training compute, in plain Swift and double precision: the oracle of their tests. Slow on purpose.

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

extension ReferenceOps {
    /// sums + leftᵀ · right; shapes (M, N), (T, M), (T, N).
    public static func outer(
        _ sums: [Float], _ left: [Float], _ right: [Float], rows: Int, columns: Int, depth: Int
    ) -> [Double] {
        var result = sums.map(Double.init)
        for t in 0..<depth {
            for m in 0..<rows {
                for n in 0..<columns {
                    result[m * columns + n] += Double(left[t * rows + m]) * Double(right[t * columns + n])
                }
            }
        }
        return result
    }

    /// The gradients of one row of layer normalisation: of the input, of gamma and of beta.
    public static func layerNormBackward(
        gradient: [Float], input: [Float], gamma: [Float], epsilon: Double
    ) -> (input: [Double], gamma: [Double], beta: [Double]) {
        let count = Double(input.count)
        let mean = input.reduce(0) { $0 + Double($1) } / count
        let variance = input.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        let factor = 1 / (variance + epsilon).squareRoot()
        let normal = input.map { (Double($0) - mean) * factor }
        let weighted = zip(gradient, gamma).map { Double($0) * Double($1) }
        let shift = weighted.reduce(0, +) / count
        let slope = zip(weighted, normal).reduce(0) { $0 + $1.0 * $1.1 } / count
        return (
            zip(weighted, normal).map { ($0 - shift - $1 * slope) * factor },
            zip(gradient, normal).map { Double($0) * $1 }, gradient.map(Double.init)
        )
    }

    /// The derivative of an activation.
    public static func activationSlope(_ x: Double, _ activation: Activation) -> Double {
        switch activation {
        case .identity: return 1
        case .gelu:
            return 0.5 * (1 + erf(x / 2.0.squareRoot())) + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
        case .geluTanh:
            let factor = (2 / Double.pi).squareRoot()
            let t = tanh(factor * (x + 0.044715 * x * x * x))
            let inner = factor * (1 + 3 * 0.044715 * x * x)
            return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner
        case .relu: return x > 0 ? 1 : 0
        case .tanh: return 1 - tanh(x) * tanh(x)
        }
    }

    /// From the gradient of p = softmax(scale · x) to that of x, one row.
    public static func softmaxBackward(gradient: [Float], probabilities: [Float], scale: Double) -> [Double] {
        let mean = zip(gradient, probabilities).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        return zip(gradient, probabilities).map { scale * Double($1) * (Double($0) - mean) }
    }
}
