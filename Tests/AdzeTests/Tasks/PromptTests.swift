// A masked language model as a classifier by a prompt: the tokens and logits of transformers, the logits of the masked language
// model itself, what is carried by files, and wordings that are refused.

import AdzeBytes
import AdzeModels
import AdzeTestSupport
import AdzeThreads
import AdzeTokenization
import Testing

@testable import Adze

@Suite struct PromptTests {
    /// A prompt beside PyTorch (Tools/reference/make_prompt_golden.py).
    struct PromptGolden {
        let base: String
        let prompt: Prompt
        let texts: [String]
        let ids: [[Int32]]
        let logits: [[Float]]

        init(_ folder: String) throws {
            let json = try parseJSON(Fixtures.bytes(folder + "/golden.json"))
            base = try #require(json["base"]?.string)
            let words = (json["words"]?.array ?? []).compactMap(\.array).compactMap { $0.compactMap(\.string) }
            prompt = Prompt(
                template: try PromptTemplate(try #require(json["template"]?.string)),
                answers: words.map { Prompt.Answer(label: $0[0], word: $0[1]) })
            texts = (json["texts"]?.array ?? []).compactMap(\.string)
            let golden = try tensors(Fixtures.path(folder + "/golden.safetensors"))
            let starts = try golden.load("offsets").floats().map { Int($0) }
            let all = try golden.load("ids").floats().map { Int32($0) }
            ids = zip(starts, starts.dropFirst()).map { Array(all[$0..<$1]) }
            let values = try golden.load("logits").floats()
            logits = texts.indices.map { Array(values[$0 * words.count..<($0 + 1) * words.count]) }
        }

        func bundle() throws -> ModelBundle { try ModelBundle(path: Fixtures.path(base)) }
    }

    @Test(arguments: FamilyFixtures.prompts) func tokensAndLogitsAreThoseOfTransformers(folder: String) throws {
        let golden = try PromptGolden(folder)
        let bundle = try golden.bundle().prompted(golden.prompt)
        let tokenizer = try #require(bundle.tokenizer)
        for (text, ids) in zip(golden.texts, golden.ids) {
            #expect(tokenizer.encode(text, maximumLength: 512).ids == ids)
        }
        let found = try logits(bundle, golden.texts)
        for (found, expected) in zip(found, golden.logits) { #expect(largestDifference(found, expected) < 1e-5) }
        // The folder that PyTorch's model was written to is the same model.
        let written = try ModelBundle(path: Fixtures.path(folder))
        #expect(written.checkpoint.head == bundle.checkpoint.head)
        #expect(try bits(written) == bits(bundle))
    }

    /// Its logits are those of the words among all of the vocabulary's.
    @Test(arguments: FamilyFixtures.prompts) func logitsAreThoseOfTheMaskedModel(folder: String) throws {
        let golden = try PromptGolden(folder)
        let base = try golden.bundle()
        let found = try logits(base.prompted(golden.prompt), golden.texts)
        let vocabulary = try #require(base.tokenizer).vocabulary
        let mask = try #require(base.tokenizer?.maskID)
        let engine = try Engine(base, precision: .fp32, pool: WorkerPool(threadCount: 2))
        let whole = try engine.run(
            golden.ids.map { TokenSequence(ids: $0) }, outputs: .vocabularyLogits,
            positions: golden.ids.map { [$0.firstIndex(of: mask) ?? -1] }
        ) { $0.vocabularyLogits }
        for (found, whole) in zip(found, whole) {
            let words = golden.prompt.answers.map { whole[vocabulary.id(of: $0.word) ?? 0] }
            #expect(largestDifference(found, words) < 1e-6)
        }
    }

    /// A file, a folder and a model of fewer pieces are the same classifier.
    @Test(arguments: FamilyFixtures.prompts) func theTemplateGoesWhereTheModelGoes(folder: String) throws {
        let golden = try PromptGolden(folder)
        let bundle = try golden.bundle().prompted(golden.prompt)
        let expected = try logits(bundle, golden.texts)
        try withTemporaryFolder { place in
            _ = try bundle.convert(to: place + "/m.adze")
            try bundle.export(to: place + "/folder", format: .safetensors)
            for path in ["/m.adze", "/folder"] {
                let again = try ModelBundle(path: place + path)
                #expect(try logits(again, golden.texts) == expected, "\(path)")
                #expect(again.tokenizer?.settings.frames == bundle.tokenizer?.settings.frames)
                #expect(again.checkpoint.head.labels == golden.prompt.answers.map(\.label))
            }
            let facts = try ModelBundle(path: place + "/m.adze").source.native?.metadata.provenance?["prompt"]
            #expect(facts?["template"]?.string == golden.prompt.template.wording)
        }
        var corpus = try CorpusVocabulary(bundle)
        for text in golden.texts { corpus.add(TextInput(text)) }
        let smaller = try bundle.keeping(vocabulary: corpus.choice())
        #expect(smaller.checkpoint.config.vocabularySize < bundle.checkpoint.config.vocabularySize)
        #expect(try logits(smaller, golden.texts) == expected)
    }

    /// A long text gives way, the prompt does not; and so do all windows.
    @Test func theMaskIsNeverCutOff() throws {
        let bundle = try prompted("{text}. it was [MASK].")
        let tokenizer = try #require(bundle.tokenizer)
        let long = String(repeating: "the oak was good ", count: 20)
        let frame = tokenizer.specialTokenCount(pair: false)
        #expect(frame == 7)
        for strategy in [LongText.head, .tail, .headAndTail, .headThenTail(head: 2), .window(stride: 1)] {
            for encoding in try tokenizer.encodeLong(long, maximumLength: 12, strategy: strategy) {
                let end = Array(encoding.ids.suffix(6))
                #expect(encoding.ids.count <= 12 && end[3] == tokenizer.maskID, "\(strategy)")
                #expect(encoding.specialTokensMask.count { $0 } == frame)
            }
        }
        #expect(throws: TokenizerError.self) { try tokenizer.encodeLong(long, maximumLength: 7, strategy: .head) }
    }

    @Test func pairsStandWhereTheTemplateSays() throws {
        func tokens(_ wording: String, pair: String?) throws -> String {
            let tokenizer = try #require(try prompted(wording).tokenizer)
            return tokenizer.encode("the oak", pair: pair, maximumLength: 40).ids
                .map { tokenizer.vocabulary.token(Int($0)) ?? "?" }.joined(separator: " ")
        }
        #expect(
            try tokens("{text}? {pair}! [MASK]", pair: "a beam") == "[CLS] the oak ? a beam ! [MASK] [SEP]")
        #expect(try tokens("{mask}! {text} and {pair}", pair: "a beam") == "[CLS] [MASK] ! the oak and a beam [SEP]")
        #expect(try tokens("{text}? {pair}! [MASK]", pair: nil) == "[CLS] the oak ? ! [MASK] [SEP]")
        #expect(try tokens("{text}! [MASK]", pair: "a beam") == "[CLS] the oak [SEP] a beam ! [MASK] [SEP]")
    }

