// Texts in, vectors out: the sentence-transformers golden, and each pooling by its definition.

import Adze
import AdzeBytes
import AdzeHuggingFace
import AdzeModels
import AdzeTensors
import AdzeTestSupport
import Foundation
import Testing

@Suite struct EmbedderTests {
    func open(_ name: String) throws -> TextEmbedder {
        try TextEmbedder(contentsOf: URL(filePath: fixture(name)), threads: 2)
    }

    func sentences() throws -> (texts: [String], rows: [[Float]]) {
        let json = try parsed("models/sentence-transformers/embeddings.json")
        let rows = try tensors(fixture("sentence-transformers") + "/embeddings.safetensors").load("embeddings")
        let texts = (json["texts"]?.array ?? []).compactMap { $0["text"]?.string }
        let size = rows.shape[1]
        return (texts, texts.indices.map { Array(rows.floats()[$0 * size..<($0 + 1) * size]) })
    }

    @Test func sentenceVectorsEqualTheGolden() throws {
        let (texts, rows) = try sentences()
        let embedder = try open("sentence-transformers")
        #expect(texts.count == 5)
        #expect(embedder.maximumLength == 12 && embedder.normalizesByDefault)
        #expect(embedder.defaultPooling == .tokens([.mean]))
        for (found, expected) in zip(try embedder.embed(texts), rows) {
            #expect(largestDifference(found, expected) < 1e-5)
        }
        #expect(try embedder.embed(Array(texts.reversed())) == embedder.embed(texts).reversed())
        #expect(try texts.map { try embedder.embed([$0])[0] } == embedder.embed(texts))
    }

    @Test func poolingsByDefinition() throws {
        let embedder = try open("bertmodel-pooler")
        let texts = ["The oak beam was cut.", "", "A sharp adze!"]
        let outputs = try embedder.run(texts, outputs: [.sequence, .pooled])
        for (index, output) in outputs.enumerated() {
            let (count, size) = (output.tokenCount, output.sequence.count / output.tokenCount)
            let rows = (0..<count).map { Array(output.sequence[$0 * size..<($0 + 1) * size]) }
            func column(_ make: ([Float]) -> Float) -> [Float] { (0..<size).map { at in make(rows.map { $0[at] }) } }
            let total = Float(count * (count + 1)) / 2
            let expected: [(Pooling, [Float])] = [
                (.pooled, output.pooled), (.tokens([.cls]), rows[0]), (.tokens([.lastToken]), rows[count - 1]),
                (.tokens([.max]), column { $0.max() ?? .nan }),
                (.tokens([.mean]), column { $0.reduce(0, +) / Float(count) }),
                (.tokens([.meanSqrtLength]), column { $0.reduce(0, +) / Float(count).squareRoot() }),
                (.tokens([.weightedMean]), column { zip($0, 1...).reduce(0) { $0 + $1.0 * Float($1.1) } / total }),
                (.tokens([.lastToken, .cls]), rows[count - 1] + rows[0]),
            ]
            for (pooling, vector) in expected {
                let found = try embedder.embed(texts, pooling: pooling)[index]
                #expect(largestDifference(found, vector) < 1e-5, "\(pooling)")
                let unit = try embedder.embed(texts, pooling: pooling, normalize: true)[index]
                let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
                #expect(largestDifference(unit, vector.map { $0 / length }) < 1e-5, "\(pooling)")
            }
        }
    }

    @Test func aModelWithoutAPoolerSaysSo() throws {
        let embedder = try open("bertmodel-nopooler")
        #expect(
            refusal { try embedder.embed(["oak"], pooling: .pooled) } as? CheckpointError
                == .noPooler(what: "the pooled output"))
    }

    /// A prompt stands before every text, and both are lower-cased, as the library does it.
    @Test func promptAndLowerCasingComeFirst() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try FileManager.default.copyItem(atPath: fixture("sentence-transformers"), toPath: path)
            try write(
                #"{"prompts": {"q": "THE OAK "}, "default_prompt_name": "q"}"#, path,
                "config_sentence_transformers.json")
            try write(#"{"max_seq_length": 12, "do_lower_case": true}"#, path, "sentence_bert_config.json")
            try write(#"{"do_lower_case": false, "tokenizer_class": "BertTokenizer"}"#, path, "tokenizer_config.json")
            try FileManager.default.removeItem(atPath: path + "/tokenizer.json")
            let embedder = try TextEmbedder(contentsOf: URL(filePath: path))
            #expect(try embedder.encode(["ADZE"]).map(\.ids) == [[2, 37, 48, 46, 3]])
        }
    }

    @Test func allOutputsAreWritten() throws {
        try withTemporaryFolder { folder in
            let embedder = try open("bertmodel-pooler")
            let all: OutputRequest = [.sequence, .pooled, .hiddenStates, .attentions]
            try embedder.writeOutputs(of: ["oak", ""], all, to: folder + "/o", replacing: false)
            let file = try tensors(folder + "/o")
            let shapes = file.tensorsByName.mapValues(\.shape)
            #expect(shapes["0.ids"] == Shape(3) && shapes["1.ids"] == Shape(2))
            #expect(shapes["0.sequence"] == Shape(3, 12) && shapes["0.pooled"] == Shape(12))
            #expect(shapes["0.hidden"] == Shape(5, 3, 12) && shapes["0.attentions"] == Shape(4, 2, 3, 3))
            let run = try embedder.run(["oak", ""], outputs: all)
            #expect(try file.load("1.sequence").floats() == run[1].sequence)
            #expect(try file.load("1.attentions").floats() == run[1].attentions.flatMap { $0 })
        }
    }

    // MARK: The real checkpoint

    @Test(.enabled(if: Fixtures.miniLM != nil), arguments: [false, true]) func realModel(cut: Bool) throws {
        let json = try parsed("real-minilm/golden.json")
        let texts = (json["sentences"]?.array ?? []).compactMap { $0["text"]?.string }
        let golden = try tensors(Fixtures.path("real-minilm/golden.safetensors"))
        let expected = try golden.load(cut ? "first:3/embeddings" : "embeddings")
        var bundle = try ModelBundle(path: try #require(Fixtures.miniLM).path(percentEncoded: false))
        if cut { bundle = try bundle.keeping(blocks: [0, 1, 2]) }
        let embedder = try TextEmbedder(bundle)
        let found = try embedder.embed(texts, pooling: .tokens([.mean]), normalize: true)
        #expect(try embedder.encode(texts).map(\.ids) == (json["sentences"]?.array ?? []).map(ids))
        #expect(largestDifference(found.flatMap { $0 }, expected.floats()) < 1e-4)
    }

    /// By the model's own recipe; its limit of 384 tokens cuts one of the texts.
    @Test(.enabled(if: Fixtures.mpnet != nil)) func realMPNet() throws {
        let golden = try tensors(Fixtures.path("real-mpnet/golden.safetensors"))
        let texts = try String(contentsOf: Fixtures.folder.appending(path: "real-mpnet/golden.txt"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
        let ids = try golden.load("ids").floats().map { Int32($0) }
        let starts = try golden.load("offsets").floats().map { Int($0) }
        let rows = zip(starts, starts.dropFirst()).map { Array(ids[$0..<$1]) }
        let embedder = try TextEmbedder(contentsOf: try #require(Fixtures.mpnet))
        #expect(texts.count == 12 && embedder.maximumLength == 384 && embedder.normalizesByDefault)
        #expect(try embedder.encode(texts).map(\.ids) == rows)
        let found = try embedder.embed(texts)
        #expect(largestDifference(found.flatMap { $0 }, try golden.load("embeddings").floats()) < 1e-5)
    }
}
