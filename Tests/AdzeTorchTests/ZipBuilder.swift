// A zip archive in which every field can lie.

import AdzeBytes
import AdzeTensors
import AdzeTestSupport
import AdzeTorch

/// An entry, with what its headers say where that is not the truth.
struct ZipLie {
    var name: [UInt8]
    var content: [UInt8]
    var localName: [UInt8]?
    var flags = 0
    var localFlags: Int?
    var method = 0
    var checksum: UInt32?
    var localChecksum: UInt32?
    var size: Int?
    var storedSize: Int?
    var localSize: Int?
    var offset: Int?
    var extra: [UInt8] = []
    var localExtra: [UInt8] = []
    var comment: [UInt8] = []
    var disk = 0
    /// Bytes after the content: a descriptor, or a gap.
    var after: [UInt8] = []

    init(_ name: String, _ content: [UInt8]) {
        self.name = Array(name.utf8)
        self.content = content
    }

    var trueChecksum: UInt32 {
        var checksum = CRC32()
        content.withUnsafeBytes { checksum.update($0) }
        return checksum.value
    }

    /// A descriptor of the content, as bit 3 promises it.
    func descriptor(checksum: UInt32? = nil, size: Int? = nil) -> [UInt8] {
        Pickle.little(0x0807_4B50, 4) + Pickle.little(Int(checksum ?? trueChecksum), 4)
            + Pickle.little(size ?? content.count, 4) + Pickle.little(size ?? content.count, 4)
    }
}

/// An archive of such entries.
struct ZipArchive {
    var entries: [ZipLie]
    var before: [UInt8] = []
    var gapBeforeDirectory: [UInt8] = []
    var after: [UInt8] = []
    var comment: [UInt8] = []
    var count: Int?
    var directorySize: Int?
    var directoryOffset: Int?
    var disk = 0
    /// The zip64 end record and locator, given the true count, size, offset and where they stand.
    var zip64: ((_ count: Int, _ size: Int, _ offset: Int, _ position: Int) -> [UInt8])?

    /// A checkpoint of one pickle and its storages.
    init(_ pickle: [UInt8], _ storages: [(String, [UInt8])] = [("0", [UInt8](repeating: 1, count: 32))]) {
        entries = [ZipLie("m/data.pkl", pickle)] + storages.map { ZipLie("m/data/" + $0.0, $0.1) }
    }

    /// A sound checkpoint of one tensor, `w`.
    static var sound: ZipArchive { ZipArchive(Pickle.dictionary { $0.tensor() }) }

    /// Zip64 end records that say the truth, but for what is replaced.
    static func wide(count: Int? = nil, size: Int? = nil, offset: Int? = nil, position: Int? = nil)
        -> (Int, Int, Int, Int) -> [UInt8]
    {
        { trueCount, trueSize, trueOffset, truePosition in
            let counts = Pickle.little(count ?? trueCount, 8)
            return Pickle.little(0x0606_4B50, 4) + Pickle.little(44, 8) + Pickle.little(0, 12) + counts + counts
                + Pickle.little(size ?? trueSize, 8) + Pickle.little(offset ?? trueOffset, 8)
                + Pickle.little(0x0706_4B50, 4) + Pickle.little(0, 4) + Pickle.little(position ?? truePosition, 8)
                + Pickle.little(1, 4)
        }
    }

    var bytes: [UInt8] {
        var out = before
        var directory: [UInt8] = []
        for entry in entries {
            let offset = out.count
            let checksum = Int(entry.checksum ?? entry.trueChecksum)
            let size = entry.size ?? entry.content.count
            let localName = entry.localName ?? entry.name
            out +=
                Pickle.little(0x0403_4B50, 4) + Pickle.little(20, 2) + Pickle.little(entry.localFlags ?? entry.flags, 2)
            out += Pickle.little(entry.method, 2) + Pickle.little(0, 4)
            out += Pickle.little(entry.localChecksum.map(Int.init) ?? checksum, 4)
            out += Pickle.little(entry.localSize ?? size, 4) + Pickle.little(entry.localSize ?? size, 4)
            out += Pickle.little(localName.count, 2) + Pickle.little(entry.localExtra.count, 2)
            out += localName + entry.localExtra + entry.content + entry.after
            directory += Pickle.little(0x0201_4B50, 4) + Pickle.little(20, 2) + Pickle.little(20, 2)
            directory += Pickle.little(entry.flags, 2) + Pickle.little(entry.method, 2) + Pickle.little(0, 4)
            directory +=
                Pickle.little(checksum, 4) + Pickle.little(entry.storedSize ?? size, 4) + Pickle.little(size, 4)
            directory += Pickle.little(entry.name.count, 2) + Pickle.little(entry.extra.count, 2)
            directory += Pickle.little(entry.comment.count, 2) + Pickle.little(entry.disk, 2) + Pickle.little(0, 6)
            directory += Pickle.little(entry.offset ?? offset, 4) + entry.name + entry.extra + entry.comment
        }
        out += gapBeforeDirectory
        let start = out.count
        out += directory
        out += zip64?(entries.count, directory.count, start, out.count) ?? []
        out += Pickle.little(0x0605_4B50, 4) + Pickle.little(disk, 2) + Pickle.little(disk, 2)
        out += Pickle.little(count ?? entries.count, 2) + Pickle.little(count ?? entries.count, 2)
        out += Pickle.little(directorySize ?? directory.count, 4) + Pickle.little(directoryOffset ?? start, 4)
        return out + Pickle.little(comment.count, 2) + comment + after
    }
}

/// The error of reading the bytes as a checkpoint and loading every tensor, or nil where both work.
func refusal(of bytes: [UInt8]) throws -> TorchError? {
    try withTemporaryFile(bytes) { path in
        do {
            let store = try TorchCheckpoint(file: InputFile(path: path))
            for info in store.tensors where info.byteCount < 1 << 18 { _ = try store.load(info.name) }
            return nil
        } catch let error as TorchError {
            return error
        }
    }
}

extension TorchError {
    var zipFault: ZipFault? { if case .zip(let fault, _, _) = self { fault } else { nil } }
    var pickleFault: PickleFault? { if case .pickle(let fault, _, _) = self { fault } else { nil } }
    var isTensorFault: Bool { if case .tensor = self { true } else { false } }
    var isLegacyFault: Bool { if case .legacy = self { true } else { false } }
    var isUnsupportedKind: Bool { if case .unsupportedKind = self { true } else { false } }
    var refusedName: String? { if case .nameRefused(let name, _) = self { name } else { nil } }
}
