// What the int8 kernels compute, in plain Swift and to the bit: their oracle, and the definition of int8 inference. Slow on
// purpose; nothing but tests runs it. Not here: how weights get their codes, which the native format defines.

/// A quantized row: value = scale · (code − zero).
public struct QuantizedRow: Sendable, Equatable {
    /// K codes, -127 … 127.
    public var codes: [Int32]
    /// Not negative; 0 for a row of zeros, NaN for one that is not finite.
    public var scale: Float
    /// The code of 0.
    public var zero: Int32
}

extension ReferenceOps {
    /// The least range of a row that is not taken for zeros.
    static let smallestRange: Float = 0x1p-100

    /// Quantizes a row of K values times its factors (ones where nil): 255 codes from the least to the greatest value,
    /// 0 always among them.
    public static func quantizeRow(_ row: [Float], factors: [Float]? = nil) -> QuantizedRow {
        let values = factors.map { zip(row, $0).map { $0 * $1 } } ?? row
        let low = values.reduce(0) { min($0, $1) }
        let high = values.reduce(0) { max($0, $1) }
        let range = high - low
        guard values.allSatisfy(\.isFinite), range.isFinite else {
            return QuantizedRow(codes: values.map { _ in 0 }, scale: .nan, zero: 0)
        }
        guard range >= smallestRange else { return QuantizedRow(codes: values.map { _ in 0 }, scale: 0, zero: 0) }
        let inverse = 254 / range
        let zero = -127 - nearest(low, inverse)
        return QuantizedRow(
            codes: values.map { max(-127, min(127, nearest($0, inverse) + zero)) }, scale: range / 254, zero: zero)
    }

    /// The integer nearest to value · factor, rounded once, halves to even; the product is at most 254.
    private static func nearest(_ value: Float, _ factor: Float) -> Int32 {
        // One fma with 1.5 · 2²³ rounds the exact product.
        Int32(Float(0x1.8p23).addingProduct(value, factor) - 0x1.8p23)
    }

    /// activation(exact sum · scales + bias + residual) of one row; shapes (K), (N, K), N, N, N.
    public static func int8Linear(
        _ row: QuantizedRow, codes: [Int8], scales: [Float], bias: [Float], residual: [Float]? = nil
    ) -> [Float] {
        int8Linear(row, scales: scales, bias: bias, residual: residual) { Int32(codes[$0]) }
    }

    /// The same with codes of which some need 16 bits; `PackedInt8Matrix.staysExact` says how many may.
    public static func int8Linear(
        _ row: QuantizedRow, codes: [Int32], scales: [Float], bias: [Float], residual: [Float]? = nil
    ) -> [Float] {
        int8Linear(row, scales: scales, bias: bias, residual: residual) { codes[$0] }
    }

    private static func int8Linear(
        _ row: QuantizedRow, scales: [Float], bias: [Float], residual: [Float]?, code: (Int) -> Int32
    ) -> [Float] {
        let depth = row.codes.count
        return scales.indices.map { n in
            var sum: Int32 = 0
            for k in 0..<depth { sum += (row.codes[k] - row.zero) * code(n * depth + k) }
            let value = bias[n].addingProduct(Float(sum), scales[n] * row.scale)
            return residual.map { value + $0[n] } ?? value
        }
    }
}
