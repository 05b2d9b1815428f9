// What the kernels of training compute, in plain Swift and double precision: the oracle of their tests. Slow on purpose.

public import AdzeKernels

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

    /// From the gradient of attention's output to those of query, key, value and biased scores (Tq, T); shapes as for
    /// `attention`.
    public static func attentionBackward(
        gradient: [Float], query: [Float], key: [Float], value: [Float], size: Int, scale: Double,
        bias: (_ query: Int, _ key: Int) -> Double
    ) -> (query: [Double], key: [Double], value: [Double], scores: [Double]) {
        let (queries, tokens) = (query.count / size, key.count / size)
        func dot(_ a: [Float], _ row: Int, _ b: [Float], _ other: Int) -> Double {
            (0..<size).reduce(0) { $0 + Double(a[row * size + $1]) * Double(b[other * size + $1]) }
        }
        var result = (
            query: [Double](repeating: 0, count: query.count), key: [Double](repeating: 0, count: key.count),
            value: [Double](repeating: 0, count: key.count), scores: [Double]()
        )
        for q in 0..<queries {
            let exponentials = (0..<tokens).map { exp(dot(query, q, key, $0) * scale + bias(q, $0)) }
            let weights = exponentials.map { $0 / exponentials.reduce(0, +) }
            let slopes = (0..<tokens).map { dot(gradient, q, value, $0) }
            let mean = zip(weights, slopes).reduce(0) { $0 + $1.0 * $1.1 }
            for t in 0..<tokens {
                let slope = weights[t] * (slopes[t] - mean)
                result.scores.append(slope)
                for d in 0..<size {
                    result.query[q * size + d] += scale * slope * Double(key[t * size + d])
                    result.key[t * size + d] += scale * slope * Double(query[q * size + d])
                    result.value[t * size + d] += weights[t] * Double(gradient[q * size + d])
                }
            }
        }
        return result
    }
}
