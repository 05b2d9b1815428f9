// Back to a folder that transformers loads: the same tensors, configuration, tokenizer and sentence recipe.

import Adze
import AdzeBytes
import AdzeHuggingFace
import AdzeModelFiles
import AdzeModels
import AdzeTensors
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@Suite struct ExportTests {
    static let sources =
        [
            "seqcls-odd", "seqcls-regression", "bertmodel-nopooler", "sentence-transformers", "containers/fp16",
            "maskedlm-untied", "pretraining", "tokencls", "../families/distilbert/sequence",
            "../families/distilbert/masked", "../families/electra/base", "../families/electra/questions",
            "../families/mpnet/base", "../families/mpnet/sequence", "../families/mpnet/masked",
            "../families/roberta/base", "../families/roberta/sequence", "../families/roberta/masked",
            "../families/xlm-roberta/masked", "../families/xlm-roberta/questions", "../families/camembert/base",
            "../families/camembert/token", "../families/modernbert/base", "../families/modernbert/sequence",
            "../families/modernbert/questions", "../families/modernbert/masked",
            "../families/deberta-v2/sequence", "../families/deberta-v2/token", "../families/deberta-v2/masked",
            "../families/albert/base", "../families/albert/sequence", "../families/albert/token",
            "../families/albert/pretraining",
            "../pruned-heads/bert", "../pruned-heads/distilbert", "../pruned-heads/electra",
            "../mean/bert", "../mean/mpnet-normalized", "../mean/electra-normalized",
        ] + FamilyFixtures.prompts.map { "../" + $0 }

    @Test(arguments: sources, [ExportFormat.safetensors, .pt]) func exportsAreTheModelAgain(
        name: String, format: ExportFormat
    ) throws {
        try withTemporaryFolder { folder in
            let source = try ModelBundle(path: fixture(name))
            let native = folder + "/model.adze"
            _ = try source.convert(to: native)
            for (index, from) in [source, try ModelBundle(path: native)].enumerated() {
                let path = folder + "/export\(index)"
                try from.export(to: path, format: format)
                let found = try ModelBundle(path: path)
                #expect(found.source.format == (format == .pt ? .torchZip : .safetensors))
                #expect(try bits(found) == bits(source))
                #expect(found.checkpoint.store.tensors.allSatisfy { $0.dtype == .float32 })
                #expect(found.checkpoint.config == source.checkpoint.config)
                #expect(found.checkpoint.head == source.checkpoint.head)
                #expect(found.sentenceRecipe == source.sentenceRecipe)
                #expect(found.tokenizer?.vocabulary.tokens == source.tokenizer?.vocabulary.tokens)
                #expect(found.maximumLength == source.maximumLength)
                #expect(found.checkpoint.map?.dropped.isEmpty == true)
            }
        }
    }

    @Test func namesAreThoseOfTransformers() throws {
        try withTemporaryFolder { folder in
            try ModelBundle(path: fixture("seqcls-gelu")).export(to: folder + "/a", format: .safetensors)
            let original = try tensors(fixture("seqcls-gelu") + "/model.safetensors")
            #expect(
                try Set(tensors(folder + "/a/model.safetensors").tensors.map(\.name))
                    == Set(original.tensors.map(\.name)))
            try ModelBundle(path: fixture("names-old")).export(to: folder + "/b", format: .safetensors)
            let modern = try tensors(fixture("pretraining") + "/model.safetensors").tensors.map(\.name)
            let old = try tensors(folder + "/b/model.safetensors").tensors.map(\.name)
            #expect(
                Set(old)
                    == Set(
                        modern
                            + [2, 3].flatMap { block in
                                modern.map { $0.replacing(".layer.1.", with: ".layer.\(block).") }
                            }))
        }
    }

    /// A pickle of PyTorch holds a tied tensor twice, over one storage; a safetensors file leaves it out.
    @Test(arguments: ["maskedlm-tied", "maskedlm-untied", "pretraining"]) func tiesAreThoseOfTransformers(
        name: String
    ) throws {
        try withTemporaryFolder { folder in
            let source = try ModelBundle(path: fixture(name))
            let original = try Set(tensors(fixture(name) + "/model.safetensors").tensors.map(\.name))
            try source.export(to: folder + "/a", format: .safetensors)
            #expect(try Set(tensors(folder + "/a/model.safetensors").tensors.map(\.name)) == original)
            try source.export(to: folder + "/b", format: .pt)
            let store = try ModelBundle(path: folder + "/b").source.store
            #expect(
                Set(store.tensors.map(\.name))
                    == original.union(["cls.predictions.decoder.weight", "cls.predictions.decoder.bias"]))
            #expect(store.aliases.count == (source.checkpoint.head.decoder == .tied ? 2 : 0))
        }
    }

    /// Poolings in an order of their own, a prompt and a length survive the way through a native file and back.
    @Test func theWholeSentenceRecipeSurvives() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try FileManager.default.copyItem(atPath: fixture("sentence-transformers"), toPath: path)
            try write(#"{"pooling_mode": ["mean", "cls", "mean"]}"#, path, "1_Pooling/config.json")
            try write(
                #"{"prompts": {"q": "the "}, "default_prompt_name": "q"}"#, path, "config_sentence_transformers.json")
            try write(#"{"max_seq_length": 9, "do_lower_case": true}"#, path, "sentence_bert_config.json")
            let source = try ModelBundle(path: path)
            let recipe = SentenceRecipe(
                poolings: [.mean, .cls, .mean], normalize: true, maximumSequenceLength: 9, lowercaseFirst: true,
                defaultPrompt: "the ")
            #expect(source.sentenceRecipe == recipe)
            _ = try source.convert(to: folder + "/a.adze")
            let native = try ModelBundle(path: folder + "/a.adze")
            #expect(native.sentenceRecipe == recipe)
            try native.export(to: folder + "/export", format: .safetensors)
            let exported = try ModelBundle(path: folder + "/export")
            #expect(exported.sentenceRecipe == recipe)
            let texts = ["A sharp adze!", ""]
            #expect(try TextEmbedder(exported).embed(texts) == TextEmbedder(source).embed(texts))
        }
    }

    @Test func anExistingFolderStaysUnlessReplacingIsAsked() throws {
        try withTemporaryFolder { folder in
            let bundle = try ModelBundle(path: fixture("seqcls-odd"))
            try bundle.export(to: folder + "/a", format: .safetensors)
            #expect(refusal { try bundle.export(to: folder + "/a", format: .pt) } is FileError)
            #expect(try folderEntries(folder + "/a").contains("model.safetensors"))
            try bundle.export(to: folder + "/a", format: .pt, replacing: true)
            #expect(try !folderEntries(folder + "/a").contains("model.safetensors"))
            #expect(try folderEntries(folder) == ["a"])
        }
    }
}
