// `adze export`: a folder that transformers loads.

public import Adze
public import ArgumentParser

/// Writes a model as a folder of config.json, weights and tokenizer files.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a folder that transformers loads.",
        discussion: """
            Weights are fp32; those of a file stored in full are the original's bit for bit. With --force a model folder's \
            configuration, tokenizer and weights are replaced; whatever else is in it stays.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: ArgumentHelp("The format of the weights.", valueName: "FORMAT"))
    var format: ExportFormat = .safetensors

    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        try RunFiles().reads(model, as: "MODEL").reads(source)
            .writes(output.output, as: "-o", .folder, force: output.force).check()
        var bundle = try openModel(model, source, quiet: common.quiet)
        if !bundle.keepsRuleExported { bundle = bundle.droppingRule(quiet: common.quiet) }
        let bytes = try bundle.export(to: output.output, format: format, replacing: output.force)
        if bundle.tokenizer == nil {
            Console.notes(["the model has no tokenizer; none was written"], quiet: common.quiet)
        }
        if !bundle.checkpoint.config.prunedHeads.isEmpty {
            Console.notes([ExportText.prunedHeads], quiet: common.quiet)
        }
        if format != .study, let note = ExportText.ownHead(bundle.checkpoint.head) {
            Console.notes([note], quiet: common.quiet)
        }
        Console.summary(
            "\(bundle.checkpoint.config.layerCount) blocks, \(byteSize(bytes)) fp32 → \(output.output)",
            quiet: common.quiet)
    }
}

extension ExportFormat: ExpressibleByArgument {}

/// What is said of folders that are written.
enum ExportText {
    /// Of a model that lacks some of its attention heads.
    static let prunedHeads =
        "config.json names the attention heads that are gone under pruned_heads: transformers 4 loads it, 5 does not"

    /// Of a classifier that transformers has no class for; nil for others.
    static func ownHead(_ head: Head) -> String? {
        guard head.form.isOurs else { return nil }
        return
            "transformers has no class for the head \(head.form.specification): it loads the encoder alone; Adze reads the"
            + " head by adze_head of config.json"
    }
}
