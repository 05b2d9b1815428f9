// Models that are damaged, incomplete or untrue: each is refused in one line that says where, and nothing is written.

import AdzeTestSupport
import Foundation
import Testing

struct LieTests {
    /// `predict` and `convert` refuse the model with one line; the conversion leaves nothing.
    private func refuse(_ code: Int32, _ model: String, says words: [String], in folder: String) throws {
        let before = try names(in: folder)
        try Tool.refuse(code, ["predict", model, "good"], says: words)
        try Tool.refuse(code, ["convert", model, "-o", folder + "/out.adze"], says: words)
        #expect(try names(in: folder) == before)
    }

    @Test(arguments: [
        ("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 4", "missing weight 'encoder.layer.3."),
        ("\"num_hidden_layers\": 3", "\"num_hidden_layers\": 9223372036854775807", "0 to 1000"),
        ("\"num_hidden_layers\": 3", "\"num_hidden_layers\": -1", "0 to 1000"),
        ("\"num_attention_heads\": 3", "\"num_attention_heads\": 5", "not a multiple of 5 heads"),
        ("\"num_attention_heads\": 3", "\"num_attention_heads\": 0", "1 to 65536"),
        ("\"num_attention_heads\": 3", "\"num_heads\": 3", "no 'num_attention_heads'"),
        ("\"hidden_size\": 24", "\"hidden_size\": 1e300", "whole number"),
        ("\"hidden_size\": 24", "\"hidden_size\": 48", "(87, 24)"),
        ("\"vocab_size\": 87", "\"vocab_size\": 88", "expected shape (88, 24), found (87, 24)"),
        ("\"vocab_size\": 87", "\"vocab_size\": 86", "found (87, 24)"),
        ("\"max_position_embeddings\": 16", "\"max_position_embeddings\": 17", "(17, 24)"),
        ("\"model_type\": \"bert\"", "\"model_type\": \"longformer\"", "'longformer' is not supported"),
        ("BertForSequenceClassification", "BertForQuestionAnswering", "missing weight 'qa_outputs.weight'"),
        ("BertForSequenceClassification", "BertForMultipleChoice", "'BertForMultipleChoice' is not supported"),
        ("\"1\": \"accepted\"", "\"2\": \"accepted\"", "keys 0 to 1"),
        ("\"1\": \"accepted\"", "\"1\": \"rejected\"", "given twice"),
        (
            "\"1\": \"accepted\"", "\"1\": \"accepted\", \"2\": \"third\"",
            "3 labels do not fit a classifier of 2 classes"
        ),
        ("\"hidden_act\": \"gelu\"", "\"hidden_act\": \"swish\"", "'swish'"),
        ("\"vocab_size\": 87", "\"vocab_size\": 87,", "JSON"),
        ("\"is_decoder\": false", "\"is_decoder\": true", "is_decoder"),
        ("\"vocab_size\": 87", "\"vocab_size\": 87, \"vocab_size\": 87", "twice"),
    ])
    func aConfigurationThatIsUntrue(old: String, new: String, says: String) throws {
        try withCopy(of: Models.classifier) { model, folder in
            try replace(old, with: new, in: model + "/config.json")
            try refuse(65, model, says: [model, says], in: folder)
        }
    }

