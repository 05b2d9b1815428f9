// Probabilities from logits, in double precision and stable for any finite logits.

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// 1 / (1 + e^−x) without overflow, x being the logit divided by the temperature.
func sigmoid(_ logit: Float, temperature: Double) -> Double {
    let x = Double(logit) / temperature
    return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
}

/// softmax of the logits divided by the temperature; empty for none.
///
/// - Complexity: O(n).
public func softmax(_ logits: some Collection<Float>, temperature: Double = 1) -> [Double] {
    guard let top = logits.max() else { return [] }
    let exponentials = logits.map { exp((Double($0) - Double(top)) / temperature) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
}
