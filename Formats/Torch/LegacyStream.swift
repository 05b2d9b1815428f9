// The legacy stream: the pickles of a magic number, a version, facts about the machine, the object and the storages'
// keys, then each storage as an element count and its bytes. Source: torch/serialization.py, `_legacy_save`.

internal import AdzeBytes

extension CheckpointContents {
    /// The version that every legacy stream states.
    private static let protocolVersion = 1001

    /// Reads a legacy stream, which must fill the file.
    init(legacy file: InputFile, _ ignoringObjects: Bool) throws(TorchError) {
        var offset = 0
        let magic = try CheckpointContents.pickle(file, &offset, .none, ignoringObjects)
        guard case .bigInteger(let slice) = magic.root,
            magic.heap.bytes[Int(slice.offset)..<Int(slice.offset) + Int(slice.count)].elementsEqual(
                TorchContainer.legacyMagic.dropFirst(2))
        else {
            throw .notACheckpoint(found: "a pickle of \(magic.heap.kindName(magic.root)) without torch's magic number")
        }
        let version = try CheckpointContents.pickle(file, &offset, .none, ignoringObjects)
        guard version.root == .int(CheckpointContents.protocolVersion) else {
            throw .legacy(offset: offset, detail: "expected version \(CheckpointContents.protocolVersion) before it")
        }
        let system = try CheckpointContents.pickle(file, &offset, .none, ignoringObjects)
        // The dictionary says whether the machine was little-endian; the storages are little-endian all the same
        // (torch/csrc/serialization.cpp, THPStorage_writeFileRaw), so there is nothing to do about it.
        guard case .container(let facts) = system.root, system.heap.containers[facts].kind == .dictionary else {
            throw .legacy(offset: offset, detail: "expected a dictionary of facts about the machine before it")
        }
        let object = try CheckpointContents.pickle(file, &offset, .legacy, ignoringObjects)
        let keyPickle = try CheckpointContents.pickle(file, &offset, .none, ignoringObjects)
        let keys = try CheckpointContents.keys(keyPickle, offset)
        var recordsByKey: [String: Int] = [:]
        var records: [StorageBytes] = []
        for key in keys {
            guard let storage = object.storagesByKey[key] else {
                throw .legacy(offset: offset, detail: "storage \(quoted(key)) belongs to no tensor")
            }
            guard recordsByKey.updateValue(records.count, forKey: key) == nil else {
                throw .legacy(offset: offset, detail: "storage \(key) is listed twice")
            }
            records.append(try CheckpointContents.record(object.heap.storages[storage], file, &offset))
        }
        guard offset == file.size else {
            throw .legacy(offset: offset, detail: "\(file.size - offset) bytes follow the last storage; expected none")
        }
        var storageRecords: [Int] = []
        for storage in object.heap.storages {
            guard let record = recordsByKey[storage.key] else {
                throw .legacy(offset: offset, detail: "storage \(storage.key) is missing")
            }
            storageRecords.append(record)
        }
        self.init(
            container: .legacy, root: object.root, heap: object.heap, records: records, storageRecords: storageRecords)
    }

    private static func pickle(
        _ file: InputFile, _ offset: inout Int, _ storages: PickleMachine.Storages, _ ignoringObjects: Bool
    ) throws(TorchError) -> PickleMachine {
        let limits = PickleLimits()
        var machine = PickleMachine(
            input: PickleInput(file, at: offset, limit: limits.bytes), storages: storages, limits: limits,
            ignoresObjects: ignoringObjects)
        try machine.run()
        offset += machine.length
        return machine
    }

    private static func keys(_ pickle: PickleMachine, _ offset: Int) throws(TorchError) -> [String] {
        guard case .container(let index) = pickle.root, pickle.heap.containers[index].kind == .list else {
            throw .legacy(offset: offset, detail: "expected the list of storages before it")
        }
        var keys: [String] = []
        for item in pickle.heap.containers[index].items {
            guard case .text(let slice) = item else {
                throw .legacy(offset: offset, detail: "a storage's key is \(pickle.heap.kindName(item)), not a string")
            }
            keys.append(pickle.heap.text(slice))
        }
        return keys
    }

    /// One storage: a count of elements, which must be what the pickle said, and the elements.
    private static func record(
        _ storage: StorageRecord, _ file: InputFile, _ offset: inout Int
    ) throws(TorchError) -> StorageBytes {
        guard file.size - offset >= 8 else {
            throw .legacy(offset: offset, detail: "the file ends before storage \(storage.key)")
        }
        let count = try file.torchRead(at: offset, count: 8).reversed().reduce(UInt64(0)) {
            $0 << 8 | UInt64($1)
        }
        offset += 8
        guard count == UInt64(storage.count) else {
            throw .legacy(
                offset: offset - 8,
                detail: "storage \(storage.key) has \(count) elements, the pickle states \(storage.count)")
        }
        guard storage.byteCount <= file.size - offset else {
            throw .legacy(
                offset: offset,
                detail: "storage \(storage.key) needs \(storage.byteCount) bytes, \(file.size - offset) are left")
        }
        defer { offset += storage.byteCount }
        return StorageBytes(name: storage.key, offset: offset, count: storage.byteCount)
    }
}
