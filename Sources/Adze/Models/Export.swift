// Back to a folder that transformers loads: config.json, weights, tokenizer, and the sentence recipe where there is one.

internal import AdzeBytes
internal import AdzeHuggingFace
internal import AdzeModels
internal import AdzeSafetensors
internal import AdzeTensors
internal import AdzeTokenization
internal import AdzeTorch

/// The formats of weights that are written.
public enum ExportFormat: String, Sendable, CaseIterable {
    /// `model.safetensors`.
    case safetensors
    /// `pytorch_model.bin`.
    case pt
    /// `pytorch_model.bin` as the study's program saves its classifiers: a legacy stream under its names.
    case study
}

extension ModelBundle {
    /// Writes a model folder; it appears when it is complete. Returns the bytes of the weights.
    ///
    /// Weights are fp32. A model folder that is replaced loses its configuration, tokenizer and weights under the usual
    /// names of safetensors and PyTorch; all else in it stays. Throws the readers' errors and `FileError`.
    @discardableResult
    package func export(to path: String, format: ExportFormat, replacing: Bool = false) throws -> Int {
        guard keepsRuleExported else {
            return try withoutAnswerRule().export(to: path, format: format, replacing: replacing)
        }
        try ModelBundle.checkExport(to: path, replacing: replacing)
        let head = checkpoint.head
        guard format != .study || head.classification != nil && head.form.isInStudysFiles else {
            throw BundleError.noStudyNames(architecture: head.ownFormName ?? head.architectureName)
        }
        try checkPrunedHeads(for: format)
        let folder = try AtomicFolder(path: path, layout: ModelFolder.layout, replacing: replacing)
        let temporary = folder.temporary
        do {
            try writeFiles(to: temporary, format)
        } catch let error as FileError {
            // Nobody has heard of the temporary.
            throw error.naming(path, below: temporary)
        }
        try folder.commit()
        return checkpoint.config.parameterCount(head: checkpoint.head) * 4
    }

    /// Refuses a format or a family in which nobody could read a model that lacks some attention heads, or that is to lose
    /// some; throws `BundleError.prunedHeadsNotRead`.
    package func checkPrunedHeads(for format: ExportFormat, losingMore: Bool = false) throws(BundleError) {
        guard losingMore || !checkpoint.config.prunedHeads.isEmpty else { return }
        if format == .study {
            throw .prunedHeadsNotRead(
                by: "the study's program knows of no such models", instead: "export it with --format safetensors or pt")
        }
        if let reason = checkpoint.family.prunedHeadsProblem {
            throw .prunedHeadsNotRead(
                by: "transformers cannot run \(withArticle(checkpoint.family.name)) without them: \(reason)",
                instead: "write a .adze file")
        }
    }

    private func writeFiles(to temporary: String, _ format: ExportFormat) throws {
        func write(_ name: String, _ bytes: [UInt8]) throws {
            var file = try AtomicFile(path: temporary + "/" + name, replacing: false)
            try file.write(bytes)
            try file.commit()
        }
        try write("config.json", Array((JSONValue.object(configuration).indentedText + "\n").utf8))
        for file in tokenizer?.exportedFiles() ?? [] { try write(file.file.name, file.bytes) }
        try writeWeights(to: temporary, format)
        if let sentenceRecipe {
            for (name, value) in sentenceRecipe.folderFiles(config: checkpoint.config) {
                try makeFolder(of: temporary + "/" + name)
                try write(name, Array((value.indentedText + "\n").utf8))
            }
        }
    }

    /// Refuses what `export` would refuse; throws `FileError` and `BundleError.notAModelFolder`.
    package static func checkExport(to path: String, replacing: Bool) throws {
        try AtomicFolder.check(path, layout: ModelFolder.layout, replacing: replacing)
        // A folder that is replaced must be a model's: anything else was hardly meant.
        guard isFolder(path) else { return }
        let names = try folderEntries(path)
        guard names.isEmpty || names.contains("config.json") else { throw BundleError.notAModelFolder(path) }
    }

    private var configuration: JSONObject {
        var config = configMembers
        config["dtype"] = .string("float32")
        return config
    }

