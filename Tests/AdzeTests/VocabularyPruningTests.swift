// A model with a part of its vocabulary: the same logits for the texts that chose it, in both precisions and under every
// head; the rows and ids that are left, in memory, in files and in folders.

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import AdzeTokenization
import Foundation
import Testing

@testable import Adze

@Suite struct VocabularyPruningTests {
    static let texts = ["the oak beam was cut!", "Good oaks, split by it", "sawed", "жук the"]
    static let models =
        ["seqcls-gelu", "seqcls-odd", "tokencls", "questions", "nextsentence", "pretraining", "maskedlm-tied"]
        .map { fixture($0) } + ["maskedlm-untied", "bertmodel-pooler", "sentence-transformers"].map { fixture($0) }
        + FamilyFixtures.folders(with: "golden.safetensors").map { Fixtures.path($0) }

    private func choice(_ bundle: ModelBundle, _ texts: [String] = texts) throws -> VocabularyChoice {
        var corpus = try CorpusVocabulary(bundle)
        for text in texts { corpus.add(TextInput(text, pair: "too short")) }
        return try corpus.choice()
    }

    /// All that a model computes for texts, its logits of the vocabulary at the ids of a map alone.
    private func outputs(
        _ engine: Engine, _ tokenizer: Tokenizer, _ texts: [String], at ids: [Int]
    ) throws -> [[UInt32]] {
        let (config, head) = (engine.model.config, engine.model.head)
        let sequences = texts.map {
            tokenizer.sequence($0, pair: "too short", maximumLength: config.tokenLimit, for: config).sequence
        }
        return try engine.run(sequences, outputs: head.outputs).map { output in
            var words: [Float] = []
            for start in stride(from: 0, to: output.vocabularyLogits.count, by: config.vocabularySize) {
                words += ids.map { output.vocabularyLogits[start + $0] }
            }
            return (output.logits + output.tokenLogits + words + output.nextSentenceLogits + output.firstToken)
                .map(\.bitPattern)
        }
    }

