// Saving that either happens whole or leaves what was there: a sibling temporary, fsync, rename, fsync of the folder.
// Not here: any format; a writer is given an open `AtomicFile` and fills it.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that appears under its name only when it is complete.
///
/// Until `commit()` the bytes stand in a temporary sibling; dropped without a commit, the temporary is removed and
/// whatever had the name before is untouched.
public struct AtomicFile: ~Copyable {
    /// Where the file will appear.
    public let path: String
    /// Bytes written so far.
    public private(set) var size = 0
    private let temporary: String
    private var descriptor: Int32
    private let replacing: Bool

    /// Opens a temporary beside `path`.
    ///
    /// Throws `FileError.exists` where `path` is there and `replacing` is false, `.system` where the folder refuses.
    public init(path: String, replacing: Bool) throws(FileError) {
        if !replacing && pathExists(path) { throw .exists(path: path) }
        let (folder, name) = splitPath(path)
        let (temporary, descriptor) = try AtomicFile.openTemporary(folder: folder, name: name, path: path)
        self.init(path: path, temporary: temporary, descriptor: descriptor, replacing: replacing)
    }

    private init(path: String, temporary: String, descriptor: Int32, replacing: Bool) {
        self.path = path
        self.temporary = temporary
        self.descriptor = descriptor
        self.replacing = replacing
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            unlink(temporary)
        }
        UnfinishedOutputs.remove(temporary)
    }

    /// Appends bytes; throws `FileError.system` (a full disk among them), after which only dropping makes sense.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try write(bytes, at: size)
        size += bytes.count
    }

    /// Appends bytes.
    public mutating func write(_ bytes: [UInt8]) throws(FileError) {
        var failure: FileError?
        bytes.withUnsafeBytes { raw in
            do throws(FileError) { try write(raw, at: size) } catch { failure = error }
        }
        if let failure { throw failure }
        size += bytes.count
    }

    /// Rewrites bytes that were written before, for a header whose values are known last.
    public mutating func overwrite(_ bytes: [UInt8], at offset: Int) throws(FileError) {
        precondition(offset >= 0 && offset + bytes.count <= size, "only bytes already written can be rewritten")
        var failure: FileError?
        bytes.withUnsafeBytes { raw in
            do throws(FileError) { try write(raw, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        guard let base = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let put = pwrite(descriptor, base + done, bytes.count - done, off_t(offset + done))
            if put < 0 {
                if errno == EINTR { continue }
                throw .current("write", path)
            }
            done += put
        }
    }

    /// Makes the file durable and gives it its name.
    ///
    /// Throws `FileError`; then the temporary is gone and the old file, if any, still there.
    public consuming func commit() throws(FileError) {
        guard fsync(descriptor) == 0 else { throw .current("fsync", path) }
        let result = close(descriptor)
        descriptor = -1
        guard result == 0 else {
            let error = FileError.current("close", path)
            unlink(temporary)
            throw error
        }
        do throws(FileError) {
            try renameDurably(temporary, to: path, replacing: replacing)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func openTemporary(
        folder: String, name: String, path: String
    ) throws(FileError) -> (String, Int32) {
        // The process id keeps two programs apart, the counter two saves of one program.
        for attempt in 0..<100 {
            let temporary = "\(folder)/.\(name).\(getpid()).\(attempt).tmp"
            let descriptor = UnfinishedOutputs.add(temporary) {
                open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            }
            if descriptor >= 0 { return (temporary, descriptor) }
            if errno != EEXIST { throw .current("create", path) }
        }
        throw .system(call: "create", path: path, errno: EEXIST)
    }
}

/// Gives a checked draft its name: `write` fills the draft's path, `check` reads it back, and only then does it replace
/// what has the name.
///
/// Throws what the closures throw and `FileError`; then the draft is gone and whatever had the name is untouched.
public func saveChecked(
    path: String, replacing: Bool, write: (_ draft: String) throws -> Void, check: (_ draft: String) throws -> Void
) throws {
    if !replacing && pathExists(path) { throw FileError.exists(path: path) }
    let (folder, name) = splitPath(path)
    let draft = "\(folder)/.\(name).\(getpid()).draft"
    UnfinishedOutputs.add(draft)
    defer {
        unlink(draft)
        UnfinishedOutputs.remove(draft)
    }
    do {
        try write(draft)
        try check(draft)
        try renameDurably(draft, to: path, replacing: replacing)
    } catch let error as FileError {
        throw error.naming(path, insteadOf: draft)
    }
}

/// A folder that appears under its name only when all its files are written.
public struct AtomicFolder: ~Copyable {
    /// Where the folder will appear.
    public let path: String
    /// The folder that takes the files until then.
    public let temporary: String
    private let replacing: Bool
    private var committed = false

    /// Makes the temporary folder beside `path`; throws as `AtomicFile.init` does.
    public init(path: String, replacing: Bool) throws(FileError) {
        var trimmed = path[...]
        while trimmed.count > 1 && trimmed.last == "/" { trimmed.removeLast() }
        let path = String(trimmed)
        if !replacing && pathExists(path) { throw .exists(path: path) }
        let (folder, name) = splitPath(path)
        let temporary = "\(folder)/.\(name).\(getpid()).tmp"
        guard UnfinishedOutputs.add(temporary, create: { mkdir(temporary, 0o755) }) == 0 else {
            throw .current("create", path)
        }
        self.init(path: path, temporary: temporary, replacing: replacing)
    }

    private init(path: String, temporary: String, replacing: Bool) {
        self.path = path
        self.temporary = temporary
        self.replacing = replacing
    }

    deinit {
        if !committed { removeFolder(temporary) }
        UnfinishedOutputs.remove(temporary)
    }

    /// Gives the folder its name; a folder that had it before is removed after the new one stands.
    public consuming func commit() throws(FileError) {
        if replacing && pathExists(path) {
            let old = temporary + ".old"
            guard rename(path, old) == 0 else { throw .current("rename", path) }
            do throws(FileError) {
                try renameDurably(temporary, to: path, replacing: false)
            } catch {
                rename(old, path)
                throw error
            }
            committed = true
            if isRealFolder(old) { removeFolder(old) } else { unlink(old) }
        } else {
            try renameDurably(temporary, to: path, replacing: false)
            committed = true
        }
    }
}

/// Makes the folder that a file of this path lies in, unless it is there; its own parent must be.
public func makeFolder(of path: String) throws(FileError) {
    let folder = splitPath(path).folder
    guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw .current("create", folder) }
}

/// Whether anything, a broken link included, has this path.
public func pathExists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
}

/// Whether the path leads to a folder.
public func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The names in a folder, sorted; throws `FileError`.
public func folderEntries(_ path: String) throws(FileError) -> [String] {
    guard let folder = opendir(path) else { throw .current("open", path) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// The folder and the last component of a path; the folder of a bare name is `.`.
public func splitPath(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
}

private func renameDurably(_ from: String, to path: String, replacing: Bool) throws(FileError) {
    // Not replacing: a link fails where the name is taken, so a file made meanwhile by somebody else is not lost. Folders
    // and file systems without links fall through; `rename` itself refuses a folder that is not empty.
    if !replacing {
        if link(from, path) == 0 {
            unlink(from)
            return syncFolder(of: path)
        }
        if errno == EEXIST { throw .exists(path: path) }
    }
    guard rename(from, path) == 0 else { throw .current("rename", path) }
    syncFolder(of: path)
}

private func syncFolder(of path: String) {
    // Some file systems refuse to sync a folder; the rename stands all the same.
    let descriptor = open(splitPath(path).folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
}

/// Whether the path is a folder itself, and no link to one.
private func isRealFolder(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Removes a folder and all that is in it; links are removed, what they lead to is not.
func removeFolder(_ path: String) {
    for name in (try? folderEntries(path)) ?? [] {
        let inner = path + "/" + name
        if isRealFolder(inner) { removeFolder(inner) } else { unlink(inner) }
    }
    rmdir(path)
}
