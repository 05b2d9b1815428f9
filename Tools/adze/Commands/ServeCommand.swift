// `adze serve`: starts `adze-serve`, the program beside this one that speaks HTTP. Not here: its options, which are its own.

import Adze
import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Becomes the server.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Answer HTTP requests with one or several models.",
        discussion: """
            Starts the program adze-serve beside this one, which speaks HTTP: 'adze serve --help' lists its options. \
            Routes are those of text-embeddings-inference, the Open Inference Protocol, KServe and OpenAI's embeddings; at / \
            there is a page to try the model. Answers are those of predict, rerank and embed with the same --precision, bit \
            for bit.
            """)

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("Models, and options of the server.", valueName: "MODEL"), completion: .file())
    var arguments: [String] = []

    func run() throws {
        guard let own = runningExecutable() else { throw ServerMissing(path: "the folder of this program") }
        let path = splitPath(own).folder + "/adze-serve"
        guard unsafe access(path, X_OK) == 0 else { throw ServerMissing(path: path) }
        // The signals that this process waits for in a thread are the server's now.
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe withUnsafePointer(to: signals) { _ = unsafe pthread_sigmask(SIG_UNBLOCK, $0, nil) }
        // The copies live until the process is another program.
        var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        _ = unsafe execv(path, &words)
        throw FileError.system(call: "start", path: path, errno: errno)
    }
}

/// The server is not beside this program.
private struct ServerMissing: AdzeFailure {
    let path: String
    let kind = FailureKind.missingInput
    var description: String {
        "the server is the program adze-serve, which is missing at \(path); install it beside this program, or build it with: "
            + "swift build -c release --product adze-serve"
    }
}
