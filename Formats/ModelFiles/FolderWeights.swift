// The weights of a folder as one store, whether they are one file or shards under an index.

internal import AdzeBytes
internal import AdzeHuggingFace
internal import AdzeTensors

/// The opened files of a folder.
struct FolderWeights {
    let files: [WeightsFile]
    let store: any TensorStore
    let notes: [String]

    var format: WeightsFormat { files.first?.format ?? .safetensors }
    var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

    /// Opens what the folder says are its weights; `path` gives the path of a name in it.
    init(
        _ weights: ModelWeights, tensors scope: TensorScope, _ ignoringObjects: Bool, path: (String) -> String
    ) throws {
        func open(_ name: String) throws -> WeightsFile {
            try WeightsFile(path: path(name), tensors: scope, ignoringObjects: ignoringObjects)
        }
        switch weights {
        case .file(let name):
            let file = try open(name)
            (files, store, notes) = ([file], file.store, ignoredNote(file.ignoredNames))
        case .sharded(let index):
            files = try index.shards.map(open)
            let sharded: ShardedTensorStore
            do {
                sharded = try ShardedTensorStore(
                    weightMap: index.weightMap, shards: zip(index.shards, files).map { (name: $0, store: $1.store) })
            } catch {
                throw LocatedError(path: path(index.file), underlying: error)
            }
            store = sharded
            let extra = sharded.unindexed.count
            notes =
                (extra > 0 ? ["\(extra) tensors of the shards are not in \(index.file)"] : [])
                + ignoredNote(files.flatMap(\.ignoredNames))
        }
    }
}

/// The note about names that were ignored, if any: the first twenty, and how many more there are.
func ignoredNote(_ names: [String]) -> [String] {
    var unique: Set<String> = []
    let names = names.filter { unique.insert($0).inserted }
    guard !names.isEmpty else { return [] }
    let shown = names.prefix(20).map { quoted($0) }.joined(separator: ", ")
    let more = names.count > 20 ? " and \(names.count - 20) more" : ""
    return ["ignored, and put inert values in the place of: \(shown)\(more)"]
}
