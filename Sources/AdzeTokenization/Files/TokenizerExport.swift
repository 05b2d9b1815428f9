// The files from which `transformers` makes a tokenizer of the same behaviour. Not here: reading them.

public import AdzeBytes

extension Tokenizer {
    /// `tokenizer.json`, `tokenizer_config.json` and, where every token survives a text file, `vocab.txt`.
    ///
    /// The same tokenizer always gives the same bytes. `transformers` rebuilds the tokenizers of its classes from their
    /// own rules, so the class is named only where these do the same; else the generic one is, which reads all parts
    /// from tokenizer.json.
    public func exportedFiles() -> [(file: TokenizerFile, bytes: [UInt8])] {
        var files: [(file: TokenizerFile, bytes: [UInt8])] = [
            (.json, Array((tokenizerJSON().indentedText + "\n").utf8)),
            (.config, Array((configJSON().indentedText + "\n").utf8)),
        ]
        if case .wordPiece = settings.model, let text = vocabulary.fileText() { files.append((.vocabulary, text)) }
        return files
    }

    /// The class of `transformers` whose own rules are these settings, else the generic one.
    private var exportedClass: TokenizerClass {
        let own: TokenizerClass? =
            switch settings.frames {
            case .separated(let typed): typed ? .bert : .distilBert
            case .doublySeparated: settings.trimsOffsets ? .mpnet : nil
            case .template: nil
            }
        let plain = WordPiece()
        guard case .wordPiece(let model) = settings.model, let own, settings.normalizer.cleansText,
            model.continuingPrefix == plain.continuingPrefix,
            model.maximumWordLength == plain.maximumWordLength,
            [model.unknownToken, settings.classifierToken, settings.separatorToken].allSatisfy(isAdded)
        else { return .generic }
        return own
    }

    /// Whether a token of a role is matched in texts: to name one that is not would make it so.
    private func isAdded(_ token: String) -> Bool {
        settings.addedTokens.contains { ExactText($0.content) == ExactText(token) }
    }

    private func name(_ token: String) -> JSONValue { isAdded(token) ? .string(token) : .null }

    private func configJSON() -> JSONValue {
        let tokenizerClass = exportedClass
        var config: JSONObject = [:]
        var decoder: JSONObject = [:]
        for token in settings.addedTokens {
            var object = token.json
            object["id"] = nil
            decoder[String(token.id)] = .object(object)
        }
        config["added_tokens_decoder"] = .object(decoder)
        // Unless it is told that they are the frame's, the class takes `<s>` and `</s>` wherever the vocabulary has
        // them.
        if tokenizerClass == .mpnet { config["bos_token"] = name(settings.classifierToken) }
        config["clean_up_tokenization_spaces"] = .bool(settings.closesUpSpaces)
        config["cls_token"] = name(settings.classifierToken)
        if case .wordPiece = settings.model { config["do_lower_case"] = .bool(settings.normalizer.lowercases) }
        if tokenizerClass == .mpnet { config["eos_token"] = name(settings.separatorToken) }
        config["mask_token"] = settings.maskToken.map(JSONValue.string) ?? .null
        if tokenizerClass == .generic {
            // Whether it feeds types unless it is told to depends on its version.
            config["model_input_names"] =
                settings.hasTypes
                ? ["input_ids", "token_type_ids", "attention_mask"] : ["input_ids", "attention_mask"]
        }
        if let maximumLength = settings.maximumLength { config["model_max_length"] = .integer(maximumLength) }
        config["pad_token"] = name(settings.paddingToken)
        config["sep_token"] = name(settings.separatorToken)
        if settings.splitsSpecialTokens { config["split_special_tokens"] = .bool(true) }
        if case .wordPiece = settings.model {
            config["strip_accents"] = settings.normalizer.stripsAccents.map(JSONValue.bool) ?? .null
            config["tokenize_chinese_chars"] = .bool(settings.normalizer.separatesCJK)
        }
        config["tokenizer_class"] = .string(tokenizerClass.name)
        config["truncation_side"] = .string(settings.truncationSide.rawValue)
        config["unk_token"] = unknownID.flatMap { vocabulary.token(Int($0)) }.map(name) ?? .null
        return .object(config)
    }

