// What the allow-listed names stand for: each "call" of the pickle becomes a value of the heap, its arguments checked
// for number and kind. Nothing is called. Source: torch/_utils.py, the `_rebuild_*` functions.

internal import AdzeBytes
internal import AdzeTensors

extension PickleMachine {
    /// The value of REDUCE or NEWOBJ, or with named arguments of NEWOBJ_EX.
    mutating func call(
        _ function: PickleValue, _ arguments: PickleValue, named: PickleValue? = nil
    ) throws(TorchError) -> PickleValue {
        if heap.standsForObjects(function) { return try object(arguments, named) }
        if let named {
            guard case .container(let index) = named, heap.containers[index].kind == .dictionary,
                heap.containers[index].items.isEmpty
            else { throw fault(.call, "named arguments for \(heap.kindName(function))") }
        }
        guard case .global(let global) = function else {
            throw fault(.call, "expected a name to build with, found \(heap.kindName(function))")
        }
        guard let items = heap.tuple(arguments) else {
            throw fault(.call, "expected a tuple of arguments, found \(heap.kindName(arguments))")
        }
        switch global {
        case .orderedDict, .defaultDict, .counter, .builtin: return try plain(global, items)
        case .rebuildTensor, .rebuildTensorV2, .rebuildTensorV3: return try rebuild(global, items)
        case .rebuildParameter: return try unwrap(items, count: 3...3, global)
        case .rebuildParameterWithState: return try unwrap(items, count: 4...4, global)
        case .parameter: return try unwrap(items, count: 1...2, global)
        case .rebuildFromType:
            guard items.count == 4, case .global(let inner) = items[0], let innerItems = heap.tuple(items[2]),
                items[1] == .global(.tensor) || items[1] == .global(.parameter) || heap.standsForObjects(items[1])
            else { throw badCall(global, items) }
            if inner.rebuildsTensor { return try rebuild(inner, innerItems) }
            switch inner {
            case .rebuildUnsupported(let function): return try unsupported(function.reason)
            case .rebuildFromCPUTensor: return try fromCPUTensor(innerItems)
            default: throw badCall(global, items)
            }
        case .rebuildUnsupported(let function): return try unsupported(function.reason)
        case .rebuildFromCPUTensor: return try fromCPUTensor(items)
        case .size:
            guard items.count == 1, heap.tuple(items[0]) != nil else { throw badCall(global, items) }
            return items[0]
        case .device: return .inert(.device)
        case .getLayout: return .inert(.layout)
        case .codecsEncode:
            guard items.count == 2, case .text(let slice) = items[0], let codec = text(items[1]),
                codec == "latin1" || codec == "latin-1"
            else { throw badCall(global, items) }
            return .latin1(slice)
        case .numpyDType:
            // The two that may follow are whether to align and to copy.
            let areFlags = items.dropFirst().allSatisfy { [.int(0), .int(1), .bool(false), .bool(true)].contains($0) }
            guard items.count <= 3, areFlags, let first = items.first, let code = text(first), code.utf8.count <= 16
            else { throw badCall(global, items) }
            try countObject()
            heap.numpyTypes.append(NumpyType(code: code))
            return .numpyType(heap.numpyTypes.count - 1)
        case .numpyScalar: return try numpyScalar(items)
        case .numpyReconstruct: return .inert(.numpyArray)
        case .tensor, .storage, .dtype, .quantizationScheme, .numpyArray, .tensorType, .holder:
            throw badCall(global, items)
        }
    }

    private func badCall(_ global: PickleGlobal, _ items: [PickleValue]) -> TorchError {
        let kinds = items.prefix(8).map { heap.kindName($0) }.joined(separator: ", ")
        return fault(.call, "\(global.name) of (\(kinds))")
    }

    // MARK: - Objects

    /// What a class outside the allow-list would make: its arguments, kept and never handed to anything.
    private mutating func object(_ arguments: PickleValue, _ named: PickleValue?) throws(TorchError) -> PickleValue {
        guard let items = heap.tuple(arguments) else {
            throw fault(.call, "expected a tuple of arguments, found \(heap.kindName(arguments))")
        }
        let object = try make(.object, [])
        guard case .container(let index) = object else { return object }
        try addItems(items, keyed: false, toObject: index)
        if let named { try setAttributes(named, ofObject: index) }
        return object
    }

    /// BUILD of an object: a dictionary of attributes, a pair of them (the second for slots), or anything else.
    private mutating func setAttributes(_ state: PickleValue, ofObject index: Int) throws(TorchError) {
        let parts: [PickleValue]
        if let pair = heap.tuple(state), pair.count == 2, pair.allSatisfy({ $0 == .none || heap.isDictionary($0) }) {
            parts = pair.filter { $0 != .none }
        } else {
            parts = state == .none ? [] : [state]
        }
        for part in parts {
            guard case .container(let source) = part, heap.containers[source].kind == .dictionary else {
                try addItems([part], keyed: false, toObject: index)
                continue
            }
            try addItems(heap.containers[source].items, keyed: true, toObject: index)
        }
    }

