// An opened HDF5 file: its tensors as they are, and under PyTorch's names where the layout is a known one. The file's
// `model_config` is never looked at: no code of a model is read, let alone run.

internal import AdzeBytes
package import AdzeSafetensors
public import AdzeTensors

/// The tensors of an HDF5 file, in memory.
///
/// Thread-safe.
public struct KerasCheckpoint: Sendable {
    /// Every tensor as it is in the file; names are paths with dots for slashes.
    public let raw: any TensorStore
    /// The model's tensors under PyTorch's names and in its orientation; the same as `raw` for a file that is none.
    public let renamed: any TensorStore
    /// The layout that was recognised.
    public let layout: KerasLayout
    /// The path in the file of each tensor of `renamed` whose name or elements were changed.
    public let sourceNames: [String: String]
    /// What is in the file and is no tensor.
    public let skipped: [SkippedObject]
    /// What a user should hear of who takes `raw`: how the file was read.
    public let readingNotes: [String]
    /// What a user should hear of who takes `renamed`: how the file was read, and what was made of it.
    public let notes: [String]
    /// Whether the filter of system calls held while the file was read; the other limits held in any case.
    package let wasFiltered: Bool

    /// Reads a file; `names` are those of a whole checkpoint where the file is one of its shards.
    ///
    /// Throws `KerasError`. Symbolic links are followed, as the opener of the file did before.
    /// - Complexity: O(bytes), in memory too.
    public init(
        path: String, size: Int, worker: HDF5Worker, names: KerasNames? = nil
    ) throws(KerasError) {
        try self.init(stream: worker.read(file: path, size: size), names: names)
    }

    /// The same for a file in memory.
    public init(bytes: [UInt8], worker: HDF5Worker, names: KerasNames? = nil) throws(KerasError) {
        try self.init(stream: worker.read(bytes: bytes), names: names)
    }

    /// The same from what a worker sent, which is not trusted.
    package init(stream: SafetensorsFile, names: KerasNames? = nil) throws(KerasError) {
        try self.init(HDF5Contents(stream: stream), names: names)
    }

    /// Whether a file begins as HDF5 does.
    public static func isHDF5(firstBytes: [UInt8]) -> Bool {
        firstBytes.starts(with: HDF5Signature.bytes)
    }

    private init(_ contents: HDF5Contents, names: KerasNames?) throws(KerasError) {
        let names = names ?? KerasNames(paths: contents.order.lazy.map(\.name))
        raw = try PyTorchTensorStore(base: contents.stream, infos: contents.order) {
            PyTorchName(KerasNames.dotted($0))
        }
        layout = names.layout
        skipped = contents.skipped
        wasFiltered = contents.sandbox == "full"
        readingNotes =
            wasFiltered
            ? [] : ["HDF5 was read without a filter of system calls: \(quoted(contents.sandbox, limit: 120))"]
        var notes = readingNotes
        if layout == .other {
            renamed = raw
            sourceNames = [:]
        } else {
            let model = contents.order.filter { !KerasNames.isOptimizer($0.name) }
            let optimizer = contents.order.count - model.count
            if optimizer > 0 { notes.append("\(optimizer) tensors of the optimizer's state are passed over") }
            let unique = KerasCheckpoint.withoutRepetitions(model, of: contents.stream, names)
            if unique.count < model.count {
                notes.append("tied tensors are in the file twice (\(model.count - unique.count)); one of each is read")
            }
            let store = try PyTorchTensorStore(
                base: contents.stream, infos: unique, unreadable: skipped.map { ($0.path, $0.reason) },
                name: names.renamed)
            renamed = store
            sourceNames = Dictionary(
                uniqueKeysWithValues: store.tensors.compactMap { info in
                    store.sourceName(of: info.name).map { (info.name, $0) }
                })
        }
        self.notes = notes
    }

    /// A layer that shares a tensor with another is saved with a copy of it. The first of equals is kept; tensors of
    /// one name that are not equal are left for the store to refuse.
    private static func withoutRepetitions(
        _ infos: [TensorInfo], of stream: SafetensorsFile, _ names: KerasNames
    ) -> [TensorInfo] {
        var first: [String: TensorInfo] = [:]
        return infos.filter { info in
            guard let earlier = first.updateValue(info, forKey: names.renamed(info.name).name) else { return true }
            guard let a = try? stream.load(earlier.name), let b = try? stream.load(info.name) else { return true }
            return a != b
        }
    }
}
