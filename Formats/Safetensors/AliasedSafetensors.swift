// Tied tensors as `safetensors.torch.save_model` leaves them: one of each group is in the file, and `__metadata__` says
// under which other names it belongs. Not here: the file itself, which knows nothing of it.

internal import AdzeBytes
public import AdzeTensors

/// The tensors of a file with those that its metadata name as repetitions of them.
public struct AliasedSafetensors: TensorStore {
    /// The file's tensors, then the names that repeat them, in the order of the metadata.
    public let tensors: [TensorInfo]
    /// The names that repeat a tensor, by that tensor's name.
    public let aliases: [String: String]
    /// What cannot be read, under all its names.
    public let unreadable: [String: String]
    private let base: SafetensorsFile

    /// Reads the aliases out of a file's metadata; nil where they name none.
    ///
    /// A pair of metadata is an alias where the file has a tensor of its value's name and none of its key's. Throws
    /// `SafetensorsError.aliases` where the repetitions would be out of proportion to the file.
    /// - Complexity: O(tensors + metadata).
    public init?(_ file: SafetensorsFile, fileSize: Int) throws(SafetensorsError) {
        let infos = file.tensorsByName
        var unreadable = file.unreadable
        var (added, aliases): ([TensorInfo], [String: String]) = ([], [:])
        var bytes = 0
        let (scaled, overflow) = fileSize.multipliedReportingOverflow(by: 16)
        let limit = overflow ? .max : max(256 << 20, scaled)
        for (alias, name) in file.metadata where infos[alias] == nil && unreadable[alias] == nil {
            // Metadata are anybody's: what is no name of a tensor is something else.
            guard (try? SafetensorsHeader.check(name: alias)) != nil, aliases[alias] == nil else { continue }
            if let info = infos[name] {
                // No overflow: each is at most the file, and their sum is checked before the next.
                bytes += info.byteCount
                guard bytes <= limit else { throw .aliases(bytes: bytes, limit: limit) }
                added.append(TensorInfo(name: alias, dtype: info.dtype, shape: info.shape))
                aliases[alias] = name
            } else if let reason = file.unreadable[name] {
                unreadable[alias] = reason
            }
        }
        guard !added.isEmpty || unreadable.count > file.unreadable.count else { return nil }
        tensors = file.tensors + added
        self.aliases = aliases
        self.unreadable = unreadable
        base = file
    }

    /// Reads a tensor, or the one that the name repeats; throws as the file does.
    public func load(_ name: String) throws -> Tensor { try base.load(aliases[name] ?? name) }
}
