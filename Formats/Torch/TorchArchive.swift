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
            directory = try ZipDirectory(file: file, takingZeroForNoChecksum: true)
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

    /// How many entries have no checksum, which is how torch writes with `compute_crc32` off.
    var uncheckedCount: Int { directory.entries.count { directory.isUnchecked($0) } }

    /// The entry `root/name`, or nil.
    func entry(_ name: String) -> ZipEntry? {
        directory.index(of: "\(root)/\(name)").map { directory.entries[$0] }
    }

    /// The pickle, refused where its stored bytes are too few for it: each of its bytes may become a value of many.
    func pickle(limit: Int) throws(TorchError) -> [UInt8]? {
        guard let entry = entry("data.pkl") else { return nil }
        // No overflow: the stored bytes are there, on a disk.
        let room = TorchArchive.pickleFloor + 64 * entry.storedSize
        guard !entry.isDeflated || entry.size <= room else {
            throw .archive(
                .badRecord, entry: entry.name,
                detail:
                    "\(entry.storedSize) compressed bytes become \(entry.size); a pickle of at most \(room) is read;"
                    + " save the checkpoint again with torch.save")
        }
        return try content("data.pkl", limit: limit)
    }

    /// Bytes of pickle that any deflated entry may become, beside 64 for each that is stored: the names of a checkpoint's
    /// tensors repeat each other, which makes 4.
    private static let pickleFloor = 64 << 10

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
