// Where the elements of a tensor are in its storage: sizes and strides, checked against the storage once. Not here:
// reading them.

internal import AdzeTensors

/// A tensor's elements as a walk over a storage, in elements.
///
/// Invariant: every element that the sizes and strides reach is inside the storage, and no product of theirs overflows.
struct TensorLayout: Sendable, Equatable {
    let shape: Shape
    let strides: [Int]
    /// The first element, from the start of the storage's record.
    let offset: Int

    /// Checks the layout against a storage of `available` elements; the error says what does not fit.
    ///
    /// The last element reached is `offset + Σ (size − 1) · stride`, all of it checked arithmetic; an empty tensor reaches
    /// none but must begin inside the storage or at its end.
    init(offset: Int, shape: Shape, strides: [Int], available: Int) throws(LayoutFault) {
        guard strides.count == shape.rank else {
            throw LayoutFault(detail: "\(shape.rank) sizes but \(strides.count) strides")
        }
        guard offset >= 0, strides.allSatisfy({ $0 >= 0 }) else {
            throw LayoutFault(detail: "a negative offset or stride")
        }
        guard offset <= available else {
            throw LayoutFault(detail: "begins at element \(offset) of a storage that has \(available)")
        }
        if shape.count > 0 {
            var last = offset
            for (size, stride) in zip(shape.dimensions, strides) {
                let (step, overflowed) = (size - 1).multipliedReportingOverflow(by: stride)
                let (sum, overflowedToo) = last.addingReportingOverflow(step)
                guard !overflowed, !overflowedToo, sum < available else {
                    throw LayoutFault(
                        detail: "offset \(offset), sizes \(shape) and strides \(strides) reach past the storage's"
                            + " \(available) elements")
                }
                last = sum
            }
            guard last < available else {
                throw LayoutFault(detail: "element \(last) of a storage that has \(available)")
            }
        }
        self.offset = offset
        self.shape = shape
        self.strides = strides
    }

    /// Whether the elements stand one after another in row-major order.
    var isContiguous: Bool {
        var expected = 1
        for (size, stride) in zip(shape.dimensions, strides).reversed() where size != 1 {
            guard stride == expected else { return shape.count == 0 }
            expected *= size
        }
        return true
    }
}

/// What does not fit between a layout and its storage.
struct LayoutFault: Error {
    let detail: String
}
