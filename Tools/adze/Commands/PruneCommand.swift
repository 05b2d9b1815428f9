// `adze prune`: the same model with fewer blocks, those that are named or those that a search on labelled data leaves, and
// with fewer attention heads, those that count least on such data.

import Adze
import ArgumentParser

/// What stays: blocks that are named or that a search leaves, and all but so many heads.
private struct CutOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "first:N, last:N, every:K (0, K, 2K, …), or blocks such as 0,2,5; required unless --search or --drop-heads.",
            valueName: "BLOCKS"))
    var keep: String?

    @Flag(name: .long, help: "Find the fewest blocks that keep the score on --dev.")
    var search = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Drop the N attention heads that count least on --dev, after --keep; default: none.", valueName: "N"))
    var dropHeads: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "For --search, --drop-heads and --measure: labelled data that the model was not trained on; - is standard "
                + "input; default: none.", valueName: "DATA"),
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
        help: ArgumentHelp("The metric on --dev, one of quantize's; default: its first.", valueName: "METRIC"))
    var metric: String?

    func validate() throws {
        guard keep == nil || !search else { throw ValidationError("give --keep or --search, not both") }
        guard keep != nil || search || dropHeads != nil else {
            throw ValidationError("say which blocks stay with --keep BLOCKS or --search, or how many --drop-heads N")
        }
        if let dropHeads {
            guard dropHeads >= 0 else { throw ValidationError("--drop-heads \(dropHeads): expected a number from 0") }
            guard !search else {
                throw ValidationError("--drop-heads is not for --search; drop heads of the model that it finds")
            }
            guard dev != nil else {
                throw ValidationError("--drop-heads needs --dev DATA, on which heads are measured")
            }
        }
        guard metric == nil || dev != nil else { throw ValidationError("--metric is for --dev") }
        guard search else {
            guard maxDrop == nil else { throw ValidationError("--max-drop is for --search") }
            return
        }
        guard dev != nil, let maxDrop else { throw ValidationError("--search needs --dev DATA and --max-drop X") }
        try QualityGate.checkMaximumDrop(maxDrop)
    }
}

