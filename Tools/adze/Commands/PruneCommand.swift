// `adze prune`: the same model with fewer blocks.

import Adze
import ArgumentParser

/// Which blocks stay.
private struct KeptBlocks: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("first:N, last:N, every:K (0, K, 2K, …), or blocks such as 0,2,5.", valueName: "BLOCKS"))
    var keep: String
}

/// Keeps some encoder blocks and leaves the rest out.
struct PruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Keep some encoder blocks and leave the rest out.",
        discussion: """
            OUT is a .adze file, or a folder that transformers loads if it has another name.

            A model with fewer blocks answers worse until it is fine-tuned: a MiniLM classifier of 6 blocks, cut to its \
            first 3, falls from 0.877 to 0.509 on SST-2, which is guessing. So follow with: adze finetune OUT --train \
            DATA -o TUNED.adze.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @OptionGroup(title: "Required") private var kept: KeptBlocks
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: ArgumentHelp("What a .adze file keeps: full, int8, fp32.", valueName: "STORE"))
    var store: NativeStore = .full

    @Flag(name: .long, help: "Keep NaN and infinite weights instead of refusing them.")
    var allowNonfinite = false

    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let selection = try BlockSelection(kept.keep)
        let isFile = output.output.hasSuffix(".adze")
        try RunFiles().reads(model, as: "MODEL").reads(source)
            .writes(output.output, as: "-o", isFile ? .file : .folder, force: output.force).check()
        let bundle = try openModel(model, source, quiet: common.quiet)
        let count = bundle.checkpoint.config.layerCount
        let blocks = selection.blocks(of: count)
        let pruned = try bundle.keeping(blocks: blocks)
        let before = bundle.checkpoint.config.parameterCount(head: bundle.checkpoint.head)
        let after = pruned.checkpoint.config.parameterCount(head: pruned.checkpoint.head)
        if isFile {
            var options = ConversionOptions()
            options.store = store
            options.allowsNonFinite = allowNonfinite
            options.replacing = output.force
            options.threads = common.threads
            _ = try pruned.convert(to: output.output, options: options)
        } else {
            try pruned.export(to: output.output, format: .safetensors, replacing: output.force)
        }
        Console.summary(
            "\(count) → \(blocks.count) blocks (\(blocks.map(String.init).joined(separator: ", "))), "
                + "\(grouped(before)) → \(grouped(after)) weights", quiet: common.quiet)
        guard blocks.count < count else { return }
        Console.summary(
            "a model with fewer blocks answers worse until it is fine-tuned: "
                + "adze finetune \(output.output) --train DATA -o TUNED.adze", quiet: common.quiet)
    }
}
