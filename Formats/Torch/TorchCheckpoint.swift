// A PyTorch checkpoint as a store of tensors: the pickle is read once, as data, and the tensors when they are asked for.
// Not here: choosing which of the nested dictionaries is the model.

public import AdzeBytes
public import AdzeTensors

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
    /// Tensors that are there but cannot be read, each with the reason, in their order; `load` throws it.
    public let unsupported: [(name: String, reason: String)]
    /// The same by name.
    public let unreadable: [String: String]
    /// Records that were saved without a checksum, in which damage goes unseen.
    public let uncheckedCount: Int
    /// The classes and functions that were ignored, in the order in which the pickle asks for them.
    public let ignoredNames: [String]

    private let storages: StorageReader
    private let records: [StorageBytes]
    private let layouts: [String: TensorPlace]
    private let isBigEndian: Bool

    /// Reads the checkpoint's pickle and checks every tensor against its storage.
    ///
    /// Throws `TorchError`: `.notACheckpoint`, `.unsupportedKind` for what is recognised and not read, `.nameRefused` for a
    /// pickle that asks for anything but data, `.zip`, `.archive`, `.pickle`, `.legacy`, `.tar` and `.tensor` for damage.
    ///
    /// With `ignoringObjects` a pickle may ask for anything: what it would have made becomes an inert object, whose
    /// arguments and attributes are looked through for tensors. Nothing is ever called. Items of the `_parameters`,
    /// `_buffers` and `_modules` of an object have the names that `state_dict()` gives them.
    /// - Complexity: O(pickle); no storage is read.
    public init(file: InputFile, ignoringObjects: Bool = false) throws(TorchError) {
        let contents = try CheckpointContents(file: file, ignoringObjects: ignoringObjects)
        let tree = try CheckpointTree(
            root: contents.root, heap: contents.heap,
            limits: PickleLimits().walking(pickleBytes: contents.heap.bytes.count), ignoresObjects: ignoringObjects)
        var index = TensorIndex(contents: contents, fileSize: file.size)
        for (name, tensor) in tree.tensors { try index.add(name, contents.heap.tensors[tensor]) }
        storages = StorageReader(file: file, contents: contents)
        container = contents.container
        records = contents.records
        tensors = index.tensors
        aliases = index.aliases
        layouts = index.places
        isBigEndian = contents.isBigEndian
        ignoredNames = contents.heap.foreignNames
        unsupported = index.unsupported
        unreadable = Dictionary(index.unsupported.map { ($0.name, $0.reason) }, uniquingKeysWith: { first, _ in first })
        uncheckedCount = contents.uncheckedCount
        scalars = tree.scalars
        omittedScalars = tree.omittedScalars
    }

    /// Reads one tensor; the first read from a record also checks the record's checksum.
    ///
    /// Throws `TorchError.missing`, `.unsupportedTensor`, `.zip(.checksum…)` or `.file`.
    /// - Complexity: O(tensor), and O(record) the first time; memory is the tensor and at most 4 MiB, or a record that the
    ///   archive deflated.
    public func load(_ name: String) throws -> Tensor { try read(name) }

    private func read(_ name: String) throws(TorchError) -> Tensor {
        guard let place = layouts[name] else {
            if let reason = unreadable[name] {
                throw .unsupportedTensor(name: name, reason: reason)
            }
            throw .missing(MissingTensor(name: name, nearest: nearestName(to: name, in: tensors.lazy.map(\.name))))
        }
        let record = records[place.record]
        let size = place.dtype.size
        let count = place.layout.shape.count * size
        var bytes: [UInt8]
        if place.layout.isContiguous, count == record.count {
            bytes = try storages.whole(place.record)
        } else {
            let (source, base) = try storages.source(of: place.record)
            bytes = try StridedReader(source: source, base: base, elementSize: size).read(place.layout)
        }
        if isBigEndian { reverseEach(size, in: &bytes) }
        return Tensor(dtype: place.dtype, shape: place.layout.shape, bytes: bytes)
    }
}

/// Turns each element of `size` bytes around.
private func reverseEach(_ size: Int, in bytes: inout [UInt8]) {
    func swap<Element: FixedWidthInteger & BitwiseCopyable>(_: Element.Type) {
        unsafe bytes.withUnsafeMutableBytes { raw in
            for offset in stride(from: 0, to: raw.count, by: size) {
                let element = unsafe raw.loadUnaligned(fromByteOffset: offset, as: Element.self)
                unsafe raw.storeBytes(of: element.byteSwapped, toByteOffset: offset, as: Element.self)
            }
        }
    }
    switch size {
    case 2: swap(UInt16.self)
    case 4: swap(UInt32.self)
    case 8: swap(UInt64.self)
    default: break
    }
}
