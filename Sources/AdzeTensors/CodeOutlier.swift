// A weight so far beyond the rest of its row that it has a code of its own, wider than 8 bits. Not here: which weights
// that are, which the native format decides, nor how a product adds them.

/// An element of a matrix of 8-bit codes whose code lies beyond ±127.
public struct CodeOutlier: Sendable, Equatable {
    /// The element, row-major.
    public let index: Int
    /// Its whole code: 128 to 32,767 in magnitude. Its byte among the codes is ±127.
    public let code: Int32

    /// What magnitudes a code may have.
    public static let magnitudes: ClosedRange<Int32> = 128...32_767

    /// An element and its code.
    public init(index: Int, code: Int32) { (self.index, self.code) = (index, code) }
}

extension Array<CodeOutlier> {
    /// The positions in this list, which is in the order of the elements, of those in a run of elements.
    public func positions(in elements: Range<Int>) -> Range<Int> {
        guard !isEmpty else { return 0..<0 }
        let start = firstPosition(from: elements.lowerBound)
        return start..<Swift.max(start, firstPosition(from: elements.upperBound))
    }

    /// The position of the first outlier that is not before an element.
    private func firstPosition(from element: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].index < element { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