    private func expectSameBits(
        _ old: ModelBundle, _ new: ModelBundle, _ map: VocabularyMap, _ texts: [String] = texts,
        in precisions: [Precision] = [.fp32, .int8], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let pool = WorkerPool(threadCount: 2)
        for precision in precisions {
            let before = try outputs(
                Engine(old, precision: precision, pool: pool), old.requireTokenizer(), texts, at: map.kept)
            let after = try outputs(
                Engine(new, precision: precision, pool: pool), new.requireTokenizer(), texts, at: Array(0..<map.count))
            #expect(
                before == after && before.allSatisfy { !$0.isEmpty }, "\(precision)", sourceLocation: sourceLocation)
        }
    }

    // MARK: Bits

    @Test(arguments: models) func logitsAreEqualBitForBit(_ path: String) throws {
        let bundle = try ModelBundle(path: path)
        let choice = try choice(bundle)
        #expect(choice.keptCount < choice.count && choice.grounds == .texts(4))
        let pruned = try bundle.keeping(vocabulary: choice)
        try expectSameBits(bundle, pruned, choice.map)
        try withTemporaryFolder { folder in
            let file = folder + "/a.adze"
            _ = try pruned.convert(to: file)
            let written = try ModelBundle(path: file)
            try expectSameBits(bundle, written, choice.map)
            #expect(try written.verify().comparedInt8)
            _ = try pruned.export(to: folder + "/hf", format: .safetensors)
            let read = try ModelBundle(path: folder + "/hf")
            #expect(try bits(read) == bits(pruned) && read.tokenizer?.vocabulary == pruned.tokenizer?.vocabulary)
            #expect(read.tokenizer?.settings == pruned.tokenizer?.settings)
        }
    }

    @Test(arguments: NativeStore.allCases) func filesKeepTheirCodes(_ store: NativeStore) throws {
        for path in [fixture("seqcls-gelu"), Fixtures.path("families/mpnet/masked"), fixture("maskedlm-untied")] {
            try withTemporaryFolder { folder in
                var options = ConversionOptions()
                options.store = store
                _ = try ModelBundle(path: path).convert(to: folder + "/a.adze", options: options)
                let whole = try ModelBundle(path: folder + "/a.adze")
                let choice = try choice(whole)
                let pruned = try whole.keeping(vocabulary: choice)
                try expectSameBits(whole, pruned, choice.map)
                _ = try pruned.convert(to: folder + "/b.adze", options: options)
                // A file without codes gets them of sentences that it may cut otherwise.
                try expectSameBits(
                    whole, ModelBundle(path: folder + "/b.adze"), choice.map,
                    in: store == .fp32 ? [.fp32] : [.fp32, .int8])
            }
        }
    }

    /// What a gate kept in fp32 stays there; what it measured is no longer said.
    @Test func layersInFP32StayThere() throws {
        try withTemporaryFolder { folder in
            let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
            var options = ConversionOptions()
            var plan = try bundle.measuredPlan(.builtIn, pool: WorkerPool(threadCount: 1))
            plan = plan.keeping([.wordEmbeddings, .feedForwardUp(block: 1)], of: bundle.checkpoint)
            plan.report?["quality"] = .object(["texts": .integer(1)])
            options.plan = plan
            _ = try bundle.convert(to: folder + "/a.adze", options: options)
            let whole = try ModelBundle(path: folder + "/a.adze")
            let choice = try choice(whole)
            _ = try whole.keeping(vocabulary: choice).convert(to: folder + "/b.adze")
            let file = try ModelBundle(path: folder + "/b.adze")
            try expectSameBits(whole, file, choice.map)
            func inFP32(_ bundle: ModelBundle) -> [String] {
                bundle.source.native?.records.filter { if case .float32 = $0.scheme { true } else { false } }.map(
                    \.name)
                    ?? []
            }
            #expect(inFP32(file) == inFP32(whole) && !inFP32(file).isEmpty)
            #expect(file.source.native?.metadata.report?["quality"] == nil)
            #expect(file.source.native?.metadata.report?["calibration"] != nil)
        }
    }

    /// Codes beyond a byte stay with their rows.
    @Test func outliersFollowTheirRows() throws {
        let bundle = try ModelBundle(path: Fixtures.path("families/mpnet/masked"))
        let parameters = bundle.checkpoint.parameters
        let decoder = parameters.filter { $0.hasWordRows && $0.role == .weight }
        let map = VocabularyMap(keeping: [0, 1, 2, 5], of: 92)
        for parameter in parameters.filter({ $0.group != nil }) {
            let columns = parameter.shape.rowLength
            let all = WeightOutliers(elements: [parameter.name: [1, 2 * columns, 3 * columns, 5 * columns + 4]])
            let left = all.keepingWords(map, of: parameters).elements(parameter.name)
            let expected =
                parameter.hasWordRows ? [1, 2 * columns, 3 * columns + 4] : all.elements(parameter.name)
            #expect(left == expected, "\(parameter.name)")
        }
        #expect(decoder.count == (bundle.checkpoint.head.decoder == .separate ? 1 : 0))
    }

    // MARK: Rows

    @Test(arguments: models) func rowsKeepTheirBits(_ path: String) throws {
        let bundle = try ModelBundle(path: path)
        let choice = try choice(bundle)
        let pruned = try bundle.keeping(vocabulary: choice)
        let (old, new) = (try bits(bundle), try bits(pruned))
        #expect(pruned.checkpoint.config.vocabularySize == choice.keptCount && old.count == new.count)
        var cut = 0
        for parameter in bundle.checkpoint.parameters {
            let (before, after) = (old[parameter.name] ?? [], new[parameter.name] ?? [])
            guard parameter.hasWordRows else {
                #expect(before == after, "\(parameter.name)")
                continue
            }
            cut += 1
            let width = before.count / choice.count
            #expect(after == choice.map.kept.flatMap { before[$0 * width..<($0 + 1) * width] }, "\(parameter.name)")
        }
        let decoder = bundle.checkpoint.head.decoder
        let biases = bundle.checkpoint.config.biases.decoder ? 1 : 0
        #expect(cut == (decoder == nil ? 1 : decoder == .tied ? 1 + biases : 2 + biases))
        let infos = pruned.checkpoint.store.tensorsByName
        for parameter in pruned.checkpoint.parameters { #expect(infos[parameter.name]?.shape == parameter.shape) }
    }

    @Test(arguments: ["models/maskedlm-tied", "families/electra/masked", "families/distilbert/masked"])
    func tiedDecoderFollows(_ name: String) throws {
        let bundle = try ModelBundle(path: Fixtures.path(name))
        #expect(bundle.checkpoint.head.decoder == .tied)
        let texts = ["the [MASK] beam was cut", "the oak was split"]
        let pruned = try bundle.keeping(vocabulary: choice(bundle, texts))
        try withTemporaryFolder { folder in
            _ = try pruned.export(to: folder + "/hf", format: .pt)
            let read = try ModelBundle(path: folder + "/hf")
            #expect(read.checkpoint.head.decoder == .tied && read.checkpoint.config.vocabularySize < 87)
            func ratio(_ bundle: ModelBundle) throws -> Double {
                let found = try MaskFiller(bundle, precision: .fp32).fill(texts[0], topK: 87).masks[0]
                func score(_ word: String) throws -> Double { try #require(found.first { $0.text == word }).score }
                return try score("oak") / score("split")
            }
            let (before, after) = (try ratio(bundle), try ratio(read))
            #expect(abs(before / after - 1) < 1e-5, "the softmax is over fewer words, whose logits are the same")
        }
    }

    @Test func rowsBeyondTheVocabularyGo() throws {
        try withTemporaryFolder { folder in
            let name = "bert.embeddings.word_embeddings.weight"
            try writeModel("seqcls-gelu", to: folder + "/m", config: ["vocab_size": 96]) { key, tensor in
                guard key == name else { return tensor }
                let more = [Float](repeating: 9, count: 9 * tensor.shape.rowLength)
                return Tensor(shape: Shape(96, tensor.shape.rowLength), floats: tensor.floats() + more)
            }
            let bundle = try ModelBundle(path: folder + "/m")
            let some = try choice(bundle)
            #expect(some.surplusRows == 9 && some.count == 87)
            try expectSameBits(bundle, try bundle.keeping(vocabulary: some), some.map)
            let all = try choice(
                bundle, Self.texts + [bundle.requireTokenizer().vocabulary.tokens.joined(separator: " ")])
            #expect(!all.dropsNothing)
            #expect(try bundle.keeping(vocabulary: all).checkpoint.config.vocabularySize == all.keptCount)
        }
    }

    @Test func aVocabularyThatIsNeededStays() throws {
        let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
        var words = bundle.tokenizer?.vocabulary.tokens ?? []
        words += words.filter { $0.hasPrefix("##") }.map { "the" + $0.dropFirst(2) }
        let choice = try choice(bundle, [words.joined(separator: " ")])
        #expect(choice.dropsNothing && choice.map.keepsAll)
        let same = try bundle.keeping(vocabulary: choice)
        #expect(same.edits.isEmpty && same.uncut == nil && same.checkpoint.config == bundle.checkpoint.config)
    }

    // MARK: Ids

    @Test func paddingAndFramesFollow() throws {
        let mpnet = try ModelBundle(path: Fixtures.path("families/mpnet/sequence"))
        let pruned = try mpnet.keeping(vocabulary: choice(mpnet, ["oak"]))
        let tokenizer = try pruned.requireTokenizer()
        #expect(tokenizer.paddingID == 1 && pruned.checkpoint.config.padTokenID == 1)
        #expect(
            pruned.checkpoint.config.positions.padID == 1 && tokenizer.maskID == Int32(tokenizer.vocabulary.count - 1))
        #expect(tokenizer.encode("oak", pair: "oak", maximumLength: 9).ids.first == tokenizer.classifierID)
        #expect(tokenizer.vocabulary.id(of: "beam") == nil && tokenizer.vocabulary.id(of: "oak") != nil)
        // A padding that is not the first piece closes up with the others.
        try withTemporaryFolder { folder in
            try writeModel("seqcls-gelu", to: folder + "/m", config: ["pad_token_id": 80])
            let bundle = try ModelBundle(path: folder + "/m")
            let choice = try choice(bundle, ["oak"])
            let config = try bundle.keeping(vocabulary: choice).checkpoint.config
            #expect(choice.map[80] == config.padTokenID && config.padTokenID < 80)
            #expect(config.json["pad_token_id"] == .integer(config.padTokenID))
        }
    }

    @Test func theFileSaysWhatWasDone() throws {
        try withTemporaryFolder { folder in
            let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
            let choice = try choice(bundle)
            let pruned = try bundle.keeping(blocks: [0, 2]).keeping(vocabulary: choice)
            _ = try pruned.convert(to: folder + "/a.adze")
            let file = try ModelBundle(path: folder + "/a.adze")
            let cuts = file.source.native?.metadata.provenance?["pruned"]?.array ?? []
            #expect(cuts.count == 2 && cuts.first?["of"] == .integer(3))
            let cut: JSONObject = [
                "pieces": .integer(choice.keptCount), "ofPieces": .integer(87), "texts": .integer(4),
            ]
            #expect(cuts.last == .object(cut))
            let latin = try file.vocabulary(of: .latin)
            #expect(latin.dropsNothing, "English letters and words alone")
            let again = try file.keeping(vocabulary: self.choice(file, ["the oak"]))
            try expectSameBits(file, again, self.choice(file, ["the oak"]).map, ["the oak"])
        }
    }

    // MARK: Texts

    @Test func everyWayOfCuttingCounts() throws {
        try withTemporaryFolder { folder in
            try FileManager.default.copyItem(atPath: fixture("sentence-transformers"), toPath: folder + "/m")
            try write(
                "{\"prompts\": {\"q\": \"sawing: \"}, \"default_prompt_name\": \"q\"}", folder + "/m",
                "config_sentence_transformers.json")
            let bundle = try ModelBundle(path: folder + "/m")
            #expect(bundle.sentenceRecipe?.defaultPrompt == "sawing: ")
            let choice = try choice(bundle, ["oak"])
            let pruned = try bundle.keeping(vocabulary: choice)
            #expect(try TextEmbedder(bundle).embed(["oak"]) == TextEmbedder(pruned).embed(["oak"]))
            #expect(try pruned.requireTokenizer().tokens(of: "sawing") == ["saw", "##ing"])
        }
        let cleaned = try ModelBundle(path: fixture("seqcls-gelu")).cleaning(
            .by(TextCleaner([.punctuation])))
        #expect(try cleaned.keeping(vocabulary: choice(cleaned, ["be.am"])).tokenizer?.vocabulary.id(of: "beam") != nil)
    }

    @Test func textsThatChangeAreNoticed() throws {
        let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
        let choice = try choice(bundle)
        var check = try VocabularyCheck(bundle, choice)
        for text in Self.texts { try check.check(TextInput(text, pair: "too short")) }
        #expect(check.textCount == 4)
        #expect(throws: BundleError.changedCorpus(text: 5)) { try check.check(TextInput("adze")) }
    }

    @Test func whatChoosesNothingIsRefused() throws {
        let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
        #expect(throws: BundleError.noCorpusTokens(texts: 0)) { try CorpusVocabulary(bundle).choice() }
        var empty = try CorpusVocabulary(bundle)
        empty.add(TextInput(" \n"))
        #expect(throws: BundleError.noCorpusTokens(texts: 1)) { try empty.choice() }
        var foreign = try CorpusVocabulary(bundle)
        foreign.add(TextInput("жук и мир"))
        #expect(throws: BundleError.foreignCorpus(tokens: 3)) { try foreign.choice() }
        try withTemporaryFolder { folder in
            try writeModel("seqcls-gelu", to: folder + "/far", config: ["pad_token_id": 87])
            let far = #expect(throws: (any Error).self) { try ModelBundle(path: folder + "/far") }
            #expect("\(String(describing: far))".contains("pad_token_id"))
            // A row that no token of the vocabulary has.
            try writeModel("seqcls-gelu", to: folder + "/m", config: ["pad_token_id": 86])
            try FileManager.default.removeItem(atPath: folder + "/m/tokenizer.json")
            let words = try String(contentsOfFile: folder + "/m/vocab.txt", encoding: .utf8).split(separator: "\n")
            try words.dropLast().joined(separator: "\n").write(
                toFile: folder + "/m/vocab.txt", atomically: true, encoding: .utf8)
            let bundle = try ModelBundle(path: folder + "/m")
            #expect(
                refusal { try bundle.vocabulary(of: .latin) } as? BundleError
                    == .paddingWithoutToken(id: 86, tokens: 86))
            try FileManager.default.removeItem(atPath: folder + "/m/vocab.txt")
            let bare = try ModelBundle(path: folder + "/m")
            #expect(refusal { try bare.vocabulary(of: .latin) } as? BundleError == .noTokenizer)
        }
    }
}
