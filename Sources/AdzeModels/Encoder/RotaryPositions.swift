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
