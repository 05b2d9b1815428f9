// `adze predict`: labels for texts.

public import Adze
import AdzeBytes
import AdzeData
import AdzeTokenization
public import ArgumentParser

/// Classifies texts from arguments, a file or standard input, one output line for each input line.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Classify texts.",
        discussion: """
            Prints label<TAB>score for each text, or with --json one object a line: label, score, scores, logits, and \
            the input's other fields. Rows that cannot be read give {"error": …} on their line.
            """)

    @Argument(help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"))
    var model: String

    @OptionGroup var texts: TextOptionsGroup
    @OptionGroup var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print JSON lines.")
    var json = false

    @Option(name: .long, help: ArgumentHelp("Arithmetic; fp32.", valueName: "PRECISION"))
    var precision: String = Precision.fp32.rawValue

    @Option(name: .long, help: ArgumentHelp("How many labels of each text, best first.", valueName: "K"))
    var topK = 1

    @Option(
        name: .long, help: ArgumentHelp("What happens to long texts: head, tail, head+tail, window.", valueName: "HOW"))
    var long = "head"

    @Option(name: .long, help: ArgumentHelp("How windows are joined: mean, max, logits.", valueName: "HOW"))
    var aggregate: WindowAggregate = .mean

    @Option(name: .long, help: ArgumentHelp("Tokens that neighbouring windows share.", valueName: "N"))
    var stride = 64

    @Option(name: .long, help: ArgumentHelp("The most tokens of one input; default: the model's.", valueName: "N"))
    var maxLength: Int?

    func validate() throws {
        guard stride >= 0 else { throw ValidationError("--stride must be 0 or more") }
        guard topK >= 1 else { throw ValidationError("--top-k must be at least 1") }
        guard Precision(rawValue: precision) != nil else {
            throw ValidationError("--precision \(quoted(precision)): this version computes in fp32")
        }
        _ = try longText()
    }

    func run() throws {
        var input = try texts.open(model: model)
        let bundle = try openModel(model, source, quiet: common.quiet)
        let classifier = try TextClassifier(bundle, threads: common.threads)
        var options = TextOptions()
        options.maximumLength = maxLength
        options.longText = try longText()
        options.aggregate = aggregate
        var tally = Tally()
        try input.forEachAnswer { rows in
            try classifier.classify(rows.map { TextInput($0.text, pair: $0.pair) }, topK: topK, options: options)
        } emit: { row, result in
            guard result.logits.allSatisfy(\.isFinite) else {
                tally.withoutAnswer += 1
                return try StandardOutput.shared.line(
                    errorLine("the logits are not finite; run adze verify", json: json))
            }
            tally.add(result)
            try StandardOutput.shared.line(
                json ? jsonLine(result, row, labels: classifier.labels) : plainLine(result))
        } failed: { error in
            tally.failed += 1
            try StandardOutput.shared.line(errorLine(error.description, json: json))
        }
        Console.summary(tally.line, quiet: common.quiet)
    }

    private func longText() throws -> LongText {
        switch long {
        case "head": return .head
        case "tail": return .tail
        case "head+tail": return .headAndTail
        case "window": return .window(stride: stride)
        default: throw ValidationError("--long \(quoted(long)): expected head, tail, head+tail or window")
        }
    }

    private func plainLine(_ result: Classification) -> String {
        result.top.map { "\(oneField($0.label))\t\(rounded($0.score, digits: 6))" }.joined(separator: "\t")
    }

    private func jsonLine(_ result: Classification, _ row: Row, labels: [String]) -> String {
        var object: JSONObject = ["label": .string(result.label), "score": .number(result.score)]
        var scores = JSONObject()
        if topK > 1 {
            for entry in result.top { scores[entry.label] = .number(entry.score) }
        } else {
            for (label, score) in zip(labels, result.scores) { scores[label] = .number(score) }
        }
        object["scores"] = .object(scores)
        object["logits"] = .array(result.logits.map { .number(Double($0)) })
        if result.truncatedTokenCount > 0 { object["truncated"] = .integer(result.truncatedTokenCount) }
        // The caller's own fields survive, but for those that the prediction has itself.
        for (key, value) in row.extra where object[key] == nil { object[key] = value }
        return JSONValue.object(object).text
    }
}

/// A line for a row without an answer.
func errorLine(_ error: String, json: Bool) -> String {
    json ? JSONValue.object(["error": .string(error)]).text : "error\t\(error)"
}

/// A label as one field of one line, whatever is in it.
func oneField(_ label: String) -> String {
    label.unicodeScalars.contains { $0.properties.generalCategory == .control } ? quoted(label, limit: .max) : label
}

/// Counts for the last line.
private struct Tally {
    var texts = 0
    var truncated = 0
    var failed = 0
    var withoutAnswer = 0
    private let start = ContinuousClock.now

    mutating func add(_ result: Classification) {
        texts += 1
        if result.truncatedTokenCount > 0 { truncated += 1 }
    }

    var line: String {
        let seconds = (ContinuousClock.now - start).seconds
        return "\(counted(texts, "text")) in \(rounded(seconds, digits: 2)) s, \(grouped(truncated)) truncated"
            + (failed > 0 ? ", \(grouped(failed)) unreadable" : "")
            + (withoutAnswer > 0 ? ", \(grouped(withoutAnswer)) without an answer" : "")
    }
}

extension WindowAggregate: ExpressibleByArgument {}
