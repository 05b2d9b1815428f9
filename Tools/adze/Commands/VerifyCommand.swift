// `adze verify`: checksums, limits and probes.

import Adze
import ArgumentParser

/// Checks a model from end to end.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a model: every checksum, and its probes computed again.",
        discussion: """
            A .adze file: every checksum, fp32 answers within 1e-4 · max(1, |x|), int8 answers bit for bit. Other \
            sources have no probes; every tensor is read and must be finite. Exit code 65 where anything is wrong.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @Flag(name: .long, help: "Let NaN and infinite weights pass.")
    var allowNonfinite = false

    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func run() throws {
        let bundle = try openModel(model, source, quiet: common.quiet)
        let report = try bundle.verify(threads: common.threads, allowsNonFinite: allowNonfinite)
        if json {
            let object: JSONObject = [
                "ok": true, "tensors": .integer(report.tensorCount), "probes": .integer(report.probeCount),
                "fp32Difference": .number(Double(report.largestDifference)), "int8": .bool(report.comparedInt8),
            ]
            return try StandardOutput.shared.json(JSONValue.object(object))
        }
        let probes =
            report.probeCount == 0
            ? "no probes in this format"
            : "\(report.probeCount) probes, fp32 within \(short(report.largestDifference))"
                + (report.comparedInt8 ? ", int8 bit for bit" : "")
        try StandardOutput.shared.line("ok: \(report.tensorCount) tensors, \(probes)")
    }
}
