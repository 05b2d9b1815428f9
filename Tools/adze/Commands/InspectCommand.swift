// `adze inspect`: a description of a model. Not here: its lines on a terminal, which are `InspectText`'s.

import Adze
import ArgumentParser

/// Prints format, shape, labels, tokenizer, provenance and sizes.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "inspect", abstract: "Show what a model is.")

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @Flag(name: .long, help: "List the tensors.")
    var tensors = false

    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func run() throws {
        let bundle = try openModel(model, source, quiet: common.quiet)
        let fields = bundle.inspection(tensors: tensors)
        if json {
            return try StandardOutput.shared.json(JSONValue.object(fields))
        }
        for (key, value) in fields where key != "tensors" {
            try InspectText.lines(key, value).forEach(StandardOutput.shared.line)
        }
        for tensor in fields["tensors"]?.array ?? [] { try StandardOutput.shared.line(InspectText.tensor(tensor)) }
    }
}
