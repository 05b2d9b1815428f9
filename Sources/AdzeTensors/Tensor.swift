// A tensor that has been read: type, shape and its own contiguous bytes. Not a compute type: nothing is calculated here
// but conversions of the elements.

/// What a tensor is, without its elements.
public struct TensorInfo: Sendable, Equatable {
    /// The name in its store.
    public let name: String
    /// The element type.
    public let dtype: DType
    /// The dimensions.
    public let shape: Shape

    /// A tensor's description.
    public init(name: String, dtype: DType, shape: Shape) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
    }

    /// Bytes of the contiguous tensor.
    public var byteCount: Int { shape.count * dtype.size }
}

/// A tensor in memory: contiguous, row-major, little-endian.
public struct Tensor: Sendable, Equatable {
    /// The element type.
    public let dtype: DType
    /// The dimensions.
    public let shape: Shape
    /// The elements; `shape.count * dtype.size` bytes.
    public let bytes: [UInt8]

    /// A tensor of bytes; their number must fit the shape.
    public init(dtype: DType, shape: Shape, bytes: [UInt8]) {
        precondition(bytes.count == shape.count * dtype.size, "\(bytes.count) bytes for \(shape) of \(dtype)")
        self.dtype = dtype
        self.shape = shape
        self.bytes = bytes
    }

    /// An fp32 tensor of the values.
    public init(shape: Shape, floats: [Float]) {
        precondition(floats.count == shape.count, "\(floats.count) values for \(shape)")
        unsafe self.init(dtype: .float32, shape: shape, bytes: floats.withUnsafeBytes { unsafe Array($0) })
    }

    /// The first rows of a matrix, as many as it has at least.
    package func firstRows(_ count: Int) -> Tensor {
        precondition(shape.rank == 2 && (0...shape[0]).contains(count), "rows of a matrix")
        return Tensor(
            dtype: dtype, shape: Shape(count, shape[1]), bytes: Array(bytes.prefix(count * shape[1] * dtype.size)))
    }

    /// The tensor with some places of one of its dimensions alone, in the order given.
    ///
    /// - Complexity: O(n).
    package func taking(_ places: [Range<Int>], alongDimension axis: Int) -> Tensor {
        precondition(shape.dimensions.indices.contains(axis), "a dimension of \(shape)")
        let size = shape.dimensions[axis]
        precondition(places.allSatisfy { 0 <= $0.lowerBound && $0.upperBound <= size }, "places of \(size)")
        let inner = shape.dimensions[(axis + 1)...].reduce(dtype.size, *)
        var dimensions = shape.dimensions
        dimensions[axis] = places.reduce(0) { $0 + $1.count }
        guard let taken = Shape(dimensions) else { preconditionFailure("fewer places than there were") }
        var kept: [UInt8] = []
        kept.reserveCapacity(taken.count * dtype.size)
        for start in stride(from: 0, to: bytes.count, by: max(1, size * inner)) {
            for range in places { kept += bytes[start + range.lowerBound * inner..<start + range.upperBound * inner] }
        }
        return Tensor(dtype: dtype, shape: taken, bytes: kept)
    }

    /// The elements as fp32: exact from fp16, bf16 and small integers, rounded to nearest even from fp64 and wide ones.
    ///
    /// - Complexity: O(n).
    public func floats() -> [Float] {
        switch dtype {
        case .float32: elements(Float.self) { $0 }
        case .float64: elements(Double.self) { Float($0) }
        case .float16: elements(UInt16.self) { Float(halfBits: UInt16(littleEndian: $0)) }
        case .bfloat16: elements(UInt16.self) { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
        case .bool, .uint8: elements(UInt8.self) { Float($0) }
        case .int8: elements(Int8.self) { Float($0) }
        case .uint16: elements(UInt16.self) { Float($0) }
        case .int16: elements(Int16.self) { Float($0) }
        case .uint32: elements(UInt32.self) { Float($0) }
        case .int32: elements(Int32.self) { Float($0) }
        case .uint64: elements(UInt64.self) { Float($0) }
        case .int64: elements(Int64.self) { Float($0) }
        }
    }

    private func elements<Stored: BitwiseCopyable>(_: Stored.Type, _ convert: (Stored) -> Float) -> [Float] {
        let count = shape.count
        return unsafe bytes.withUnsafeBytes { raw in
            unsafe [Float](unsafeUninitializedCapacity: count) { out, initialized in
                for index in 0..<count {
                    let offset = index * MemoryLayout<Stored>.size
                    unsafe out.initializeElement(
                        at: index, to: convert(raw.loadUnaligned(fromByteOffset: offset, as: Stored.self)))
                }
                initialized = count
            }
        }
    }
}

extension Float {
    /// The value of an IEEE 754 binary16 pattern; exact, NaN payloads kept.
    ///
    /// Spelled out because `Float16` does not exist on every platform of Swift.
    package init(halfBits bits: UInt16) {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10 & 0x1F)
        let fraction = UInt32(bits & 0x3FF)
        switch exponent {
        case 0:
            let magnitude = Float(fraction) * 0x1p-24
            self = sign == 0 ? magnitude : -magnitude
        case 31: self.init(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
