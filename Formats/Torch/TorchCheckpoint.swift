// A PyTorch checkpoint as a store of tensors: the pickle is read once, as data, and the tensors when they are asked for.
// Not here: choosing which of the nested dictionaries is the model.

public import AdzeBytes
public import AdzeTensors
internal import Synchronization

/// A value of the checkpoint that is no tensor, as a person may want to see it.
public struct TorchScalar: Sendable, Equatable {
    /// Its flattened name.
    public let name: String
    /// Its text: `3`, `0.1`, `None`, `True`, or the string itself.
    public let text: String
}

/// A file written by `torch.save`, read without running anything in it.
///
/// Nested dictionaries and lists become names joined by `.`; a bare tensor is called `tensor`. Names that share all their
/// elements are aliases. Thread-safe: `load` may be called from several threads at once.
public final class TorchCheckpoint: TensorStore, Sendable {
    /// Which container the file is.
    public let container: TorchContainer
    /// Every readable tensor, in the order of the checkpoint.
    public let tensors: [TensorInfo]
    /// Tied weights: names of the same elements, by the first name they have.
    public let aliases: [String: String]
    /// The numbers, strings and flags beside the tensors, the first 10,000 of them.
    public let scalars: [TorchScalar]
    /// How many more there are.
    public let omittedScalars: Int
    /// Tensors that are there but cannot be read, each with the reason; `load` throws it.
    public let unsupported: [(name: String, reason: String)]

    private let file: InputFile
    private let records: [StorageBytes]
    private let layouts: [String: TensorPlace]
    /// Records whose checksum has been found right.
    private let verified: Mutex<Set<Int>>

    /// Reads the checkpoint's pickle and checks every tensor against its storage.
    ///
    /// Throws `TorchError`: `.notACheckpoint`, `.unsupportedKind` for what is recognised and not read, `.nameRefused` for a
    /// pickle that asks for anything but data, `.zip`, `.pickle`, `.legacy` and `.tensor` for damage.
    /// - Complexity: O(pickle); no storage is read.
    public init(file: InputFile) throws(TorchError) {
        let contents = try CheckpointContents(file: file)
        let tree = try CheckpointTree(root: contents.root, heap: contents.heap, limits: PickleLimits())
        var index = TensorIndex(contents: contents, fileSize: file.size)
        for (name, tensor) in tree.tensors { try index.add(name, contents.heap.tensors[tensor]) }
        self.file = file
        container = contents.container
        records = contents.records
        tensors = index.tensors
        aliases = index.aliases
        layouts = index.places
        unsupported = index.unsupported
        scalars = tree.scalars
        omittedScalars = tree.omittedScalars
        verified = Mutex([])
    }

    /// Reads one tensor; the first read from a record also checks the record's checksum.
    ///
    /// Throws `TorchError.missing`, `.unsupportedTensor`, `.zip(.checksum…)` or `.file`.
    /// - Complexity: O(tensor), and O(record) the first time; memory is the tensor and at most 4 MiB.
    public func load(_ name: String) throws -> Tensor { try read(name) }

    private func read(_ name: String) throws(TorchError) -> Tensor {
        guard let place = layouts[name] else {
            if let (_, reason) = unsupported.first(where: { $0.name == name }) {
                throw .unsupportedTensor(name: name, reason: reason)
            }
            throw .missing(MissingTensor(name: name, nearest: nearestName(to: name, in: tensors.map(\.name))))
        }
        let record = records[place.record]
        let size = place.dtype.size
        let count = place.layout.shape.count * size
        let bytes: [UInt8]
        if place.layout.isContiguous {
            // Inside the record by the layout's invariant.
            let start = record.offset + place.layout.offset * size
            if count == record.count {
                bytes = try readWhole(start, count, place.record)
            } else {
                try verify(place.record)
                bytes = try ZipDirectory.read(file, at: start, count: count)
            }
        } else {
            try verify(place.record)
            bytes = try StridedReader(file: file, base: record.offset, elementSize: size).read(place.layout)
        }
        return Tensor(dtype: place.dtype, shape: place.layout.shape, bytes: bytes)
    }

    // MARK: - Checksums

    /// Reads a whole record and checks it on the way.
    private func readWhole(_ offset: Int, _ count: Int, _ index: Int) throws(TorchError) -> [UInt8] {
        let bytes = try ZipDirectory.read(file, at: offset, count: count)
        guard let expected = records[index].checksum, !isVerified(index) else { return bytes }
        var checksum = CRC32()
        bytes.withUnsafeBytes { checksum.update($0) }
        try settle(index, found: checksum.value, expected: expected)
        return bytes
    }

    /// Checks a record's checksum in pieces, once.
    private func verify(_ index: Int) throws(TorchError) {
        let record = records[index]
        guard let expected = record.checksum, !isVerified(index) else { return }
        var checksum = CRC32()
        var done = 0
        while done < record.count {
            let piece = try ZipDirectory.read(file, at: record.offset + done, count: min(1 << 20, record.count - done))
            piece.withUnsafeBytes { checksum.update($0) }
            done += piece.count
        }
        try settle(index, found: checksum.value, expected: expected)
    }

    private func isVerified(_ index: Int) -> Bool { verified.withLock { $0.contains(index) } }

    private func settle(_ index: Int, found: UInt32, expected: UInt32) throws(TorchError) {
        guard found == expected else { throw .badChecksum(records[index].name, found: found, expected: expected) }
        verified.withLock { _ = $0.insert(index) }
    }
}

extension TorchError {
    static func badChecksum(_ entry: String, found: UInt32, expected: UInt32) -> TorchError {
        .zip(
            .checksum, entry: entry,
            detail: "expected \(String(expected, radix: 16)), found \(String(found, radix: 16)); the file is damaged")
    }
}