    // MARK: - Plain values

    private mutating func plain(_ global: PickleGlobal, _ items: [PickleValue]) throws(TorchError) -> PickleValue {
        switch global {
        case .orderedDict:
            guard let first = items.first else { return try make(.dictionary, []) }
            guard items.count == 1, case .container(let index) = first else { throw badCall(global, items) }
            return try orderedDictionary(heap.containers[index], global, items)
        case .defaultDict:
            if let factory = items.first {
                switch factory {
                case .none, .global, .foreignName: break
                default: throw badCall(global, items)
                }
            }
            guard items.count <= 1 else { throw badCall(global, items) }
            return try make(.dictionary, [])
        case .counter:
            guard let first = items.first else { return try make(.dictionary, []) }
            guard items.count == 1, case .container(let index) = first, heap.containers[index].kind == .dictionary
            else { throw badCall(global, items) }
            return try make(.dictionary, heap.containers[index].items)
        case .builtin(.set), .builtin(.frozenset):
            guard let first = items.first else { return try make(.set, []) }
            guard items.count == 1, case .container(let index) = first, heap.containers[index].kind != .dictionary
            else { throw badCall(global, items) }
            return try make(.set, heap.containers[index].items)
        case .builtin(.bytearray):
            guard let first = items.first else { return .bytes(PickleSlice(offset: 0, count: 0)) }
            switch first {
            case .bytes, .latin1: return first
            case .text(let slice): return .latin1(slice)
            default: throw badCall(global, items)
            }
        case .builtin(.bytes):
            guard items.isEmpty else { throw badCall(global, items) }
            return .bytes(PickleSlice(offset: 0, count: 0))
        case .builtin(.complex): return .inert(.complex)
        default: throw badCall(global, items)
        }
    }

    /// Python 2 gives an OrderedDict its pairs as one list of two-item lists.
    private mutating func orderedDictionary(
        _ pairs: PickleContainer, _ global: PickleGlobal, _ items: [PickleValue]
    ) throws(TorchError) -> PickleValue {
        guard pairs.kind == .list else { throw badCall(global, items) }
        var flat: [PickleValue] = []
        for pair in pairs.items {
            guard case .container(let index) = pair, heap.containers[index].items.count == 2,
                heap.containers[index].kind == .list || heap.containers[index].kind == .tuple
            else { throw badCall(global, items) }
            flat += heap.containers[index].items
        }
        return try make(.dictionary, flat)
    }

    /// A numpy scalar is the number that its bytes are; strings and dates of numpy are not looked into.
    private func numpyScalar(_ items: [PickleValue]) throws(TorchError) -> PickleValue {
        guard items.count == 2, case .numpyType(let index) = items[0] else { throw badCall(.numpyScalar, items) }
        // No number has more than 8 bytes, or two of UTF-8 for each: what is longer is not copied, let alone decoded.
        switch items[1] {
        case .bytes(let slice) where slice.count > 8: return .inert(.numpyScalar)
        case .latin1(let slice) where slice.count > 16: return .inert(.numpyScalar)
        default: break
        }
        let bytes: [UInt8]
        switch items[1] {
        case .bytes(let slice): bytes = Array(input.bytes[Int(slice.offset)..<Int(slice.offset) + Int(slice.count)])
        case .latin1(let slice):
            let scalars = text(.text(slice))?.unicodeScalars.map { UInt8(exactly: $0.value) } ?? []
            guard !scalars.contains(nil) else { throw badCall(.numpyScalar, items) }
            bytes = scalars.compactMap { $0 }
        default: throw badCall(.numpyScalar, items)
        }
        return heap.numpyTypes[index].value(of: bytes) ?? .inert(.numpyScalar)
    }

    // MARK: - Tensors

    private func unwrap(
        _ items: [PickleValue], count: ClosedRange<Int>, _ global: PickleGlobal
    ) throws(TorchError) -> PickleValue {
        // A parameter is its tensor: whether it wants a gradient, its hooks and its attributes are not weights.
        guard count.contains(items.count), let first = items.first, case .tensor = first else {
            throw badCall(global, items)
        }
        return first
    }

    private mutating func unsupported(_ reason: String) throws(TorchError) -> PickleValue {
        try countObject()
        heap.tensors.append(
            TensorRecord(storage: -1, element: .untyped, offset: 0, sizes: [], strides: [], unsupported: reason))
        return .tensor(heap.tensors.count - 1)
    }

