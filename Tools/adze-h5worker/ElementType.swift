// Which HDF5 types are elements of tensors, and the type that the library converts them to: little-endian, of a size
// that the stream has. A conversion is always exact.

import AdzeTensors
import CHDF5

/// An element type: ours, and the library's in memory.
struct ElementType {
    let dtype: DType

    private enum Memory {
        case integer(bytes: Int, isSigned: Bool)
        case half(exponentBits: Int)
        case float(bytes: Int)
    }

    private let memory: Memory

    enum Verdict {
        case tensor(ElementType)
        case skipped(String)
    }

    /// The library's type for elements in memory.
    func memoryType() -> Handle? {
        switch memory {
        case .integer(let bytes, let isSigned): Handle(chdf5_integer_type(Int32(bytes), isSigned ? 1 : 0))
        case .half(let exponentBits): Handle(chdf5_float16_type(Int32(exponentBits)))
        case .float(let bytes): Handle(chdf5_float_type(Int32(bytes)))
        }
    }

    static func examine(_ type: borrowing Handle) -> Verdict {
        if H5Tcommitted(type.id) > 0 { return .skipped("a committed type") }
        switch H5Tget_class(type.id) {
        case H5T_INTEGER: return integer(type)
        case H5T_FLOAT: return float(type)
        case H5T_ENUM: return enumeration(type)
        case H5T_STRING: return .skipped("strings")
        case H5T_VLEN: return .skipped("lists of varying length")
        case H5T_COMPOUND: return .skipped("a compound type")
        case H5T_REFERENCE: return .skipped("references")
        case H5T_ARRAY: return .skipped("an array type")
        case H5T_OPAQUE: return .skipped("an opaque type")
        case H5T_BITFIELD: return .skipped("a bit field")
        case H5T_TIME: return .skipped("a time")
        default: return .skipped("an unknown type")
        }
    }

    private static func integer(_ type: borrowing Handle) -> Verdict {
        let isSigned = H5Tget_sign(type.id) == H5T_SGN_2
        // Odd sizes are widened.
        guard let bytes = [1, 2, 4, 8].first(where: { $0 >= H5Tget_size(type.id) }) else {
            return .skipped("integers of \(H5Tget_size(type.id)) bytes")
        }
        let dtype: DType =
            switch bytes {
            case 1: isSigned ? .int8 : .uint8
            case 2: isSigned ? .int16 : .uint16
            case 4: isSigned ? .int32 : .uint32
            default: isSigned ? .int64 : .uint64
            }
        return .tensor(ElementType(dtype: dtype, memory: .integer(bytes: bytes, isSigned: isSigned)))
    }

    private static func float(_ type: borrowing Handle) -> Verdict {
        var (sign, exponentAt, exponent, fractionAt, fraction) = (0, 0, 0, 0, 0)
        guard unsafe H5Tget_fields(type.id, &sign, &exponentAt, &exponent, &fractionAt, &fraction) >= 0,
            H5Tget_norm(type.id) == H5T_NORM_IMPLIED
        else { return .skipped("an unusual floating-point type") }
        let bias = H5Tget_ebias(type.id)
        // A bias other than IEEE 754's shifts the range: what fits by bits would not fit by value.
        guard (1...11).contains(exponent), bias == (1 << (exponent - 1)) - 1 else {
            return .skipped("an unusual floating-point type")
        }
        switch (exponent, fraction) {
        case (5, 10): return .tensor(ElementType(dtype: .float16, memory: .half(exponentBits: 5)))
        case (8, 7): return .tensor(ElementType(dtype: .bfloat16, memory: .half(exponentBits: 8)))
        case (...8, ...23): return .tensor(ElementType(dtype: .float32, memory: .float(bytes: 4)))
        case (_, ...52): return .tensor(ElementType(dtype: .float64, memory: .float(bytes: 8)))
        default: return .skipped("floats of \(H5Tget_size(type.id)) bytes")
        }
    }

    /// h5py keeps truth values as an enumeration of one byte with the members FALSE and TRUE.
    private static func enumeration(_ type: borrowing Handle) -> Verdict {
        guard H5Tget_size(type.id) == 1, H5Tget_nmembers(type.id) == 2, let base = Handle(H5Tget_super(type.id)),
            H5Tget_class(base.id) == H5T_INTEGER, member(type, 0) == "FALSE", member(type, 1) == "TRUE"
        else { return .skipped("an enumeration") }
        let isSigned = H5Tget_sign(base.id) == H5T_SGN_2
        return .tensor(ElementType(dtype: .bool, memory: .integer(bytes: 1, isSigned: isSigned)))
    }

    private static func member(_ type: borrowing Handle, _ index: UInt32) -> String? {
        var value: UInt8 = 0
        guard unsafe H5Tget_member_value(type.id, index, &value) >= 0, UInt32(value) == index,
            let name = unsafe H5Tget_member_name(type.id, index)
        else { return nil }
        defer { unsafe H5free_memory(name) }
        return unsafe String(validatingCString: name)
    }
}