    private func writeWeights(to folder: String, _ format: ExportFormat) throws {
        let store = checkpoint.store
        let shapes = store.tensorsByName
        let tensors =
            format == .study
            ? checkpoint.studyTensors : checkpoint.transformersTensors.filter { format == .pt || $0.tiedTo == nil }
        let sources = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.source) })
        let others = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.others) })
        let infos = tensors.compactMap { tensor in
            tensor.shape(in: shapes).map { TensorInfo(name: tensor.name, dtype: .float32, shape: $0) }
        }
        func load(_ name: String) throws -> Tensor {
            let first = try store.load(sources[name] ?? name)
            let tensor =
                if let more = others[name], !more.isEmpty {
                    Tensor(joining: try [first] + more.map { try store.load($0) })
                } else { first }
            return tensor.dtype == .float32 ? tensor : Tensor(shape: tensor.shape, floats: tensor.floats())
        }
        switch format {
        case .safetensors:
            try SafetensorsWriter.write(
                to: folder + "/model.safetensors", replacing: false, tensors: infos, metadata: [("format", "pt")]
            ) { try load($0.name) }
        case .pt:
            let aliases = Dictionary(
                uniqueKeysWithValues: tensors.compactMap { tensor in tensor.tiedTo.map { (tensor.name, $0) } })
            try TorchWriter.write(
                infos, aliases: aliases, to: folder + "/pytorch_model.bin", replacing: false, load: load)
        case .study:
            // cuDNN keeps an LSTM's weights in one piece, and so does a file that was saved on its machine.
            let recurrent = Set(checkpoint.parameters.filter { $0.role.isRecurrent }.map(\.name))
            func isRecurrent(_ info: TensorInfo) -> Bool { sources[info.name].map(recurrent.contains) ?? false }
            let views = infos.filter(isRecurrent)
            let storages = infos.filter { !isRecurrent($0) }.map { [$0] } + (views.isEmpty ? [] : [views])
            try LegacyTorchWriter.write(
                storages: storages, to: folder + "/pytorch_model.bin", replacing: false, load: load)
        }
    }
}

extension SentenceRecipe {
    /// The files by which sentence-transformers knows the recipe.
    func folderFiles(config: EncoderShape) -> [(name: String, value: JSONValue)] {
        func module(_ index: Int, _ path: String, _ type: String) -> JSONValue {
            .object([
                "idx": .integer(index), "name": .string(String(index)), "path": .string(path),
                "type": .string("sentence_transformers.models.\(type)"),
            ])
        }
        var modules = [module(0, "", "Transformer"), module(1, "1_Pooling", "Pooling")]
        if normalize { modules.append(module(2, "2_Normalize", "Normalize")) }
        var pooling: JSONObject = ["word_embedding_dimension": .integer(config.hiddenSize)]
        for mode in SentencePooling.allCases { pooling[mode.legacyKey] = .bool(poolings.contains(mode)) }
        // The truth values cannot say an order of their own, nor a pooling twice; only the new key can.
        if poolings != SentencePooling.allCases.filter(poolings.contains) {
            pooling["pooling_mode"] = .array(poolings.map { .string($0.rawValue) })
        }
        var transformer: JSONObject = ["do_lower_case": .bool(lowercaseFirst)]
        transformer["max_seq_length"] = maximumSequenceLength.map(JSONValue.integer) ?? .null
        var files: [(name: String, value: JSONValue)] = [
            ("modules.json", .array(modules)), ("1_Pooling/config.json", .object(pooling)),
            ("sentence_bert_config.json", .object(transformer)),
        ]
        if let defaultPrompt {
            let prompts: JSONObject = [
                "prompts": .object(["default": .string(defaultPrompt)]), "default_prompt_name": .string("default"),
            ]
            files.append(("config_sentence_transformers.json", .object(prompts)))
        }
        return files
    }
}

extension Head {
    /// What a classifier is called whose form is neither a library's nor the study's; nil for others.
    fileprivate var ownFormName: String? {
        switch form {
        case .mean: "classifier by the mean"
        case .prompt: "classifier by a prompt"
        default: nil
        }
    }
}