    /// A tensor that a device without storages saved as the processor's: data, type, device, whether it wants a gradient.
    private mutating func fromCPUTensor(_ items: [PickleValue]) throws(TorchError) -> PickleValue {
        guard items.count == 4, case .tensor(let index) = items[0], case .global(.dtype(let stated)) = items[1] else {
            throw badCall(.rebuildFromCPUTensor, items)
        }
        guard heap.tensors[index].unsupported == nil, heap.tensors[index].element != stated else { return items[0] }
        return try unsupported("its elements would be converted to another type when it is loaded; save it on the CPU")
    }

    private mutating func rebuild(_ global: PickleGlobal, _ items: [PickleValue]) throws(TorchError) -> PickleValue {
        let counts: ClosedRange<Int>
        switch global {
        case .rebuildTensor: counts = 4...4
        case .rebuildTensorV2: counts = 6...7
        default: counts = 7...8
        }
        guard counts.contains(items.count), case .storage(let storage) = items[0], case .int(let offset) = items[1],
            let sizes = integers(items[2]), let strides = integers(items[3])
        else { throw badCall(global, items) }
        var element = heap.storages[storage].element
        if global == .rebuildTensorV3 {
            guard case .global(.dtype(let stated)) = items[6] else { throw badCall(global, items) }
            element = stated
        } else if element == .untyped {
            element = .dtype(.uint8)
        }
        var reason: String?
        if case .foreign(let foreign) = element { reason = foreign.reason }
        if items.count == counts.upperBound, counts.count == 2, let bits = setBits(items[items.count - 1]) {
            guard bits.isEmpty else {
                reason = "its \(bits) bit is set: the stored elements are not its values"
                return try add(storage, element, offset, sizes, strides, reason)
            }
        }
        return try add(storage, element, offset, sizes, strides, reason)
    }

    private mutating func add(
        _ storage: Int, _ element: TorchElement, _ offset: Int, _ sizes: [Int], _ strides: [Int], _ reason: String?
    ) throws(TorchError) -> PickleValue {
        try countObject()
        heap.tensors.append(
            TensorRecord(
                storage: storage, element: element, offset: offset, sizes: sizes, strides: strides, unsupported: reason)
        )
        return .tensor(heap.tensors.count - 1)
    }

    /// The names of the metadata bits (`conj`, `neg`) that are not False; nil where there is no metadata.
    private func setBits(_ value: PickleValue) -> String? {
        guard case .container(let index) = value, heap.containers[index].kind == .dictionary else {
            return value == .none ? nil : "metadata"
        }
        let items = heap.containers[index].items
        return stride(from: 0, to: items.count, by: 2).filter { items[$0 + 1] != .bool(false) }
            .prefix(4).map { text(items[$0]).map { quoted($0) } ?? "metadata" }.joined(separator: ", ")
    }

    /// The integers of a tuple of at most 64, which is as many dimensions as torch has.
    private func integers(_ value: PickleValue) -> [Int]? {
        guard let items = heap.tuple(value), items.count <= 64 else { return nil }
        var integers: [Int] = []
        for item in items {
            guard case .int(let integer) = item else { return nil }
            integers.append(integer)
        }
        return integers
    }

    // MARK: - BUILD and persistent ids

    /// BUILD: attributes of a dictionary or a parameter are dropped, a numpy type learns its byte order.
    mutating func build(state: PickleValue) throws(TorchError) {
        guard let object = stack.last else { throw fault(.stack, "nothing to build") }
        switch object {
        case .container(let index) where heap.containers[index].kind == .object:
            try setAttributes(state, ofObject: index)
        case .foreignName: break
        case .container(let index) where heap.containers[index].kind == .dictionary:
            try checkAttributes(state, of: object)
        case .tensor: try checkAttributes(state, of: object)
        case .numpyType(let index):
            guard let items = heap.tuple(state), items.count >= 2, let order = text(items[1]) else {
                throw fault(.call, "numpy.dtype built from \(heap.kindName(state))")
            }
            heap.numpyTypes[index].isBigEndian = order == ">"
        case .inert(.numpyArray): break
        default: throw fault(.call, "\(heap.kindName(object)) built from \(heap.kindName(state))")
        }
    }

    private func checkAttributes(_ state: PickleValue, of object: PickleValue) throws(TorchError) {
        if state == .none { return }
        if case .container(let index) = state, heap.containers[index].kind == .dictionary { return }
        throw fault(.call, "\(heap.kindName(object)) built from \(heap.kindName(state))")
    }

