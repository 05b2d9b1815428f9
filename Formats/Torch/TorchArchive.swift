// A zip archive as torch lays it out: one top folder of any name, and what is inside it. Not here: zip itself, and the
// pickle.

internal import AdzeBytes
internal import AdzeZip

/// The entries of a checkpoint's archive by their names inside the top folder.
struct TorchArchive {
    let directory: ZipDirectory
    /// The top folder, without its slash.
    let root: String

    /// Reads the directory; throws `TorchError.zip` and `.archive`.
    init(file: InputFile) throws(TorchError) {
        do throws(ZipError) {
            directory = try ZipDirectory(file: file)
        } catch {
            throw TorchError(error)
        }
        if directory.entries.allSatisfy({ $0.name.hasSuffix(".npy") }) {
            throw .unsupportedKind(
                "an archive of numpy arrays (.npz) is not read; save a dictionary of tensors with torch.save instead")
        }
        var root: Substring?
        for entry in directory.entries {
            guard let slash = entry.name.firstIndex(of: "/") else {
                throw .archive(.severalRoots, entry: entry.name, detail: "it is in no folder")
            }
            let top = entry.name[..<slash]
            guard root == nil || root == top else {
                throw .archive(.severalRoots, entry: entry.name, detail: "expected \(quoted(root ?? ""))")
            }
            root = top
        }
        // An archive without entries is refused by the directory.
        self.root = String(root ?? "")
    }

    /// The entry `root/name`, or nil.
    func entry(_ name: String) -> ZipEntry? {
        directory.index(of: "\(root)/\(name)").map { directory.entries[$0] }
    }

    /// The content of a small entry; nil where there is none.
    func content(_ name: String, limit: Int) throws(TorchError) -> [UInt8]? {
        guard let entry = entry(name) else { return nil }
        do throws(ZipError) {
            return try directory.read(entry, limit: limit)
        } catch {
            throw TorchError(error)
        }
    }
}
