// Random weights of any shape, for benchmarks. Not here: new heads of real models, which are `ModelCheckpoint`'s.

internal import AdzeBytes
public import AdzeTensors

/// The parameters of a shape with random values: the same for the same seed, whoever loads them first.
public struct RandomParameterStore: TensorStore {
    /// Every parameter, in the order of `config.parameters(head:)`.
    public let tensors: [TensorInfo]
    private let parameters: [Parameter]
    private let seed: UInt64

    /// The parameters of a model with this head.
    public init(config: EncoderShape, head: Head, seed: UInt64) {
        parameters = config.parameters(head: head)
        tensors = parameters.map { TensorInfo(name: $0.name, dtype: .float32, shape: $0.shape) }
        self.seed = seed
    }

    /// Makes one: matrices with the standard deviation 0.02 that BERT begins with, bell-shaped as trained weights
    /// are, since the speed of int8 may depend on that, normalisation that changes nothing, biases of zero. Throws `CheckpointError` for another name.
    ///
    /// - Complexity: O(elements).
    public func load(_ name: String) throws -> Tensor {
        guard let index = tensors.firstIndex(where: { $0.name == name }) else {
            throw CheckpointError.missing(name: name, others: 0, nearest: nil)
        }
        let shape = tensors[index].shape
        guard shape.rank > 1 else {
            return Tensor(
                shape: shape,
                floats: [Float](repeating: parameters[index].role == .normScale ? 1 : 0, count: shape.count))
        }
        var generator = SplitMix64(seed: seed &+ UInt64(index) &* 0xD134_2543_DE82_EF95)
        // The sum of four numbers of 16 bits has the standard deviation 2^16 / √3.
        let scale: Float = 0.02 * Float(3).squareRoot() * 0x1p-16
        let values = unsafe [Float](unsafeUninitializedCapacity: shape.count) { out, count in
            for position in 0..<shape.count {
                let bits = generator.next()
                let halves = (bits & 0xFFFF_0000_FFFF) + (bits >> 16 & 0xFFFF_0000_FFFF)
                let sum = Int32(halves & 0x3_FFFF) + Int32(halves >> 32) - (1 << 17)
                unsafe out.initializeElement(at: position, to: Float(sum) * scale)
            }
            count = shape.count
        }
        return Tensor(shape: shape, floats: values)
    }
}