    /// Renames a tensor, or a dtype, in place: the header keeps its length.
    @Test(arguments: [
        ("encoder.layer.1.output.dense.weight", "encoder.layer.1.output.dense.wrong1", "missing weight"),
        ("bert.embeddings.word_embeddings.weight", "bert.embeddings.word_embeddingz.weight", "this is no BERT"),
        ("\"shape\":[2,24]", "\"shape\":[24,2]", "2 labels do not fit a classifier of 24 classes"),
        ("\"shape\":[2,24]", "\"shape\":[48  ]", "expected shape (2, 24), found (48)"),
        ("\"shape\":[2,24]", "\"shape\":[2,25]", "needs 200 bytes"),
        ("\"dtype\":\"F32\"", "\"dtype\":\"I32\"", "floating-point"),
        ("\"dtype\":\"F32\"", "\"dtype\":\"F99\"", "unknown dtype 'F99'"),
    ])
    func weightsThatDoNotFit(old: String, new: String, says: String) throws {
        try withCopy(of: Models.classifier) { model, folder in
            let path = model + "/model.safetensors"
            var file = try Data(contentsOf: URL(filePath: path))
            var start = file.startIndex
            var count = 0
            while let range = file.range(of: Data(old.utf8), in: start..<file.endIndex) {
                file.replaceSubrange(range, with: Data(new.utf8))
                start = range.upperBound
                count += 1
            }
            #expect(count > 0)
            try file.write(to: URL(filePath: path))
            try refuse(65, model, says: [model, says], in: folder)
        }
    }

    @Test func weightsThatAreNotNumbers() throws {
        try withCopy(of: Models.classifier) { model, folder in
            let path = model + "/model.safetensors"
            var file = try bytes(of: path)
            // The last tensor's last element becomes NaN.
            file.replaceSubrange(file.count - 4..<file.count, with: [0, 0, 0xC0, 0x7F])
            try Data(file).write(to: URL(filePath: path))
            try Tool.refuse(
                65, ["convert", model, "-o", folder + "/out.adze"], says: [model, "row", "--allow-nonfinite"])
            try Tool.refuse(65, ["verify", model], says: ["NaN or infinite"])
            let dev = try write("text,label\noak,1\nash,0\n", to: folder + "/dev.csv")
            try Tool.refuse(
                65, ["quantize", model, "-o", folder + "/out.adze", "--dev", dev, "--max-drop", "1"],
                says: [model, "row", "--allow-nonfinite"])
            // What cannot be scored has no gate either.
            try Tool.refuse(65, ["evaluate", model, dev], says: [dev, "line 2", "not finite"])
            try Tool.refuse(
                65,
                [
                    "quantize", model, "-o", folder + "/out.adze", "--dev", dev, "--max-drop", "1", "--allow-nonfinite",
                ], says: [dev, "line 2", "not finite"])
            #expect(try names(in: folder) == ["dev.csv", "model"])
            let kept = try converted(model, in: folder, ["--allow-nonfinite"])
            try Tool.succeed(["verify", kept])
        }
    }

    /// A model of NaN alone: JSON has no NaN, so there is an error line instead of an answer.
    @Test func answersThatAreNotNumbers() throws {
        try withCopy(of: Models.classifier) { model, folder in
            let path = model + "/model.safetensors"
            var file = try bytes(of: path)
            let header = 8 + file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            for offset in stride(from: header, to: file.count, by: 4) {
                file.replaceSubrange(offset..<offset + 4, with: [0, 0, 0xC0, 0x7F])
            }
            try Data(file).write(to: URL(filePath: path))
            let kept = try converted(model, in: folder, ["--allow-nonfinite"])
            for verb in [["predict", kept, "--json"], ["embed", kept]] {
                let outcome = try Tool.run(verb + ["good"])
                #expect(try outcome.object()["error"] is String)
                #expect(outcome.code == 65 && outcome.errors.contains("the one row has no answer: the "))
            }
        }
    }

    @Test(arguments: [
        ("safetensors", "model.safetensors"), ("torch-zip", "pytorch_model.bin"), ("torch-legacy", "pytorch_model.bin"),
    ])
    func aFileThatIsCutShort(container: String, file: String) throws {
        try withCopy(of: Models.container(container)) { model, folder in
            let path = model + "/" + file
            let whole = try bytes(of: path)
            for length in [0, 100, whole.count - 1] {
                try Data(whole.prefix(length)).write(to: URL(filePath: path))
                try refuse(65, model, says: [path], in: folder)
            }
        }
    }

