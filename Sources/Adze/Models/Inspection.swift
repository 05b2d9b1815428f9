// A description of a model as one JSON object, for `adze inspect` and for servers. Not here: its lines on a terminal.

package import AdzeBytes
internal import AdzeHuggingFace
internal import AdzeKernels
internal import AdzeModelFiles
internal import AdzeModels
internal import AdzeNative
internal import AdzeTensors
internal import AdzeTokenization

extension ModelBundle {
    /// Format, family, shape, head, labels, tokenizer, provenance and sizes; with `tensors` each tensor too.
    package func inspection(tensors listsTensors: Bool = false) -> JSONObject {
        let (config, head) = (checkpoint.config, checkpoint.head)
        var fields: JSONObject = [
            "path": .string(source.path), "format": .string(source.format.rawValue),
            "family": .string(config.modelType), "form": .string(head.form.name),
            "class": .string(head.architectureName), "bytes": .integer(source.byteCount),
            "parameters": .integer(config.parameterCount(head: head)),
            "shape": .object([
                "blocks": .integer(config.layerCount), "hidden": .integer(config.hiddenSize),
                "heads": .integer(config.headCount), "feedForward": .integer(config.intermediateSize),
                "vocabulary": .integer(config.vocabularySize), "positions": .integer(config.tokenLimit),
                "types": .integer(config.typeRows), "activation": .string(config.activation.rawValue),
            ]),
        ]
        if !config.prunedHeads.isEmpty { fields["prunedHeads"] = .object(config.prunedHeads.json) }
        fields["head"] = .string(describe(head))
        if let labels = head.labels { fields["labels"] = .array(labels.map(JSONValue.string)) }
        if let classifier = head.classification {
            fields["problemType"] = classifier.problemType.map { .string($0.rawValue) } ?? .null
        } else {
            fields["pooler"] = .bool(head.hasPooler)
        }
        fields["dtypes"] = dtypes
        fields["tokenizer"] = tokenizerFacts
        if let recipe = sentenceRecipe {
            fields["sentence"] = .string(
                recipe.poolings.map(\.rawValue).joined(separator: "+") + (recipe.normalize ? ", normalized" : ""))
        }
        if !reading.isEmpty { fields["texts"] = .object(reading.json) }
        if !rule.isEmpty {
            fields["answers"] = .object(rule.json(labels: head.labels ?? []))
            if let guarantee = rule.guarantee { fields["guarantee"] = .string(guarantee) }
        }
        if let native = source.native { add(native, to: &fields) }
        if let map = checkpoint.map, source.native == nil {
            fields["dropped"] = .array(map.dropped.map { .string($0.source) })
        }
        if listsTensors { fields["tensors"] = .array(tensorList) }
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

    private var dtypes: JSONValue {
        var counts: [DType: Int] = [:]
        for info in checkpoint.store.tensors { counts[info.dtype, default: 0] += 1 }
        var object = JSONObject()
        for dtype in DType.allCases where counts[dtype] != nil { object[dtype.rawValue] = .integer(counts[dtype] ?? 0) }
        return .object(object)
    }

    private var tokenizerFacts: JSONValue {
        guard let tokenizer else { return .null }
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

    private var tensorList: [JSONValue] {
        checkpoint.store.tensors.map { info in
            var entry: JSONObject = [
                "name": .string(info.name), "dtype": .string(info.dtype.rawValue),
                "shape": .array(info.shape.dimensions.map { .integer($0) }),
            ]
            if let record = source.native?.record(info.name) {
                entry["dtype"] = .string(record.originalDType.rawValue)
                entry["scheme"] =
                    switch record.scheme {
                    case .float32: "fp32"
                    case .int8(_, let residual, _): residual == nil ? "int8" : "int8 + residual"
                    }
                if case .int8(_, _, let outliers) = record.scheme, !outliers.isEmpty {
                    entry["outliers"] = .integer(outliers.count)
                }
            }
            return .object(entry)
        }
    }
}
