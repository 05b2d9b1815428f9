// Cuts a tensor into blocks that follow each other in row-major order and fit a buffer, along chunks where there are any.

/// A walk over a tensor of at least one element. Dimensions outside `axis` go one by one, those inside are whole.
struct Blocks {
    private let dimensions: [Int]
    private let axis: Int
    private let step: Int
    /// The first element of the block, along each dimension.
    private(set) var start: [Int]
    /// The elements of the block, along each dimension.
    private(set) var count: [Int]

    /// `capacity` is in elements, at least 1.
    init(_ dimensions: [Int], chunk: [Int]?, capacity: Int) {
        self.dimensions = dimensions
        start = dimensions.map { _ in 0 }
        count = dimensions
        // The innermost dimensions that fit together; their product cannot overflow, as it is within the capacity.
        var (axis, inner) = (dimensions.count - 1, 1)
        while axis > 0, dimensions[axis] <= capacity / inner {
            inner *= dimensions[axis]
            axis -= 1
        }
        self.axis = max(axis, 0)
        guard !dimensions.isEmpty else {
            step = 1
            return
        }
        var step = min(dimensions[self.axis], max(capacity / inner, 1))
        // Whole chunks, so that none is unpacked twice.
        if let chunk, step < dimensions[self.axis], step > chunk[self.axis] { step -= step % chunk[self.axis] }
        self.step = step
        for outer in 0..<self.axis { count[outer] = 1 }
        count[self.axis] = step
    }

    /// Elements in the block.
    var elementCount: Int { count.reduce(1, *) }

    /// Goes to the next block; false after the last.
    mutating func advance() -> Bool {
        guard !dimensions.isEmpty else { return false }
        start[axis] += step
        if start[axis] < dimensions[axis] {
            count[axis] = min(step, dimensions[axis] - start[axis])
            return true
        }
        start[axis] = 0
        count[axis] = step
        for outer in (0..<axis).reversed() {
            start[outer] += 1
            if start[outer] < dimensions[outer] { return true }
            start[outer] = 0
        }
        return false
    }
}
