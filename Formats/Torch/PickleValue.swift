// The values that a pickle builds: they refer to each other by index into one heap. A shared list is one node, as in
// Python; releasing the heap is a loop over arrays and never a recursion. Not here: the opcodes.

internal import AdzeBytes
package import AdzeTensors

/// A run of a pickle's own bytes.
package struct PickleSlice: Sendable, Equatable {
    package let offset: UInt32
    package let count: UInt32
}

/// A value on the stack, in the memo or in a container.
package enum PickleValue: Sendable, Equatable {
    case none
    case bool(Bool)
    case int(Int)
    /// An integer wider than 64 bits: little-endian two's complement, never calculated with.
    case bigInteger(PickleSlice)
    case float(Double)
    /// UTF-8, checked when it was read.
    case text(PickleSlice)
    case bytes(PickleSlice)
    /// Bytes spelled as the UTF-8 of their Latin-1 text, as protocol 2 spells them.
    case latin1(PickleSlice)
    case global(PickleGlobal)
    /// A tuple, list, dictionary or set: an index into `PickleHeap.containers`.
    case container(Int)
    case storage(Int)
    case tensor(Int)
    case numpyType(Int)
    /// A name outside the allow-list: an index into `PickleHeap.foreignNames`.
    case foreignName(Int)
    /// A thing that is known to be harmless and is not looked into.
    case inert(InertKind)
}

/// Things that trainers put beside the weights and that nobody reads.
package enum InertKind: String, Sendable, Equatable {
    case device = "torch.device"
    case layout = "torch.layout"
    case complex = "complex"
    case numpyArray = "numpy.ndarray"
    case numpyScalar = "a numpy value"
}

/// A container of the heap; dictionaries and objects hold key, value, key, value in order.
package struct PickleContainer: Sendable, Equatable {
    package enum Kind: String, Sendable, Equatable {
        case tuple, list, dictionary, set
        /// What a class would have made: its arguments and items under their positions, its attributes under their names.
        case object

        /// Whether the items are keys and values.
        var isKeyed: Bool { self == .dictionary || self == .object }
    }

    package let kind: Kind
    package var items: [PickleValue]
}

/// The element type that a storage or a tensor states.
package enum TorchElement: Sendable, Equatable {
    case dtype(DType)
    /// A storage of bytes, whose tensors bring their own type.
    case untyped
    /// A type that is recognised, measured and not read.
    case foreign(ForeignElement)

    /// Bytes of one element.
    package var size: Int {
        switch self {
        case .dtype(let dtype): dtype.size
        case .untyped: 1
        case .foreign(let element): element.size
        }
    }
}

/// Element types of torch that no `Tensor` here can have.
package enum ForeignElement: String, Sendable, Equatable, CaseIterable {
    case complex32, complex64, complex128
    case qint8, quint8, qint32, quint4x2, quint2x4
    case float8_e4m3fn, float8_e5m2, float8_e4m3fnuz, float8_e5m2fnuz, float8_e8m0fnu, float4_e2m1fn_x2
    case bits1x8, bits2x4, bits4x2, bits8, bits16
    case int1, int2, int3, int4, int5, int6, int7
    case uint1, uint2, uint3, uint4, uint5, uint6, uint7

    var size: Int {
        switch self {
        case .complex128: 16
        case .complex64: 8
        case .complex32, .qint32: 4
        case .bits16: 2
        default: 1
        }
    }
}

extension ForeignElement {
    /// Why a tensor of this type is not read, and what to do about it.
    var reason: String {
        switch self {
        case .qint8, .quint8, .qint32, .quint4x2, .quint2x4:
            "a quantized tensor (\(rawValue)); save it after dequantize()"
        case .complex32, .complex64, .complex128: "its elements are complex (\(rawValue)), which no BERT has"
        default: "its element type is \(rawValue); save it after float()"
        }
    }
}

/// A storage as a persistent id describes it, before anybody has looked where its bytes are.
package struct StorageRecord: Sendable, Equatable {
    /// The decimal digits that name the record.
    package let key: String
    package let element: TorchElement
    /// Elements of the whole record.
    package let count: Int
    /// The window that a legacy view shows, in elements; the whole record otherwise.
    package let window: Range<Int>

    /// Bytes of the whole record; the product was checked when the record was made.
    package var byteCount: Int { count * element.size }
}

