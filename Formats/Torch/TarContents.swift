// The tar archive: a stream of storages, a stream of tensors that name them, and the pickle of an object that names the
// tensors, each by the number it had in memory. Source: torch/serialization.py, `legacy_load`.

internal import AdzeBytes
internal import AdzeTensors

extension CheckpointContents {
    /// Reads an archive of torch 0.1.
    init(tar file: InputFile, _ ignoringObjects: Bool) throws(TorchError) {
        let members = try TarDirectory(file: file).members
        for name in members.keys.sorted() where !["sys_info", "storages", "tensors", "pickle"].contains(name) {
            throw .tar(offset: members[name]?.lowerBound ?? 0, detail: "\(quoted(name)) is in no checkpoint")
        }
        func member(_ name: String) throws(TorchError) -> Range<Int> {
            guard let range = members[name] else { throw .tar(offset: 0, detail: "\(quoted(name)) is missing") }
            return range
        }
        var streams = TarStreams(file: file, ignoringObjects: ignoringObjects)
        try streams.readStorages(member("storages"))
        try streams.readTensors(member("tensors"))
        let limits = PickleLimits()
        let pickle = try member("pickle")
        guard pickle.count <= limits.bytes else {
            throw .tar(offset: pickle.lowerBound, detail: "a pickle of \(pickle.count) bytes")
        }
        var machine = PickleMachine(
            input: PickleInput(try file.torchRead(at: pickle.lowerBound, count: pickle.count)), storages: .tar,
            limits: limits, ignoresObjects: ignoringObjects)
        (machine.heap.storages, machine.heap.tensors, machine.known) = (
            streams.storages, streams.tensors, streams.known
        )
        try machine.run()
        try machine.checkEnd()
        self.init(
            container: .tar, root: machine.root, heap: machine.heap, records: streams.records,
            storageRecords: streams.storageRecords)
    }
}

/// What the two streams before the pickle say.
private struct TarStreams {
    let file: InputFile
    let ignoringObjects: Bool
    private(set) var storages: [StorageRecord] = []
    private(set) var records: [StorageBytes] = []
    private(set) var storageRecords: [Int] = []
    private(set) var tensors: [TensorRecord] = []
    /// The storages and tensors by the numbers that stand for them.
    private(set) var known: [String: PickleValue] = [:]
    private var position = 0
    private var end = 0

    /// The most storages, views and tensors.
    private static let limit = 1_000_000

    init(file: InputFile, ignoringObjects: Bool) {
        self.file = file
        self.ignoringObjects = ignoringObjects
    }

    private func fault(_ detail: String) -> TorchError { .tar(offset: position, detail: detail) }

    mutating func readStorages(_ member: Range<Int>) throws(TorchError) {
        (position, end) = (member.lowerBound, member.upperBound)
        for _ in 0..<(try count()) {
            let (items, heap) = try tuple(3)
            guard let key = TarStreams.key(items[0]), case .global(.storage(let element)) = items[2] else {
                throw fault("expected a storage's number, place and type, found \(items.map { heap.kindName($0) })")
            }
            let count = try integer()
            guard count >= 0 else { throw fault("storage \(key) has \(count) elements") }
            let (bytes, overflow) = count.multipliedReportingOverflow(by: element.size)
            guard !overflow, bytes <= end - position else {
                throw fault("storage \(key) has \(count) elements, more than the archive holds")
            }
            try add(StorageRecord(key: key, element: element, count: count, window: 0..<count), record: records.count)
            records.append(StorageBytes(name: key, offset: position, count: bytes))
            position += bytes
        }
        try readViews()
        try checkEnd()
    }

    /// Parts of storages that were storages themselves.
    private mutating func readViews() throws(TorchError) {
        let views = try pickle()
        guard case .container(let list) = views.root, views.heap.containers[list].kind == .list else {
            throw fault("expected the list of views before it")
        }
        for view in views.heap.containers[list].items {
            guard let items = views.heap.tuple(view), items.count == 4, let key = TarStreams.key(items[0]),
                let owner = TarStreams.key(items[1]), case .storage(let root) = known[owner],
                case .int(let offset) = items[2], case .int(let count) = items[3]
            else { throw fault("a view is described wrongly") }
            let whole = storages[root]
            guard offset >= 0, count >= 0, count <= whole.window.count, offset <= whole.window.count - count else {
                throw fault("view \(key) reaches outside its storage")
            }
            let start = whole.window.lowerBound + offset
            try add(
                StorageRecord(key: key, element: whole.element, count: whole.count, window: start..<start + count),
                record: storageRecords[root])
        }
    }