    @Test(arguments: [
        ("it was [MASK]", PromptError.noText), ("{text} was good", .noMask(token: "[MASK]")),
        ("{text} [MASK] [MASK]", .severalMasks(2)), ("{text} {text} [MASK]", .texts), ("{pair} {text} [MASK]", .texts),
        ("{text} [MASK] {pair}", .maskBetween), ("{txt} [MASK]", .unknownSlot("{txt}", nearest: "text")),
        ("{text [MASK]", .unknownSlot("{text [MASK]", nearest: nil)), ("", .noText),
        ("{text} 日 [MASK]", .unknownWords(" 日 ")),
        ("{text}" + String(repeating: " oak", count: 70) + "[MASK]", .tooLong(tokens: 72, limit: 60)),
    ])
    func wordingsAreRefused(wording: String, error: PromptError) {
        #expect(refusal { try prompted(wording) } as? PromptError == error)
        #expect(!error.description.contains("\n") && error.description.hasPrefix("the template "))
    }

    @Test func wordsOfSeveralPiecesAreRefused() throws {
        let error = refusal { try prompted("{text} [MASK]", words: ("oaks", "beam")) } as? AnswerWordError
        #expect(error?.description.contains("2 pieces (oak ##s)") == true)
        #expect(refusal { try prompted("{text} [MASK]", words: ("日", "beam")) } is AnswerWordError)
        #expect(refusal { try prompted("{text} [MASK]", words: ("oak", "OAK")) } is AnswerWordError)
        #expect(
            refusal { try ModelBundle(path: fixture("seqcls-gelu")).prompted(prompt("{text} [MASK]")) } is BundleError)
        #expect(
            refusal { try ModelBundle(path: fixture("bertmodel-pooler")).prompted(prompt("{text} [MASK]")) }
                is BundleError)
    }

    // MARK: Pieces

    private func prompt(_ wording: String, words: (String, String) = ("short", "sharp")) throws -> Prompt {
        Prompt(
            template: try PromptTemplate(wording),
            answers: [Prompt.Answer(label: "bad", word: words.0), Prompt.Answer(label: "good", word: words.1)])
    }

    private func prompted(_ wording: String, words: (String, String) = ("short", "sharp")) throws -> ModelBundle {
        try ModelBundle(path: fixture("maskedlm-tied")).prompted(prompt(wording, words: words))
    }

    private func logits(_ bundle: ModelBundle, _ texts: [String]) throws -> [[Float]] {
        try TextClassifier(bundle, precision: .fp32, threads: 2).classify(texts.map { TextInput($0) })
            .map(\.logits)
    }
}
