// Runs a program with nothing but three streams: and no environment. Feeds it, reads what it says under limits, and
// never leaves it behind. Not here: what program, and what its answers mean.

internal import AdzeBytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How a run ended.
struct ChildOutcome {
    enum End: Equatable {
        case exited(Int32)
        case signalled(Int32)
        case timedOut
        case tooMuchOutput
        /// The system keeps it to itself: a program that ignores SIGCHLD cannot learn how its children end.
        case unknown
    }

    let end: End
    let output: [UInt8]
    let errors: [UInt8]
}

/// What a run may take.
struct ChildLimits {
    var seconds: Int
    var outputBytes: Int
    /// How much output is likely: the room for it is made at once as soon as a part of it has come.
    var expectedBytes: Int
    /// The most room that is made before a byte has come.
    static let firstBytes = 64 << 20
    static let errorBytes = 4096
}

/// Runs a program to its end, or to one of the limits, and then kills it; it is reaped in any case.
///
/// `input` is its standard input, `/dev/null` where nil. Throws only where the program did not start.
func runChild(
    _ path: String, _ arguments: [String], input: [UInt8]?, limits: ChildLimits
) throws(ProcessError) -> ChildOutcome {
    var streams = try ChildStreams(feeds: input != nil)
    defer { streams.closeAll() }
    let child = try startProcess(
        path, arguments, environment: [],
        streams: ProcessStreams(
            input: streams.theirInput, output: streams.theirOutput, errors: streams.theirErrors))
    streams.closeChildEnds()
    let deadline = monotonicMilliseconds() + limits.seconds * 1000
    var exchange = Exchange(streams: streams, input: input ?? [], limits: limits)
    let interruption = exchange.run(deadline: deadline)
    streams = exchange.streams
    if interruption != nil { kill(child, SIGKILL) }
    let end = reap(child, deadline: deadline)
    return ChildOutcome(end: interruption ?? end, output: exchange.output, errors: exchange.errors)
}

// MARK: - Streams

/// The ends of the child's streams: theirs and ours; -1 where closed.
private struct ChildStreams {
    var theirInput: Int32 = -1
    var theirOutput: Int32 = -1
    var theirErrors: Int32 = -1
    var input: Int32 = -1
    var output: Int32 = -1
    var errors: Int32 = -1

    init(feeds: Bool) throws(ProcessError) {
        do throws(ProcessError) {
            (output, theirOutput) = try ChildStreams.pair()
            (errors, theirErrors) = try ChildStreams.pair()
            if feeds { (theirInput, input) = try ChildStreams.pair() }
        } catch {
            closeAll()
            throw error
        }
        for descriptor in [input, output, errors] where descriptor >= 0 {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        }
    }

    /// Sockets and not pipes: writing to a socket whose reader is gone can be an error instead of a SIGPIPE.
    private static func pair() throws(ProcessError) -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw ProcessError(call: "socketpair", code: errno)
        }
        #if !canImport(Glibc)
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            var yes: Int32 = 1
            setsockopt(end, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
        #endif
        return (ends[0], ends[1])
    }

    mutating func closeChildEnds() {
        closeDescriptor(&theirInput)
        closeDescriptor(&theirOutput)
        closeDescriptor(&theirErrors)
    }

    mutating func closeAll() {
        closeChildEnds()
        closeDescriptor(&input)
        closeDescriptor(&output)
        closeDescriptor(&errors)
    }
}

// MARK: - Exchange

/// The traffic with a running child.
private struct Exchange {
    var streams: ChildStreams
    let input: [UInt8]
    let limits: ChildLimits
    private var sent = 0
    private(set) var output: [UInt8] = []
    private(set) var errors: [UInt8] = []
    private var piece = [UInt8](repeating: 0, count: 1 << 18)

