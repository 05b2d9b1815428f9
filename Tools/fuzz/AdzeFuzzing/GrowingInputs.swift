// Inputs with very many entries of one kind, for every table, list and loop that a file can make long.

extension FuzzTarget {
    /// The shapes of each target.
    static let growingInputs: [String: [GrowingInput]] = [
        "json": [
            GrowingInput(name: "keys") { object((0..<$0).map { "\"k\($0)\":\($0)" }) },
            GrowingInput(name: "values") { list((0..<$0).map(String.init)) },
            GrowingInput(name: "escapes") { Array(("\"" + repeated("\\u00e9", $0) + "\"").utf8) },
            GrowingInput(name: "digits") { Array(repeated("7", $0).utf8) },
        ],
        "safetensors": [
            GrowingInput(name: "tensors") { header((0..<$0).map { empty("t\($0)") }) },
            GrowingInput(name: "tables of words") {
                header((0..<$0).map { empty("m\($0).embeddings.word_embeddings.weight") })
            },
            GrowingInput(name: "metadata") {
                header(["\"__metadata__\":{" + (0..<$0).map { "\"k\($0)\":\"v\"" }.joined(separator: ",") + "}"])
            },
            GrowingInput(name: "unreadable tensors") {
                header((0..<$0).map { empty("t\($0)", "F8_E4M3") })
            },
            GrowingInput(name: "dimensions") {
                header(["\"t\":{\"dtype\":\"F32\",\"shape\":[\(ones($0))],\"data_offsets\":[0,0]}"])
            },
        ],
        "pickle": [
            GrowingInput(name: "items") { pickleRecipe([0x28], repeated([0x4B, 1], $0), [0x6C]) },
            GrowingInput(name: "dictionaries") { pickleRecipe([0x28], repeated([0x7D], $0), [0x6C]) },
            GrowingInput(name: "keys") { pickleRecipe(dictionary(keys: $0)) },
            GrowingInput(name: "values remembered") { pickleRecipe([0x28], remembered($0), [0x6C]) },
            GrowingInput(name: "long strings as codes") { count in
                pickleRecipe(
                    [0x28], text(repeated("f", count)), [0x71, 0], Array("cnumpy\ndtype\nq\u{1}".utf8),
                    repeated(call, count / 6), [0x6C])
            },
            GrowingInput(name: "copies") { count in
                pickleRecipe(
                    [0x28], dictionary(keys: count), [0x71, 0], Array("ccollections\nCounter\nq\u{1}".utf8),
                    repeated(call, count), [0x6C])
            },
        ],
        "tokenizer": [
            GrowingInput(name: "word pieces") { tokenizerFiles(vocabulary: words($0)) },
            GrowingInput(name: "letters of a word") {
                tokenizerFiles(vocabulary: words(20) + repeated("a", $0) + "\n", text: repeated("a", $0))
            },
            GrowingInput(name: "words of a text") { tokenizerFiles(vocabulary: words(20), text: repeated("w1 ", $0)) },
            GrowingInput(name: "special tokens") { count in
                let names = (0..<count).map { "\"[S\($0)]\"" }.joined(separator: ",")
                return tokenizerFiles(
                    vocabulary: words(20) + (0..<count).map { "[S\($0)]\n" }.joined(),
                    configuration: "{\"additional_special_tokens\":[\(names)]}")
            },
            GrowingInput(name: "added tokens") { count in
                let names = (0..<count).map { "\"a\($0)\":\(25 + $0)" }.joined(separator: ",")
                return tokenizerFiles(vocabulary: words(20), added: "{\(names)}")
            },
            GrowingInput(name: "pieces of unigram") { unigram(pieces: (0..<$0).map { "w\($0)" }) },
            GrowingInput(name: "letters of a word of unigram") {
                unigram(pieces: ["a", "aa", "aaaa", repeated("a", 60)], text: repeated("a", $0))
            },
            GrowingInput(name: "unknown letters of unigram") { unigram(pieces: ["a"], text: repeated("é", $0)) },
            GrowingInput(name: "letters of a piece of unigram") {
                unigram(pieces: ["a", repeated("a", $0)], text: "aaaa aaaab")
            },
            GrowingInput(name: "merges") { bytePairs(merges: $0) },
            GrowingInput(name: "letters of a word of byte pairs") {
                bytePairs(merges: 200, text: repeated("abacbd", $0))
            },
            GrowingInput(name: "equal letters of byte pairs") { bytePairs(merges: 200, text: repeated("a", $0)) },
        ],
        "sentencepiece": [
            GrowingInput(name: "pieces") { repeated([0x0A, 8, 0x0A, 1, 0x61, 0x15, 0, 0, 0, 0], $0) },
            GrowingInput(name: "bare pieces") { repeated([0x0A, 3, 0x0A, 1, 0x61], $0) },
            GrowingInput(name: "texts of a piece") { piece(repeated([0x0A, 1, 0x61], $0)) },
            GrowingInput(name: "letters of a piece") { piece([0x0A] + varint($0) + repeated([0x61], $0)) },
            GrowingInput(name: "trainers") { piece([0x0A, 1, 0x61]) + repeated([0x12, 3, 0x98, 2, 1], $0) },
            GrowingInput(name: "unknown fields") { piece([0x0A, 1, 0x61]) + repeated([0x50, 1], $0) },
        ],
        "csv": [
            GrowingInput(name: "rows") { Array(("text,label\n" + repeated("a,b\n", $0)).utf8) },
            GrowingInput(name: "columns") { Array((repeated("c,", $0) + "text\n" + repeated("a,", $0) + "b\n").utf8) },
            GrowingInput(name: "a field") { Array(("text\n\"" + repeated("a\"\"", $0) + "\"\n").utf8) },
        ],
        "jsonl": [
            GrowingInput(name: "rows") { Array(repeated("{\"text\":\"a\",\"id\":1}\n", $0).utf8) },
            GrowingInput(name: "fields") {
                Array(("{\"text\":\"a\"" + (0..<$0).map { ",\"k\($0)\":1" }.joined() + "}\n").utf8)
            },
        ],
    ]

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    private static func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count * count)
        for _ in 0..<count { out += bytes }
        return out
    }

    private static func object(_ members: [String]) -> [UInt8] {
        Array(("{" + members.joined(separator: ",") + "}").utf8)
    }
    private static func list(_ values: [String]) -> [UInt8] { Array(("[" + values.joined(separator: ",") + "]").utf8) }
    private static func ones(_ count: Int) -> String { [String](repeating: "1", count: count).joined(separator: ",") }
    private static func words(_ count: Int) -> String {
        "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n" + (0..<count).map { "w\($0)\n" }.joined()
    }

    private static func empty(_ name: String, _ dtype: String = "F32") -> String {
        "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":[0],\"data_offsets\":[0,0]}"
    }

    private static func header(_ members: [String]) -> [UInt8] {
        let text = object(members)
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }

    private static func little(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(value).littleEndian) { Array($0) }
    }

    private static func text(_ text: String) -> [UInt8] {
        var out: [UInt8] = [0x58]
        out += little(text.utf8.count)
        out += Array(text.utf8)
        return out
    }

    /// The second value remembered, called with the first.
    private static let call: [UInt8] = [0x68, 1, 0x68, 0, 0x85, 0x52]

    private static func varint(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }

    /// A SentencePiece model of one piece with these fields.
    private static func piece(_ fields: [UInt8]) -> [UInt8] { [0x0A] + varint(fields.count) + fields }

    private static func dictionary(keys: Int) -> [UInt8] {
        var out: [UInt8] = [0x7D, 0x28]
        for index in 0..<keys {
            out += text("k\(index)")
            out.append(0x4E)
        }
        out.append(0x75)
        return out
    }

    private static func remembered(_ count: Int) -> [UInt8] {
        var out: [UInt8] = []
        for index in 0..<count {
            out += [0x4E, 0x72]
            out += little(index)
        }
        return out
    }

    /// The recipe of an archive without storages.
    private static func pickleRecipe(_ parts: [UInt8]...) -> [UInt8] {
        var out: [UInt8] = [0, 0x80, 2]
        for part in parts { out += part }
        out.append(0x2E)
        return out
    }

    /// The five files of a tokenizer and a text, as the target takes them.
    private static func tokenizerFiles(
        vocabulary: String, configuration: String = "", added: String = "", text: String = "a"
    ) -> [UInt8] {
        let parts: [[UInt8]] = ["", vocabulary, configuration, "", added, text].map { Array($0.utf8) }
        return Array(parts.joined(separator: [0xFF]))
    }

    private static func unigram(pieces: [String], text: String = "a") -> [UInt8] {
        let entries = pieces.enumerated().map { "[\"\($1)\",\(-1 - $0 % 50)]" }.joined(separator: ",")
        return tokenizerFile(
            "{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"<unk>\",0],[\"▁\",-2],\(entries)]}",
            split: "{\"type\":\"Metaspace\",\"replacement\":\"▁\",\"prepend_scheme\":\"always\"}", text)
    }

    /// So many merges: of two letters, of these and a third, and so on.
    private static func bytePairs(merges count: Int, text: String = "abc") -> [UInt8] {
        let letters = (97...122).map { String(UnicodeScalar(UInt8($0))) }
        var tokens = letters
        var merges: [String] = []
        var next = 0
        while merges.count < count {
            for letter in letters {
                tokens.append(tokens[next] + letter)
                merges.append("\"\(tokens[next]) \(letter)\"")
            }
            next += 1
        }
        let ids = tokens.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
        return tokenizerFile(
            "{\"type\":\"BPE\",\"vocab\":{\(ids)},\"merges\":[\(merges.joined(separator: ","))]}",
            split: "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true}", text)
    }

    private static func tokenizerFile(_ model: String, split: String, _ text: String) -> [UInt8] {
        let json =
            "{\"normalizer\":null,\"pre_tokenizer\":\(split),\"post_processor\":null,\"added_tokens\":[],"
            + "\"model\":\(model)}"
        return Array([json, "", "", "", "", text].map { Array($0.utf8) }.joined(separator: [0xFF]))
    }
}
