// Looking at paths and folders. Not here: opening files, and writing them.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Makes the folder that a file of this path lies in, unless it is there; its own parent must be.
package func makeFolder(of path: String) throws(FileError) {
    let folder = splitPath(path).folder
    guard UnfinishedOutputs.creating({ unsafe mkdir(folder, 0o777) }) == 0 || errno == EEXIST else {
        throw .current("create", folder)
    }
}

/// Whether anything, a broken link included, has this path.
package func pathExists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
}

/// Whether the path leads to a folder.
package func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether the path is a folder itself, and no link to one.
func isRealFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The names in a folder, sorted; throws `FileError`.
package func folderEntries(_ path: String) throws(FileError) -> [String] {
    var names: [String] = []
    try forEachEntry(of: path) { names.append($0) }
    return names.sorted()
}

/// Calls `body` with each name in a folder, in the system's order.
func forEachEntry(of path: String, _ body: (String) -> Void) throws(FileError) {
    guard let folder = unsafe opendir(path) else { throw .current("open", path) }
    defer { unsafe closedir(folder) }
    while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            unsafe pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { unsafe String(cString: $0) }
        }
        if name != "." && name != ".." { body(name) }
    }
}

/// The folder and the last component of a path; the folder of a bare name is `.`.
package func splitPath(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
}

/// A path without slashes at its end; that of the root stays.
package func withoutTrailingSlashes(_ path: String) -> String {
    var path = path[...]
    while path.utf8.count > 1, path.last == "/" { path.removeLast() }
    return String(path)
}

/// Removes a folder and all that is in it; links are removed, what they lead to is not.
func removeFolder(_ path: String) {
    for name in (try? folderEntries(path)) ?? [] {
        let inner = path + "/" + name
        if isRealFolder(inner) { removeFolder(inner) } else { unsafe unlink(inner) }
    }
    unsafe rmdir(path)
}

/// Removes a file or a folder with all that is in it, where there is one.
package func removeTree(_ path: String) {
    if isRealFolder(path) { removeFolder(path) } else { unsafe unlink(path) }
}

/// Makes a change of names in a folder durable.
func syncFolder(_ path: String) {
    // Some file systems refuse to sync a folder; the change stands all the same.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
}

package func runningExecutable() -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    #if canImport(Glibc)
    let count = unsafe buffer.withUnsafeMutableBytes { raw in
        unsafe raw.withMemoryRebound(to: CChar.self) { text in
            unsafe text.baseAddress.map { unsafe readlink("/proc/self/exe", $0, text.count) } ?? -1
        }
    }
    guard count > 0, count < buffer.count else { return nil }
    #else
    var size = UInt32(buffer.count)
    let answer = buffer.withUnsafeMutableBytes { raw in
        _NSGetExecutablePath(raw.baseAddress?.assumingMemoryBound(to: CChar.self), &size)
    }
    guard answer == 0, let count = buffer.firstIndex(of: 0) else { return nil }
    #endif
    return String(validating: buffer[..<count], as: UTF8.self)
}
