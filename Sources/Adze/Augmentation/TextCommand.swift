// A command of the user's that answers texts, one a line in and one a line out: its start, the traffic, its end. Not here:
// what the answers are for.

public import AdzeBytes
internal import AdzeData

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A command that is run by `/bin/sh -c`.
///
/// Its standard input is the texts, a line each, and its standard output must be as many lines of UTF-8, in their order.
/// Line breaks inside a text become spaces. It runs in a process group of its own, of which nothing is left when its
/// answers are there or an error is thrown.
public struct TextCommand: Sendable {
    /// What the shell is given.
    public let command: String
    /// After how many seconds without an answer, or a text taken, it counts as hanging.
    public let timeout: Double

    /// Seconds that a translator may take to load its model, or over what it holds back to write at once.
    public static let defaultTimeout = 300.0
    /// The most bytes of all answers.
    static let answerLimit = 1 << 30

    /// A command; the limit is above 0 and at most a day.
    public init(_ command: String, timeout: Double = TextCommand.defaultTimeout) {
        precondition(timeout > 0 && timeout <= 86_400, "a limit is above 0 and at most a day")
        (self.command, self.timeout) = (command, timeout)
    }

    /// The command's answer to each text; the texts are written while answers are read.
    ///
    /// Throws `TextCommandError`, for too many answers or one that is no text as soon as it is there.
    public func answers(to texts: [String]) throws(TextCommandError) -> [String] {
        guard !texts.isEmpty else { return [] }
        var input: [UInt8] = []
        for text in texts {
            input += TextCommand.oneLine(text).utf8
            input.append(UInt8(ascii: "\n"))
        }
        var exchange = try CommandExchange(command, input, expected: texts.count, timeout: timeout)
        let lines = try exchange.run()
        guard lines.count == texts.count else {
            throw .fewerAnswers(command, expected: texts.count, found: lines.count, said: exchange.lastError)
        }
        return lines
    }

    /// A text without what any program takes for the end of a line.
    static func oneLine(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0, 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: line.append(" ")
            default: line.append(scalar)
            }
        }
        return String(line)
    }
}

/// Why a command gives no answers.
public enum TextCommandError: AdzeFailure, Equatable {
    /// The system did not start it.
    case notStarted(String, call: String, code: Int32)
    /// It ended with another code than 0.
    case failed(String, code: Int32, said: String?)
    /// A signal ended it.
    case died(String, signal: Int32, said: String?)
    /// It neither took a text nor gave an answer for so long.
    case hung(String, seconds: Double, said: String?)
    /// The stream from it broke.
    case system(String, call: String, code: Int32)
    /// There are fewer answers than texts.
    case fewerAnswers(String, expected: Int, found: Int, said: String?)
    /// There are more.
    case moreAnswers(String, expected: Int)
    /// An answer is no UTF-8, or has a NUL.
    case notText(String, line: Int)
    /// An answer has more bytes than are read.
    case longAnswer(String, line: Int, limit: Int)
    /// All answers together have.
    case manyBytes(String, limit: Int)

    /// What it says is data, how it ends is the system's.
    public var kind: FailureKind {
        switch self {
        case .notStarted, .failed, .died, .hung, .system: .inputOutput
        default: .badData
        }
    }

    /// One line.
    public var description: String {
        switch self {
        case .notStarted(let command, let call, let code):
            unsafe "\(quoted(command)): \(call) failed: \(String(cString: strerror(code)))"
        case .failed(let command, 127, let said):
            "\(quoted(command)): the shell found no such command (exit code 127)" + TextCommandError.quote(said)
        case .failed(let command, let code, let said):
            "\(quoted(command)): ended with exit code \(code)" + TextCommandError.quote(said)
        case .died(let command, let signal, let said):
            "\(quoted(command)): ended by signal \(signal)" + TextCommandError.quote(said)
        case .hung(let command, let seconds, let said):
            "\(quoted(command)): no answer for \(rounded(seconds, digits: seconds < 10 ? 1 : 0)) s, so it was ended; it "
                + "may take longer with --translate-timeout" + TextCommandError.quote(said)
        case .system(let command, let call, let code):
            unsafe "\(quoted(command)): \(call) failed: \(String(cString: strerror(code)))"
        case .fewerAnswers(let command, let expected, let found, let said):
            "\(quoted(command)): expected \(counted(expected, "line")), one a text, found \(groupedDigits(found))"
                + TextCommandError.quote(said)
        case .moreAnswers(let command, let expected):
            "\(quoted(command)): expected \(counted(expected, "line")), one a text, found more"
        case .notText(let command, let line):
            "\(quoted(command)): line \(groupedDigits(line)) of its answers: expected UTF-8 without NUL, found other bytes"
        case .longAnswer(let command, let line, let limit):
            "\(quoted(command)): line \(groupedDigits(line)) of its answers has more than \(groupedDigits(limit)) bytes"
        case .manyBytes(let command, let limit):
            "\(quoted(command)): its answers have more than \(byteSize(limit))"
        }
    }