    @Test func everyDamageOfANativeFileIsFound() throws {
        try withTemporaryFolder { folder in
            let path = try converted(Models.bare, in: folder)
            let whole = try bytes(of: path)
            for step in 0..<12 {
                var damaged = whole
                damaged[step * (whole.count - 1) / 11] ^= UInt8(1 << (step % 8))
                try Data(damaged).write(to: URL(filePath: path))
                try Tool.refuse(65, ["verify", path], says: [path])
            }
            for length in [0, 40, whole.count - 1] {
                try Data(whole.prefix(length)).write(to: URL(filePath: path))
                for verb in [
                    ["verify", path], ["embed", path, "good"], ["tokenize", path, "good"], ["inspect", path],
                ] {
                    if length < 40 && verb[0] == "tokenize" { continue }
                    try Tool.refuse(65, verb, says: [path])
                }
            }
            try Data(whole + [0]).write(to: URL(filePath: path))
            try Tool.refuse(65, ["verify", path], says: ["truncated or extended"])
        }
    }

    @Test func damageFoundWhileLoadingNamesTheFile() throws {
        try withTemporaryFolder { folder in
            let path = try converted(Models.classifier, in: folder, ["--store", "fp32"])
            var damaged = try bytes(of: path)
            damaged[2000] ^= 1
            try Data(damaged).write(to: URL(filePath: path))
            try Tool.refuse(65, ["predict", path, "good"], says: [path, "tensor '", "offset", "checksum"])
        }
    }

    @Test(arguments: ["../secret.safetensors", "/etc/hostname", "a/b", "..", "", "model-00009-of-00003.safetensors"])
    func anIndexThatLeadsElsewhere(shard: String) throws {
        try withCopy(of: Models.container("sharded")) { model, folder in
            let index = model + "/model.safetensors.index.json"
            try replace("model-00002-of-00003.safetensors", with: shard, in: index)
            let code: Int32 = shard.hasPrefix("model-") ? 66 : 65
            try refuse(code, model, says: [model, "model.safetensors.index.json"], in: folder)
        }
    }

    @Test func tokenizersThatDoNotFit() throws {
        let cases: [(file: String, old: String, new: String, says: String)] = [
            ("tokenizer.json", "\"WordPiece\"", "\"WordLevel\"", "'WordLevel' is not supported"),
            ("tokenizer.json", "\"WordPiece\"", "\"BPE\"", "'merges': expected a list, found none"),
            ("tokenizer.json", "\"BertPreTokenizer\"", "\"Split\"", "'Split' is not supported"),
            ("tokenizer.json", "\"BertNormalizer\"", "\"Replace\"", "'Replace' is not supported"),
            ("vocab.txt", "\noak\n", "\nthe\n", "stands twice"), ("vocab.txt", "[UNK]", "[XXX]", "'[UNK]'"),
            ("vocab.txt", "\noak\n", "\noak\nash\nelm\n", "89 tokens but the word embedding only 87 rows"),
        ]
        for lie in cases {
            try withCopy(of: Models.classifier) { model, folder in
                try replace(lie.old, with: lie.new, in: "\(model)/\(lie.file)")
                if lie.file == "vocab.txt" { try FileManager.default.removeItem(atPath: model + "/tokenizer.json") }
                try refuse(65, model, says: [model, lie.says], in: folder)
            }
        }
    }

    @Test func whatIsNoModel() throws {
        try withTemporaryFolder { folder in
            let cases: [(name: String, content: [UInt8], says: String)] = [
                ("empty", [], "the file is empty"), ("text", Array("hello, world\n".utf8), "not a model file"),
                ("hdf5", [0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10, 0, 0], "HDF5"),
                ("gguf", Array("GGUF\u{3}\u{0}\u{0}".utf8), "GGUF"),
                ("pickle", [0x80, 0x04, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, 0x2E], "a bare pickle"),
                ("length", [UInt8](repeating: 0xFF, count: 8) + Array("{}".utf8), "18446744073709551615"),
            ]
            for lie in cases {
                let path = "\(folder)/\(lie.name)"
                try Data(lie.content).write(to: URL(filePath: path))
                try Tool.refuse(65, ["predict", path, "good"], says: [path, lie.says])
            }
            let fifo = folder + "/fifo"
            #expect(mkfifo(fifo, 0o600) == 0)
            try Tool.refuse(66, ["predict", fifo, "good"], says: [fifo, "found a pipe"])
            try Tool.refuse(66, ["predict", "/dev/zero", "good"], says: ["/dev/zero", "found a device"])
            try FileManager.default.createDirectory(atPath: folder + "/bare", withIntermediateDirectories: false)
            let outcome = try Tool.refuse(66, ["predict", folder + "/bare", "good"], says: ["config.json"])
            #expect(outcome.errors.components(separatedBy: folder).count == 2, "the path stands there once")
        }
    }

