// The command line's entry: parses, runs one verb, and turns an error into one line and an exit code. The verbs are in
// Commands/.

import Adze
import AdzeBytes
import ArgumentParser
import Foundation

/// `adze`.
struct AdzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adze",
        abstract:
            "Carve BERT classifiers down to size: convert, prune and run them on an ordinary CPU, without Python.",
        discussion: """
            MODEL is a .adze file, a checkpoint file (.safetensors, .bin, .pt, .h5, .keras), or an untouched model folder.
            Data goes to standard output, everything else to standard error.
            """,
        version: "0.1.0",
        subcommands: [
            ConvertCommand.self, InspectCommand.self, VerifyCommand.self, ExportCommand.self, PredictCommand.self,
            EmbedCommand.self, EvaluateCommand.self, FinetuneCommand.self, ReportCommand.self, LengthsCommand.self,
            QuantizeCommand.self, TokenizeCommand.self, PruneCommand.self, DiffCommand.self, RescueCommand.self,
            BenchCommand.self,
        ])
}

@main struct Main {
    static func main() {
        StandardStreams.reserve()
        InterruptWatch.start()
        do {
            var command = try AdzeCommand.parseAsRoot()
            try command.run()
            try StandardOutput.shared.flush()
        } catch let error as any AdzeFailure {
            fail(error)
        } catch {
            endAsParser(error)
        }
    }

    /// Help and version are the parser's to print; bad usage becomes one line; anything else is a bug of ours.
    private static func endAsParser(_ error: any Error) -> Never {
        switch AdzeCommand.exitCode(for: error) {
        case .success: AdzeCommand.exit(withError: error)
        case .validationFailure:
            let lines = AdzeCommand.fullMessage(for: error).split(separator: "\n")
            let message = lines.first.map { $0.hasPrefix("Error: ") ? $0.dropFirst(7) : $0 } ?? "bad usage"
            // The parser names the verb whose help it would show.
            let hint = lines.last.flatMap { $0.split(separator: "'").dropFirst().first } ?? "adze --help"
            Console.write("adze: error: \(clipped(String(message))); see \(hint)")
            exit(FailureKind.usage.exitCode)
        default:
            try? StandardOutput.shared.flush()
            Console.write("adze: error: this is a bug: \(quoted(String(describing: error), limit: 400))")
            exit(FailureKind.internalBug.exitCode)
        }
    }

    private static func fail(_ error: any AdzeFailure) -> Never {
        // What was computed before the error is still worth having.
        try? StandardOutput.shared.flush()
        Console.write("adze: error: \(clipped(error.description))")
        exit(error.kind.exitCode)
    }
}

extension FailureKind {
    /// The process's exit code, after BSD's sysexits.
    var exitCode: Int32 {
        switch self {
        case .usage: 64
        case .badData: 65
        case .missingInput: 66
        case .internalBug: 70
        case .outputExists: 73
        case .inputOutput: 74
        }
    }
}