    init(streams: ChildStreams, input: [UInt8], limits: ChildLimits) {
        self.streams = streams
        self.input = input
        self.limits = limits
        output.reserveCapacity(min(limits.expectedBytes, limits.outputBytes, ChildLimits.firstBytes))
    }

    /// Keeps the first `count` bytes of `piece`. Room is made for what is expected, but never for more than four times
    /// what has come: a size that a file only claims costs nothing.
    private mutating func append(_ count: Int) {
        let needed = output.count + count
        if needed > output.capacity {
            let (most, overflow) = needed.multipliedReportingOverflow(by: 4)
            let room = min(limits.expectedBytes, overflow ? .max : most)
            // Beyond what was expected the array grows as arrays do.
            if room >= needed { output.reserveCapacity(room) }
        }
        output.append(contentsOf: piece[..<count])
    }

    /// Until both of the child's streams end, or a limit is met.
    mutating func run(deadline: Int) -> ChildOutcome.End? {
        while streams.output >= 0 || streams.errors >= 0 {
            let left = deadline - monotonicMilliseconds()
            guard left > 0 else { return .timedOut }
            // A negative descriptor is passed over.
            var polled = [
                pollfd(fd: streams.output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: streams.errors, events: Int16(POLLIN), revents: 0),
                pollfd(fd: streams.input, events: Int16(POLLOUT), revents: 0),
            ]
            guard unsafe poll(&polled, nfds_t(polled.count), Int32(clamping: left)) > 0 else { continue }
            if polled[0].revents != 0 {
                let got = read(\.output)
                guard got <= limits.outputBytes - output.count else { return .tooMuchOutput }
                append(got)
            }
            if polled[1].revents != 0 {
                let got = read(\.errors)
                errors.append(contentsOf: piece[..<min(got, ChildLimits.errorBytes - errors.count)])
            }
            if polled[2].revents != 0 { feed() }
        }
        return nil
    }

    /// Reads into `piece`; closes the stream at its end.
    private mutating func read(_ stream: WritableKeyPath<ChildStreams, Int32>) -> Int {
        let got = unsafe recv(streams[keyPath: stream], &piece, piece.count, 0)
        if got > 0 { return got }
        if got == 0 || (errno != EINTR && errno != EAGAIN) { closeDescriptor(&streams[keyPath: stream]) }
        return 0
    }

    private mutating func feed() {
        #if canImport(Glibc)
        let flags = Int32(MSG_NOSIGNAL)
        #else
        let flags: Int32 = 0
        #endif
        let start = sent
        // In bounds: `sent` never passes the count.
        let wrote = unsafe input.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.map {
                unsafe send(streams.input, $0 + start, min(bytes.count - start, 1 << 20), flags)
            } ?? 0
        }
        if wrote >= 0 { sent += wrote } else if errno == EINTR || errno == EAGAIN { return }
        // All sent, or nobody reads: what the child says tells which.
        if sent == input.count || wrote < 0 { closeDescriptor(&streams.input) }
    }
}

// MARK: - Starting and ending

/// Waits for the child; one that lives past the deadline with its streams closed is killed.
func reap(_ child: pid_t, deadline: Int) -> ChildOutcome.End {
    var status: Int32 = 0
    var killed = false
    while true {
        let answer = unsafe waitpid(child, &status, killed ? 0 : WNOHANG)
        if answer == child { break }
        // ECHILD: the system, or another part of this program, has reaped it.
        if answer < 0 && errno != EINTR { return killed ? .timedOut : .unknown }
        if answer == 0 {
            if monotonicMilliseconds() >= deadline {
                kill(child, SIGKILL)
                killed = true
            } else {
                usleep(500)
            }
        }
    }
    let signal = status & 0x7F
    if signal != 0 { return killed ? .timedOut : .signalled(signal) }
    return .exited(status >> 8 & 0xFF)
}

private func monotonicMilliseconds() -> Int {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    return Int(now.tv_sec) * 1000 + Int(now.tv_nsec) / 1_000_000
}
