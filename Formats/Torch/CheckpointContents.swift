// What any container comes down to: one pickle's values, and where the bytes of each storage are. The zip container is
// read here; the legacy stream in `LegacyStream.swift`.

internal import AdzeBytes

/// The bytes of one storage.
struct StorageBytes: Sendable, Equatable {
    /// The record's name, for messages.
    let name: String
    let offset: Int
    let count: Int
    /// CRC-32 of the bytes, where the container has one.
    let checksum: UInt32?
}

/// A checkpoint, its pickle run and its storages found.
struct CheckpointContents {
    let container: TorchContainer
    let root: PickleValue
    let heap: PickleHeap
    /// The storages' bytes, each record once.
    let records: [StorageBytes]
    /// The record of each storage of the heap.
    let storageRecords: [Int]

    /// Reads the container that the file's first bytes show.
    init(file: InputFile) throws(TorchError) {
        let head = try ZipDirectory.read(file, at: 0, count: min(file.size, TorchContainer.headLength))
        switch TorchContainer(head: head) {
        case .zip: try self.init(zip: file)
        case .legacy: try self.init(legacy: file)
        case .tar:
            throw .unsupportedKind(
                "a tar archive, which torch wrote before 0.1.10, is not read; load it with an old torch and save it again"
            )
        case nil:
            // A pickle of something else goes the same way, so that what it asks for is said.
            if head.count >= 2, head[0] == 0x80, (2...5).contains(head[1]) {
                try self.init(legacy: file)
            } else {
                throw .notACheckpoint(found: head.isEmpty ? "an empty file" : CheckpointContents.describe(head))
            }
        }
    }

    init(
        container: TorchContainer, root: PickleValue, heap: PickleHeap, records: [StorageBytes], storageRecords: [Int]
    ) {
        self.container = container
        self.root = root
        self.heap = heap
        self.records = records
        self.storageRecords = storageRecords
    }

    private static func describe(_ head: [UInt8]) -> String {
        if head.starts(with: Array("\u{89}HDF".unicodeScalars.map { UInt8($0.value) })) { return "an HDF5 file" }
        let digits = head.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return "a file that begins with the bytes " + digits.joined(separator: " ")
    }

    // MARK: - Zip

    private init(zip file: InputFile) throws(TorchError) {
        let directory = try ZipDirectory(file: file)
        if directory.index(of: "constants.pkl") != nil {
            throw .unsupportedKind(
                "a TorchScript archive holds a program, not a checkpoint; save model.state_dict() with torch.save instead"
            )
        }
        let limits = PickleLimits()
        try CheckpointContents.checkByteOrder(directory, file)
        let pickle = try CheckpointContents.small("data.pkl", directory, file, limit: limits.bytes)
        guard let pickle else {
            throw .zip(.missing, entry: directory.root + "/data.pkl", detail: "no checkpoint is without it")
        }
        var machine = PickleMachine(pickle, storages: .zip, limits: limits)
        try machine.run()
        try machine.checkEnd()
        var records: [StorageBytes] = []
        var recordsByEntry: [Int: Int] = [:]
        var storageRecords: [Int] = []
        for storage in machine.heap.storages {
            guard let index = directory.index(of: "data/" + storage.key) else {
                throw .zip(.missing, entry: "\(directory.root)/data/\(storage.key)", detail: "the pickle refers to it")
            }
            let entry = directory.entries[index]
            guard entry.size == storage.byteCount else {
                throw .zip(
                    .badRecord, entry: entry.name,
                    detail: "the pickle states \(storage.byteCount) bytes, the entry has \(entry.size)")
            }
            if recordsByEntry[index] == nil {
                recordsByEntry[index] = records.count
                records.append(
                    StorageBytes(name: entry.name, offset: entry.offset, count: entry.size, checksum: entry.checksum))
            }
            storageRecords.append(recordsByEntry[index] ?? 0)
        }
        self.init(
            container: .zip, root: machine.root, heap: machine.heap, records: records, storageRecords: storageRecords)
    }

    private static func checkByteOrder(_ directory: ZipDirectory, _ file: InputFile) throws(TorchError) {
        guard let order = try small("byteorder", directory, file, limit: 16) else { return }
        switch String(decoding: order, as: UTF8.self) {
        case "little": return
        case "big":
            throw .unsupportedKind(
                "a checkpoint of a big-endian machine is not read; save it again on a little-endian one")
        default:
            throw .zip(.badRecord, entry: directory.root + "/byteorder", detail: "expected 'little' or 'big'")
        }
    }

    /// A small entry, its checksum checked; nil where there is none.
    private static func small(
        _ name: String, _ directory: ZipDirectory, _ file: InputFile, limit: Int
    ) throws(TorchError) -> [UInt8]? {
        guard let index = directory.index(of: name) else { return nil }
        let entry = directory.entries[index]
        guard entry.size <= limit else {
            throw .zip(.badRecord, entry: entry.name, detail: "\(entry.size) bytes; at most \(limit) are read")
        }
        let bytes = try ZipDirectory.read(file, at: entry.offset, count: entry.size)
        var checksum = CRC32()
        bytes.withUnsafeBytes { checksum.update($0) }
        guard checksum.value == entry.checksum else {
            throw .badChecksum(entry.name, found: checksum.value, expected: entry.checksum)
        }
        return bytes
    }
}