    @Test func statementsThatAreUntrue() throws {
        let weights = Models.classifier + "/model.safetensors"
        let cases: [(code: Int32, options: [String], says: String)] = [
            (65, [], "pass --config"), (65, ["--heads", "7"], "not a multiple of 7 heads"),
            (64, ["--like", "bert-base-csaed"], "did you mean bert-base-cased?"),
            (65, ["--like", "bert-base-cased"], "(28996, 768)"),
            (65, ["--heads", "3", "--labels", "one"], "1 labels do not fit a classifier of 2 classes"),
            (65, ["--heads", "3", "--labels", "one,one"], "given twice"),
            (66, ["--config", "/no/such.json"], "/no/such.json"),
            (64, ["--heads", "3", "--key", "model"], "--key 'model'"),
            (66, ["--heads", "3", "--tokenizer", "/no/such"], "/no/such"),
        ]
        try withTemporaryFolder { folder in
            for lie in cases {
                try Tool.refuse(
                    lie.code, ["convert", weights, "-o", folder + "/out.adze"] + lie.options, says: [lie.says])
            }
            #expect(try names(in: folder) == [])
        }
    }

    @Test func textsThatCannotBeRead() throws {
        let cases: [(code: Int32, options: [String], input: String, says: String)] = [
            (65, ["--format", "csv"], "text\n\"a b\n", "standard input: line 2: the quote"),
            (65, ["--format", "csv"], "", "header"),
            (64, ["--format", "csv", "--text-column", "txet"], "text\na\n", "'txet'; the nearest is 'text'"),
            (65, ["--format", "csv"], "a,a\n1,2\n", "twice"), (65, ["--format", "csv"], "\u{0}a\n", "NUL"),
            (64, ["--text-column", "text"], "a\n", "no columns to choose from"),
        ]
        for lie in cases {
            let arguments = ["predict", Models.classifier, "-i", "-", "--quiet"] + lie.options
            try Tool.refuse(lie.code, arguments, input: Array(lie.input.utf8), says: [lie.says])
        }
        try Tool.refuse(66, ["predict", Models.classifier, "-i", "/no/such.txt"], says: ["/no/such.txt"])
        try Tool.refuse(
            65, ["predict", Models.classifier, "-i", "/dev/zero", "--format", "txt", "--quiet"],
            says: ["/dev/zero: line 1: a NUL"])
        try Tool.refuse(66, ["predict", Models.classifier, "-i", "/tmp", "--format", "txt"], says: ["found a folder"])
        try Tool.refuse(64, ["predict", Models.classifier, "-i", "/tmp/x.dat"], says: ["--format"])
    }

    @Test func labelsThatWouldBreakALine() throws {
        try withCopy(of: Models.classifier) { model, _ in
            try replace("\"1\": \"accepted\"", with: "\"1\": \"a\\tb\\nc\\u001b[31m\"", in: model + "/config.json")
            let outcome = try Tool.succeed(["predict", model, "The oak beam was cut."])
            #expect(outcome.lines.count == 1 && outcome.lines[0].split(separator: "\t").count == 2)
            #expect(!outcome.bytes.contains(0x1B))
            #expect(try Tool.succeed(["predict", model, "--json", "oak."]).object()["scores"] != nil)
        }
    }
}
