// The order of an epoch and new weights, drawn from the counter. Not here: batches.

public import AdzeBytes

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

extension CounterGenerator {
    /// The numbers 0 ..< count in the order of an epoch.
    ///
    /// Fisher–Yates; position i swaps with one of 0 ... i by the high half of a 64-bit word times i + 1, whose bias is
    /// below i / 2⁶⁴. The same seed, epoch and count give the same order on every machine.
    /// - Complexity: O(count).
    public func permutation(count: Int, epoch: Int) -> [Int] {
        permutation(count: count, epoch: epoch, place: DrawingPlace.examples)
    }

    func permutation(count: Int, epoch: Int, place: UInt32) -> [Int] {
        precondition(count >= 0 && count >> 32 == 0 && epoch >= 0, "a table has fewer than 2³² rows")
        var order = Array(0..<count)
        var index = count - 1
        while index > 0 {
            // Each index has two words of its own, so that none is shared between two swaps.
            let words = words(index: UInt32(index), place: place, step: UInt64(epoch))
            let draw = UInt64(words[0]) | UInt64(words[1]) << 32
            order.swapAt(index, Int(draw.multipliedFullWidth(by: UInt64(index + 1)).high))
            index -= 1
        }
        return order
    }

    /// `count` normally distributed numbers of mean 0, by Box and Muller's method in double precision.
    func normals(count: Int, deviation: Double, place: UInt32) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(count + 1)
        for pair in 0..<(count + 1) / 2 {
            let words = words(index: UInt32(pair), place: place, step: 0)
            // 53 bits each; 1 − u lies in (0, 1], so that its logarithm is finite.
            let first = Double((UInt64(words[0]) | UInt64(words[1]) << 32) >> 11) * 0x1p-53
            let second = Double((UInt64(words[2]) | UInt64(words[3]) << 32) >> 11) * 0x1p-53
            let radius = deviation * (-2 * log(1 - first)).squareRoot()
            values.append(Float(radius * cos(2 * Double.pi * second)))
            values.append(Float(radius * sin(2 * Double.pi * second)))
        }
        return Array(values.prefix(count))
    }
}