    /// The storage that a persistent id describes.
    mutating func persistent(_ id: PickleValue) throws(TorchError) -> PickleValue {
        let expected: Int
        switch storages {
        case .none: throw fault(.persistentID, "no storages go with this pickle")
        case .zip: expected = 5
        case .legacy: expected = 6
        case .tar: return try known(id)
        }
        guard let items = heap.tuple(id), let kind = items.first.flatMap({ text($0) }) else {
            throw fault(.persistentID, "expected a tuple that begins with 'storage', found \(heap.kindName(id))")
        }
        if kind == "module", items.count == 4, heap.standsForObjects(items[1]) {
            // A class with its source code beside it, which legacy streams store for whole modules.
            return items[1]
        }
        guard kind == "storage", items.count == expected else {
            throw fault(.persistentID, "expected \(expected) items for a storage, found \(items.count)")
        }
        guard case .global(.storage(let element)) = items[1] else {
            throw fault(.persistentID, "expected a storage type, found \(heap.kindName(items[1]))")
        }
        guard let key = text(items[2]), (1...20).contains(key.utf8.count), key.utf8.allSatisfy({ 0x30...0x39 ~= $0 })
        else { throw fault(.persistentID, "a storage key is not a decimal number") }
        guard case .int(let count) = items[4], count >= 0, !count.multipliedReportingOverflow(by: element.size).overflow
        else { throw fault(.persistentID, "storage \(key) has no possible size") }
        let window = expected == 6 ? try window(items[5], count: count) : 0..<count
        return try addStorage(StorageRecord(key: key, element: element, count: count, window: window))
    }

    /// What a number stands for in a tar archive; a class comes in a tuple with its source code.
    private func known(_ id: PickleValue) throws(TorchError) -> PickleValue {
        if let first = heap.tuple(id)?.first, heap.standsForObjects(first) { return first }
        guard let key = text(id), let value = known[key] else {
            throw fault(
                .persistentID, "\(text(id).map { quoted($0) } ?? heap.kindName(id)) is no tensor of the archive")
        }
        return value
    }

    private mutating func addStorage(_ record: StorageRecord) throws(TorchError) -> PickleValue {
        if let first = storagesByKey[record.key] {
            guard heap.storages[first].byteCount == record.byteCount else {
                throw fault(
                    .persistentID,
                    "storage \(record.key) has \(heap.storages[first].byteCount) bytes in one place and"
                        + " \(record.byteCount) in another")
            }
            if heap.storages[first] == record { return .storage(first) }
        } else {
            storagesByKey[record.key] = heap.storages.count
        }
        try countObject()
        heap.storages.append(record)
        return .storage(heap.storages.count - 1)
    }

    private func window(_ view: PickleValue, count: Int) throws(TorchError) -> Range<Int> {
        if view == .none { return 0..<count }
        guard let items = heap.tuple(view), items.count == 3, case .int(let offset) = items[1],
            case .int(let size) = items[2], offset >= 0, size >= 0, size <= count, offset <= count - size
        else { throw fault(.persistentID, "a view reaches outside its storage") }
        return offset..<offset + size
    }
}

extension PickleHeap {
    /// Whether a value is a class, or something made by one, that nothing is known about.
    fileprivate func standsForObjects(_ value: PickleValue) -> Bool {
        switch value {
        case .foreignName, .global(.holder): true
        case .container(let index): containers[index].kind == .object
        default: false
        }
    }

    fileprivate func isDictionary(_ value: PickleValue) -> Bool {
        guard case .container(let index) = value else { return false }
        return containers[index].kind == .dictionary
    }
}

extension PickleGlobal {
    fileprivate var rebuildsTensor: Bool {
        switch self {
        case .rebuildTensor, .rebuildTensorV2, .rebuildTensorV3: true
        default: false
        }
    }
}

extension NumpyType {
    /// The number that the bytes are, or nil where they do not fit the type or the type is no number.
    fileprivate func value(of stored: [UInt8]) -> PickleValue? {
        let bytes = isBigEndian ? stored.reversed() : stored
        guard let kind = code.utf8.first, let size = Int(code.dropFirst()), size == bytes.count, size <= 8 else {
            return nil
        }
        var bits: UInt64 = 0
        for byte in bytes.reversed() { bits = bits << 8 | UInt64(byte) }
        switch (kind, size) {
        case (UInt8(ascii: "f"), 8): return .float(Double(bitPattern: bits))
        case (UInt8(ascii: "f"), 4): return .float(Double(Float(bitPattern: UInt32(bits))))
        case (UInt8(ascii: "f"), 2): return .float(Double(Float(halfBits: UInt16(bits))))
        case (UInt8(ascii: "b"), 1): return .bool(bits != 0)
        case (UInt8(ascii: "u"), 1...8): return Int(exactly: bits).map { .int($0) }
        case (UInt8(ascii: "i"), 1...8):
            let shift = Int64(64 - 8 * size)
            return .int(Int(Int64(bitPattern: bits << UInt64(shift)) >> shift))
        default: return nil
        }
    }
}
