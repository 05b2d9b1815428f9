// The parts of a tokenizer of byte pairs or unigram as `tokenizer.json` writes them. Not here: reading them.

import AdzeBytes

extension SubwordJSON {
    private static func object(_ type: String, _ more: JSONObject = [:]) -> JSONValue {
        var object: JSONObject = ["type": .string(type)]
        for (key, value) in more { object[key] = value }
        return .object(object)
    }

    /// A part of several steps: one by itself, none as null.
    private static func sequence(_ parts: [JSONValue], _ key: String) -> JSONValue {
        parts.count > 1 ? object("Sequence", [key: .array(parts)]) : parts.first ?? .null
    }

    /// The normalizer of some steps.
    static func json(_ steps: [NormalizerStep]) -> JSONValue { sequence(steps.map(json), "normalizers") }

    private static func json(_ step: NormalizerStep) -> JSONValue {
        switch step {
        case .nfc: return object("NFC")
        case .nfd: return object("NFD")
        case .nfkc: return object("NFKC")
        case .nfkd: return object("NFKD")
        case .lowercase: return object("Lowercase")
        case .stripAccents: return object("StripAccents")
        case .strip(let left, let right):
            return object("Strip", ["strip_left": .bool(left), "strip_right": .bool(right)])
        case .replace(let pattern, let content):
            return object("Replace", ["pattern": json(pattern), "content": .string(content)])
        case .prepend(let text): return object("Prepend", ["prepend": .string(text)])
        case .precompiled(let charsmap):
            return object("Precompiled", ["precompiled_charsmap": .string(Base64Text.encode(charsmap.bytes))])
        }
    }

    private static func json(_ pattern: ReplacePattern) -> JSONValue {
        if case .text(let text) = pattern { return .object(["String": .string(text)]) }
        return .object(["Regex": .string(pattern.regex ?? "")])
    }

    /// The pre-tokenizer of some steps.
    static func json(_ steps: [PreTokenizerStep]) -> JSONValue { sequence(steps.map(json), "pretokenizers") }

    private static func json(_ step: PreTokenizerStep) -> JSONValue {
        switch step {
        case .whiteSpace: return object("WhitespaceSplit")
        case .metaspace(let metaspace): return json(metaspace)
        case .byteLevel(let addsPrefixSpace, let splits):
            return object(
                "ByteLevel",
                ["add_prefix_space": .bool(addsPrefixSpace), "trim_offsets": .bool(true), "use_regex": .bool(splits)])
        case .digits(let each): return object("Digits", ["individual_digits": .bool(each)])
        case .punctuation(let behavior): return object("Punctuation", ["behavior": .string(behavior.rawValue)])
        case .split(let pattern, let behavior, let inverted):
            let pattern: JSONValue =
                switch pattern {
                case .text(let text): .object(["String": .string(text)])
                case .rule(let rule): .object(["Regex": .string(rule.rawValue)])
                }
            return object(
                "Split", ["pattern": pattern, "behavior": .string(behavior.rawValue), "invert": .bool(inverted)])
        }
    }

    private static func json(_ metaspace: Metaspace) -> JSONValue {
        object(
            "Metaspace",
            [
                "replacement": .string(String(metaspace.replacement)),
                "prepend_scheme": .string(metaspace.prefix.rawValue), "split": .bool(metaspace.splits),
            ])
    }

    /// The decoder of a pre-tokenizer; null where texts are their tokens.
    static func decoder(_ preTokenizer: PreTokenizer) -> JSONValue {
        if preTokenizer.givesBytes {
            return object(
                "ByteLevel", ["add_prefix_space": .bool(true), "trim_offsets": .bool(true), "use_regex": .bool(true)])
        }
        return preTokenizer.metaspace.map(json) ?? .null
    }

    /// Byte pairs with their tokens and merges.
    static func json(_ model: BytePairs, _ vocabulary: Vocabulary) -> JSONValue {
        func text(_ id: Int32) -> JSONValue { .string(vocabulary.token(Int(id)) ?? "") }
        var tokens: JSONObject = [:]
        for id in 0..<vocabulary.modelCount { tokens[vocabulary.token(id) ?? ""] = .integer(id) }
        func optional(_ string: String) -> JSONValue { string.isEmpty ? .null : .string(string) }
        return object(
            "BPE",
            [
                "dropout": .null, "unk_token": model.unknownToken.map(JSONValue.string) ?? .null,
                "continuing_subword_prefix": optional(model.continuingPrefix),
                "end_of_word_suffix": optional(model.wordSuffix), "fuse_unk": .bool(model.fusesUnknown),
                "byte_fallback": .bool(model.fallsBackToBytes), "ignore_merges": .bool(model.ignoresMerges),
                "vocab": .object(tokens),
                "merges": .array(model.merges.map { .array([text($0.left), text($0.right)]) }),
            ])
    }

    /// Unigram with its pieces and scores.
    static func json(_ model: Unigram, _ vocabulary: Vocabulary) -> JSONValue {
        object(
            "Unigram",
            [
                "unk_id": model.unknownID.map(JSONValue.integer) ?? .null,
                "vocab": .array(
                    model.scores.indices.map { id in
                        .array([.string(vocabulary.token(id) ?? ""), .number(ScoreNumber.written(model.scores[id]))])
                    }),
                "byte_fallback": .bool(model.fallsBackToBytes),
            ])
    }
}
