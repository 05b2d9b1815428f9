// The folder of an adapter, as PEFT saves it. Not here: what is in it, and how it is merged.

internal import AdzeBytes
internal import AdzeModelFiles
internal import AdzeModels

/// An adapter's folder.
enum AdapterFolder {
    static let configuration = "adapter_config.json"
    /// Files of its tensors, the one that PEFT writes today first.
    static let weights = ["adapter_model.safetensors", "adapter_model.bin"]

    /// Opens the adapter in a folder; throws `AdapterError`, `FileError`, and the readers' errors, each with its path.
    static func open(_ path: String, options: WeightsOptions) throws -> Adapter {
        do {
            let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
            guard pathExists(folder) else { throw FileError.notFound(path: folder) }
            guard pathExists(folder + "/" + configuration) else {
                throw AdapterError.missingFile(configuration)
            }
            guard let name = weights.first(where: { pathExists(folder + "/" + $0) }) else {
                throw AdapterError.missingFile(weights[0])
            }
            let store = try WeightsFile(path: folder + "/" + name, options: options).store
            return try Adapter(description: readJSON(folder + "/" + configuration), store: store)
        } catch let error as AdapterError {
            throw LocatedError(path: path, underlying: error)
        }
    }
}