/// A tensor as a rebuild function's arguments describe it; nothing is checked against the storage yet.
package struct TensorRecord: Sendable, Equatable {
    package let storage: Int
    package let element: TorchElement
    /// In elements from the start of the storage.
    package let offset: Int
    package let sizes: [Int]
    package let strides: [Int]
    /// Why the tensor cannot be read although the checkpoint is sound.
    package let unsupported: String?
}

/// A numpy element type, of which only scalars are read.
package struct NumpyType: Sendable, Equatable {
    package let code: String
    package var isBigEndian = false
}

/// Everything that a pickle made.
package struct PickleHeap: Sendable {
    package var containers: [PickleContainer] = []
    package var storages: [StorageRecord] = []
    package var tensors: [TensorRecord] = []
    package var numpyTypes: [NumpyType] = []
    /// The names outside the allow-list, each once, in the order in which they are asked for.
    package var foreignNames: [String] = []
    /// The pickle's bytes, which the slices point into.
    package var bytes: [UInt8] = []

    /// The text of a slice; ill-formed bytes (those of a Python 2 string) become U+FFFD.
    package func text(_ slice: PickleSlice) -> String {
        String(decoding: bytes[Int(slice.offset)..<Int(slice.offset) + Int(slice.count)], as: UTF8.self)
    }

    /// The items of a tuple, or nil for anything else.
    package func tuple(_ value: PickleValue) -> [PickleValue]? {
        guard case .container(let index) = value, containers[index].kind == .tuple else { return nil }
        return containers[index].items
    }

    /// What the value is, for "expected a list, found …".
    package func kindName(_ value: PickleValue) -> String {
        switch value {
        case .none: "None"
        case .bool: "a bool"
        case .int, .bigInteger: "an int"
        case .float: "a float"
        case .text: "a string"
        case .bytes, .latin1: "bytes"
        case .global(let global): global.name
        case .container(let index):
            containers[index].kind == .object ? "an object" : "a \(containers[index].kind.rawValue)"
        case .storage: "a storage"
        case .tensor: "a tensor"
        case .numpyType: "numpy.dtype"
        case .foreignName(let index): quoted(foreignNames[index])
        case .inert(let kind): kind.rawValue
        }
    }
}

/// How much work and memory a pickle may ask for.
package struct PickleLimits: Sendable {
    package var bytes = 128 << 20
    package var opcodes = 10_000_000
    package var stack = 1_000_000
    package var marks = 256
    package var memo = 1_000_000
    package var stringBytes = 1 << 20
    /// Bytes objects, which are arrays of numpy; they are never copied.
    package var byteRunBytes = 128 << 20
    /// Names outside the allow-list.
    package var foreignNames = 10_000
    /// Containers, storages and tensors together.
    package var objects = 4_000_000
    /// Items of containers, copies included.
    package var items = 10_000_000
    /// Items for each byte of the pickle, beside some thousands: an item takes a byte at least, and is copied once where
    /// one container is made of another.
    package var itemsPerByte = 4
    /// Containers inside containers.
    package var depth = 64
    /// Values met when the containers are walked, shared ones counted each time.
    package var visits = 1_000_000
    /// Bytes of one joined name.
    package var nameBytes = 1024
    /// Bytes of all joined names.
    package var allNameBytes = 64 << 20

    package init() {}

    /// The most items that a pickle may have made when so many bytes of it have been read.
    package func items(after bytes: Int) -> Int { min(items, 10_000 + itemsPerByte * bytes) }

    /// The limits for walking what a pickle of so many bytes made, in proportion to it: containers that are shared a
    /// hundred times inside each other are a bomb, however few their bytes.
    package func walking(pickleBytes: Int) -> PickleLimits {
        var limits = self
        limits.visits = min(visits, items(after: pickleBytes))
        limits.allNameBytes = min(allNameBytes, 1 << 20 + 64 * min(pickleBytes, allNameBytes))
        return limits
    }
}
