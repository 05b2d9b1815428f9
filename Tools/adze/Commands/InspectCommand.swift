// `adze inspect`: a description of a model. Not here: its lines on a terminal, which are `InspectText`'s.

import Adze
import AdzeBytes
import AdzeHuggingFace
import AdzeKernels
import AdzeModelFiles
import AdzeModels
import AdzeNative
import AdzeTensors
import AdzeTokenization
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
        let fields = report(bundle)
        if json {
            return try StandardOutput.shared.json(JSONValue.object(fields))
        }
        for (key, value) in fields where key != "tensors" {
            try InspectText.lines(key, value).forEach(StandardOutput.shared.line)
        }
        for tensor in fields["tensors"]?.array ?? [] { try StandardOutput.shared.line(InspectText.tensor(tensor)) }
    }

    private func report(_ bundle: ModelBundle) -> JSONObject {
        let (config, head) = (bundle.checkpoint.config, bundle.checkpoint.head)
        var fields: JSONObject = [
            "path": .string(bundle.source.path), "format": .string(bundle.source.format.rawValue),
            "family": .string(config.modelType), "form": .string(head.form.name),
            "class": .string(head.architectureName), "bytes": .integer(bundle.source.byteCount),
            "parameters": .integer(config.parameterCount(head: head)),
            "shape": .object([
                "blocks": .integer(config.layerCount), "hidden": .integer(config.hiddenSize),
                "heads": .integer(config.headCount), "feedForward": .integer(config.intermediateSize),
                "vocabulary": .integer(config.vocabularySize), "positions": .integer(config.tokenLimit),
                "types": .integer(config.typeRows), "activation": .string(config.activation.rawValue),
            ]),
        ]
        fields["head"] = .string(describe(head))
        if let labels = head.labels { fields["labels"] = .array(labels.map(JSONValue.string)) }
        if let classifier = head.classification {
            fields["problemType"] = classifier.problemType.map { .string($0.rawValue) } ?? .null
        } else {
            fields["pooler"] = .bool(head.hasPooler)
        }
        fields["dtypes"] = dtypes(bundle)
        fields["tokenizer"] = tokenizer(bundle)
        if let recipe = bundle.sentenceRecipe {
            fields["sentence"] = .string(
                recipe.poolings.map(\.rawValue).joined(separator: "+") + (recipe.normalize ? ", normalized" : ""))
        }
        if let native = bundle.source.native { add(native, to: &fields) }
        if let map = bundle.checkpoint.map, bundle.source.native == nil {
            fields["dropped"] = .array(map.dropped.map { .string($0.source) })
        }
        if tensors { fields["tensors"] = .array(tensorList(bundle)) }
        return fields
    }

    /// What the head gives, in words.
    private func describe(_ head: Head) -> String {
        let vocabulary =
            "a word for each place, decoder " + (head.decoder == .tied ? "tied to the word embeddings" : "of its own")
        let follows = "whether the second text follows the first, 2 logits"
        return switch head.task {
        case .encoder: "none"
        case .classification(let classifier): counted(classifier.labels.count, "logit") + " a text"
        case .tokenClassification(let labels): counted(labels.count, "logit") + " a token"
        case .questionAnswering: "start and end of an answer, a logit a token for each"
        case .maskedLanguageModel: vocabulary
        case .nextSentence: follows
        case .preTraining: vocabulary + "; " + follows
        }
    }

    private func dtypes(_ bundle: ModelBundle) -> JSONValue {
        var counts: [DType: Int] = [:]
        for info in bundle.checkpoint.store.tensors { counts[info.dtype, default: 0] += 1 }
        var object = JSONObject()
        for dtype in DType.allCases where counts[dtype] != nil { object[dtype.rawValue] = .integer(counts[dtype] ?? 0) }
        return .object(object)
    }

    private func tokenizer(_ bundle: ModelBundle) -> JSONValue {
        guard let tokenizer = bundle.tokenizer else { return .null }
        return .object([
            "tokens": .integer(tokenizer.vocabulary.count),
            "lowercases": .bool(tokenizer.settings.normalizer.lowercases),
            "maximumLength": tokenizer.maximumLength.map(JSONValue.integer) ?? .null,
        ])
    }

    private func add(_ native: NativeFile, to fields: inout JSONObject) {
        fields["store"] = .string(native.store.rawValue)
        fields["provenance"] = native.metadata.provenance ?? .null
        fields["probes"] = .integer(native.metadata.probes?.array?.count ?? 0)
        for (key, value) in native.metadata.report?.object ?? [:] where ["calibration", "quality"].contains(key) {
            fields[key] = value
        }
        let sizes = native.sizes
        fields["sizes"] = .object([
            "header": .integer(sizes.header), "vocabulary": .integer(sizes.vocabulary), "codes": .integer(sizes.codes),
            "scales": .integer(sizes.scales), "fp32": .integer(sizes.floats), "residual": .integer(sizes.residual),
        ])
    }

    private func tensorList(_ bundle: ModelBundle) -> [JSONValue] {
        bundle.checkpoint.store.tensors.map { info in
            var entry: JSONObject = [
                "name": .string(info.name), "dtype": .string(info.dtype.rawValue),
                "shape": .array(info.shape.dimensions.map { .integer($0) }),
            ]
            if let record = bundle.source.native?.record(info.name) {
                entry["dtype"] = .string(record.originalDType.rawValue)
                entry["scheme"] =
                    switch record.scheme {
                    case .float32: "fp32"
                    case .int8(_, let residual): residual == nil ? "int8" : "int8 + residual"
                    }
            }
            return .object(entry)
        }
    }
}
