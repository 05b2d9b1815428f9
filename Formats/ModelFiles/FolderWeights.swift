// The weights of a folder as one store, whether they are one file or shards under an index.

internal import AdzeBytes
internal import AdzeHuggingFace
internal import AdzeKeras
internal import AdzeTensors

/// The opened files of a folder.
struct FolderWeights {
    let files: [WeightsFile]
    let store: any TensorStore
    let notes: [String]

    var format: WeightsFormat { files.first?.format ?? .safetensors }
    var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

    /// Opens what the folder says are its weights; `path` gives the path of a name in it.
    init(_ weights: ModelWeights, options: WeightsOptions, path: (String) -> String) throws {
        switch weights {
        case .file(let name):
            let file = try WeightsFile(path: path(name), options: options)
            (files, store, notes) = ([file], file.store, file.notes + ignoredNote(file.ignoredNames))
        case .sharded(let index):
            var options = options
            // One shard of a TensorFlow model does not show that it is an encoder's: the index does.
            let names = KerasNames(paths: index.weightMap.lazy.map(\.tensor))
            if names.layout != .other { options.names = names }
            files = try index.shards.map { try WeightsFile(path: path($0), options: options) }
            let weightMap = FolderWeights.weightMap(index, files, names, options.scope)
            let sharded: ShardedTensorStore
            do {
                sharded = try ShardedTensorStore(
                    weightMap: weightMap, shards: zip(index.shards, files).map { (name: $0, store: $1.store) })
            } catch {
                throw LocatedError(path: path(index.file), underlying: error)
            }
            store = sharded
            let extra = sharded.unindexed.count
            let misplaced = sharded.misplaced
            notes =
                unique(files.flatMap(\.notes))
                + (extra > 0 ? ["\(extra) tensors of the shards are not in \(index.file)"] : [])
                + (misplaced.isEmpty
                    ? []
                    : [
                        "\(index.file) names the wrong shard for \(quotedList(misplaced.map(\.tensor)));"
                            + " each is read from the shard that has it"
                    ])
                + ignoredNote(files.flatMap(\.ignoredNames))
        }
    }

    /// The index under the names that the shards' tensors have here. TensorFlow's index has other paths than its
    /// shards: for the tensors as they are, the shards alone count.
    private static func weightMap(
        _ index: ShardIndex, _ files: [WeightsFile], _ names: KerasNames, _ scope: TensorScope
    ) -> [(tensor: String, shard: String)] {
        guard names.layout != .other else { return index.weightMap }
        switch scope {
        case .model: return index.weightMap.map { (names.renamed($0.tensor).name, $0.shard) }
        case .all:
            return zip(index.shards, files).flatMap { shard, file in file.store.tensors.map { ($0.name, shard) } }
        }
    }
}

/// Each text once, where it stands first.
private func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
}

/// The note about names that were ignored, if any: the first twenty, and how many more there are.
func ignoredNote(_ names: [String]) -> [String] {
    let names = unique(names)
    guard !names.isEmpty else { return [] }
    return ["ignored, and put inert values in the place of: \(quotedList(names, limit: 20))"]
}
