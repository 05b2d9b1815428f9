// The pipes between us and a command. Not here: what goes through them.

internal import AdzeBytes

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The ends of three pipes: a command's, and ours, which never block; -1 where closed.
///
/// Pipes and not sockets: a command may open `/dev/stdin`.
struct CommandStreams {
    /// The command's ends.
    private(set) var theirs = ProcessStreams(input: -1, output: -1, errors: -1)
    /// Where its standard input is written.
    var input: Int32 = -1
    /// Where its standard output is read.
    var output: Int32 = -1
    /// Where its standard error is read.
    var errors: Int32 = -1

    /// Opens the pipes.
    init() throws(ProcessError) {
        do throws(ProcessError) {
            (theirs.input, input) = try CommandStreams.pipe()
            (output, theirs.output) = try CommandStreams.pipe()
            (errors, theirs.errors) = try CommandStreams.pipe()
        } catch {
            closeAll()
            throw error
        }
        for descriptor in [input, output, errors] {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        }
    }

    private static func pipe() throws(ProcessError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
        let answer = unsafe Glibc.pipe(&ends)
        #else
        let answer = unsafe Darwin.pipe(&ends)
        #endif
        guard answer == 0 else { throw ProcessError(call: "pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Closes the command's ends, once it has them.
    mutating func closeTheirs() {
        closeDescriptor(&theirs.input)
        closeDescriptor(&theirs.output)
        closeDescriptor(&theirs.errors)
    }

    /// Closes all that is open, but for its standard error where that is still to be heard.
    mutating func closeAll(butErrors: Bool = false) {
        closeTheirs()
        closeDescriptor(&input)
        closeDescriptor(&output)
        if !butErrors { closeDescriptor(&errors) }
    }
}

/// Writes to a pipe; where nobody reads any more it gives -1 with EPIPE, and no SIGPIPE comes of it, whatever the process does
/// with that signal.
func writeQuietly(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    var (pipe, old, pending) = (sigset_t(), sigset_t(), sigset_t())
    unsafe sigemptyset(&pipe)
    unsafe sigaddset(&pipe, SIGPIPE)
    unsafe sigpending(&pending)
    let wasPending = unsafe sigismember(&pending, SIGPIPE) == 1
    unsafe pthread_sigmask(SIG_BLOCK, &pipe, &old)
    #if canImport(Glibc)
    let wrote = unsafe Glibc.write(descriptor, bytes, count)
    #else
    let wrote = unsafe Darwin.write(descriptor, bytes, count)
    #endif
    let code = errno
    if wrote < 0, code == EPIPE, !wasPending {
        // The signal is this thread's own: it is taken before it is let through. An ignored one never becomes pending.
        unsafe sigpending(&pending)
        var taken: Int32 = 0
        if unsafe sigismember(&pending, SIGPIPE) == 1 { unsafe sigwait(&pipe, &taken) }
    }
    unsafe pthread_sigmask(SIG_SETMASK, &old, nil)
    errno = code
    return wrote
}
