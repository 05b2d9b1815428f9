// The pickle virtual machine as a builder of data: a stack, a memo and a heap of plain values. It knows no function and
// no class; the opcodes that would call one go to `PickleMachine+Calls.swift`, which knows what the allow-listed names
// stand for. Source: Lib/pickletools.py of CPython for the opcodes.

internal import AdzeBytes

/// Runs one pickle and keeps what it made.
package struct PickleMachine {
    /// Which persistent ids the surrounding container understands.
    package enum Storages: Sendable {
        /// None: a pickle that stands alone.
        case none
        /// Five items: the zip container.
        case zip
        /// Six items, the last a view or None: the legacy stream.
        case legacy
        /// The number of a tensor or storage that is known already: the tar archive.
        case tar
    }

    /// The most bytes of a module's name, or of a name in it.
    static let nameLimit = 1024

    package let limits: PickleLimits
    package internal(set) var heap = PickleHeap()
    /// What the pickle evaluates to, once `run` has returned.
    package private(set) var root = PickleValue.none
    let storages: Storages
    /// Whether names outside the allow-list become inert objects; otherwise the first of them is the run's error.
    let ignoresObjects: Bool
    /// The storage records by key, to find one that is described twice.
    var storagesByKey: [String: Int] = [:]
    /// What the persistent ids of a tar archive stand for.
    var known: [String: PickleValue] = [:]
    var input: PickleInput
    /// Where the current opcode stands, for messages.
    var opcodeOffset = 0
    var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [UInt32: PickleValue] = [:]
    private var foreignIndices: [String: Int] = [:]
    private var firstForeignOffset = 0
    private var opcodes = 0
    private var itemCount = 0

    /// A machine over a pickle at hand, which must fill `bytes` to the end.
    package init(
        _ bytes: [UInt8], storages: Storages = .none, limits: PickleLimits = PickleLimits(),
        ignoresObjects: Bool = false
    ) {
        self.init(
            input: PickleInput(bytes), storages: storages, limits: limits, ignoresObjects: ignoresObjects)
    }

    init(input: PickleInput, storages: Storages, limits: PickleLimits, ignoresObjects: Bool = false) {
        self.input = input
        self.storages = storages
        self.ignoresObjects = ignoresObjects
        self.limits = limits
    }

    /// Bytes that the pickle took.
    var length: Int { input.position }

    /// Runs the program to its STOP; throws `TorchError.pickle` or `.nameRefused`.
    ///
    /// A name that is refused does not end the run at once: the rest of the program says how many more there are.
    /// - Complexity: O(bytes); memory is bounded by the limits.
    package mutating func run() throws(TorchError) {
        do throws(TorchError) {
            try runToStop()
        } catch {
            // After a name that is refused, what else is wrong is of no interest.
            try checkNames()
            throw error
        }
        try checkNames()
    }

    private func checkNames() throws(TorchError) {
        guard !ignoresObjects, let first = heap.foreignNames.first else { return }
        throw .nameRefused(first, offset: firstForeignOffset, others: heap.foreignNames.count - 1)
    }

    private mutating func runToStop() throws(TorchError) {
        guard try input.byte() == PickleOpcode.proto.rawValue else {
            throw .pickle(.protocolVersion, offset: 0, detail: "expected the PROTO opcode first")
        }
        let version = try input.byte()
        guard (2...5).contains(version) else {
            throw .pickle(.protocolVersion, offset: 1, detail: "protocol \(version)")
        }
        while true {
            input.endFrameIfDue()
            opcodeOffset = input.position
            opcodes += 1
            guard opcodes <= limits.opcodes else { throw fault(.limit, "more than \(limits.opcodes) opcodes") }
            let byte = try input.byte()
            guard let opcode = PickleOpcode(rawValue: byte) else {
                throw fault(.opcode, PickleOpcode.refused[byte] ?? "byte \(byte)")
            }
            if opcode == .stop { break }
            try step(opcode)
        }
        input.endFrameIfDue()
        try input.checkFrameClosed()
        guard stack.count == 1, marks.isEmpty else {
            throw fault(.stack, "STOP with \(stack.count) values and \(marks.count) marks; expected one value")
        }
        root = stack[0]
        heap.bytes = input.bytes
        stack = []
        memo = [:]
    }

    /// Checks that nothing follows the pickle.
    package func checkEnd() throws(TorchError) {
        guard input.isAtEnd else { throw .pickle(.trailing, offset: length, detail: "expected the end") }
    }

    private mutating func step(_ opcode: PickleOpcode) throws(TorchError) {
        switch opcode {
        case .none, .newTrue, .newFalse, .binInt, .binInt1, .binInt2, .int, .long1, .binFloat:
            try push(number(opcode))
        case .binUnicode, .shortBinUnicode, .binUnicode8, .binString, .shortBinString, .binBytes, .shortBinBytes,
            .binBytes8, .byteArray8:
            try push(string(opcode))
        case .emptyTuple, .emptyList, .emptyDict, .emptySet, .tuple, .tuple1, .tuple2, .tuple3, .frozenSet, .list,
            .dict:
            try push(container(opcode))
        case .append, .appends, .setItem, .setItems, .addItems: try addItems(opcode)
        case .mark:
            guard marks.count < limits.marks else { throw fault(.limit, "more than \(limits.marks) marks") }
            marks.append(stack.count)
        case .binPut, .longBinPut, .memoize: try store(opcode)
        case .binGet: try recall(input.unsigned(1))
        case .longBinGet: try recall(input.unsigned(4))
        case .frame: try input.beginFrame(input.unsigned(8))
        case .global, .stackGlobal: try push(name(opcode))
        case .reduce, .newObject:
            let arguments = try pop()
            try push(call(pop(), arguments))
        case .newObjectEx:
            let (named, arguments) = (try pop(), try pop())
            try push(call(pop(), arguments, named: named))
        case .build: try build(state: pop())
        case .binPersistentID: try push(persistent(pop()))
        case .proto: throw fault(.opcode, "PROTO after the beginning")
        case .stop: preconditionFailure("STOP ends the loop")
        }
    }

    // MARK: - Stack

    func fault(_ fault: PickleFault, _ detail: String) -> TorchError {
        .pickle(fault, offset: opcodeOffset, detail: detail)
    }

    private mutating func push(_ value: PickleValue) throws(TorchError) {
        guard stack.count < limits.stack else { throw fault(.limit, "more than \(limits.stack) values on the stack") }
        stack.append(value)
    }

    private mutating func pop() throws(TorchError) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw fault(.stack, "too few values") }
        return value
    }

    private mutating func popToMark() throws(TorchError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw fault(.stack, "no mark") }
        let items = Array(stack[mark...])
        stack.removeLast(items.count)
        return items
    }

    /// Puts a container on the heap, within the limits.
    mutating func make(_ kind: PickleContainer.Kind, _ items: [PickleValue]) throws(TorchError) -> PickleValue {
        try countObject()
        try countItems(items.count)
        heap.containers.append(PickleContainer(kind: kind, items: items))
        return .container(heap.containers.count - 1)
    }

    func countObject() throws(TorchError) {
        guard heap.containers.count + heap.storages.count + heap.tensors.count + heap.numpyTypes.count < limits.objects
        else { throw fault(.limit, "more than \(limits.objects) objects") }
    }

    private mutating func countItems(_ count: Int) throws(TorchError) {
        itemCount += count
        let limit = limits.items(after: input.position)
        guard itemCount <= limit else { throw fault(.limit, "more than \(limit) items in so few bytes") }
    }

    // MARK: - Opcodes

    private mutating func number(_ opcode: PickleOpcode) throws(TorchError) -> PickleValue {
        switch opcode {
        case .none: return .none
        case .newTrue: return .bool(true)
        case .newFalse: return .bool(false)
        case .binInt: return .int(Int(Int32(truncatingIfNeeded: try input.unsigned(4))))
        case .binInt1: return .int(Int(try input.unsigned(1)))
        case .binInt2: return .int(Int(try input.unsigned(2)))
        case .binFloat: return .float(Double(bitPattern: try input.unsigned(8).byteSwapped))
        case .long1:
            let count = Int(try input.byte())
            guard count <= 8 else { return .bigInteger(try input.slice(count)) }
            guard count > 0 else { return .int(0) }
            let shift = UInt64(64 - 8 * count)
            // The sign bit of the last byte given is brought to the top and back.
            return .int(Int(Int64(bitPattern: try input.unsigned(count) << shift) >> Int64(shift)))
        default:
            // INT of protocol 0, which Python 2 wrote for what BININT cannot hold; 00 and 01 are its booleans.
            let slice = try input.line(limit: 24)
            let text = String(
                decoding: input.bytes[Int(slice.offset)..<Int(slice.offset) + Int(slice.count)], as: UTF8.self)
            if text == "00" || text == "01" { return .bool(text == "01") }
            guard let value = Int(text) else { throw fault(.number, quoted(text)) }
            return .int(value)
        }
    }

    private mutating func string(_ opcode: PickleOpcode) throws(TorchError) -> PickleValue {
        let count: UInt64
        switch opcode {
        case .shortBinUnicode, .shortBinString, .shortBinBytes: count = try input.unsigned(1)
        case .binUnicode8, .binBytes8, .byteArray8: count = try input.unsigned(8)
        default: count = try input.unsigned(4)
        }
        let limit: Int
        switch opcode {
        case .binBytes, .shortBinBytes, .binBytes8, .byteArray8: limit = limits.byteRunBytes
        default: limit = limits.stringBytes
        }
        guard count <= UInt64(limit) else {
            throw fault(.limit, "a string of \(count) bytes; at most \(limit) are read")
        }
        let slice = try input.slice(Int(count))
        switch opcode {
        case .binBytes, .shortBinBytes, .binBytes8, .byteArray8: return .bytes(slice)
        case .binString, .shortBinString:
            // Python 2's str is text here, as it is in torch; names are the only strings that matter.
            return isUTF8(slice) ? .text(slice) : .bytes(slice)
        default:
            guard isUTF8(slice) else { throw fault(.text, "\(count) bytes") }
            return .text(slice)
        }
    }

    func isUTF8(_ slice: PickleSlice) -> Bool {
        let run = input.bytes[Int(slice.offset)..<Int(slice.offset) + Int(slice.count)]
        return run.allSatisfy { $0 < 0x80 } || String(validating: run, as: UTF8.self) != nil
    }

    /// The text of a string that is a name or a code; nil for any other value, and for one that is too long for either:
    /// a memo gives a long string back for two bytes, as often as a program likes.
    func text(_ value: PickleValue) -> String? {
        guard case .text(let slice) = value, slice.count <= PickleMachine.nameLimit else { return nil }
        return String(decoding: input.bytes[Int(slice.offset)..<Int(slice.offset) + Int(slice.count)], as: UTF8.self)
    }

    private mutating func container(_ opcode: PickleOpcode) throws(TorchError) -> PickleValue {
        switch opcode {
        case .emptyTuple: return try make(.tuple, [])
        case .emptyList: return try make(.list, [])
        case .emptyDict: return try make(.dictionary, [])
        case .emptySet: return try make(.set, [])
        case .tuple1: return try make(.tuple, [pop()])
        case .tuple2:
            let second = try pop()
            return try make(.tuple, [pop(), second])
        case .tuple3:
            let third = try pop()
            let second = try pop()
            return try make(.tuple, [pop(), second, third])
        case .frozenSet: return try make(.set, popToMark())
        case .list: return try make(.list, popToMark())
        case .dict:
            let items = try popToMark()
            guard items.count.isMultiple(of: 2) else { throw fault(.stack, "a key without a value") }
            return try make(.dictionary, items)
        default: return try make(.tuple, popToMark())
        }
    }

    private mutating func addItems(_ opcode: PickleOpcode) throws(TorchError) {
        let items: [PickleValue]
        let kind: PickleContainer.Kind
        switch opcode {
        case .append:
            items = [try pop()]
            kind = .list
        case .appends:
            items = try popToMark()
            kind = .list
        case .setItem:
            let value = try pop()
            items = [try pop(), value]
            kind = .dictionary
        case .setItems:
            items = try popToMark()
            kind = .dictionary
        default:
            items = try popToMark()
            kind = .set
        }
        guard stack.count > marks.last ?? 0, let target = stack.last else {
            throw fault(.stack, "nothing takes the items")
        }
        if case .container(let index) = target, heap.containers[index].kind == .object {
            // A class that is a list or a dictionary itself.
            return try addItems(items, keyed: kind == .dictionary, toObject: index)
        }
        guard case .container(let index) = target, heap.containers[index].kind == kind else {
            throw fault(.target, "expected a \(kind.rawValue), found \(heap.kindName(target))")
        }
        guard kind != .dictionary || items.count.isMultiple(of: 2) else { throw fault(.stack, "a key without a value") }
        try countItems(items.count)
        heap.containers[index].items += items
    }

    /// Gives an object items under their own keys, or under their positions.
    mutating func addItems(_ items: [PickleValue], keyed: Bool, toObject index: Int) throws(TorchError) {
        guard keyed else {
            try countItems(items.count * 2)
            for item in items {
                heap.containers[index].items += [.int(heap.containers[index].items.count / 2), item]
            }
            return
        }
        guard items.count.isMultiple(of: 2) else { throw fault(.stack, "a key without a value") }
        try countItems(items.count)
        heap.containers[index].items += items
    }

    // MARK: - Memo

    private mutating func store(_ opcode: PickleOpcode) throws(TorchError) {
        guard stack.count > marks.last ?? 0, let value = stack.last else { throw fault(.stack, "nothing to remember") }
        let index: UInt64
        switch opcode {
        case .binPut: index = try input.unsigned(1)
        case .longBinPut: index = try input.unsigned(4)
        default: index = UInt64(memo.count)
        }
        // A container is an index into the heap, so the memo aliases it and never copies it.
        memo[UInt32(index)] = value
        guard memo.count <= limits.memo else { throw fault(.limit, "more than \(limits.memo) values in the memo") }
    }

    private mutating func recall(_ index: UInt64) throws(TorchError) {
        guard let value = memo[UInt32(index)] else { throw fault(.memo, "nothing is remembered as \(index)") }
        try push(value)
    }

    // MARK: - Names

    private mutating func name(_ opcode: PickleOpcode) throws(TorchError) -> PickleValue {
        let module: String
        let name: String
        if opcode == .global {
            let limit = PickleMachine.nameLimit
            let (moduleSlice, nameSlice) = (try input.line(limit: limit), try input.line(limit: limit))
            guard isUTF8(moduleSlice), isUTF8(nameSlice), let first = text(.text(moduleSlice)),
                let second = text(.text(nameSlice))
            else { throw fault(.text, "a name") }
            (module, name) = (first, second)
        } else {
            let (second, first) = (try pop(), try pop())
            // Two strings of the memo make a name with four bytes of the program: checked before they are copied.
            for case .text(let slice) in [first, second] where slice.count > PickleMachine.nameLimit {
                throw fault(.limit, "a name of \(slice.count) bytes; at most \(PickleMachine.nameLimit) are read")
            }
            guard let firstText = text(first), let secondText = text(second) else {
                throw fault(
                    .stack, "a name is made of \(heap.kindName(first)) and \(heap.kindName(second)), not strings")
            }
            (module, name) = (firstText, secondText)
        }
        if let global = PickleGlobal(module: module, name: name) { return .global(global) }
        let whole = "\(module).\(name)"
        if let index = foreignIndices[whole] { return .foreignName(index) }
        guard heap.foreignNames.count < limits.foreignNames else {
            throw fault(.limit, "more than \(limits.foreignNames) names of classes")
        }
        if heap.foreignNames.isEmpty { firstForeignOffset = opcodeOffset }
        foreignIndices[whole] = heap.foreignNames.count
        heap.foreignNames.append(whole)
        return .foreignName(heap.foreignNames.count - 1)
    }
}
