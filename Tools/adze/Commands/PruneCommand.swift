// `adze prune`: the same model with fewer blocks, those that are named or those that a search on labelled data leaves.

import Adze
import ArgumentParser

/// Which blocks stay: those named, or those that a search leaves.
private struct BlockOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "first:N, last:N, every:K (0, K, 2K, …), or blocks such as 0,2,5; required unless --search.",
            valueName: "BLOCKS"))
    var keep: String?

    @Flag(name: .long, help: "Find the fewest blocks that keep the score on --dev.")
    var search = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "For --search: labelled data that the model was not trained on; - is standard input; default: none.",
            valueName: "DATA"),
        completion: .file())
    var dev: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "For --search: how many points, hundredths of the metric, may be lost; 0 to 100; default: none.",
            valueName: "X"))
    var maxDrop: Double?

    @Option(
        name: .long,
        help: ArgumentHelp("For --search: the metric, one of quantize's; default: its first.", valueName: "METRIC"))
    var metric: String?

    func validate() throws {
        guard (keep != nil) != search else {
            throw ValidationError(
                search ? "give --keep or --search, not both" : "say which blocks stay with --keep BLOCKS, or --search")
        }
        guard search else {
            guard dev == nil, maxDrop == nil, metric == nil else {
                throw ValidationError("--dev, --max-drop and --metric are for --search")
            }
            return
        }
        guard dev != nil, let maxDrop else { throw ValidationError("--search needs --dev DATA and --max-drop X") }
        try QualityGate.checkMaximumDrop(maxDrop)
    }
}

/// Keeps some encoder blocks and leaves the rest out.
struct PruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Keep some encoder blocks and leave the rest out.",
        discussion: """
            OUT is a .adze file, or a folder that transformers loads if it has another name.

            --search finds the blocks: it leaves out the one without which the loss on --dev is least, again and again, \
            while the score loses at most --max-drop, and prints every step: the blocks left, the score, what it lost, \
            the loss, the block that went, and the next best with its loss; then what the model costs before and \
            after. It passes over DATA for each block of each step, in fp32. DATA is read as evaluate reads it.

            A model with fewer blocks answers worse until it is fine-tuned: a MiniLM classifier of 6 blocks, cut to its \
            first 3, falls from 0.877 to 0.509 on SST-2, which is guessing. So follow with: adze finetune OUT --train \
            DATA -o TUNED.adze.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @OptionGroup(title: "Which blocks") private var choice: BlockOptions
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: ArgumentHelp("What a .adze file keeps: full, int8, fp32.", valueName: "STORE"))
    var store: NativeStore = .full

    @Flag(name: .long, help: "Keep NaN and infinite weights instead of refusing them.")
    var allowNonfinite = false

    @Flag(
        name: .long,
        help: "Print weights by part, arithmetic a token and int8's speed, before and after; --search does.")
    var measure = false

    @Flag(name: .long, help: "Print what --search found, or --measure measured, as one JSON object.")
    var json = false

    @OptionGroup(title: "Data") var examples: ExampleOptions
    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard choice.search || examples.isDefault else {
            throw ValidationError("how data is read is for --search")
        }
        guard choice.search || measure || !json else {
            throw ValidationError("--json is for --search and --measure")
        }
    }

    func run() throws {
        let selection = try choice.keep.map { try BlockSelection($0) }
        let isFile = output.output.hasSuffix(".adze")
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(choice.dev, as: "--dev")
            .writes(output.output, as: "-o", isFile ? .file : .folder, force: output.force).check()
        let bundle = try openModel(model, source, quiet: common.quiet)
        let count = bundle.checkpoint.config.layerCount
        let found = selection == nil ? try searchBlocks(bundle) : nil
        let blocks = selection?.blocks(of: count) ?? found?.kept ?? []
        let pruned = try bundle.keeping(blocks: blocks)
        try write(pruned, isFile)
        if found != nil || measure { try show(found, blocks, bundle, pruned) }
        let before = bundle.checkpoint.config.parameterCount(head: bundle.checkpoint.head)
        let after = pruned.checkpoint.config.parameterCount(head: pruned.checkpoint.head)
        let scores = found.map {
            ", \($0.metric.rawValue) \(rounded($0.score, digits: 4)) → \(rounded($0.keptScore, digits: 4))"
        }
        Console.summary(
            "\(count) → \(blocks.count) blocks (\(blocks.map(String.init).joined(separator: ", "))), "
                + "\(grouped(before)) → \(grouped(after)) weights\(scores ?? "")", quiet: common.quiet)
        guard blocks.count < count else { return }
        Console.summary(
            "a model with fewer blocks answers worse until it is fine-tuned: "
                + "adze finetune \(output.output) --train DATA -o TUNED.adze", quiet: common.quiet)
    }

    private func write(_ pruned: ModelBundle, _ isFile: Bool) throws {
        guard isFile else {
            try pruned.export(to: output.output, format: .safetensors, replacing: output.force)
            return
        }
        var options = ConversionOptions()
        options.store = store
        options.allowsNonFinite = allowNonfinite
        options.replacing = output.force
        options.threads = common.threads
        _ = try pruned.convert(to: output.output, options: options)
    }

    private func searchBlocks(_ bundle: ModelBundle) throws -> BlockSearchReport {
        guard let dev = choice.dev, let maxDrop = choice.maxDrop else { preconditionFailure("validated") }
        let kind = try bundle.targetKind(separator: examples.separator)
        try examples.check(kind)
        let gate = QualityGate(metric: try QualityMetric(choice.metric, for: kind), maximumDrop: maxDrop)
        let rows = try examples.readAll(dev, kind: kind, quiet: common.quiet)
        let progress = ProgressLine(total: nil, quiet: common.quiet)
        defer { progress.end() }
        do {
            return try bundle.searchBlocks(
                examples: rows, gate: gate, threads: common.threads, progress: { progress.show($0, $1, of: $2) })
        } catch let error as any AdzeFailure where error is DataError || error is EvaluationError {
            progress.end()
            throw InputError(path: dev, underlying: error)
        }
    }

    private func show(
        _ found: BlockSearchReport?, _ blocks: [Int], _ bundle: ModelBundle, _ pruned: ModelBundle
    ) throws {
        let before = try ModelCost(bundle, threads: common.threads)
        let after = try ModelCost(pruned, threads: common.threads)
        if json {
            let kept: JSONValue = .object([
                "kept": .array(blocks.map { .integer($0) }), "before": before.json, "after": after.json,
            ])
            try StandardOutput.shared.json(found.map { BlockSearchText.json($0, before, after) } ?? kept)
        } else {
            let lines = (found.map { BlockSearchText.lines($0) + [""] } ?? []) + ModelCost.lines(before, after)
            for line in lines { try StandardOutput.shared.line(line) }
        }
        try StandardOutput.shared.flush()
    }
}