    private func tokenizerJSON() -> JSONValue {
        let parts =
            switch settings.model {
            case .wordPiece(let model): wordPieceParts(model)
            case .bytePairs(let model): subwordParts(SubwordJSON.json(model, vocabulary))
            case .unigram(let model): subwordParts(SubwordJSON.json(model, vocabulary))
            }
        return .object([
            "version": .string("1.0"),
            "truncation": .null,
            "padding": .null,
            "added_tokens": .array(settings.addedTokens.map { .object($0.json) }),
            "normalizer": parts.normalizer,
            "pre_tokenizer": parts.preTokenizer,
            "post_processor": postProcessor(),
            "decoder": parts.decoder,
            "model": parts.model,
        ])
    }

    /// The parts of tokenizer.json that depend on the model.
    private typealias Parts = (normalizer: JSONValue, preTokenizer: JSONValue, decoder: JSONValue, model: JSONValue)

    private func subwordParts(_ model: JSONValue) -> Parts {
        (
            SubwordJSON.json(settings.normalizer.steps), SubwordJSON.json(settings.preTokenizer.steps),
            SubwordJSON.decoder(settings.preTokenizer), model
        )
    }

    private func wordPieceParts(_ model: WordPiece) -> Parts {
        var tokens: JSONObject = [:]
        for id in 0..<vocabulary.modelCount { tokens[vocabulary.token(id) ?? ""] = .integer(id) }
        let normalizer: JSONObject = [
            "type": .string("BertNormalizer"),
            "clean_text": .bool(settings.normalizer.cleansText),
            "handle_chinese_chars": .bool(settings.normalizer.separatesCJK),
            "strip_accents": settings.normalizer.stripsAccents.map(JSONValue.bool) ?? .null,
            "lowercase": .bool(settings.normalizer.lowercases),
        ]
        let decoder: JSONObject = [
            "type": .string("WordPiece"), "prefix": .string(model.continuingPrefix), "cleanup": .bool(true),
        ]
        return (
            .object(normalizer), .object(["type": .string("BertPreTokenizer")]), .object(decoder),
            .object([
                "type": .string("WordPiece"),
                "unk_token": .string(model.unknownToken),
                "continuing_subword_prefix": .string(model.continuingPrefix),
                "max_input_chars_per_word": .integer(model.maximumWordLength),
                "vocab": .object(tokens),
            ])
        )
    }

    private func postProcessor() -> JSONValue {
        guard settings.trimsOffsets, settings.frames == .doublySeparated else {
            let template: JSONValue = .object([
                "type": .string("TemplateProcessing"),
                "single": .array(settings.single.map(Self.piece)),
                "pair": .array(settings.pair.map(Self.piece)),
                "special_tokens": specialTokens(),
            ])
            guard settings.trimsOffsets else { return template }
            let trimming: JSONValue = .object([
                "type": .string("ByteLevel"), "add_prefix_space": .bool(settings.keepsFirstSpace),
                "trim_offsets": .bool(true), "use_regex": .bool(true),
            ])
            return .object(["type": .string("Sequence"), "processors": .array([trimming, template])])
        }
        func named(_ token: String) -> JSONValue {
            .array([.string(token), .integer(vocabulary.id(of: token) ?? 0)])
        }
        return .object([
            "type": .string("RobertaProcessing"),
            "sep": named(settings.separatorToken),
            "cls": named(settings.classifierToken),
            "trim_offsets": .bool(true),
            "add_prefix_space": .bool(settings.keepsFirstSpace),
        ])
    }

    private static func piece(_ piece: TemplatePiece) -> JSONValue {
        func object(_ kind: String, _ id: String, _ typeID: Int32) -> JSONValue {
            .object([kind: .object(["id": .string(id), "type_id": .integer(Int(typeID))])])
        }
        return switch piece {
        case .token(let token, let typeID): object("SpecialToken", token, typeID)
        case .first(let typeID): object("Sequence", "A", typeID)
        case .second(let typeID): object("Sequence", "B", typeID)
        }
    }

    private func specialTokens() -> JSONValue {
        var table: JSONObject = [:]
        for case .token(let token, _) in settings.single + settings.pair where table[token] == nil {
            table[token] = .object([
                "id": .string(token),
                "ids": .array([.integer(vocabulary.id(of: token) ?? 0)]),
                "tokens": .array([.string(token)]),
            ])
        }
        return .object(table)
    }
}
