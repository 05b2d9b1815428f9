// The list of temporary files being written, and of other programs at work, so that a process that is told to end can remove
// and end them first.

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The process's unfinished outputs.
///
/// Thread-safe. Whatever makes a temporary, or gives one its name, does so under the lock that `end` takes for ever: so
/// nothing is made after the last look, and renames that belong together are all done or none.
package enum UnfinishedOutputs {
    private static let paths = Mutex<Set<String>>([])
    /// The leaders of process groups that this process began.
    private static let groups = Mutex<Set<Int32>>([])

    /// Creates a temporary by `create` and notes it where that gives no negative number.
    static func add(_ path: String, create: () -> Int32) -> Int32 {
        paths.withLock { paths in
            let result = create()
            if result >= 0 { paths.insert(path) }
            return result
        }
    }

    /// Creates something inside of a temporary that is noted.
    static func creating(_ create: () -> Int32) -> Int32 { paths.withLock { _ in create() } }

    static func remove(_ path: String) { paths.withLock { _ = $0.remove(path) } }

    /// Makes changes of names that belong together, and to the set of temporaries with them.
    static func changing<Result, Failure: Error>(
        _ body: (inout Set<String>) throws(Failure) -> Result
    ) throws(Failure) -> Result where Result: Sendable {
        try paths.withLock { (paths) throws(Failure) -> Result in try body(&paths) }
    }

    /// Starts a process that leads a group, by `start`, and notes it where that gives its id.
    static func addGroup(_ start: () -> Int32) {
        groups.withLock { groups in
            let leader = start()
            if leader > 0 { groups.insert(leader) }
        }
    }

    /// Kills a group that is noted: one that is not may be somebody else's by now.
    static func endGroup(_ leader: Int32) {
        groups.withLock { groups in if groups.remove(leader) != nil { kill(-leader, SIGKILL) } }
    }

    /// Removes every temporary, kills every group and ends the process at once, with no moment between in which a thread
    /// could make more.
    package static func end(_ code: Int32) -> Never {
        groups.withLock { groups in
            for leader in groups { kill(-leader, SIGKILL) }
            return paths.withLock { paths in
                for path in paths.sorted() { if isRealFolder(path) { removeFolder(path) } else { unsafe unlink(path) } }
                _exit(code)
            }
        }
    }
}
