// `adze prune`: the same model with fewer blocks, those that are named or those that a search on labelled data leaves, with
// fewer attention heads, those that count least on such data, and with fewer word pieces, those that texts need.

import Adze
import ArgumentParser

/// What stays: blocks that are named or that a search leaves, all but so many heads, and word pieces that are needed.
struct CutOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "first:N, last:N, every:K (0, K, 2K, …), or blocks such as 0,2,5; required unless --search, --drop-heads or "
                + "--vocab.", valueName: "BLOCKS"))
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
            "Drop the word pieces that the texts of CORPUS never need, - being standard input; latin: that no text in "
                + "Latin letters needs (a file of that name is ./latin); default: none.", valueName: "CORPUS"),
        completion: .file())
    var vocab: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Read a CORPUS for each of these names, such as de,en: its path is --vocab's with the name for {language}; "
                + "default: one CORPUS.", valueName: "NAMES"))
    var languages: String?

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
        guard keep != nil || search || dropHeads != nil || vocab != nil else {
            throw ValidationError(
                "say which blocks stay with --keep BLOCKS or --search, how many --drop-heads N, or which --vocab CORPUS"
            )
        }
        if vocab == "" { throw ValidationError("--vocab is empty; name a file of texts, or latin") }
        if try corpora.contains(where: { $0.path == "-" }), dev == "-" {
            throw ValidationError("--vocab and --dev cannot both be standard input")
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

    /// A file of `--vocab` and the language that it stands for.
    struct Corpus {
        let language: String?
        let path: String
    }

    /// The files of `--vocab`; none where it names none.
    ///
    /// Throws `ValidationError` for languages that are named twice, have no name or one with a /.
    var corpora: [Corpus] {
        get throws {
            let place = "{language}"
            guard let languages else {
                if let vocab, vocab.contains(place), !pathExists(vocab) {
                    throw ValidationError("--vocab \(vocab): say with --languages what stands for {language}")
                }
                return vocab.flatMap { TextScript(rawValue: $0) == nil ? [Corpus(language: nil, path: $0)] : nil } ?? []
            }
            guard let vocab, vocab.contains(place) else {
                throw ValidationError(
                    "--languages needs --vocab with {language} in its path, such as texts/{language}.txt")
            }
            let names = languages.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
            guard !names.contains(where: { $0.isEmpty || $0.contains("/") }), Set(names).count == names.count else {
                throw ValidationError("--languages \(languages): expected different names without /, such as de,en")
            }
            return names.map { Corpus(language: $0, path: vocab.replacing(place, with: $0)) }
        }
    }
}

/// Keeps some encoder blocks, or drops some attention heads or word pieces.
struct PruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Leave some encoder blocks, attention heads or word pieces out.",
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

            --vocab cuts the vocabulary, the word embeddings and a vocabulary decoder down. With CORPUS, a .txt, .csv, .tsv \
            or .jsonl file, what its texts need stays, cut as the tokenizer cuts them, lower-cased and cleaned as the model \
            says: they are read a second time, and every text must give the same pieces, so that its answers stay the same \
            bit for bit, in fp32 and in a .adze file's int8. Special and added tokens always stay, and every piece of a \
            single character, at the start of a word or in it, whose character is ASCII or in the texts, so that a new word \
            is spelled and not unknown. With latin, what stays is all that texts of Latin letters, digits, punctuation, \
            symbols and emoji can give: a piece goes if it has another character, or if no word can hold it, such as \
            [unused1]. It is proven that no word of the characters that stay can match a piece that goes. Pieces keep \
            their order and are numbered anew. With --languages de,en, CORPUS is a path such as texts/{language}.txt, of \
            a file for each: what any of them needs stays, each must need something, and each is cut as before.

            With --search, --drop-heads or --measure, what the model costs before and after is printed: weights and bytes by part, arithmetic, speed, and the \
            score on --dev.

            A model with fewer blocks or heads answers worse until it is fine-tuned: a MiniLM classifier of 6 blocks, cut \
            to its first 3, falls from 0.877 to 0.509 on SST-2, which is guessing. So follow with: adze finetune OUT \
            --train DATA -o TUNED.adze. With --teacher MODEL there, a classifier learns from what it was before the cut.
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
        help: ArgumentHelp(
            "With --keep or --vocab: print what the model costs before and after; --search and --drop-heads always do.")
    )
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
        let hasCorpus = try !cut.corpora.isEmpty
        guard cut.dev != nil || examples.isDefault || hasCorpus && !examples.readsLabels else {
            throw ValidationError("how data is read is for --dev" + (hasCorpus ? ", and labels are" : ""))
        }
        guard isMeasured || cut.vocab != nil || !json else {
            throw ValidationError("--json is for --search, --drop-heads, --vocab and --measure")
        }
    }

    func run() throws {
        let selection = try cut.keep.map { try BlockSelection($0) }
        let isFile = output.output.hasSuffix(".adze")
        let files = RunFiles().reads(model, as: "MODEL").reads(source).reads(cut.dev, as: "--dev")
        try cut.corpora.reduce(files) { $0.reads($1.path, as: "--vocab") }
            .writes(output.output, as: "-o", isFile ? .file : .folder, force: output.force).check()
        let bundle = try openModel(model, source, quiet: common.quiet).droppingRule(quiet: common.quiet)
        let pruning = try Pruning(bundle, selection, cut, isFile: isFile, examples, common)
        try write(pruning.pruned, isFile)
        if isMeasured || json { try show(pruning, bundle) }
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
        let costs =
            try isMeasured
            ? ModelCost.pair(
                (bundle, pruning.scores?.before), (pruning.pruned, pruning.scores?.after), threads: common.threads)
            : nil
        if json {
            var object = pruning.json
            (object["before"], object["after"]) = (costs?.before.json, costs?.after.json)
            try StandardOutput.shared.json(.object(object))
        } else if let costs {
            for line in pruning.lines + ModelCost.lines(costs.before, costs.after, metric: pruning.metric) {
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
        if let vocabulary = pruning.vocabulary?.choice { parts.append(VocabularyText.summary(vocabulary)) }
        parts.append(
            "\(grouped(before.config.parameterCount(head: before.head))) → "
                + "\(grouped(after.config.parameterCount(head: after.head))) weights")
        if let scores = pruning.scores, let metric = pruning.metric {
            parts.append(
                "\(metric.rawValue) \(rounded(scores.before, digits: 4)) → \(rounded(scores.after, digits: 4))")
        }
        let proof = pruning.vocabulary.map { "; " + VocabularyText.proof($0.choice) } ?? ""
        Console.summary(parts.joined(separator: ", ") + proof, quiet: common.quiet)
        if !isFile, !after.config.prunedHeads.isEmpty {
            Console.notes([ExportText.prunedHeads], quiet: common.quiet)
        }
        guard after.config.totalHeadCount < before.config.totalHeadCount else { return }
        Console.summary(
            "a model with fewer blocks or heads answers worse until it is fine-tuned: "
                + "adze finetune \(output.output) --train DATA -o TUNED.adze", quiet: common.quiet)
    }
}
