// What the kernels could reach at most: steps of matrix products with nothing around them. Not here: a clock.

internal import CKernels

/// A step that matrix products are made of, or could be, in one instruction set.
@safe package struct ArithmeticLimit: @unchecked Sendable {
    // @unchecked, @safe: the pointers are into constants of the program.
    /// The instructions, by their names.
    package let instructions: String
    /// Whether the factors are 8-bit codes; else fp32.
    package let isInt8: Bool
    /// Whether the set's own products take the step, all or a part of them.
    package let isUsed: Bool
    private let step: ck_limit

    init(_ limit: ck_limit) {
        unsafe instructions = String(cString: limit.instructions)
        unsafe isInt8 = limit.is_int8 != 0
        unsafe isUsed = limit.is_used != 0
        unsafe step = limit
    }

    /// Does the step `steps` times on registers; the multiply-adds done, and their count by the sums.
    ///
    /// The two are equal for up to a million steps in int8, and ten thousand in fp32.
    package func run(steps: Int) -> (done: Int, counted: Int) {
        precondition(steps >= 0 && steps <= 1 << 24, "the sums stay exact")
        var sink = [UInt32](repeating: 0, count: PackedMatrix.panel)
        let done = unsafe sink.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a panel has columns") }
            return unsafe step.run(base, steps)
        }
        return (done, sink.reduce(0) { $0 + (isInt8 ? Int(Int32(bitPattern: $1)) : Int(Float(bitPattern: $1))) })
    }
}

extension Kernels {
    /// The steps of this instruction set: first that of the int8 product, last that of the fp32 product.
    package var limits: [ArithmeticLimit] {
        var limits: [ArithmeticLimit] = []
        while let limit = unsafe table.limit(limits.count) { limits.append(unsafe ArithmeticLimit(limit.pointee)) }
        return limits
    }
}
