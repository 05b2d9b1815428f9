// Writing a state_dict as the legacy stream, which every version of PyTorch reads: those before 1.4 read no other. Not here:
// the zip container, which is `TorchWriter`'s.

internal import AdzeBytes
public import AdzeTensors

/// Writes PyTorch checkpoints as PyTorch did before version 1.6.
public enum LegacyTorchWriter {
    /// Writes the tensors as an `OrderedDict`; the file appears when it is complete.
    ///
    /// Each list is one storage, of which its tensors are views that follow each other: all of one type, and one that a
    /// typed storage has. `load` is called once for each tensor, in order, and only one is held at a time. The same tensors
    /// always give the same bytes. Throws `FileError`, and what `load` throws.
    /// - Complexity: O(bytes); memory is the largest tensor and the pickle.
    /// - Source: torch/serialization.py, `_legacy_save`.
    public static func write(
        storages: [[TensorInfo]], to path: String, replacing: Bool, load: (String) throws -> Tensor
    ) throws {
        var pickle = PickleWriter()
        for (key, tensors) in storages.enumerated() {
            let count = tensors.reduce(0) { $0 + $1.shape.count }
            var offset = 0
            for info in tensors {
                precondition(info.dtype == tensors[0].dtype, "a storage is of one type")
                pickle.add(info, inLegacyStorage: String(key), offset: offset, of: count)
                offset += info.shape.count
            }
        }
        var file = try AtomicFile(path: path, replacing: replacing)
        try file.write(head)
        try file.write(pickle.finish())
        try file.write(PickleWriter.list(storages.indices.map { String($0) }))
        for tensors in storages {
            try file.write(little(tensors.reduce(0) { $0 + $1.shape.count }))
            for info in tensors {
                let tensor = try load(info.name)
                precondition(tensor.dtype == info.dtype && tensor.shape == info.shape, "what was announced")
                try file.write(tensor.bytes)
            }
        }
        try file.commit()
    }

    /// The pickles of the magic number, of version 1001, and of what is said of the machine: little-endian, and the sizes of
    /// its integers.
    private static let head: [UInt8] = {
        let proto: [UInt8] = [PickleOpcode.proto.rawValue, 2]
        let stop = PickleOpcode.stop.rawValue
        let version: [UInt8] = [PickleOpcode.binInt2.rawValue, 0xE9, 0x03]
        func text(_ text: String) -> [UInt8] {
            [PickleOpcode.binUnicode.rawValue] + [UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8)
        }
        func dictionary(_ pairs: [[UInt8]]) -> [UInt8] {
            [PickleOpcode.emptyDict.rawValue, PickleOpcode.mark.rawValue] + pairs.flatMap { $0 }
                + [PickleOpcode.setItems.rawValue]
        }
        func size(_ name: String, _ bytes: UInt8) -> [UInt8] { text(name) + [PickleOpcode.binInt1.rawValue, bytes] }
        let facts = dictionary([
            text("protocol_version") + version, text("little_endian") + [PickleOpcode.newTrue.rawValue],
            text("type_sizes") + dictionary([size("short", 2), size("int", 4), size("long", 4)]),
        ])
        return proto + TorchContainer.legacyMagic + [stop] + proto + version + [stop] + proto + facts + [stop]
    }()

    private static func little(_ value: Int) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
