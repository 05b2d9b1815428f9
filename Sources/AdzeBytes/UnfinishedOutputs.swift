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

    /// Creates a temporary by `create` and notes it where that gives no negative number, with no moment between at
    /// which the process could end and leave it behind.
    static func add(_ path: String, create: () -> Int32) -> Int32 {
        paths.withLock { paths in
            let result = create()
            if result >= 0 { paths.insert(path) }
            return result
        }
    }

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
