// Every key of a tokenizer's files against the logits of transformers, in a folder, in a `.adze` file made of it, in what
// is exported of that, and pruned; and a tokenizer that has more tokens than the model has rows.

import Adze
import AdzeBytes
import AdzeModels
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@Suite struct TokenizerSettingsTests {
    /// The fixture's model beside a case's files.
    private func makeFolder(_ testCase: TokenizerCase, _ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let model = fixture("seqcls-gelu")
        try FileManager.default.copyItem(atPath: model + "/model.safetensors", toPath: path + "/model.safetensors")
        var config = try parsed("models/seqcls-gelu/config.json").object ?? [:]
        if let name = testCase.modelClass { config["tokenizer_class"] = .string(name) }
        try write(JSONValue.object(config).text, path, "config.json")
        for file in testCase.files { try write(file.text, path, file.name) }
    }

    private func expectLogits(_ bundle: ModelBundle, _ testCase: TokenizerCase, _ what: String) throws {
        let known = zip(TokenizerCase.texts, testCase.rows).filter { $1.logits != nil }
        let classifier = try TextClassifier(bundle, precision: .fp32, threads: 1)
        let found = try classifier.classify(known.map { TextInput($0.0.text, pair: $0.0.pair) })
        for (result, (_, row)) in zip(found, known) {
            #expect(largestDifference(result.logits, row.logits ?? []) < 1e-4, "\(what)")
        }
    }

    @Test(arguments: TokenizerCase.all) func everyKeyGivesTheLogitsOfTransformers(_ testCase: TokenizerCase) throws {
        try withTemporaryFolder { folder in
            try makeFolder(testCase, folder + "/model")
            try expectLogits(try ModelBundle(path: folder + "/model"), testCase, "as read")
        }
    }

    @Test(arguments: TokenizerCase.all) func settingsSurviveConvertAndExport(_ testCase: TokenizerCase) throws {
        try withTemporaryFolder { folder in
            try makeFolder(testCase, folder + "/model")
            let (native, exported, pruned) = (folder + "/a.adze", folder + "/exported", folder + "/pruned")
            let source = try ModelBundle(path: folder + "/model")
            _ = try source.convert(to: native)
            try ModelBundle(path: native).export(to: exported, format: .safetensors)
            try source.keeping(blocks: [0]).export(to: pruned, format: .safetensors)
            for path in [native, exported] { try expectLogits(try ModelBundle(path: path), testCase, path) }
            let settings = source.tokenizer?.settings
            for path in [native, exported, pruned] {
                #expect(try ModelBundle(path: path).tokenizer?.settings == settings, "\(path)")
            }
        }
    }

    @Test(arguments: SentenceCase.all) func everyKeyOfSentenceTransformersCounts(_ testCase: SentenceCase) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try FileManager.default.copyItem(atPath: fixture("sentence-transformers"), toPath: path)
            var config = try parsed("models/sentence-transformers/tokenizer_config.json").object ?? [:]
            for (key, value) in testCase.config { config[key] = value }
            try write(JSONValue.object(config).text, path, "tokenizer_config.json")
            try write(testCase.sentence, path, "sentence_bert_config.json")
            let source = try ModelBundle(path: path)
            _ = try source.convert(to: folder + "/a.adze")
            try ModelBundle(path: folder + "/a.adze").export(to: folder + "/exported", format: .safetensors)
            for path in [path, folder + "/a.adze", folder + "/exported"] {
                let embedder = try TextEmbedder(contentsOf: URL(filePath: path), threads: 1)
                let found = try embedder.encode(testCase.texts)
                #expect(found.map(\.ids) == testCase.ids, "\(path)")
            }
        }
    }
}

@Suite struct SurplusTokenTests {
    /// The fixture with a token more than it has rows, and what is said of it.
    private func open(_ change: (inout JSONObject) -> Void, _ body: (ModelBundle) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try FileManager.default.copyItem(atPath: fixture("seqcls-gelu"), toPath: path)
            try FileManager.default.removeItem(atPath: path + "/tokenizer.json")
            var config = try parsed("models/seqcls-gelu/tokenizer_config.json").object ?? [:]
            change(&config)
            try write(JSONValue.object(config).text, path, "tokenizer_config.json")
            try body(try ModelBundle(path: path))
        }
    }

    @Test func addedTokensWithoutRowsAreLeftOut() throws {
        try open({ $0["additional_special_tokens"] = ["<new>", "<other>"] }) { bundle in
            #expect(bundle.tokenizer?.vocabulary.count == 87)
            #expect(
                bundle.notes.contains {
                    $0.hasPrefix("the tokenizer has 2 tokens more than the model has rows ('<new>', '<other>'); they")
                })
            let classifier = try TextClassifier(bundle, precision: .fp32, threads: 1)
            #expect(try classifier.classify(["a <new> oak"])[0].scores.count == 2)
        }
        try open({ $0["mask_token"] = "<mask>" }) { bundle in
            #expect(bundle.tokenizer?.vocabulary.count == 87 && bundle.tokenizer?.maskID == nil)
        }
    }

    @Test func aVocabularyOfOneLineMoreIsRead() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try FileManager.default.copyItem(atPath: fixture("seqcls-gelu"), toPath: path)
            try FileManager.default.removeItem(atPath: path + "/tokenizer.json")
            var lines = try String(contentsOfFile: path + "/vocab.txt", encoding: .utf8)
            lines += "surplus\n"
            try write(lines, path, "vocab.txt")
            let bundle = try ModelBundle(path: path)
            #expect(bundle.tokenizer?.vocabulary.count == 87)
            #expect(
                bundle.notes.contains(
                    "the tokenizer has 1 token more than the model has rows ('surplus'); it is left out, and texts that hold "
                        + "it are cut as others are"))
            lines += "second\n"
            try write(lines, path, "vocab.txt")
            #expect(
                refusal { try ModelBundle(path: path) } as? BundleError == .vocabularyTooLarge(tokens: 89, rows: 87))
        }
    }
}
