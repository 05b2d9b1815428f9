// A tensor's dimensions, checked once: their product is known not to overflow.

/// The dimensions of a tensor, outermost first; no dimensions for a scalar.
///
/// Invariant: every dimension is ≥ 0, the rank ≤ 8, and the product of the dimensions, times eight bytes, fits `Int`.
public struct Shape: Sendable, Hashable, CustomStringConvertible {
    /// The most dimensions that any reader accepts.
    public static let maximumRank = 8

    /// The dimensions.
    public let dimensions: [Int]
    /// The number of elements.
    public let count: Int

    /// The shape, or nil where a dimension is negative, there are more than eight, or the element count overflows.
    public init?(_ dimensions: [Int]) {
        guard dimensions.count <= Shape.maximumRank, dimensions.allSatisfy({ $0 >= 0 }) else { return nil }
        var bytes = 8
        // A zero dimension must not hide an overflow of the others, so they are multiplied as at least 1.
        for dimension in dimensions {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: max(dimension, 1))
            guard !overflow else { return nil }
            bytes = product
        }
        self.dimensions = dimensions
        self.count = dimensions.contains(0) ? 0 : bytes / 8
    }

    /// A shape that the program itself states.
    public init(_ dimensions: Int...) {
        guard let shape = Shape(dimensions) else { preconditionFailure("not a shape: \(dimensions)") }
        self = shape
    }

    /// The number of dimensions.
    public var rank: Int { dimensions.count }

    /// One dimension.
    public subscript(axis: Int) -> Int { dimensions[axis] }

    /// Rows of the tensor seen as a matrix: the first dimension for rank ≥ 2, else 1.
    public var rowCount: Int { rank < 2 ? 1 : dimensions[0] }

    /// Elements in one row: the product of all dimensions but the first for rank ≥ 2, the whole tensor otherwise.
    public var rowLength: Int { rank < 2 ? count : dimensions.dropFirst().reduce(1, *) }

    /// `(2, 768)`, as the messages write it.
    public var description: String { "(" + dimensions.map(String.init).joined(separator: ", ") + ")" }
}
