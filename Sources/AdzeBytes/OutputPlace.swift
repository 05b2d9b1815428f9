// Where an output's path leads, and whether it may be written there: one policy for all outputs. Not here: the writing,
// see `AtomicFile` and `AtomicFolder`.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file by what it is, under whatever name.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let node: UInt64

    init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        node = UInt64(truncatingIfNeeded: status.st_ino)
    }

    /// What a path leads to; nil where that is nothing.
    package init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// What an open descriptor stands for; nil where that is no regular file.
    package init?(descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        self.init(status)
    }
}

/// Where an output goes.
///
/// A link is followed, also one that leads to nothing yet: what it leads to is written, and the link stays. A regular file
/// is replaced as a whole by a new one of its mode and owner, and only where that is allowed; another name of the old file
/// (a hard link) keeps the old content. A pipe or a terminal, `/dev/null` and the standard streams by their names are
/// written to, and need no permission to be replaced. Block devices and sockets are refused.
package struct OutputPlace: Sendable {
    /// What is there.
    package enum Kind: Sendable, Equatable {
        /// Nothing, and a file or folder can be made.
        case absent
        case file
        case folder
        /// Something that takes bytes one after another: a pipe, a terminal, `/dev/null`, a standard stream.
        case stream
        /// Something that is never written to.
        case unfit(String)
    }

    /// What is to be written.
    package enum Purpose: Sendable {
        /// A file.
        case file
        /// A folder as a whole.
        case folder
        /// A folder to work in, which may be there.
        case workFolder
    }

    /// The path as it was given, for messages.
    package let path: String
    /// The path after links.
    package let target: String
    /// What is there.
    package let kind: Kind
    /// Which file or folder is there; nil where that is none.
    package let identity: FileIdentity?
    /// The standard stream, or other open descriptor, that the path names.
    private let descriptor: Int32?

    /// Looks at a path; throws `FileError` for one that cannot be looked at, because a name is too long, say.
    package init(_ path: String) throws(FileError) {
        var target = withoutTrailingSlashes(path)
        for _ in 0..<40 {
            if let number = OutputPlace.descriptor(named: target) {
                self.init(path: path, target: target, descriptor: number, status: try status(of: number, path))
                return
            }
            var status = stat()
            guard unsafe lstat(target, &status) == 0 else {
                guard errno == ENOENT || errno == ENOTDIR else { throw .current("create", path) }
                self.init(path: path, target: target, descriptor: nil, status: nil)
                return
            }
            guard status.st_mode & S_IFMT == S_IFLNK else {
                self.init(path: path, target: target, descriptor: nil, status: status)
                return
            }
            var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = unsafe readlink(target, &buffer, buffer.count)
            guard count >= 0 else { throw .current("read", path) }
            let link = String(decoding: buffer[..<count], as: UTF8.self)
            target = withoutTrailingSlashes(link.hasPrefix("/") ? link : splitPath(target).folder + "/" + link)
        }
        throw .system(call: "open", path: path, errno: ELOOP)
    }

    private init(path: String, target: String, descriptor: Int32?, status: stat?) {
        self.path = path
        self.target = target
        self.descriptor = descriptor
        identity = status.map(FileIdentity.init)
        guard let status else {
            kind = .absent
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = descriptor == nil ? .file : .stream
        case S_IFDIR: kind = .folder
        case S_IFCHR, S_IFIFO: kind = .stream
        case S_IFSOCK where descriptor != nil: kind = .stream
        default: kind = .unfit(InputFile.kindName(mode: status.st_mode))
        }
    }

    /// The number in `/dev/fd/3`, or that of a standard stream.
    private static func descriptor(named path: String) -> Int32? {
        switch path {
        case "/dev/stdin": return STDIN_FILENO
        case "/dev/stdout": return STDOUT_FILENO
        case "/dev/stderr": return STDERR_FILENO
        default:
            for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
                return Int32(path.dropFirst(folder.count))
            }
            return nil
        }
    }

    // MARK: Asking

    /// Whether two outputs are one, also where neither exists yet.
    package func isSame(as other: OutputPlace) -> Bool {
        if let identity, let theirs = other.identity { return identity == theirs }
        guard kind == .absent, other.kind == .absent else { return false }
        let (mine, theirs) = (splitPath(target), splitPath(other.target))
        guard let folder = FileIdentity(path: mine.folder) else { return target == other.target }
        return mine.name == theirs.name && folder == FileIdentity(path: theirs.folder)
    }

    /// Refuses what the save would refuse after the work, as far as it can be known; leaves nothing behind.
    ///
    /// Throws `FileError`: for something in the way, a missing folder, a name too long, a folder that takes no files.
    package func check(_ purpose: Purpose, replacing: Bool) throws(FileError) {
        try allow(purpose, replacing: replacing)
        let (folder, name) = splitPath(target)
        switch kind {
        case .stream:
            if let descriptor, fcntl(descriptor, F_GETFL) & O_ACCMODE == O_RDONLY {
                throw .system(call: "open", path: path, errno: EBADF)
            }
            guard unsafe descriptor != nil || access(target, W_OK) == 0 else { throw .current("open", path) }
        case .folder: try OutputPlace.probe(target, name: name, output: path)
        case .absent:
            guard isFolder(folder) else { throw .notFound(path: folder) }
            try OutputPlace.probe(folder, name: name, output: path)
        case .file:
            try checkReplacing(in: folder)
            try OutputPlace.probe(folder, name: name, output: path)
        case .unfit: break
        }
    }

    /// The part of `check` that a save repeats.
    func allow(_ purpose: Purpose, replacing: Bool) throws(FileError) {
        if path.isEmpty { throw .unfitOutput(path: "''", expected: "a name", found: "none") }
        switch (purpose, kind) {
        case (_, .unfit(let found)): throw .unfitOutput(path: path, expected: "the name of a file", found: found)
        case (.file, .folder):
            throw .unfitOutput(path: path, expected: "the name of a file to write", found: "a folder")
        case (.file, _) where path.hasSuffix("/"):
            throw .unfitOutput(path: path, expected: "the name of a file to write", found: "that of a folder")
        case (.folder, .file), (.workFolder, .file):
            throw .unfitOutput(path: path, expected: "the name of a folder", found: "a file")
        case (.folder, .stream), (.workFolder, .stream):
            throw .unfitOutput(path: path, expected: "the name of a folder", found: "a device or a pipe")
        case (.file, .file) where !replacing, (.folder, .folder) where !replacing: throw .exists(path: path)
        default: break
        }
    }

    /// Refuses files that no new one can take the place of, though their folder takes new files.
    private func checkReplacing(in folder: String) throws(FileError) {
        var (file, place) = (stat(), stat())
        guard unsafe stat(target, &file) == 0, unsafe stat(folder, &place) == 0 else { return }
        if file.st_dev != place.st_dev {
            throw .unfitOutput(
                path: path, expected: "a file in a folder that is mounted whole", found: "a file that is mounted alone")
        }
        let user = geteuid()
        if place.st_mode & S_ISVTX != 0, user != 0, user != file.st_uid, user != place.st_uid {
            throw .system(call: "rename", path: path, errno: EPERM)
        }
    }

    /// Makes a temporary and removes it: nothing else tells for certain whether a folder takes files.
    private static func probe(_ folder: String, name: String, output: String) throws(FileError) {
        let temporary = try Temporary.file(in: folder, for: name, mode: 0o600, output: output)
        unsafe unlink(temporary.path)
        UnfinishedOutputs.remove(temporary.path)
        close(temporary.descriptor)
    }

    /// Opens a stream for writing; a pipe waits for its reader.
    package func openStream() throws(FileError) -> Int32 {
        precondition(kind == .stream)
        let opened = unsafe descriptor.map { dup($0) } ?? open(target, O_WRONLY | O_CLOEXEC)
        guard opened >= 0 else { throw .current("open", path) }
        if descriptor != nil { _ = fcntl(opened, F_SETFD, FD_CLOEXEC) }
        return opened
    }
}

private func status(of descriptor: Int32, _ path: String) throws(FileError) -> stat {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .current("open", path) }
    return status
}

/// Gives a new file or folder the mode and owner of the one whose place it takes, as far as the system lets us.
func keepAttributes(of status: stat, on descriptor: Int32) {
    var (mode, now) = (status.st_mode & 0o7777, stat())
    guard unsafe fstat(descriptor, &now) == 0 else { return }
    if now.st_uid != status.st_uid || now.st_gid != status.st_gid,
        fchown(descriptor, status.st_uid, status.st_gid) != 0
    {
        mode &= 0o1777
        if now.st_gid != status.st_gid, fchown(descriptor, uid_t.max, status.st_gid) != 0 {
            // Another group must not get what was meant for the file's own.
            mode &= ~0o070 | (mode & 0o007) << 3
        }
    }
    fchmod(descriptor, mode)
}
