// Safetensors: the tensors of a file that opens cover its data, can all be read, and survive being written again.

import AdzeBytes
import AdzeModels
import AdzeSafetensors
import AdzeTensors

extension FuzzTarget {
    /// `SafetensorsFile` from memory and by position, and `SafetensorsWriter`.
    public static let safetensors = FuzzTarget("safetensors") { bytes in
        let scratch = try ScratchFile(bytes)
        let path = scratch.path
        let onDisk = try unlessRefused { try SafetensorsFile(file: try InputFile(path: path)) }
        let inMemory = try unlessRefused { try SafetensorsFile(bytes: bytes) }
        try require((onDisk == nil) == (inMemory == nil), "a file is taken in memory or on disk alone")
        guard let onDisk, let inMemory else { return }
        try require(onDisk.tensors == inMemory.tensors, "memory and disk have different tensors")
        let names = inMemory.tensors.map(\.name) + inMemory.unsupported.map(\.name)
        try require(Set(names).count == names.count, "two tensors have one name")
        for tensor in inMemory.unsupported {
            try require(try unlessRefused { try inMemory.load(tensor.name) } == nil, "an unsupported tensor was read")
        }
        for tensor in inMemory.unsupported { try requireOneLine(tensor.reason) }
        try checkModel(inMemory)
        var data: [UInt8] = []
        for info in inMemory.tensors {
            let tensor = try loaded(info, from: inMemory)
            try require(try loaded(info, from: onDisk) == tensor, "memory and disk have different elements")
            data += tensor.bytes
        }
        try require(data.count <= bytes.count, "\(data.count) bytes of tensors in \(bytes.count)")
        if inMemory.unsupported.isEmpty {
            try require(bytes.suffix(data.count).elementsEqual(data), "the tensors are not the file's data")
        }
        try checkRewritten(inMemory)
    }

    /// A model is looked for among the names, whatever they are; what is said of them is fit for a line.
    private static func checkModel(_ file: SafetensorsFile) throws {
        var options = CheckpointOptions()
        options.headCount = 1
        let found = try unlessRefused { try ModelCheckpoint(store: file, configJSON: nil, options: options) }
        for note in found?.notes ?? [] { try requireOneLine(note) }
        guard let map = try unlessRefused({ try ParameterMap(store: file) }) else { return }
        for note in map.notes { try requireOneLine(note) }
        let sources = map.entries.map(\.source) + map.dropped.map(\.source)
        try require(Set(sources) == Set(file.tensors.map(\.name)), "a tensor is neither taken nor dropped")
    }

    private static func loaded(_ info: TensorInfo, from file: SafetensorsFile) throws -> Tensor {
        let tensor = try file.load(info.name)
        try require(
            tensor.dtype == info.dtype && tensor.shape == info.shape && tensor.bytes.count == info.byteCount,
            "\(quoted(info.name)) is not what its description says")
        return tensor
    }

    private static func checkRewritten(_ file: SafetensorsFile) throws {
        let written = try SafetensorsWriter.bytes(tensors: file.tensors, metadata: file.metadata) {
            try file.load($0.name)
        }
        let again = try SafetensorsFile(bytes: written)
        try require(again.metadata.map(\.0) == file.metadata.map(\.0), "metadata keys changed")
        try require(again.metadata.map(\.1) == file.metadata.map(\.1), "metadata values changed")
        try require(
            again.tensors.sorted { $0.name < $1.name } == file.tensors.sorted { $0.name < $1.name },
            "the tensors changed when they were written")
        for info in file.tensors {
            try require(try again.load(info.name) == file.load(info.name), "elements changed when they were written")
        }
        let twice = try SafetensorsWriter.bytes(tensors: again.tensors, metadata: again.metadata) {
            try again.load($0.name)
        }
        try require(twice == written, "the same tensors were written as other bytes")
    }
}
