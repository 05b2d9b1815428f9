// What each kernel computes, in plain Swift and double precision: the oracle of the tests, and the definition. Slow on
// purpose; nothing but tests and int8 probes runs it.

public import AdzeKernels

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// Plain definitions of the operations; arrays are row-major.
public enum ReferenceOps {
    /// activation(input · weightᵀ + bias); shapes (M, K), (N, K), N.
    public static func linear(
        _ input: [Float], _ weight: [Float], bias: [Float]?, rows: Int, columns: Int, depth: Int
    ) -> [Double] {
        var output = [Double](repeating: 0, count: rows * columns)
        for m in 0..<rows {
            for n in 0..<columns {
                var sum = bias.map { Double($0[n]) } ?? 0
                for k in 0..<depth { sum += Double(input[m * depth + k]) * Double(weight[n * depth + k]) }
                output[m * columns + n] = sum
            }
        }
        return output
    }

    /// The activation of one value.
    public static func activate(_ x: Double, _ activation: Activation) -> Double {
        switch activation {
        case .identity: x
        case .gelu: 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
        case .geluTanh: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        case .relu: max(x, 0)
        case .tanh: tanh(x)
        }
    }

    /// Layer normalisation of one row.
    public static func layerNorm(_ row: [Float], gamma: [Float], beta: [Float], epsilon: Double) -> [Double] {
        let count = Double(row.count)
        let mean = row.reduce(0) { $0 + Double($1) } / count
        let variance = row.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        let factor = 1 / (variance + epsilon).squareRoot()
        return row.indices.map { (Double(row[$0]) - mean) * factor * Double(gamma[$0]) + Double(beta[$0]) }
    }

    /// softmax(scale · row).
    public static func softmax(_ row: [Float], scale: Double) -> [Double] {
        let top = Double(row.max() ?? 0)
        let exponentials = row.map { exp((Double($0) - top) * scale) }
        let sum = exponentials.reduce(0, +)
        return exponentials.map { $0 / sum }
    }

    /// scores · scale + bias(query, key); shape (Tq, T).
    public static func addBias(
        _ scores: [Float], queries: Int, tokens: Int, scale: Float, bias: (_ query: Int, _ key: Int) -> Float
    ) -> [Double] {
        (0..<queries * tokens).map {
            Double(scores[$0]) * Double(scale) + Double(bias($0 / tokens, $0 % tokens))
        }
    }

    /// softmax(scale · query · keyᵀ + bias(query, key)) · value; shapes (Tq, D), (T, D), (T, D) → (Tq, D).
    public static func attention(
        query: [Float], key: [Float], value: [Float], queries: Int, tokens: Int, size: Int, scale: Double,
        bias: (_ query: Int, _ key: Int) -> Double = { _, _ in 0 }
    ) -> [Double] {
        var output = [Double](repeating: 0, count: queries * size)
        for q in 0..<queries {
            let scores = (0..<tokens).map { t in
                let product = (0..<size).reduce(0.0) {
                    $0 + Double(query[q * size + $1]) * Double(key[t * size + $1])
                }
                return Float(product * scale + bias(q, t))
            }
            for (t, weight) in softmax(scores, scale: 1).enumerated() {
                for d in 0..<size { output[q * size + d] += weight * Double(value[t * size + d]) }
            }
        }
        return output
    }
}