/// Keeps some encoder blocks, or drops some attention heads.
struct PruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Leave some encoder blocks or attention heads out.",
        discussion: """
            OUT is a .adze file, or a folder that transformers loads if it has another name.

            --search finds the blocks: it leaves out the one without which the loss on --dev is least, again and again, \
            while the score loses at most --max-drop, and prints every step: the blocks left, the score, what it lost, \
            the loss, the block that went, and the next best with its loss. It passes over DATA for each block of each \
            step, in fp32. DATA is read as evaluate reads it.

            --drop-heads measures every attention head by one pass forward and backward over --dev: the mean of the \
            loss' gradient by a gate on the head's output, divided by the norm of its block's (Michel et al. 2019). The N \
            least are cut out of the matrices; one of each block stays. --json has the measure of every head. Heads keep \
            their numbers, blocks are numbered as in OUT, and more heads can be dropped later. A folder says so with pruned_heads, which transformers 4 loads; \
            transformers 5 has given that up. Neither runs one whose attention has a bias by distance, so that OUT must be a file.

            Then what the model costs before and after is printed: weights and bytes by part, arithmetic, speed, and the \
            score on --dev.

            A model with fewer blocks or heads answers worse until it is fine-tuned: a MiniLM classifier of 6 blocks, cut \
            to its first 3, falls from 0.877 to 0.509 on SST-2, which is guessing. So follow with: adze finetune OUT \
            --train DATA -o TUNED.adze.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @OptionGroup(title: "What stays") private var cut: CutOptions
    @OptionGroup var output: OutputOptions

    @Option(name: .long, help: ArgumentHelp("What a .adze file keeps: full, int8, fp32.", valueName: "STORE"))
    var store: NativeStore = .full

    @Flag(name: .long, help: "Keep NaN and infinite weights instead of refusing them.")
    var allowNonfinite = false

    @Flag(
        name: .long,
        help: "With --keep: print what the model costs before and after; --search and --drop-heads always do.")
    var measure = false

    @Flag(name: .long, help: "Print what was found and measured as one JSON object.")
    var json = false

    @OptionGroup(title: "Data") var examples: ExampleOptions
    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    private var isMeasured: Bool { cut.search || cut.dropHeads != nil || measure }

    func validate() throws {
        guard cut.dev == nil || isMeasured else {
            throw ValidationError("--dev is for --search, --drop-heads and --measure")
        }
        guard cut.dev != nil || examples.isDefault else { throw ValidationError("how data is read is for --dev") }
        guard isMeasured || !json else {
            throw ValidationError("--json is for --search, --drop-heads and --measure")
        }
    }

    func run() throws {
        let selection = try cut.keep.map { try BlockSelection($0) }
        let isFile = output.output.hasSuffix(".adze")
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(cut.dev, as: "--dev")
            .writes(output.output, as: "-o", isFile ? .file : .folder, force: output.force).check()
        let bundle = try openModel(model, source, quiet: common.quiet)
        let pruning = try Pruning(bundle, selection, cut, isFile: isFile, examples, common)
        try write(pruning.pruned, isFile)
        if isMeasured { try show(pruning, bundle) }
        summarize(pruning, bundle, isFile)
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

    private func show(_ pruning: Pruning, _ bundle: ModelBundle) throws {
        let (before, after) = try ModelCost.pair(
            (bundle, pruning.scores?.before), (pruning.pruned, pruning.scores?.after), threads: common.threads)
        if json {
            var object = pruning.json
            (object["before"], object["after"]) = (before.json, after.json)
            try StandardOutput.shared.json(.object(object))
        } else {
            for line in pruning.lines + ModelCost.lines(before, after, metric: pruning.metric) {
                try StandardOutput.shared.line(line)
            }
        }
        try StandardOutput.shared.flush()
    }

    private func summarize(_ pruning: Pruning, _ bundle: ModelBundle, _ isFile: Bool) {
        let (before, after) = (bundle.checkpoint, pruning.pruned.checkpoint)
        var parts: [String] = []
        if let blocks = pruning.blocks {
            let list = blocks.map(String.init).joined(separator: ", ")
            parts.append("\(before.config.layerCount) → \(blocks.count) blocks (\(list))")
        }
        if pruning.importance != nil {
            let list = PrunedHeads(pruning.dropped)
            parts.append(
                "\(before.config.totalHeadCount) → \(after.config.totalHeadCount) attention heads ("
                    + (list.isEmpty ? "none dropped" : "dropped of \(list)") + ")")
        }
        parts.append(
            "\(grouped(before.config.parameterCount(head: before.head))) → "
                + "\(grouped(after.config.parameterCount(head: after.head))) weights")
        if let scores = pruning.scores, let metric = pruning.metric {
            parts.append(
                "\(metric.rawValue) \(rounded(scores.before, digits: 4)) → \(rounded(scores.after, digits: 4))")
        }
        Console.summary(parts.joined(separator: ", "), quiet: common.quiet)
        if !isFile, !after.config.prunedHeads.isEmpty {
            Console.notes([ExportText.prunedHeads], quiet: common.quiet)
        }
        guard after.config.totalHeadCount < before.config.totalHeadCount else { return }
        Console.summary(
            "a model with fewer blocks or heads answers worse until it is fine-tuned: "
                + "adze finetune \(output.output) --train DATA -o TUNED.adze", quiet: common.quiet)
    }
}

/// What was cut from a model, and what was measured of it.
private struct Pruning {
    let pruned: ModelBundle
    /// The blocks that stay; nil where nobody chose any.
    let blocks: [Int]?
    let found: BlockSearchReport?
    let importance: HeadImportance?
    /// Heads by the blocks that are left, the least important first.
    let dropped: [AttentionHead]
    let metric: QualityMetric?
    let scores: (before: Double, after: Double)?

    init(
        _ bundle: ModelBundle, _ selection: BlockSelection?, _ cut: CutOptions, isFile: Bool,
        _ options: ExampleOptions, _ common: CommonOptions
    ) throws {
        let count = bundle.checkpoint.config.layerCount
        var kept = try selection.map { try bundle.keeping(blocks: $0.blocks(of: count)) } ?? bundle
        // What cannot be done is said before anything is measured.
        if let wanted = cut.dropHeads { try kept.checkDropping(headCount: wanted) }
        if !isFile { try kept.checkPrunedHeads(for: .safetensors, losingMore: cut.dropHeads ?? 0 > 0) }
        guard let dev = cut.dev else {
            (pruned, blocks, found) = (kept, selection?.blocks(of: count), nil)
            (importance, dropped, metric, scores) = (nil, [], nil, nil)
            return
        }
        let kind = try bundle.targetKind(separator: options.separator)
        try options.check(kind)
        let metric = try QualityMetric(cut.metric, for: kind)
        let rows = try options.readAll(dev, kind: kind, quiet: common.quiet)
        let progress = ProgressLine(total: nil, quiet: common.quiet)
        defer { progress.end() }
        func show(_ what: String) -> (Int) -> Void { { progress.show(what, $0, of: rows.count) } }
        do {
            if let maxDrop = cut.maxDrop {
                let report = try bundle.searchBlocks(
                    examples: rows, gate: QualityGate(metric: metric, maximumDrop: maxDrop), threads: common.threads,
                    progress: { progress.show($0, $1, of: $2) })
                kept = try bundle.keeping(blocks: report.kept)
                (pruned, found, blocks, importance, dropped) = (kept, report, report.kept, nil, [])
                scores = (report.score, report.keptScore)
            } else {
                let before = try bundle.score(metric, of: rows, threads: common.threads, progress: show("all of it"))
                let importance = try cut.dropHeads.map { _ in
                    try kept.headImportance(examples: rows, threads: common.threads, progress: show("heads"))
                }
                let dropped = try importance?.least(cut.dropHeads ?? 0) ?? []
                let left = try kept.dropping(heads: dropped)
                let after = try left.score(metric, of: rows, threads: common.threads, progress: show("what is left"))
                (pruned, found, blocks) = (left, nil, selection?.blocks(of: count))
                (self.importance, self.dropped, scores) = (importance, dropped, (before, after))
            }
        } catch let error as any AdzeFailure where error is DataError || error is EvaluationError {
            progress.end()
            throw InputError(path: dev, underlying: error)
        }
        self.metric = metric
    }

    var lines: [String] {
        let search = found.map { BlockSearchText.lines($0) + [""] } ?? []
        return search + (importance.map { HeadImportanceText.lines($0, dropped: dropped) + [""] } ?? [])
    }

    /// What was found; a table of blocks that are named has but their numbers.
    var json: JSONObject {
        var object = found.map(BlockSearchText.json) ?? [:]
        if let blocks { object["kept"] = .array(blocks.map { .integer($0) }) }
        if found == nil, let metric, let scores {
            object["metric"] = .string(metric.rawValue)
            (object["score"], object["keptScore"]) = (.number(scores.before), .number(scores.after))
        }
        if let importance {
            for (key, value) in HeadImportanceText.json(importance, dropped: dropped) { object[key] = value }
        }
        return object
    }
}
