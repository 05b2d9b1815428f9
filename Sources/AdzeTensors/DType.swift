// The element types that a tensor can have once it is read, and their conversion to fp32. Types that no tensor here can
// have (complex, fp8, quantized) are refused by the readers, by name.

/// The element type of a tensor.
public enum DType: String, Sendable, CaseIterable {
    case bool
    case uint8
    case int8
    case uint16
    case int16
    case uint32
    case int32
    case uint64
    case int64
    case float16
    case bfloat16
    case float32
    case float64

    /// Bytes of one element.
    public var size: Int {
        switch self {
        case .bool, .uint8, .int8: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// Whether the elements are floating point.
    public var isFloatingPoint: Bool {
        switch self {
        case .float16, .bfloat16, .float32, .float64: true
        default: false
        }
    }
}
