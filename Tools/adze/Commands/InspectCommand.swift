// `adze inspect`: what a model is.

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

    @Argument(help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"))
    var model: String

    @Flag(name: .long, help: "List the tensors.")
    var tensors = false

    @OptionGroup var source: SourceOptions
    @OptionGroup var common: CommonOptions

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    func run() throws {
        let bundle = try openModel(model, source, quiet: common.quiet)
        let fields = report(bundle)
        if json {
            return try StandardOutput.shared.line(JSONValue.object(fields).text)
        }
        for (key, value) in fields where key != "tensors" {
            let text =
                switch key {
                case "calibration": describeCalibration(value)
                case "quality": quality(value)
                default: plain(value)
                }
            try StandardOutput.shared.line(key + String(repeating: " ", count: max(1, 14 - key.count)) + text)
        }
        for tensor in fields["tensors"]?.array ?? [] {
            let parts = ["name", "dtype", "shape", "scheme"].compactMap { tensor[$0].map(plain) }
            try StandardOutput.shared.line(parts.joined(separator: "\t"))
        }
    }

    /// A value as a person reads it: strings bare, lists with commas, objects as key value.
    private func plain(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): grouped(number)
        case .null: "none"
        case .array(let values): values.map(plain).joined(separator: ", ")
        case .object(let object): object.map { "\($0.key) \(plain($0.value))" }.joined(separator: ", ")
        default: value.text
        }
    }

    /// A quality report in one line; one that is not ours as it is.
    private func quality(_ value: JSONValue) -> String {
        guard let metric = value["metric"]?.string, let fp32 = value["fp32"]?.number, let int8 = value["int8"]?.number,
            [fp32, int8].allSatisfy({ (-1...1).contains($0) }), let texts = value["texts"]?.integer
        else { return plain(value) }
        var parts = [
            "\(oneField(metric)) \(rounded(int8, digits: 4)) in int8, \(rounded(fp32, digits: 4)) in fp32 on "
                + counted(texts, "text")
        ]
        if let equal = value["equalLabels"]?.number, (0...1).contains(equal) {
            parts.append("\(rounded(equal * 100, digits: 2)) % equal labels")
        }
        let kept = value["kept"]?.array?.compactMap { $0["layers"]?.string.map(oneField) } ?? []
        parts.append("in fp32: " + (kept.isEmpty ? "none" : kept.joined(separator: "; ")))
        return parts.joined(separator: ", ")
    }

    private func report(_ bundle: ModelBundle) -> JSONObject {
        let (config, head) = (bundle.checkpoint.config, bundle.checkpoint.head)
        var fields: JSONObject = [
            "path": .string(bundle.source.path), "format": .string(bundle.source.format.rawValue), "family": "bert",
            "class": .string(head.architectureName), "bytes": .integer(bundle.source.byteCount),
            "parameters": .integer(config.parameterCount(head: head)),
            "shape": .object([
                "blocks": .integer(config.layerCount), "hidden": .integer(config.hiddenSize),
                "heads": .integer(config.headCount), "feedForward": .integer(config.intermediateSize),
                "vocabulary": .integer(config.vocabularySize), "positions": .integer(config.maximumPositions),
                "types": .integer(config.typeVocabularySize), "activation": .string(config.activation.rawValue),
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
        func vocabulary(_ decoder: VocabularyDecoder) -> String {
            "a word for each place, decoder " + (decoder == .tied ? "tied to the word embeddings" : "of its own")
        }
        return switch head {
        case .encoder: "none"
        case .classification(let classifier): counted(classifier.labels.count, "logit") + " a text"
        case .tokenClassification(let labels): counted(labels.count, "logit") + " a token"
        case .questionAnswering: "start and end of an answer, a logit a token for each"
        case .maskedLanguageModel(let decoder, _): vocabulary(decoder)
        case .nextSentence: "whether the second text follows the first, 2 logits"
        case .preTraining(let decoder): vocabulary(decoder) + "; whether the second text follows the first, 2 logits"
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
            "tokens": .integer(tokenizer.vocabulary.count), "lowercases": .bool(tokenizer.settings.lowercases),
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
