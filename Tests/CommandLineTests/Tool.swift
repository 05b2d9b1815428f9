// Runs the built `adze` as a user does: a process with its own streams and exit code. Not here: what it should answer.

import AdzeTestSupport
import Foundation
import Testing

/// What a run of the tool left behind.
struct Outcome {
    /// The exit code; 128 + N where signal N ended it.
    let code: Int32
    /// Standard output, as bytes.
    let bytes: [UInt8]
    /// Standard error.
    let errors: String

    var output: String { String(decoding: bytes, as: UTF8.self) }
    /// Lines of standard output.
    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
    /// Lines of standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }

    /// Standard output as one JSON object.
    func object() throws -> [String: Any] { try #require(try parsed(output) as? [String: Any]) }
    /// Each line of standard output as a JSON object.
    func objects() throws -> [[String: Any]] { try lines.map { try #require(try parsed($0) as? [String: Any]) } }

    private func parsed(_ text: String) throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
}

/// The tool did not end in time.
struct TooSlow: Error { let arguments: [String] }

/// The built executable.
enum Tool {
    /// `ADZE_EXECUTABLE`, else the product beside the test bundle, wherever the build folder is.
    static let path: String? = {
        var places = ProcessInfo.processInfo.environment["ADZE_EXECUTABLE"].map { [URL(filePath: $0)] } ?? []
        let bundles = [Bundle.main] + Bundle.allBundles
        let starts =
            bundles.flatMap { [$0.bundleURL, $0.executableURL] }.compactMap(\.self)
            + CommandLine.arguments.filter { $0.hasPrefix("/") }.map { URL(filePath: $0) }
        for start in starts {
            // On Linux the bundle is a file in the products' folder; on macOS the runner is some folders deep in it.
            var folder = start
            for _ in 0..<5 {
                folder.deleteLastPathComponent()
                places.append(folder.appending(path: "adze"))
            }
        }
        return places.map { $0.path(percentEncoded: false) }.first { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
                && FileManager.default.isExecutableFile(atPath: path)
        }
    }()

    /// Runs the tool to its end. Streams are files, so no pipe can fill up.
    static func run(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:], folder: String? = nil,
        seconds: Double = 60
    ) throws -> Outcome {
        try withTemporaryFolder { streams in
            let running = try Running(
                arguments, streams: streams, input: input, environment: environment, folder: folder)
            return try running.end(seconds: seconds)
        }
    }

    /// Runs the tool, expects success, and gives what it printed.
    @discardableResult
    static func succeed(
        _ arguments: [String], input: [UInt8] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let outcome = try run(arguments, input: input)
        #expect(
            outcome.code == 0, "adze \(arguments.joined(separator: " ")): \(outcome.errors)",
            sourceLocation: sourceLocation)
        return outcome
    }

    /// Runs the tool and expects one clear line, the exit code, and nothing on standard output.
    @discardableResult
    static func refuse(
        _ code: Int32, _ arguments: [String], input: [UInt8] = [], says words: [String] = [],
        environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let outcome = try run(arguments, input: input, environment: environment)
        let comment: Comment = "adze \(arguments.joined(separator: " ")): exit \(outcome.code): \(outcome.errors)"
        #expect(outcome.code == code, comment, sourceLocation: sourceLocation)
        let errors = outcome.errorLines.filter { !$0.hasPrefix("adze: note: ") }
        #expect(errors.count == 1 && errors[0].hasPrefix("adze: error: "), comment, sourceLocation: sourceLocation)
        for word in words { #expect(outcome.errors.contains(word), comment, sourceLocation: sourceLocation) }
        #expect(outcome.output == "", comment, sourceLocation: sourceLocation)
        return outcome
    }
}

/// A run in progress.
final class Running {
    let process = Process()
    private let arguments: [String]
    private let streams: String
    private let ended = DispatchSemaphore(value: 0)

    /// Starts the tool; `standardInput` and `standardOutput` replace the files that are the default.
    init(
        _ arguments: [String], streams: String, input: [UInt8] = [], environment: [String: String] = [:],
        folder: String? = nil, standardInput: Any? = nil, standardOutput: Any? = nil
    ) throws {
        self.arguments = arguments
        self.streams = streams
        // A shell has what it runs with `&` ignore these, and the tool keeps to that.
        for number in [SIGINT, SIGQUIT, SIGHUP] { signal(number, SIG_DFL) }
        try Data(input).write(to: URL(filePath: streams + "/in"))
        for name in ["out", "err"] { try Data().write(to: URL(filePath: "\(streams)/\(name)")) }
        process.executableURL = URL(filePath: try #require(Tool.path, "build the product adze first"))
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(filePath: folder) }
        process.standardInput = try standardInput ?? FileHandle(forReadingFrom: URL(filePath: streams + "/in"))
        process.standardOutput = try standardOutput ?? FileHandle(forWritingTo: URL(filePath: streams + "/out"))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: streams + "/err"))
        process.terminationHandler = { [ended] _ in ended.signal() }
        try process.run()
    }

    /// Ends a `predict` by a signal while it writes `out.csv` into the folder `target`, and gives its outcome.
    ///
    /// Its input stays open until then, so that no signal comes too late.
    static func endAmidWriting(_ signal: Int32, target: String, streams: String) throws -> Outcome {
        for path in [streams, target] { mkdir(path, 0o755) }
        let input = Pipe()
        let run = try Running(
            ["predict", Models.classifier, "-i", "-", "-o", target + "/out.csv"], streams: streams,
            standardInput: input)
        // What stands there twice is the output: the file that tries whether the folder can be written to goes at once.
        var (last, hasBegun) = ([String](), false)
        for _ in 0..<6000 where run.process.isRunning && !hasBegun {
            let now = try names(in: target)
            hasBegun = !now.isEmpty && now == last
            last = now
            usleep(10_000)
        }
        #expect(hasBegun, "it has begun to write")
        kill(run.process.processIdentifier, signal)
        let outcome = try run.end()
        try input.fileHandleForWriting.close()
        return outcome
    }

    /// Waits for the end; a run that takes too long is killed and is an error.
    func end(seconds: Double = 60) throws -> Outcome {
        guard ended.wait(timeout: .now() + seconds) == .success else {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            throw TooSlow(arguments: arguments)
        }
        process.waitUntilExit()
        let signalled = process.terminationReason == .uncaughtSignal
        return Outcome(
            code: process.terminationStatus + (signalled ? 128 : 0),
            bytes: try [UInt8](Data(contentsOf: URL(filePath: streams + "/out"))),
            errors: String(decoding: try Data(contentsOf: URL(filePath: streams + "/err")), as: UTF8.self))
    }
}
