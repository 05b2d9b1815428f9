// Starts a program with three streams and signals as a fresh process has them. Not here: the traffic with it, and its end.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A system call refused: what, and the `errno`.
package struct ProcessError: Error {
    package let call: String
    package let code: Int32

    /// The refusal of a call.
    package init(call: String, code: Int32) { (self.call, self.code) = (call, code) }
}

/// The descriptors that a program gets as its streams.
package struct ProcessStreams {
    /// Standard input; below 0 for `/dev/null`.
    package var input: Int32
    package var output: Int32
    package var errors: Int32

    /// Streams of descriptors.
    package init(input: Int32, output: Int32, errors: Int32) {
        (self.input, self.output, self.errors) = (input, output, errors)
    }
}

/// Starts a program and gives its process id; the caller waits for it.
///
/// - Parameters:
///   - environment: entries such as `PATH=/bin`.
///   - leadsGroup: whether it begins a process group of its own, which ends with it and with this process.
package func startProcess(
    _ path: String, _ arguments: [String], environment: [String], streams: ProcessStreams, leadsGroup: Bool = false
) throws(ProcessError) -> Int32 {
    #if canImport(Glibc)
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    #else
    var actions: posix_spawn_file_actions_t?
    var attributes: posix_spawnattr_t?
    #endif
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
        unsafe posix_spawn_file_actions_destroy(&actions)
        unsafe posix_spawnattr_destroy(&attributes)
    }
    if streams.input >= 0 {
        unsafe posix_spawn_file_actions_adddup2(&actions, streams.input, 0)
    } else {
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    unsafe posix_spawn_file_actions_adddup2(&actions, streams.output, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, streams.errors, 2)
    // Signals as a fresh process has them, whatever this one ignores or blocks.
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    // Every descriptor of ours is closed on exec. One that a host program left open, Adze's worker closes first of all.
    let group = leadsGroup ? Int16(POSIX_SPAWN_SETPGROUP) : 0
    let flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | group
    #if canImport(Glibc)
    unsafe posix_spawnattr_setflags(&attributes, flags)
    #else
    posix_spawnattr_setflags(&attributes, flags | Int16(POSIX_SPAWN_CLOEXEC_DEFAULT))
    #endif

    var argv: [UnsafeMutablePointer<CChar>?] = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
    var entries: [UnsafeMutablePointer<CChar>?] = unsafe environment.map { unsafe strdup($0) } + [nil]
    defer {
        unsafe argv.forEach { unsafe free($0) }
        unsafe entries.forEach { unsafe free($0) }
    }
    var (child, code): (pid_t, Int32) = (0, 0)
    func start() -> Int32 {
        code = unsafe posix_spawn(&child, path, &actions, &attributes, &argv, &entries)
        return code == 0 ? child : -1
    }
    if leadsGroup { UnfinishedOutputs.addGroup(start) } else { _ = start() }
    guard code == 0 else { throw ProcessError(call: "posix_spawn", code: code) }
    return child
}

/// Kills the processes of a group that `startProcess` began; whoever began it reaps its leader.
package func endGroup(_ leader: Int32) { UnfinishedOutputs.endGroup(leader) }

/// Closes a descriptor that is open, and makes it -1.
package func closeDescriptor(_ descriptor: inout Int32) {
    guard descriptor >= 0 else { return }
    _ = close(descriptor)
    descriptor = -1
}
