// The worker's stream: whatever it says of an HDF5 file, no tensor is lost or changed, and each text is fit for a
// terminal.

import AdzeBytes
import AdzeKeras
import AdzeSafetensors
import AdzeTensors

extension FuzzTarget {
    /// `KerasCheckpoint(stream:)`. The input is what `adze-h5worker` would send.
    public static let workerstream = FuzzTarget("workerstream") { bytes in
        guard let stream = try unlessRefused({ try SafetensorsFile(bytes: bytes) }),
            let checkpoint = try unlessRefused({ try KerasCheckpoint(stream: stream) })
        else { return }
        for line in checkpoint.notes { try requireOneLine(line) }
        for object in checkpoint.skipped where !object.reason.isEmpty { try requireOneLine(object.reason) }
        try checkRaw(checkpoint.raw, stream)
        try checkRenamed(checkpoint, stream)
        try checkReordered(checkpoint, stream)
    }

    /// Every tensor of the stream, with its own elements.
    private static func checkRaw(_ raw: any TensorStore, _ stream: SafetensorsFile) throws {
        let count = stream.tensors.count + stream.unsupported.count
        try require(raw.tensors.count == count, "\(raw.tensors.count) of \(count) tensors are left")
        // Slashes become dots, and two names never become one.
        let byName = raw.tensorsByName
        try require(byName.count == count, "two tensors have one name")
        for info in stream.tensors {
            let name = String(decoding: info.name.utf8.map { $0 == 0x2F ? 0x2E : $0 }, as: UTF8.self)
            try require(
                byName[name]?.dtype == info.dtype && byName[name]?.shape == info.shape, "\(quoted(name)) is another")
            try require(try raw.load(name) == stream.load(info.name), "\(quoted(name)) has other elements")
        }
    }

    /// Elements as they were, or turned, under a name of a known layout.
    private static func checkRenamed(_ checkpoint: KerasCheckpoint, _ stream: SafetensorsFile) throws {
        let tensors = checkpoint.renamed.tensors
        try require(Set(tensors.map(\.name)).count == tensors.count, "two tensors have one name")
        if checkpoint.layout == .other {
            try require(tensors == checkpoint.raw.tensors, "an unknown layout was renamed")
            return
        }
        let words = "embeddings.word_embeddings.weight"
        try require(tensors.contains { $0.name.hasSuffix(words) }, "a \(checkpoint.layout) without a table of words")
        for info in tensors {
            guard let source = checkpoint.sourceNames[info.name] else {
                throw Violation(description: "\(quoted(info.name)) comes from nowhere")
            }
            let (old, new) = (try stream.load(source), try checkpoint.renamed.load(info.name))
            try require(new.dtype == info.dtype && new.shape == info.shape, "\(quoted(info.name)) is not what it says")
            try require(
                old.dtype == new.dtype && (old.bytes == new.bytes || isTurned(old, new)),
                "\(quoted(info.name)) is neither its source nor its source turned")
        }
    }

    /// Whether `new` is `old` as a matrix with rows and columns in each other's place.
    private static func isTurned(_ old: Tensor, _ new: Tensor) -> Bool {
        guard new.shape.rank == 2, old.bytes.count == new.bytes.count else { return false }
        let (columns, rows, size) = (new.shape[0], new.shape[1], new.dtype.size)
        return (0..<rows).allSatisfy { row in
            (0..<columns).allSatisfy { column in
                let (from, to) = ((row * columns + column) * size, (column * rows + row) * size)
                return old.bytes[from..<from + size] == new.bytes[to..<to + size]
            }
        }
    }

    /// The order of the data in the stream says nothing.
    private static func checkReordered(_ checkpoint: KerasCheckpoint, _ stream: SafetensorsFile) throws {
        let bytes = try SafetensorsWriter.bytes(tensors: stream.tensors, metadata: stream.metadata) {
            try stream.load($0.name)
        }
        let again = try KerasCheckpoint(stream: try SafetensorsFile(bytes: bytes))
        try require(again.raw.tensors == checkpoint.raw.tensors, "written again, the tensors have another order")
        try require(again.renamed.tensors == checkpoint.renamed.tensors, "written again, tensors have other names")
        try require(
            again.layout == checkpoint.layout && again.notes == checkpoint.notes
                && again.skipped == checkpoint.skipped && again.wasFiltered == checkpoint.wasFiltered
                && again.sourceNames == checkpoint.sourceNames,
            "written again, the stream says something else")
    }
}
