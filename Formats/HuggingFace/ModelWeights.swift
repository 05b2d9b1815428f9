// Which files of a model folder are its weights. The order of preference is that of transformers; a file's name says
// nothing here about its format, which the opener takes from the content.

internal import AdzeBytes

/// The weights of a model folder: one file, or an index and its shards.
public enum ModelWeights: Sendable, Equatable {
    /// One file, by its name in the folder.
    case file(String)
    /// Shards, by their names in the folder.
    case sharded(ShardIndex)

    /// The file that decided: the weights themselves, or the index.
    public var name: String {
        switch self {
        case .file(let name): name
        case .sharded(let index): index.file
        }
    }

    /// The files that hold tensors.
    public var files: [String] {
        switch self {
        case .file(let name): [name]
        case .sharded(let index): index.shards
        }
    }

    /// The usual names, best first.
    static let usualNames = [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
        "tf_model.h5", "tf_model.h5.index.json",
    ]

    /// Weights of other frameworks, known so that they can be named.
    static let unreadableNames = [
        "flax_model.msgpack", "model.ckpt.index", "model.onnx",
        "adapter_model.safetensors", "adapter_model.bin",
    ]

    /// What a trainer leaves beside the weights: pickles without a model in them.
    static let companions: Set<String> = [
        "training_args.bin", "optimizer.bin", "optimizer.pt", "scheduler.bin", "scheduler.pt", "scaler.pt",
        "rng_state.pth", "adapter_model.safetensors", "adapter_model.bin",
    ]

    /// Chooses among a folder's files and says in `notes` what else is there.
    static func choose(in folder: FolderFiles, notes: inout [String]) throws -> ModelWeights {
        let present = usualNames.filter(folder.names.contains)
        let unreadable = unreadableNames.filter(folder.names.contains)
        let chosen = try present.first ?? single(in: folder, unreadable: unreadable)
        let others = present.filter { $0 != chosen }
        if !others.isEmpty {
            notes.append("\(chosen) is read; \(others.joined(separator: ", ")) beside it is not")
        }
        if !unreadable.isEmpty {
            notes.append("\(unreadable.joined(separator: ", ")) cannot be read yet; \(chosen) is read")
        }
        guard chosen.hasSuffix(".index.json") else { return .file(chosen) }
        let bytes = try folder.bytes(chosen, limit: ShardIndex.maximumSize) ?? []
        let index = try ShardIndex(bytes, file: chosen)
        let names = Set(folder.names)
        for shard in index.shards where !names.contains(shard) {
            throw HuggingFaceError.missingShard(file: chosen, shard: shard)
        }
        return .sharded(index)
    }

    /// The one file of weights that has another name; safetensors go before pickles, pickles before HDF5.
    private static func single(in folder: FolderFiles, unreadable: [String]) throws -> String {
        let candidates = folder.names.filter { name in
            !companions.contains(name) && !name.hasPrefix("rng_state_") && !name.hasPrefix(".")
        }
        for endings in [[".safetensors"], [".bin", ".pt", ".pth"], [".h5", ".hdf5", ".keras"]] {
            let found = candidates.filter { name in endings.contains(where: name.hasSuffix) }
            if found.count > 1 { throw HuggingFaceError.ambiguousWeights(found) }
            if let only = found.first { return only }
        }
        throw HuggingFaceError.noWeights(path: folder.path, found: folder.names, unreadable: unreadable)
    }
}
