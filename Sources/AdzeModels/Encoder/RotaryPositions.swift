// Positions by rotation: which blocks attend how far, and the cosines and sines that queries and keys are turned by. Not here:
// the turning, which is `Rotation.turn`.
//
// Source: Su et al. (2021), RoFormer, arXiv:2104.09864; transformers modeling_modernbert.py, `ModernBertRotaryEmbedding`.

package import AdzeKernels
internal import Synchronization

/// Rotary positions, and windows of attention.
public struct RotaryPositions: Sendable, Equatable {
    /// The base of the angles where a block attends to the whole text.
    public var wholeTheta: Double
    /// The same where it attends to a window.
    public var windowTheta: Double
    /// Keys of a window beside the query's own, half of them, rounded down, on each side.
    public var window: Int
    /// Whether each block attends to a window alone; a value a block.
    public var isWindowed: [Bool]

    /// The most tokens between a query and a key of a block; nil for any number.
    package func reach(ofBlock block: Int) -> Int? { isWindowed[block] ? window / 2 : nil }

    /// Those of some blocks, in the order given.
    func keeping(blocks: [Int]) -> RotaryPositions {
        var kept = self
        kept.isWindowed = blocks.map { isWindowed[$0] }
        return kept
    }
}

/// The tables of both kinds of block, which grow with the longest text that is met.
package struct RotaryTables: Sendable {
    private let whole: RotaryTable
    private let window: RotaryTable
    private let isWindowed: [Bool]

    /// Tables for heads of D values.
    package init(_ positions: RotaryPositions, headSize: Int) {
        whole = RotaryTable(theta: positions.wholeTheta, headSize: headSize)
        window = RotaryTable(theta: positions.windowTheta, headSize: headSize)
        isWindowed = positions.isWindowed
    }

    private init(_ other: RotaryTables, _ isWindowed: [Bool]) {
        (whole, window, self.isWindowed) = (other.whole, other.window, isWindowed)
    }

    /// Those of some blocks, which share memory with these.
    func keeping(blocks: [Int]) -> RotaryTables { RotaryTables(self, blocks.map { isWindowed[$0] }) }

    /// The rotations of a block for positions below `count`.
    package func rotation(ofBlock block: Int, positions count: Int) -> Rotation {
        (isWindowed[block] ? window : whole).rotation(positions: count)
    }
}

/// Cosines and sines of one base, made when they are first asked for: the same bits on every machine.
private final class RotaryTable: Sendable {
    private let frequencies: [Float]
    private let known = Mutex<Rotation?>(nil)

    init(theta: Double, headSize: Int) {
        // In single precision as PyTorch has them: theta to the power of 2c / D, then one over it.
        frequencies = (0..<headSize / 2).map { pair in
            1 / Float(Elementary.exp(Double(Float(2 * pair) / Float(headSize)) * Elementary.log(theta)))
        }
    }

    func rotation(positions count: Int) -> Rotation {
        known.withLock { known in
            if let known, known.positionCount >= count { return known }
            var size = 256
            while size < count { size *= 2 }
            let made = Rotation(positionCount: size, pairCount: frequencies.count) { position, pair in
                Elementary.cosineAndSine(Double(Float(position) * frequencies[pair]))
            }
            known = made
            return made
        }
    }
}

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
