// The content that every container has: the values of one pickle, and where the bytes of each storage are. The zip
// container is read here; the legacy stream in `LegacyStream.swift`.

internal import AdzeBytes
internal import AdzeZip

/// The bytes of one storage.
struct StorageBytes: Sendable, Equatable {
    /// The record's name, for messages.
    let name: String
    /// Where they begin in the file, as they are or deflated.
    let offset: Int
    /// How many they are, once inflated.
    let count: Int
    /// The entry of a zip archive, whose checksum is checked and which may have to be inflated.
    var entry: ZipEntry?
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
    /// The archive, where the container is one.
    let archive: ZipDirectory?

    /// Whether the storages' bytes are those of a big-endian machine.
    let isBigEndian: Bool
    /// Records of an archive that have no checksum.
    let uncheckedCount: Int

    /// Reads the container that the file's first bytes show.
    init(file: InputFile, ignoringObjects: Bool) throws(TorchError) {
        let head = try file.torchRead(at: 0, count: min(file.size, TorchContainer.headLength))
        switch TorchContainer(head: head) {
        case .zip: try self.init(zip: file, ignoringObjects)
        case .legacy: try self.init(legacy: file, ignoringObjects)
        case .tar: try self.init(tar: file, ignoringObjects)
        case nil:
            // A pickle of something else goes the same way, so that what it asks for is said.
            if head.count >= 2, head[0] == 0x80, (2...5).contains(head[1]) {
                try self.init(legacy: file, ignoringObjects)
            } else {
                throw .notACheckpoint(found: head.isEmpty ? "an empty file" : CheckpointContents.describe(head))
            }
        }
    }

    init(
        container: TorchContainer, root: PickleValue, heap: PickleHeap, records: [StorageBytes], storageRecords: [Int],
        archive: ZipDirectory? = nil, isBigEndian: Bool = false, uncheckedCount: Int = 0
    ) {
        self.container = container
        self.root = root
        self.heap = heap
        self.records = records
        self.storageRecords = storageRecords
        self.archive = archive
        self.isBigEndian = isBigEndian
        self.uncheckedCount = uncheckedCount
    }

    private static func describe(_ head: [UInt8]) -> String {
        if head.starts(with: Array("\u{89}HDF".unicodeScalars.map { UInt8($0.value) })) { return "an HDF5 file" }
        let digits = head.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return "a file that begins with the bytes " + digits.joined(separator: " ")
    }

    // MARK: - Zip

    private init(zip file: InputFile, _ ignoringObjects: Bool) throws(TorchError) {
        let archive = try TorchArchive(file: file)
        if archive.entry("constants.pkl") != nil {
            throw .unsupportedKind(
                "a TorchScript archive holds a program, not a checkpoint; save model.state_dict() with torch.save instead"
            )
        }
        let limits = PickleLimits()
        let isBigEndian = try CheckpointContents.isBigEndian(archive)
        guard let pickle = try archive.pickle(limit: limits.bytes) else {
            throw .archive(.missing, entry: archive.root + "/data.pkl", detail: "no checkpoint is without it")
        }
        var machine = PickleMachine(pickle, storages: .zip, limits: limits, ignoresObjects: ignoringObjects)
        try machine.run()
        try machine.checkEnd()
        var records: [StorageBytes] = []
        var recordsByName: [String: Int] = [:]
        var storageRecords: [Int] = []
        for storage in machine.heap.storages {
            guard let entry = archive.entry("data/" + storage.key) else {
                throw .archive(
                    .missing, entry: "\(archive.root)/data/\(storage.key)", detail: "the pickle refers to it")
            }
            guard entry.size == storage.byteCount else {
                throw .archive(
                    .badRecord, entry: entry.name,
                    detail: "the pickle states \(storage.byteCount) bytes, the entry has \(entry.size)")
            }
            if recordsByName[entry.name] == nil {
                recordsByName[entry.name] = records.count
                records.append(StorageBytes(name: entry.name, offset: entry.offset, count: entry.size, entry: entry))
            }
            storageRecords.append(recordsByName[entry.name] ?? 0)
        }
        self.init(
            container: .zip, root: machine.root, heap: machine.heap, records: records, storageRecords: storageRecords,
            archive: archive.directory, isBigEndian: isBigEndian, uncheckedCount: archive.uncheckedCount)
    }

    private static func isBigEndian(_ archive: TorchArchive) throws(TorchError) -> Bool {
        guard let order = try archive.content("byteorder", limit: 16) else { return false }
        switch String(decoding: order, as: UTF8.self) {
        case "little": return false
        case "big": return true
        default:
            throw .archive(.badRecord, entry: archive.root + "/byteorder", detail: "expected 'little' or 'big'")
        }
    }
}
