// The pickle of a state_dict, protocol 2, as torch's own safe loader reads it. Not here: any other pickle.

internal import AdzeTensors

/// Builds the pickle of an ordered dictionary of tensors.
struct PickleWriter {
    private(set) var bytes: [UInt8] = [PickleOpcode.proto.rawValue, 2]
    /// The names and strings written before, by what they are; each is written once and then recalled.
    private var memo: [String: Int] = [:]

    /// Begins an `OrderedDict`; `finish` ends it.
    init() {
        global("collections", "OrderedDict")
        put([.emptyTuple, .reduce, .mark])
    }

    /// Adds a contiguous tensor that lies at the start of the storage of the key, a zip archive's.
    mutating func add(_ info: TensorInfo, storage key: String) {
        add(info, key, offset: 0, count: info.shape.count, isLegacy: false)
    }

    /// Adds a contiguous tensor that begins at an element of a legacy stream's storage of `count` elements.
    mutating func add(_ info: TensorInfo, inLegacyStorage key: String, offset: Int, of count: Int) {
        precondition(PickleWriter.storageTypes[info.dtype] != nil, "legacy streams have typed storages alone")
        add(info, key, offset: offset, count: count, isLegacy: true)
    }

    private mutating func add(_ info: TensorInfo, _ key: String, offset: Int, count: Int, isLegacy: Bool) {
        text(info.name)
        let storage = PickleWriter.storageTypes[info.dtype]
        global("torch._utils", storage == nil ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2")
        put([.mark, .mark])
        remembered("storage")
        if let storage {
            global("torch", storage)
        } else {
            // Types younger than typed storages: a storage of bytes, and the type named beside it.
            global("torch.storage", "UntypedStorage")
        }
        text(key)
        remembered("cpu")
        integer(storage == nil ? info.byteCount : count)
        // Which part of another storage it is: none.
        if isLegacy { put([.none]) }
        put([.tuple, .binPersistentID])
        integer(offset)
        tuple(info.shape.dimensions)
        var strides: [Int] = []
        var step = 1
        for size in info.shape.dimensions.reversed() {
            strides.insert(step, at: 0)
            step *= max(size, 1)
        }
        tuple(strides)
        put([.newFalse])
        global("collections", "OrderedDict")
        put([.emptyTuple, .reduce])
        if storage == nil { global("torch", info.dtype.rawValue) }
        put([.tuple, .reduce])
    }

    /// Ends the dictionary and the pickle.
    mutating func finish() -> [UInt8] {
        put([.setItems, .stop])
        return bytes
    }

    /// The pickle of a list of texts.
    static func list(_ texts: [String]) -> [UInt8] {
        var writer = PickleWriter()
        writer.bytes = [PickleOpcode.proto.rawValue, 2]
        writer.put([.emptyList, .mark])
        for text in texts { writer.text(text) }
        writer.put([.appends, .stop])
        return writer.bytes
    }

    private static let storageTypes: [DType: String] = [
        .bool: "BoolStorage", .uint8: "ByteStorage", .int8: "CharStorage", .int16: "ShortStorage",
        .int32: "IntStorage", .int64: "LongStorage", .float16: "HalfStorage", .bfloat16: "BFloat16Storage",
        .float32: "FloatStorage", .float64: "DoubleStorage",
    ]

    // MARK: - Opcodes

    private mutating func put(_ opcodes: [PickleOpcode]) { bytes += opcodes.map(\.rawValue) }

    private mutating func little(_ value: Int, _ count: Int) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }

    private mutating func text(_ text: String) {
        put([.binUnicode])
        little(text.utf8.count, 4)
        bytes += text.utf8
    }

    private mutating func integer(_ value: Int) {
        switch value {
        case 0...0xFF:
            put([.binInt1])
            little(value, 1)
        case 0...0xFFFF:
            put([.binInt2])
            little(value, 2)
        case 0...Int(Int32.max):
            put([.binInt])
            little(value, 4)
        default:
            put([.long1])
            bytes.append(8)
            little(value, 8)
        }
    }

    private mutating func tuple(_ values: [Int]) {
        put([.mark])
        for value in values { integer(value) }
        put([.tuple])
    }

    /// Writes what `body` writes the first time, and recalls it from the memo afterwards.
    private mutating func once(_ name: String, _ body: (inout PickleWriter) -> Void) {
        if let index = memo[name] {
            // At most 16 storage types and a handful of names: a byte is enough.
            put([.binGet])
            bytes.append(UInt8(index))
        } else {
            body(&self)
            let index = memo.count
            memo[name] = index
            put([.binPut])
            bytes.append(UInt8(index))
        }
    }

    private mutating func remembered(_ string: String) { once("string " + string) { $0.text(string) } }

    private mutating func global(_ module: String, _ name: String) {
        once("\(module) \(name)") { writer in
            writer.put([.global])
            writer.bytes += Array("\(module)\n\(name)\n".utf8)
        }
    }
}
