// `adze bench`: how fast a model runs here. Token ids are given or made up, so that only the engine is timed.

public import Adze
import AdzeBytes
import AdzeModels
public import ArgumentParser
import Foundation

/// Times the engine.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure throughput.",
        discussion: """
            Runs a set of token sequences once untimed, then --repeat times, and prints the median. Sequences are --batch \
            times --length made-up ids, or come from --sequences: a file with a JSON list of ids on each line.
            """)

    @Argument(help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"))
    var model: String

    @Option(name: .long, help: ArgumentHelp("Sequences in a batch.", valueName: "S"))
    var batch = 8

    @Option(name: .long, help: ArgumentHelp("Tokens in each.", valueName: "T"))
    var length = 128

    @Option(name: .long, help: ArgumentHelp("A file with a JSON list of token ids on each line.", valueName: "FILE"))
    var sequences: String?

    @Option(name: .long, help: ArgumentHelp("Timed runs.", valueName: "N"))
    var `repeat` = 5

    @Option(name: .long, help: ArgumentHelp("Arithmetic: fp32 or int8.", valueName: "PRECISION"))
    var precision: Precision = .fp32

    @OptionGroup var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...100_000).contains(batch), (1...100_000).contains(length), (1...10_000).contains(`repeat`) else {
            throw ValidationError("--batch and --length are 1 to 100000, --repeat 1 to 10000")
        }
        guard batch * length <= 10_000_000 else {
            throw ValidationError("--batch times --length: at most 10,000,000 tokens, found \(grouped(batch * length))")
        }
    }

    func run() throws {
        let bundle = try openModel(model, source, quiet: common.quiet)
        let benchmark = try EngineBenchmark(bundle, precision: precision, threads: common.threads)
        let result = try benchmark.run(try tokens(bundle), repetitions: `repeat`)
        if json {
            try StandardOutput.shared.line(report(result).text)
        } else {
            try StandardOutput.shared.line(
                """
                \(result.instructionSet), \(result.threads) threads, \(grouped(result.texts)) texts, \(grouped(result.tokens)) tokens: \
                \(grouped(Int(result.tokensPerSecond))) tokens/s, \(rounded(result.gmacPerSecond, digits: 1)) GMAC/s, \
                \(rounded(result.seconds * 1000, digits: 2)) ms
                """)
        }
    }

    private func tokens(_ bundle: ModelBundle) throws -> [TokenSequence] {
        guard let sequences else {
            let limit = bundle.checkpoint.config.vocabularySize
            return (0..<batch).map { s in
                TokenSequence(ids: (0..<length).map { Int32(($0 * 7919 + s * 104_729) % limit) })
            }
        }
        let bytes = try InputFile.readAll(path: sequences, limit: 1 << 30) { _ in SequencesTooLarge(path: sequences) }
        let lists = try bytes.split(separator: 0x0A).enumerated().map { number, line -> TokenSequence in
            guard let list = try? parseJSON(Array(line)).array else {
                throw BadSequences(path: sequences, line: number + 1)
            }
            let ids = list.compactMap { $0.integer.flatMap(Int32.init(exactly:)) }
            guard ids.count == list.count else { throw BadSequences(path: sequences, line: number + 1) }
            return TokenSequence(ids: ids)
        }
        guard !lists.isEmpty else { throw BadSequences(path: sequences, line: 1) }
        return lists
    }

    private func report(_ result: EngineBenchmark.Result) -> JSONValue {
        .object([
            "precision": .string(precision.rawValue), "threads": .integer(result.threads),
            "isa": .string(result.instructionSet), "texts": .integer(result.texts), "tokens": .integer(result.tokens),
            "seconds": .number(result.seconds), "tokensPerSecond": .number(result.tokensPerSecond),
            "textsPerSecond": .number(Double(result.texts) / result.seconds),
            "p50Milliseconds": .number(result.percentile(50) * 1000),
            "p99Milliseconds": .number(result.percentile(99) * 1000),
            "gmacPerSecond": .number(result.gmacPerSecond), "peakMiB": .number(peakMemory()),
        ])
    }

    /// The largest resident set of this process so far, in MiB.
    private func peakMemory() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) / 1024
    }
}

/// A file of token ids that is not one.
private struct BadSequences: AdzeFailure {
    let path: String
    let line: Int
    var description: String { "\(path): line \(line): expected a JSON list of token ids" }
}

/// A file of token ids beyond what is held in memory.
private struct SequencesTooLarge: AdzeFailure {
    let path: String
    var description: String { "\(path): larger than 1 GiB; measure with fewer sequences" }
}

extension Precision: ExpressibleByArgument {}
