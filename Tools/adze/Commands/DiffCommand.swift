// `adze diff`: how two models differ.

import Adze
import ArgumentParser

/// Compares tensors and, with texts, predictions.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare two models.",
        discussion: """
            Lists tensors that differ, the largest difference first; with -i, also how often and where predictions \
            differ.
            """)

    @Argument(help: ArgumentHelp("The first model.", valueName: "A"), completion: .file())
    var first: String

    @Argument(help: ArgumentHelp("The second model.", valueName: "B"), completion: .file())
    var second: String

    @OptionGroup(title: "Texts to predict") var texts: TextFileOptions
    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    private var input: String? { texts.input }
    private var columns: ColumnOptions { texts.columns }

    func run() throws {
        let models = try [first, second].map { try openModel($0, source, quiet: common.quiet) }
        let tensors = try TensorComparison(models[0].checkpoint, models[1].checkpoint)
        let answers = try input.map { try predict($0, models) }
        if json {
            try StandardOutput.shared.json(report(tensors, answers))
        } else {
            try printTensors(tensors)
            if let answers { try printPredictions(answers.comparison) }
        }
        if let answers, answers.unreadable > 0 {
            try StandardOutput.shared.flush()
            Console.summary("\(grouped(answers.unreadable)) unreadable rows were left out", quiet: common.quiet)
        }
    }

    private func predict(_ path: String, _ models: [ModelBundle]) throws -> Answers {
        guard models.allSatisfy({ $0.checkpoint.head.classification != nil }) else { throw BundleError.differentHeads }
        let classifiers = try models.map { try TextClassifier($0, precision: .fp32, threads: common.threads) }
        var input = try TextStream(path: path, columns, quiet: common.quiet)
        var answers = Answers()
        let labels = classifiers.reduce(0) { $0 + $1.labels.count }
        try input.forEachAnswer(numbers: { _ in labels }) { rows in
            let inputs = rows.map { TextInput($0.text, pair: $0.pair) }
            return Array(zip(inputs, zip(try classifiers[0].classify(inputs), try classifiers[1].classify(inputs))))
        } emit: { _, answer in
            answers.comparison.add(answer.0, answer.1.0, answer.1.1)
        } failed: { _ in
            answers.unreadable += 1
        }
        return answers
    }

    private func printTensors(_ tensors: TensorComparison) throws {
        for name in tensors.onlyInFirst { try StandardOutput.shared.line("- \(oneField(name))") }
        for name in tensors.onlyInSecond { try StandardOutput.shared.line("+ \(oneField(name))") }
        for entry in tensors.different {
            let what = entry.shapes ?? "largest difference \(entry.largest ?? 0)"
            try StandardOutput.shared.line("~ \(oneField(entry.name))\t\(what)")
        }
        let summary =
            "\(tensors.equalCount) tensors equal, \(tensors.different.count) different, "
            + "\(tensors.onlyInFirst.count) only in A, \(tensors.onlyInSecond.count) only in B"
        try StandardOutput.shared.line(summary)
    }

    private func printPredictions(_ predictions: PredictionComparison) throws {
        for entry in predictions.disagreements {
            let answers = [entry.first, entry.second].map { "\(oneField($0.label)) \(rounded($0.score, digits: 4))" }
            let fields = ["text \(entry.index + 1)"] + answers + [quoted(entry.text, limit: 60)]
            try StandardOutput.shared.line(fields.joined(separator: "\t"))
        }
        let logits = predictions.largestLogitDifference.map { ", logits differ by at most \($0)" } ?? ""
        try StandardOutput.shared.line(
            "\(grouped(predictions.disagreementCount)) of \(grouped(predictions.texts)) predictions differ\(logits)")
    }

    private func report(_ tensors: TensorComparison, _ answers: Answers?) -> JSONValue {
        var object: JSONObject = [
            "equal": .integer(tensors.equalCount), "onlyInA": .array(tensors.onlyInFirst.map(JSONValue.string)),
            "onlyInB": .array(tensors.onlyInSecond.map(JSONValue.string)),
            "different": .array(
                tensors.different.map { entry in
                    .object([
                        "name": .string(entry.name), "largest": entry.largest.map { .number(Double($0)) } ?? .null,
                        "shapes": entry.shapes.map(JSONValue.string) ?? .null,
                    ])
                }),
        ]
        if let answers {
            let predictions = answers.comparison
            object["predictions"] = .object([
                "texts": .integer(predictions.texts), "unreadable": .integer(answers.unreadable),
                "different": .integer(predictions.disagreementCount),
                "largestLogitDifference": predictions.largestLogitDifference.map { .number(Double($0)) } ?? .null,
                "examples": .array(
                    predictions.disagreements.map { entry in
                        .object([
                            "index": .integer(entry.index), "text": .string(entry.text),
                            "a": .string(entry.first.label),
                            "b": .string(entry.second.label),
                        ])
                    }),
            ])
        }
        return .object(object)
    }
}

/// The predictions for a file, and how many of its rows could not be read.
private struct Answers {
    var comparison = PredictionComparison()
    var unreadable = 0
}