    private mutating func add(_ storage: StorageRecord, record: Int) throws(TorchError) {
        guard storages.count < TarStreams.limit else { throw fault("more than \(TarStreams.limit) storages") }
        guard known.updateValue(.storage(storages.count), forKey: storage.key) == nil else {
            throw fault("storage \(storage.key) is there twice")
        }
        storages.append(storage)
        storageRecords.append(record)
    }

    mutating func readTensors(_ member: Range<Int>) throws(TorchError) {
        (position, end) = (member.lowerBound, member.upperBound)
        for _ in 0..<(try count()) {
            let (items, heap) = try tuple(3)
            guard let key = TarStreams.key(items[0]), let owner = TarStreams.key(items[1]),
                case .storage(let storage) = known[owner], case .global(.tensorType) = items[2]
            else {
                throw fault("expected a tensor's number, storage and type, found \(items.map { heap.kindName($0) })")
            }
            let rank = try rank()
            let (sizes, strides) = (try integers(rank), try integers(rank))
            let offset = try integer()
            let element = storages[storage].element
            var reason: String?
            if case .foreign(let foreign) = element { reason = foreign.reason }
            guard known.updateValue(.tensor(tensors.count), forKey: key) == nil else {
                throw fault("tensor \(key) is there twice")
            }
            tensors.append(
                TensorRecord(
                    storage: storage, element: element, offset: offset, sizes: sizes, strides: strides,
                    unsupported: reason))
        }
        try checkEnd()
    }

    // MARK: - Pieces

    private mutating func pickle() throws(TorchError) -> PickleMachine {
        let limits = PickleLimits()
        var machine = PickleMachine(
            input: PickleInput(file, at: position, before: end, limit: limits.bytes, firstFetch: 512), storages: .none,
            limits: limits, ignoresObjects: ignoringObjects)
        try machine.run()
        position += machine.length
        return machine
    }

    private mutating func count() throws(TorchError) -> Int {
        guard case .int(let count) = try pickle().root, (0...TarStreams.limit).contains(count) else {
            throw fault("expected a count of at most \(TarStreams.limit) before it")
        }
        return count
    }

    private mutating func tuple(_ count: Int) throws(TorchError) -> ([PickleValue], PickleHeap) {
        let machine = try pickle()
        guard let items = machine.heap.tuple(machine.root), items.count == count else {
            throw fault("expected a tuple of \(count) before it, found \(machine.heap.kindName(machine.root))")
        }
        return (items, machine.heap)
    }

    /// A 64-bit integer, little-endian on every machine.
    private mutating func integer() throws(TorchError) -> Int { try integers(1)[0] }

    private mutating func integers(_ count: Int) throws(TorchError) -> [Int] {
        guard end - position >= 8 * count else { throw fault("the stream ends too early") }
        let bytes = try file.torchRead(at: position, count: 8 * count)
        position += bytes.count
        return (0..<count).map { index in
            Int(
                truncatingIfNeeded: bytes[8 * index..<8 * index + 8].reversed().reduce(UInt64(0)) {
                    $0 << 8 | UInt64($1)
                })
        }
    }

    /// The number of dimensions: four bytes, and four more that were left as they happened to be.
    private mutating func rank() throws(TorchError) -> Int {
        let rank = try integer() & 0xFFFF_FFFF
        guard rank <= 64 else { throw fault("a tensor of \(rank) dimensions") }
        return rank
    }

    private func checkEnd() throws(TorchError) {
        guard position == end else { throw fault("\(end - position) bytes follow; expected none") }
    }

    private static func key(_ value: PickleValue) -> String? {
        if case .int(let number) = value { String(number) } else { nil }
    }
}
