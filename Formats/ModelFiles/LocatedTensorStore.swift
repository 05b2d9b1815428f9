// A file's tensors whose every error names the file.

internal import AdzeBytes
internal import AdzeTensors

/// The tensors of one file; an error while loading one has the file's path in front.
struct LocatedTensorStore: TensorStore {
    let path: String
    let base: any TensorStore

    var tensors: [TensorInfo] { base.tensors }
    var aliases: [String: String] { base.aliases }
    var unreadable: [String: String] { base.unreadable }

    func load(_ name: String) throws -> Tensor {
        do {
            return try base.load(name)
        } catch let error as any AdzeFailure {
            throw LocatedError(path: path, underlying: error)
        }
    }
}
