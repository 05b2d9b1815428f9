// `adze embed`: vectors of texts, or all that the encoder computes on the way.

import Adze
import ArgumentParser

/// Sentence vectors on standard output, or the encoder's outputs in a file.
struct EmbedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed", abstract: "Compute sentence vectors.",
        discussion: """
            Prints {"embedding": […]} for each text, with the input's other fields. With --outputs and -o, writes the encoder's outputs as safetensors \
            instead: for text N the tensors N.ids, N.sequence, N.pooled, N.hidden and N.attentions.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String

    @OptionGroup var texts: TextOptionsGroup
    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Option(
        name: .long,
        help: ArgumentHelp("mean, cls, max or pooled; default: the model's own, else mean.", valueName: "HOW"),
        completion: .list(["mean", "cls", "max", "pooled"]))
    var pooling: String?

    @Flag(inversion: .prefixedNo, help: "Scale vectors to length 1, or not; default: as the model says.")
    var normalize: Bool?

    @Option(name: .long, help: ArgumentHelp("The arithmetic.", valueName: "PRECISION"))
    var precision: Precision = .fp32

    @OptionGroup var products: FloatProductsOptions

    @Option(name: .long, help: ArgumentHelp("The most tokens of one input; default: the model's.", valueName: "N"))
    var maxLength: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "sequence, pooled, hidden, attentions, separated by commas; default: sentence vectors.", valueName: "WHAT"),
        completion: .list(["sequence", "pooled", "hidden", "attentions"]))
    var outputs: String?

    @Option(
        name: [.short, .long], help: ArgumentHelp("Where --outputs go; default: none.", valueName: "OUT"),
        completion: .file(extensions: ["safetensors"]))
    var output: String?

    @Flag(name: .long, help: "Replace an output that exists.")
    var force = false

    @Flag(name: .long, help: "Print JSON lines; they are the only form.")
    var json = false

    func validate() throws {
        if texts.columns.pairColumn != nil {
            throw ValidationError("--pair-column: a vector is of one text, not of two")
        }
        if (outputs == nil) != (output == nil) { throw ValidationError("--outputs and -o OUT.safetensors go together") }
        _ = try wantedPooling()
        if outputs != nil, try wantedOutputs() == [] {
            throw ValidationError("--outputs: name one or more of sequence, pooled, hidden and attentions")
        }
    }

    func run() throws {
        try RunFiles().reads(model, as: "MODEL").reads(source).reads(texts.input, as: "-i")
            .writes(output, as: "-o", force: force).check()
        let wishes = TextWishes(role: .oneText, answersEveryLine: output == nil, passesOn: output == nil ? .json : nil)
        var input = try texts.open(model: model, wishes, quiet: common.quiet)
        let bundle = try openModel(model, source, products: products, quiet: common.quiet)
        if precision == .int8 { PrecisionOptions.noteCodes(bundle, quiet: common.quiet) }
        let embedder = try TextEmbedder(bundle, precision: precision, threads: common.threads)
        if let output {
            try writeOutputs(embedder, &input, to: output)
        } else {
            try printVectors(embedder, &input)
        }
    }

    private func printVectors(_ embedder: TextEmbedder, _ input: inout TextStream) throws {
        let (start, pooling) = (ContinuousClock.now, try wantedPooling())
        var (tally, fields) = (RowTally(), InputFields(besides: ["embedding"], quiet: common.quiet))
        let progress = ProgressLine(total: nil, quiet: common.quiet, besideOutput: true)
        defer { progress.end() }
        try input.forEachAnswer { rows in
            progress.show(tally.answered)
            return try embedder.embed(
                rows.map(\.text), pooling: pooling, normalize: normalize, maximumLength: maxLength)
        } emit: { row, vector in
            // JSON has no NaN; a model with non-finite weights gives no vector.
            guard vector.allSatisfy(\.isFinite) else {
                let reason = "the vector is not finite; run adze verify"
                tally.fail(reason)
                return try StandardOutput.shared.json(text: fields.errorLine(reason, row.fields))
            }
            tally.answer(row)
            // fp32 in its shortest form: parsing it back gives the same bits.
            var line = Array("{\"embedding\":[".utf8)
            line += vector.map { "\($0)" }.joined(separator: ",").utf8
            line.append(UInt8(ascii: "]"))
            fields.close(&line, row.fields, isAnswered: true)
            try StandardOutput.shared.json(text: line)
        } failed: { error in
            tally.fail(unreadable: error)
            try StandardOutput.shared.json(text: fields.errorLine(error.description, error.fields))
        }
        progress.end()
        Console.notes(tally.notes, quiet: common.quiet)
        try tally.check()
        let seconds = (ContinuousClock.now - start).inSeconds
        Console.summary(
            "\(counted(tally.answered, "vector")) in \(rounded(seconds, digits: 2)) s\(tally.line)", quiet: common.quiet
        )
    }

    private func writeOutputs(_ embedder: TextEmbedder, _ input: inout TextStream, to path: String) throws {
        var all: [String] = []
        while let batch = try input.next() {
            for row in batch { all.append(try input.required(row).text) }
            guard all.count <= 10_000 else { throw TooManyTexts() }
        }
        let progress = ProgressLine(total: nil, quiet: common.quiet)
        defer { progress.end() }
        progress.show("computing the outputs of \(counted(all.count, "text"))")
        try embedder.writeOutputs(
            of: all, try wantedOutputs(), to: path, replacing: force, maximumLength: maxLength)
        progress.end()
        Console.summary("the outputs of \(counted(all.count, "text")) → \(path)", quiet: common.quiet)
    }

    private func wantedPooling() throws -> Pooling? {
        guard let pooling else { return nil }
        if pooling == "pooled" { return .pooled }
        guard let known = SentencePooling(rawValue: pooling) else {
            throw ValidationError("--pooling \(quoted(pooling)): expected mean, cls, max or pooled")
        }
        return .tokens([known])
    }

    private func wantedOutputs() throws -> OutputRequest {
        var request: OutputRequest = []
        for name in (outputs ?? "").split(separator: ",") {
            switch name {
            case "sequence": request.insert(.sequence)
            case "pooled": request.insert(.pooled)
            case "hidden": request.insert(.hiddenStates)
            case "attentions": request.insert(.attentions)
            default: throw ValidationError("--outputs \(quoted(name)): expected sequence, pooled, hidden or attentions")
            }
        }
        return request
    }
}

/// More texts than their outputs would fit in memory.
private struct TooManyTexts: AdzeFailure {
    let kind = FailureKind.usage
    let description = "--outputs takes at most 10,000 texts; split the input"
}