    private static func quote(_ said: String?) -> String { said.map { "; it said \(quoted($0, limit: 200))" } ?? "" }
}

// MARK: - The traffic

/// A running command, and what has come from it.
private struct CommandExchange: ~Copyable {
    private let command: String
    private let expected: Int
    private let timeout: Double
    private let leader: Int32
    private var isReaped = false
    private var streams: CommandStreams
    private let input: [UInt8]
    private var sent = 0
    private var lines: [String] = []
    private var rest: [UInt8] = []
    private var received = 0
    private var errors: [UInt8] = []
    private var piece = [UInt8](repeating: 0, count: 1 << 16)

    init(_ command: String, _ input: [UInt8], expected: Int, timeout: Double) throws(TextCommandError) {
        (self.command, self.input, self.expected, self.timeout) = (command, input, expected, timeout)
        do throws(ProcessError) {
            (streams, leader) = try CommandExchange.started(command)
        } catch {
            throw .notStarted(command, call: error.call, code: error.code)
        }
    }

    private static func started(_ command: String) throws(ProcessError) -> (CommandStreams, Int32) {
        var streams = try CommandStreams()
        do throws(ProcessError) {
            let leader = try startProcess(
                "/bin/sh", ["-c", command],
                environment: ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }.sorted(),
                streams: streams.theirs, leadsGroup: true)
            streams.closeTheirs()
            return (streams, leader)
        } catch {
            streams.closeAll()
            throw error
        }
    }

    deinit {
        var open = streams
        open.closeAll()
        guard !isReaped else { return }
        endGroup(leader)
        var status: Int32 = 0
        while unsafe waitpid(leader, &status, 0) < 0, errno == EINTR {}
    }

    /// The last line that it wrote to standard error, where it wrote any.
    var lastError: String? {
        let line = errors.split { $0 == 0x0A || $0 == 0x0D }.last { $0.contains { $0 > 0x20 } }
        return line.map { trimmed(String(decoding: $0, as: UTF8.self)) }
    }

    /// All its answers, after it has ended well.
    mutating func run() throws(TextCommandError) -> [String] {
        var deadline = ContinuousClock.now + .seconds(timeout)
        var hasEnded = false
        while streams.output >= 0 {
            let before = sent + received
            let isQuiet = try exchange(milliseconds: hasEnded ? 0 : 50)
            if sent + received > before { deadline = ContinuousClock.now + .seconds(timeout) }
            // Something that it left behind may hold the stream open for ever.
            if hasEnded, isQuiet { break }
            hasEnded = hasEnded || hasExited
            if !hasEnded, ContinuousClock.now > deadline { throw .hung(command, seconds: timeout, said: lastError) }
        }
        if !rest.isEmpty { try take(rest[...]) }
        streams.closeAll(butErrors: true)
        while !hasExited {
            guard ContinuousClock.now < deadline else { throw .hung(command, seconds: timeout, said: lastError) }
            if streams.errors >= 0 { _ = try exchange(milliseconds: 5) } else { usleep(2000) }
        }
        try end()
        return lines
    }

    /// Whether the command has ended; it is reaped later, so that its group cannot become another's until then.
    private var hasExited: Bool {
        var info = unsafe siginfo_t()
        let answer = unsafe waitid(P_PID, id_t(leader), &info, WEXITED | WNOHANG | WNOWAIT)
        return unsafe answer == 0 ? info.si_signo != 0 : errno != EINTR
    }

    /// Ends what is left of its group, and throws where it did not end well itself.
    private mutating func end() throws(TextCommandError) {
        while streams.errors >= 0, try !exchange(milliseconds: 0) {}
        endGroup(leader)
        var status: Int32 = 0
        var answer: Int32 = 0
        repeat { answer = unsafe waitpid(leader, &status, 0) } while answer < 0 && errno == EINTR
        isReaped = true
        // A program that ignores SIGCHLD cannot learn how its children end; then the answers alone tell.
        guard answer == leader else { return }
        let signal = status & 0x7F
        if signal != 0 { throw .died(command, signal: signal, said: lastError) }
        let code = status >> 8 & 0xFF
        if code != 0 { throw .failed(command, code: code, said: lastError) }
    }

    /// Writes and reads what can be at once, after a wait for either; true where nothing came.
    private mutating func exchange(milliseconds: Int32) throws(TextCommandError) -> Bool {
        // A negative descriptor is passed over.
        var polled = [
            pollfd(fd: streams.output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: streams.errors, events: Int16(POLLIN), revents: 0),
            pollfd(fd: streams.input, events: Int16(POLLOUT), revents: 0),
        ]
        guard unsafe poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { return true }
        if polled[2].revents != 0 { try feed() }
        if polled[1].revents != 0 { try readErrors() }
        if polled[0].revents != 0 { try readAnswers() }
        return polled[0].revents == 0 && polled[1].revents == 0
    }

    private mutating func feed() throws(TextCommandError) {
        let start = sent
        // In bounds: `sent` never passes the count.
        let wrote = unsafe input[start...].withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.map { unsafe writeQuietly(streams.input, $0, min(bytes.count, 1 << 16)) } ?? 0
        }
        if wrote >= 0 { sent += wrote } else if errno == EINTR || errno == EAGAIN { return }
        // All sent, or nobody reads: what it says tells which.
        if sent == input.count || wrote < 0 { closeDescriptor(&streams.input) }
    }

    private mutating func readErrors() throws(TextCommandError) {
        let count = try read(\.errors)
        errors += piece[..<count]
        // The last line is what is wanted.
        if errors.count > 1 << 16 { errors.removeFirst(errors.count - 1 << 13) }
    }

    private mutating func readAnswers() throws(TextCommandError) {
        let count = try read(\.output)
        received += count
        guard received <= TextCommand.answerLimit else { throw .manyBytes(command, limit: TextCommand.answerLimit) }
        var left = piece[..<count]
        while let end = left.firstIndex(of: UInt8(ascii: "\n")) {
            rest += left[..<end]
            left = left[(end + 1)...]
            let line = rest
            rest = []
            try take(line[...])
        }
        rest += left
        try check(rest.count)
    }

    private func check(_ count: Int) throws(TextCommandError) {
        guard lines.count < expected || count == 0 else { throw .moreAnswers(command, expected: expected) }
        guard count <= RowSource.recordLimit else {
            throw .longAnswer(command, line: lines.count + 1, limit: RowSource.recordLimit)
        }
    }

    private mutating func take(_ line: ArraySlice<UInt8>) throws(TextCommandError) {
        guard lines.count < expected else { throw .moreAnswers(command, expected: expected) }
        try check(line.count)
        let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        guard !line.contains(0), let text = String(validating: line, as: UTF8.self) else {
            throw .notText(command, line: lines.count + 1)
        }
        lines.append(text)
    }

    /// Reads into `piece`; closes the stream at its end.
    private mutating func read(_ stream: WritableKeyPath<CommandStreams, Int32>) throws(TextCommandError) -> Int {
        let descriptor = streams[keyPath: stream]
        #if canImport(Glibc)
        let got = unsafe Glibc.read(descriptor, &piece, piece.count)
        #else
        let got = unsafe Darwin.read(descriptor, &piece, piece.count)
        #endif
        if got > 0 { return got }
        if got < 0, errno == EINTR || errno == EAGAIN { return 0 }
        if got < 0 { throw .system(command, call: "read", code: errno) }
        closeDescriptor(&streams[keyPath: stream])
        return 0
    }
}
