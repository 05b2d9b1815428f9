// The files from which `transformers` makes a tokenizer of the same behaviour. Not here: reading them.

import AdzeBytes

extension Tokenizer {
    /// `tokenizer.json`, `tokenizer_config.json` and, where every token survives a text file, `vocab.txt`.
    ///
    /// The same tokenizer always gives the same bytes. `transformers` rebuilds a `BertTokenizer` from its defaults, so
    /// one with a template, prefix or clean-up of its own is written as the generic class, which reads tokenizer.json.
    public func exportedFiles() -> [(name: String, bytes: [UInt8])] {
        var files: [(name: String, bytes: [UInt8])] = [
            ("tokenizer.json", Array((tokenizerJSON().indentedText + "\n").utf8)),
            ("tokenizer_config.json", Array((configJSON().indentedText + "\n").utf8)),
        ]
        if let text = vocabulary.fileText() { files.append(("vocab.txt", text)) }
        return files
    }

    /// Whether `transformers`' class for BERT does what these settings say.
    private var isPlainBert: Bool {
        let plain = TokenizerSettings()
        return settings.cleansText && settings.continuingPrefix == plain.continuingPrefix
            && settings.maximumWordLength == plain.maximumWordLength && settings.singleTemplate == nil
            && settings.pairTemplate == nil
            && [settings.unknownToken, settings.classifierToken, settings.separatorToken].allSatisfy(isAdded)
    }

    /// Whether a token of a role is matched in texts: to name one that is not would make it so.
    private func isAdded(_ token: String) -> Bool {
        settings.addedTokens.contains { ExactText($0.content) == ExactText(token) }
    }

    private func name(_ token: String) -> JSONValue { isAdded(token) ? .string(token) : .null }

    private func configJSON() -> JSONValue {
        var config: JSONObject = [:]
        var decoder: JSONObject = [:]
        for token in settings.addedTokens {
            var object = token.json
            object["id"] = nil
            decoder[String(token.id)] = .object(object)
        }
        config["added_tokens_decoder"] = .object(decoder)
        config["clean_up_tokenization_spaces"] = .bool(settings.closesUpSpaces)
        config["cls_token"] = name(settings.classifierToken)
        config["do_lower_case"] = .bool(settings.lowercases)
        config["mask_token"] = settings.maskToken.map(JSONValue.string) ?? .null
        if !isPlainBert {
            // The generic class feeds no types unless it is told to.
            config["model_input_names"] = ["input_ids", "token_type_ids", "attention_mask"]
        }
        if let maximumLength = settings.maximumLength { config["model_max_length"] = .integer(maximumLength) }
        config["pad_token"] = name(settings.paddingToken)
        config["sep_token"] = name(settings.separatorToken)
        if settings.splitsSpecialTokens { config["split_special_tokens"] = .bool(true) }
        config["strip_accents"] = settings.stripsAccents.map(JSONValue.bool) ?? .null
        config["tokenize_chinese_chars"] = .bool(settings.separatesCJK)
        config["tokenizer_class"] = .string(isPlainBert ? "BertTokenizer" : "PreTrainedTokenizerFast")
        config["truncation_side"] = .string(settings.truncationSide.rawValue)
        config["unk_token"] = name(settings.unknownToken)
        return .object(config)
    }

    private func tokenizerJSON() -> JSONValue {
        var tokens: JSONObject = [:]
        for id in 0..<vocabulary.modelCount { tokens[vocabulary.token(id) ?? ""] = .integer(id) }
        return .object([
            "version": .string("1.0"),
            "truncation": .null,
            "padding": .null,
            "added_tokens": .array(settings.addedTokens.map { .object($0.json) }),
            "normalizer": .object([
                "type": .string("BertNormalizer"),
                "clean_text": .bool(settings.cleansText),
                "handle_chinese_chars": .bool(settings.separatesCJK),
                "strip_accents": settings.stripsAccents.map(JSONValue.bool) ?? .null,
                "lowercase": .bool(settings.lowercases),
            ]),
            "pre_tokenizer": .object(["type": .string("BertPreTokenizer")]),
            "post_processor": .object([
                "type": .string("TemplateProcessing"),
                "single": .array(settings.single.map(Self.piece)),
                "pair": .array(settings.pair.map(Self.piece)),
                "special_tokens": specialTokens(),
            ]),
            "decoder": .object([
                "type": .string("WordPiece"), "prefix": .string(settings.continuingPrefix), "cleanup": .bool(true),
            ]),
            "model": .object([
                "type": .string("WordPiece"),
                "unk_token": .string(settings.unknownToken),
                "continuing_subword_prefix": .string(settings.continuingPrefix),
                "max_input_chars_per_word": .integer(settings.maximumWordLength),
                "vocab": .object(tokens),
            ]),
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
