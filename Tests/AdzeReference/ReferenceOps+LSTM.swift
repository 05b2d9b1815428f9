// The recurrent part of an LSTM over one sequence, both directions, in plain Swift and double precision: the oracle of its
// tests. Slow on purpose.

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

extension ReferenceOps {
    /// The outputs of a sequence, and the gradients before the gates' activations, given the outputs' gradient.
    ///
    /// Shapes: `gates` (n, 4h), the inputs' part with both biases, input, forget, cell, output; `weights` (4h, h);
    /// `gradient` and the outputs (n, h).
    public static func lstm(
        gates: [Float], weights: [Float], size: Int, gradient: [Float]
    ) -> (outputs: [Double], gates: [Double]) {
        let count = gates.count / (4 * size)
        func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        var values = gates.map(Double.init)
        var cells = [Double](repeating: 0, count: count * size)
        var outputs = cells
        for step in 0..<count {
            for gate in 0..<4 * size {
                let index = step * 4 * size + gate
                for k in 0..<size where step > 0 {
                    values[index] += Double(weights[gate * size + k]) * outputs[(step - 1) * size + k]
                }
                values[index] = gate / size == 2 ? tanh(values[index]) : sigmoid(values[index])
            }
            for k in 0..<size {
                func gate(_ number: Int) -> Double { values[step * 4 * size + number * size + k] }
                let before = step > 0 ? cells[(step - 1) * size + k] : 0
                cells[step * size + k] = gate(1) * before + gate(0) * gate(2)
                outputs[step * size + k] = gate(3) * tanh(cells[step * size + k])
            }
        }
        var slopes = [Double](repeating: 0, count: gates.count)
        var (above, carried) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size))
        for step in (0..<count).reversed() {
            for k in 0..<size {
                func gate(_ number: Int) -> Double { values[step * 4 * size + number * size + k] }
                let (slope, value) = (Double(gradient[step * size + k]) + above[k], tanh(cells[step * size + k]))
                let cell = carried[k] + slope * gate(3) * (1 - value * value)
                let before = step > 0 ? cells[(step - 1) * size + k] : 0
                let found = [
                    cell * gate(2) * gate(0) * (1 - gate(0)), cell * before * gate(1) * (1 - gate(1)),
                    cell * gate(0) * (1 - gate(2) * gate(2)), slope * value * gate(3) * (1 - gate(3)),
                ]
                for (number, slope) in found.enumerated() { slopes[step * 4 * size + number * size + k] = slope }
                carried[k] = cell * gate(1)
            }
            for k in 0..<size {
                above[k] = (0..<4 * size).reduce(0) {
                    $0 + slopes[step * 4 * size + $1] * Double(weights[$1 * size + k])
                }
            }
        }
        return (outputs, slopes)
    }
}
