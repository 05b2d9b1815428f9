// The command line's entry: parses, runs one verb, and turns an error into one line and an exit code. The verbs are in
// Commands/.

import Adze
import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// `adze`.
struct AdzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adze",
        abstract:
            "Carve BERT, DistilBERT, ELECTRA, ALBERT, MPNet, RoBERTa, XLM-R, CamemBERT, DeBERTa and ModernBERT down to "
            + "size: convert, prune, fine-tune and run them on an ordinary CPU, without Python.",
        discussion: """
            MODEL is a .adze file, a checkpoint file (.safetensors, .bin, .pt, .h5, .keras), or an untouched model folder \
            on this machine; Adze downloads nothing. Data goes to standard output, everything else to standard error. \
            Where a text or a file of data may stand, - is standard input.
            """,
        version: adzeVersion,
        subcommands: [
            ConvertCommand.self, InspectCommand.self, VerifyCommand.self, ExportCommand.self, PredictCommand.self,
            EmbedCommand.self, RerankCommand.self, AttentionCommand.self, ExplainCommand.self, EvaluateCommand.self,
            CalibrateCommand.self,
            FinetuneCommand.self, ReportCommand.self, CleanCommand.self, AugmentCommand.self, LengthsCommand.self,
            QuantizeCommand.self, TokenizeCommand.self, PruneCommand.self, CompareCommand.self, DiffCommand.self,
            RescueCommand.self, ServeCommand.self, BenchCommand.self,
        ])
}

@main struct Main {
    private static let arguments = Array(CommandLine.arguments.dropFirst())

    static func main() {
        StandardStreams.reserve()
        InterruptWatch.start()
        do {
            if let refusal = Verbs.refusal(of: arguments) { throw refusal }
            var command = try verb(of: arguments) ?? AdzeCommand.parseAsRoot()
            try command.run()
            try StandardOutput.shared.flush()
        } catch let error as any AdzeFailure {
            fail(error)
        } catch {
            endAsParser(error)
        }
    }

    /// The verb that the arguments name, parsed on its own; nil where anything is amiss, help is asked for, or there is
    /// none.
    ///
    /// The whole tree of commands has the parser describe each option of the verb twice: a millisecond of a process of 25.
    /// It is asked where it has something to say.
    private static func verb(of arguments: [String]) -> (any ParsableCommand)? {
        guard let name = arguments.first,
            let verb = AdzeCommand.configuration.subcommands.first(where: { $0.configuration.commandName == name })
        else { return nil }
        return try? verb.parse(Array(arguments.dropFirst()))
    }

    /// Help and version are the parser's to print; bad usage becomes one line; anything else is a bug of ours.
    private static func endAsParser(_ error: any Error) -> Never {
        switch AdzeCommand.exitCode(for: error) {
        case .success: AdzeCommand.exit(withError: error)
        case .validationFailure:
            // The parser begins its own sentences in upper case, and adds lines of help.
            let lines = AdzeCommand.message(for: error).split(separator: "\n")
            // Of many values that an option takes, each stands in a line of its own.
            let values = lines.dropFirst().prefix { $0.hasPrefix("  - ") }.map { $0.dropFirst(4) }
            let list = values.isEmpty ? "" : " " + values.joined(separator: ", ")
            let line = (lines.first ?? "bad usage") + list
            let message = clipped(line.prefix(1).lowercased() + line.dropFirst())
            Console.write("adze: error: \(Verbs.refusal(message, hint: Verbs.hint(for: arguments)))")
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
        // What the environment asks for is in no verb's help.
        let isOfTheVerb = error.kind == .usage && !(error is InstructionSetError)
        let line = clipped(error.description)
        let message = isOfTheVerb ? Verbs.refusal(line, hint: Verbs.hint(for: arguments)) : line
        Console.write("adze: error: \(message)")
        exit(error.kind.exitCode)
    }
}
