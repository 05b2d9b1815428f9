// Temporary files of outputs: unique names, a lock that shows whether the writing process is still running, and the
// removal of files that a killed process left. Not here: their content.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A temporary file or folder of this process: `.NAME.RANDOM.adze-tmp`, locked as long as its descriptor is open.
///
/// A name says nothing of who made it: numbers of processes repeat, in containers with every start. Who can lock a
/// temporary knows that its maker is gone.
struct Temporary {
    let path: String
    let descriptor: Int32

    private static let ending = ".adze-tmp"
    private static let digits = 12

    /// Makes an empty file; `name` is that of the output, and `output` its path, for messages. Removes dead ones first.
    static func file(
        in folder: String, for name: String, mode: mode_t, output: String
    ) throws(FileError) -> Temporary {
        sweep(folder, for: name) { path, _ in unsafe unlink(path) }
        return try make(in: folder, for: name, output: output) { path in
            unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        }
    }

    /// Makes an empty folder.
    static func folder(in folder: String, for name: String, output: String) throws(FileError) -> Temporary {
        try make(in: folder, for: name, output: output) { path in
            guard unsafe mkdir(path, 0o777) == 0 else { return -1 }
            let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if descriptor < 0 { unsafe rmdir(path) }
            return descriptor
        }
    }

    /// Whether a name is one of a temporary of ours, of whatever output.
    static func isOne(_ name: some StringProtocol) -> Bool { name.hasPrefix(".") && name.hasSuffix(ending) }

    private static func make(
        in folder: String, for name: String, output: String, _ create: (String) -> Int32
    ) throws(FileError) -> Temporary {
        let start = prefix(name, in: folder)
        for _ in 0..<100 {
            let random = String(UInt64.random(in: 0..<1 << 48), radix: 16)
            let zeros = String(repeating: "0", count: digits - random.utf8.count)
            let path = "\(folder)/\(start)\(zeros)\(random)\(ending)"
            let descriptor = UnfinishedOutputs.add(path) { create(path) }
            guard descriptor >= 0 else {
                if errno == EEXIST { continue }
                throw .current("create", output)
            }
            if lock(descriptor, path) != .others { return Temporary(path: path, descriptor: descriptor) }
            // Whoever sweeps at this very moment took it for a dead one.
            close(descriptor)
            UnfinishedOutputs.remove(path)
        }
        throw .system(call: "create", path: output, errno: EEXIST)
    }

    /// The beginning of the names of an output's temporaries, short enough for the folder's file system.
    private static func prefix(_ name: String, in folder: String) -> String {
        let limit = unsafe pathconf(folder, Int32(_PC_NAME_MAX))
        let room = (limit > 0 ? Int(limit) : 255) - 2 - digits - ending.utf8.count
        var start = ""
        for scalar in name.unicodeScalars {
            guard start.utf8.count + UTF8.width(scalar) <= room else { break }
            start.unicodeScalars.append(scalar)
        }
        return ".\(start)."
    }

    // MARK: The dead

    /// Calls `remove` with each temporary of an output whose maker is gone, while it is locked; `isFolder` tells what it
    /// is.
    static func sweep(_ folder: String, for name: String, remove: (_ path: String, _ isFolder: Bool) -> Void) {
        let start = prefix(name, in: folder)
        sweep(folder, where: { $0 == start }, remove: remove)
    }

    /// The same of all whose names begin with what `isWanted` says.
    static func sweep(
        _ folder: String, where isWanted: (_ start: String) -> Bool, remove: (_ path: String, _ isFolder: Bool) -> Void
    ) {
        var found: [String] = []
        try? forEachEntry(of: folder) { entry in
            guard isOne(entry), entry.utf8.count > digits + ending.utf8.count else { return }
            if isWanted(String(entry.dropLast(digits + ending.utf8.count))) { found.append(entry) }
        }
        for entry in found.sorted() {
            let path = "\(folder)/\(entry)"
            let isFolder = isRealFolder(path)
            // Locks of network file systems want a file that is open for writing; a folder never is.
            let descriptor = unsafe open(path, (isFolder ? O_RDONLY : O_RDWR) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if lock(descriptor, path) == .ours { remove(path, isFolder) }
        }
    }

    private enum Lock {
        /// Nobody else has it, and the path still leads to it.
        case ours
        /// Somebody else has it, or has removed it.
        case others
        /// The file system has no locks: nothing can be told.
        case unknown
    }

    private static func lock(_ descriptor: Int32, _ path: String) -> Lock {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            return errno == EWOULDBLOCK ? .others : .unknown
        }
        var (open, named) = (stat(), stat())
        guard unsafe fstat(descriptor, &open) == 0, unsafe lstat(path, &named) == 0,
            FileIdentity(open) == FileIdentity(named)
        else {
            return .others
        }
        return .ours
    }
}

/// Removes the temporary files of outputs in a folder whose makers are gone.
package func removeDeadTemporaries(in folder: String, of isOutput: (_ name: String) -> Bool) {
    Temporary.sweep(folder, where: { isOutput(String($0.dropFirst().dropLast())) }) { path, isFolder in
        if !isFolder { unsafe unlink(path) }
    }
}

/// A file that has no name any more: nobody else can open it, and it is gone when the process is. -1 where the folder
/// takes none.
package func openNamelessFile(in folder: String) -> Int32 {
    guard let temporary = try? Temporary.file(in: folder, for: "cache", mode: 0o600, output: folder) else { return -1 }
    unsafe unlink(temporary.path)
    UnfinishedOutputs.remove(temporary.path)
    return temporary.descriptor
}
