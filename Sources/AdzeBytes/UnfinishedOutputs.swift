// The temporaries that are being written, so that a process that is told to end can remove them first.

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The process's unfinished outputs.
///
/// Thread-safe.
public enum UnfinishedOutputs {
    private static let paths = Mutex<Set<String>>([])

    static func add(_ path: String) { paths.withLock { _ = $0.insert(path) } }
    static func remove(_ path: String) { paths.withLock { _ = $0.remove(path) } }

    /// Removes every temporary; for a process about to end, since writers that go on will fail.
    public static func removeAll() {
        let unfinished = paths.withLock { paths in
            defer { paths = [] }
            return paths.sorted()
        }
        for path in unfinished { if isFolder(path) { removeFolder(path) } else { unlink(path) } }
    }
}
