// Writing a state_dict that `torch.load(weights_only=True)` reads: torch's zip container, protocol 2, each tensor
// contiguous in a record of its own. The same tensors always give the same bytes.

internal import AdzeBytes
public import AdzeTensors
internal import AdzeZip

/// Writes PyTorch checkpoints.
public enum TorchWriter {
    /// Writes the tensors as an `OrderedDict` in the given order; the file appears when it is complete.
    ///
    /// `load` is called once for each tensor that is no alias, in order, and only one tensor is held at a time. An alias
    /// (name → the name whose elements it shares) becomes a second view of one storage, as torch keeps tied weights.
    /// Throws `FileError`, and what `load` throws. Names must be unique, an alias must have the type and shape of its
    /// target, the target must be a tensor of the list and no alias, and `load` must give what was announced.
    /// - Complexity: O(bytes); memory is the largest tensor and the pickle.
    public static func write(
        _ tensors: [TensorInfo], aliases: [String: String] = [:], to path: String, replacing: Bool,
        load: (String) throws -> Tensor
    ) throws {
        var keys: [String: String] = [:]
        for info in tensors where aliases[info.name] == nil {
            precondition(keys[info.name] == nil, "the tensor \(info.name) is listed twice")
            keys[info.name] = String(keys.count)
        }
        let infos = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        precondition(infos.count == tensors.count, "names are unique")
        var pickle = PickleWriter()
        for info in tensors {
            let owner = aliases[info.name] ?? info.name
            guard let key = keys[owner], let target = infos[owner] else {
                preconditionFailure("\(info.name) is an alias of \(owner), which is no tensor of its own")
            }
            precondition(
                target.dtype == info.dtype && target.shape == info.shape, "an alias looks as its target does")
            pickle.add(info, storage: key)
        }
        var archive = ZipWriter(file: try AtomicFile(path: path, replacing: replacing))
        try archive.add("archive/data.pkl", pickle.finish())
        try archive.add("archive/.format_version", Array("1".utf8))
        try archive.add("archive/.storage_alignment", Array("64".utf8))
        try archive.add("archive/byteorder", Array("little".utf8))
        for info in tensors {
            guard let key = keys[info.name] else { continue }
            let tensor = try load(info.name)
            precondition(
                tensor.dtype == info.dtype && tensor.shape == info.shape, "\(info.name) is not what was announced")
            try archive.add("archive/data/" + key, tensor.bytes)
        }
        try archive.add("archive/version", Array("3\n".utf8))
        try archive.commit()
    }

    /// Writes all tensors of a store, its aliases as shared storages.
    ///
    /// Throws `FileError`, and what the store throws.
    public static func write(_ store: some TensorStore, to path: String, replacing: Bool) throws {
        try write(store.tensors, aliases: store.aliases, to: path, replacing: replacing) { try store.load($0) }
    }
}
