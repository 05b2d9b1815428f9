// The tensors of a checkpoint by name, each checked against its storage, with names that share all their elements
// recognised. Not here: reading elements.

internal import AdzeBytes
internal import AdzeTensors
internal import AdzeZip

/// Where a tensor's elements are.
struct TensorPlace: Sendable {
    let dtype: DType
    let layout: TensorLayout
    /// Index of the record that holds the storage.
    let record: Int
}

/// Collects the tensors in the order of the checkpoint.
struct TensorIndex {
    private(set) var tensors: [TensorInfo] = []
    private(set) var aliases: [String: String] = [:]
    private(set) var places: [String: TensorPlace] = [:]
    private(set) var unsupported: [(name: String, reason: String)] = []
    private let contents: CheckpointContents
    private let byteLimit: Int
    private var totalBytes = 0
    /// What inflating takes when the tensors are loaded in order: the last record stays at hand.
    private var inflatedBytes = 0
    private var lastDeflated: Int?
    private let inflationLimit: Int
    private var firstNames: [Identity: String] = [:]

    private struct Identity: Hashable {
        let record: Int
        let dtype: DType
        let offset: Int
        let dimensions: [Int]
        let strides: [Int]
    }

    init(contents: CheckpointContents, fileSize: Int) {
        self.contents = contents
        // Expanded tensors repeat elements; what the tensors take in all must stay in proportion to the file.
        let (scaled, overflow) = fileSize.multipliedReportingOverflow(by: 16)
        byteLimit = overflow ? .max : max(256 << 20, scaled)
        // Sizes of deflated entries are limited by the archive, so that their sum is far from overflow; 16 times it
        // need not be.
        let deflated = contents.records.reduce(64 << 20) { $0 + ($1.entry?.isDeflated == true ? $1.count : 0) }
        let (inflated, inflationOverflow) = deflated.multipliedReportingOverflow(by: 16)
        inflationLimit = inflationOverflow ? .max : inflated
    }

    /// Adds a tensor under its name; throws `TorchError.tensor` where it and its storage contradict each other.
    mutating func add(_ name: String, _ tensor: TensorRecord) throws(TorchError) {
        if let reason = tensor.unsupported {
            unsupported.append((name, reason))
            return
        }
        guard case .dtype(let dtype) = tensor.element else {
            throw .tensor(name: name, detail: "its element type is unknown")
        }
        if tensor.sizes.count > Shape.maximumRank {
            unsupported.append((name, "it has \(tensor.sizes.count) dimensions; at most \(Shape.maximumRank) are read"))
            return
        }
        guard let shape = Shape(tensor.sizes) else {
            throw .tensor(name: name, detail: "sizes \(tensor.sizes) are negative or too large")
        }
        let storage = contents.heap.storages[tensor.storage]
        let place = try TensorPlace(
            dtype: dtype, layout: layout(name, tensor, shape, dtype, storage),
            record: contents.storageRecords[tensor.storage])
        try countInflation(name, of: place.record)
        let identity = Identity(
            record: place.record, dtype: dtype, offset: place.layout.offset, dimensions: tensor.sizes,
            strides: tensor.strides)
        if shape.count > 0, let first = firstNames[identity] {
            aliases[name] = first
        } else {
            firstNames[identity] = name
            // A stride of 0 gives one element any size that is a size at all: neither product nor sum need fit.
            let (bytes, productOverflow) = shape.count.multipliedReportingOverflow(by: dtype.size)
            let (total, sumOverflow) = totalBytes.addingReportingOverflow(bytes)
            guard !productOverflow, !sumOverflow, total <= byteLimit else {
                throw .tensor(
                    name: name, detail: "the tensors up to it take more than \(byteLimit) bytes, too much for this file"
                )
            }
            totalBytes = total
        }
        places[name] = place
        tensors.append(TensorInfo(name: name, dtype: dtype, shape: shape))
    }

    /// Counts a deflated record each time the tensors come back to it.
    private mutating func countInflation(_ name: String, of index: Int) throws(TorchError) {
        let record = contents.records[index]
        guard record.entry?.isDeflated == true, lastDeflated != index else { return }
        lastDeflated = index
        inflatedBytes += record.count
        guard inflatedBytes <= inflationLimit else {
            throw .tensor(
                name: name,
                detail: "the tensors up to it take turns in compressed storages, \(inflatedBytes) bytes of them; "
                    + "save the checkpoint again with torch.save")
        }
    }

    /// The layout in elements of the tensor's own type, from the start of the storage's record.
    private func layout(
        _ name: String, _ tensor: TensorRecord, _ shape: Shape, _ dtype: DType, _ storage: StorageRecord
    ) throws(TorchError) -> TensorLayout {
        let stated = storage.element.size
        guard storage.element == .untyped || stated == dtype.size else {
            throw .tensor(name: name, detail: "elements of \(dtype.size) bytes in a storage of elements of \(stated)")
        }
        // A window only ever comes with the storage's own element type (legacy views).
        let available = storage.window.count * stated / dtype.size
        do throws(LayoutFault) {
            let inWindow = try TensorLayout(
                offset: tensor.offset, shape: shape, strides: tensor.strides, available: available)
            guard storage.window.lowerBound > 0 else { return inWindow }
            let start = storage.window.lowerBound * stated
            guard start.isMultiple(of: dtype.size) else {
                throw LayoutFault(detail: "its storage begins in the middle of an element")
            }
            // Both at most the record's element count.
            return try TensorLayout(
                offset: tensor.offset + start / dtype.size, shape: shape, strides: tensor.strides,
                available: storage.byteCount / dtype.size)
        } catch {
            throw .tensor(name: name, detail: error.detail)
        }
    }
}
