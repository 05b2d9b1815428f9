// From nested dictionaries, lists and objects to flat names: `optimizer.state.0.exp_avg`. The walk counts what it meets,
// because a container that is shared may be met often, and refuses one that contains itself.

internal import AdzeBytes

/// The leaves of a checkpoint, in order.
struct CheckpointTree {
    /// A tensor's name and its index in the heap.
    private(set) var tensors: [(name: String, index: Int)] = []
    /// Everything else that has a name.
    private(set) var scalars: [TorchScalar] = []
    private(set) var omittedScalars = 0

    /// The most scalars that are kept; a vocabulary inside a checkpoint must not outweigh it.
    static let scalarLimit = 10_000

    private let heap: PickleHeap
    private let limits: PickleLimits
    private var path: [UInt8] = []
    private var names: Set<String> = []
    private var nameBytes = 0
    private var visits = 0
    /// Objects met so far: each is walked once, under its first name, because objects refer to each other in circles.
    private var objects: Set<Int> = []
    private let ignoresObjects: Bool

    /// A container that is being walked.
    private struct Level {
        let container: Int
        var next = 0
        /// Bytes of the path before the current child's name.
        let pathCount: Int
    }

    /// Walks from the root; throws `TorchError.pickle`.
    ///
    /// - Complexity: O(values met), at most `limits.visits`; the stack is an array of at most `limits.depth` levels.
    init(
        root: PickleValue, heap: PickleHeap, limits: PickleLimits, ignoresObjects: Bool = false
    ) throws(TorchError) {
        self.heap = heap
        self.limits = limits
        self.ignoresObjects = ignoresObjects
        guard case .container(let index) = root else {
            path = Array("tensor".utf8)
            try leaf(root)
            return
        }
        var levels = [Level(container: index, pathCount: 0)]
        var open: Set<Int> = [index]
        while let level = levels.last {
            guard let (key, value) = try child(of: level) else {
                levels.removeLast()
                open.remove(level.container)
                continue
            }
            levels[levels.count - 1].next += 1
            visits += 1
            guard visits <= limits.visits else {
                throw .pickle(.limit, offset: nil, detail: "more than \(limits.visits) values inside each other")
            }
            path.removeLast(path.count - level.pathCount)
            if let key {
                if !path.isEmpty { path.append(UInt8(ascii: ".")) }
                path += key.utf8
            }
            guard path.count <= limits.nameBytes else {
                throw .pickle(.badName, offset: nil, detail: "\(quoted(name)) has more than \(limits.nameBytes) bytes")
            }
            guard case .container(let inner) = value else {
                try leaf(value)
                continue
            }
            if heap.containers[inner].kind == .object, !objects.insert(inner).inserted { continue }
            guard open.insert(inner).inserted else {
                if ignoresObjects { continue }
                throw .pickle(.cycle, offset: nil, detail: "at \(quoted(name))")
            }
            guard levels.count < limits.depth else {
                throw .pickle(.depth, offset: nil, detail: "more than \(limits.depth) levels at \(quoted(name))")
            }
            levels.append(Level(container: inner, pathCount: path.count))
        }
    }

    private var name: String { String(decoding: path, as: UTF8.self) }

    /// The next child of a level with its key, nil for one that has its parent's name; or nil at the end.
    private func child(of level: Level) throws(TorchError) -> (key: String?, value: PickleValue)? {
        let container = heap.containers[level.container]
        guard container.kind.isKeyed else {
            guard level.next < container.items.count else { return nil }
            return (String(level.next), container.items[level.next])
        }
        let position = level.next * 2
        guard position < container.items.count else { return nil }
        let key: String
        do throws(TorchError) {
            key = try keyText(container.items[position])
        } catch {
            // Inside objects a key may be anything; its position is a name as good as any.
            guard ignoresObjects else { throw error }
            key = "(\(level.next))"
        }
        let isPartOfModule = container.kind == .object && CheckpointTree.partsOfModules.contains(key)
        return (isPartOfModule ? nil : key, container.items[position + 1])
    }

    /// Attributes of torch's modules whose items `state_dict()` would call by their own names.
    private static let partsOfModules: Set<String> = ["_parameters", "_buffers", "_modules"]

    private func keyText(_ key: PickleValue) throws(TorchError) -> String {
        switch key {
        case .text(let slice):
            guard slice.count <= limits.nameBytes else {
                throw .pickle(.badName, offset: Int(slice.offset), detail: "a key of \(slice.count) bytes")
            }
            return heap.text(slice)
        case .int, .float, .bool, .none: return text(of: key)
        case .container(let index)
        where heap.containers[index].kind == .tuple && heap.containers[index].items.count <= 8:
            var parts: [String] = []
            for item in heap.containers[index].items {
                if case .container = item { break }
                parts.append(text(of: item))
            }
            guard parts.count == heap.containers[index].items.count else { break }
            return "(" + parts.joined(separator: ", ") + ")"
        default: break
        }
        throw .pickle(.key, offset: nil, detail: "\(heap.kindName(key)) as a key in \(quoted(name))")
    }

    private mutating func leaf(_ value: PickleValue) throws(TorchError) {
        let name = self.name
        nameBytes += path.count
        guard nameBytes <= limits.allNameBytes else {
            throw .pickle(.limit, offset: nil, detail: "names of more than \(limits.allNameBytes) bytes in all")
        }
        guard names.insert(name).inserted else {
            if ignoresObjects, !isTensor(value) { return }
            throw .pickle(.duplicateName, offset: nil, detail: quoted(name))
        }
        if case .tensor(let index) = value {
            guard !name.isEmpty, path.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw .pickle(
                    .badName, offset: nil, detail: "tensor \(quoted(name)) is empty or has control characters")
            }
            tensors.append((name, index))
        } else if scalars.count < CheckpointTree.scalarLimit {
            scalars.append(TorchScalar(name: name, text: text(of: value)))
        } else {
            omittedScalars += 1
        }
    }

    private func isTensor(_ value: PickleValue) -> Bool { if case .tensor = value { true } else { false } }

    /// A short text of a value that is no container.
    private func text(of value: PickleValue) -> String {
        switch value {
        case .none: return "None"
        case .bool(let value): return value ? "True" : "False"
        case .int(let value): return String(value)
        case .bigInteger(let slice): return "an integer of \(slice.count) bytes"
        case .float(let value): return "\(value)"
        case .text(let slice):
            // For people: one string that is met often must not become many long ones.
            return heap.text(PickleSlice(offset: slice.offset, count: min(slice.count, 256)))
        case .bytes, .latin1: return "bytes"
        default: return heap.kindName(value)
        }
    }
}
