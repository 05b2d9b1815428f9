// Words added to a model: the rows that they start with, every verb on the model with them, files of words.

import Adze
import AdzeBytes
import AdzeModelFiles
import AdzeModels
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@Suite struct AddedWordTests {
    private func classifier() throws -> ModelBundle { try ModelBundle(path: Fixtures.path("models/seqcls-gelu")) }

    @Test func aRowIsTheMeanOfItsPieces() throws {
        let bundle = try classifier()
        let tokenizer = try bundle.requireTokenizer()
        let extended = try bundle.addingTokens(["oakbeam", "beamoak", "oak"])
        #expect(extended.addedCount == 2 && extended.known == ["oak"])
        let name = "embeddings.word_embeddings.weight"
        let old = try bundle.checkpoint.store.load(name)
        let new = try extended.bundle.checkpoint.store.load(name)
        let (rows, width) = (tokenizer.vocabulary.count, old.shape.rowLength)
        #expect(new.shape[0] == max(old.shape[0], rows + 2))
        #expect(Array(new.floats().prefix(rows * width)) == Array(old.floats().prefix(rows * width)))
        let pieces = tokenizer.ids(of: "oakbeam").map(Int.init)
        let values = old.floats()
        let expected = (0..<width).map { column in
            Float(pieces.reduce(0.0) { $0 + Double(values[$1 * width + column]) } / Double(pieces.count))
        }
        #expect(Array(new.floats()[rows * width..<(rows + 1) * width]) == expected)
        #expect(extended.bundle.checkpoint.config.vocabularySize == new.shape[0])
    }

    @Test func theFileHasTheWordsAndPredicts() throws {
        let extended = try classifier().addingTokens(["oakbeam"])
        try withTemporaryFolder { folder in
            let path = folder + "/more.adze"
            _ = try extended.bundle.convert(to: path)
            let file = try ModelBundle(path: path)
            #expect(try file.requireTokenizer().tokens(of: "OakBeam") == ["oakbeam"])
            #expect(file.source.native?.metadata.provenance?["addedTokens"] == .integer(1))
            let texts = ["the oakbeam was cut", "good"]
            let memory = try TextClassifier(extended.bundle, precision: .fp32).classify(texts).map(\.logits)
            #expect(try TextClassifier(file, precision: .fp32).classify(texts).map(\.logits) == memory)
            #expect(try TextClassifier(classifier(), precision: .fp32).classify(["good"])[0].logits == memory[1])
            try file.export(to: folder + "/folder", format: .safetensors)
            let folder = try ModelBundle(path: folder + "/folder")
            #expect(try TextClassifier(folder, precision: .fp32).classify(texts).map(\.logits) == memory)
        }
    }

    @Test func theDecoderOfAMaskedModelGrowsToo() throws {
        for name in ["maskedlm-tied", "maskedlm-untied"] {
            let bundle = try ModelBundle(path: Fixtures.path("models/\(name)"))
            let extended = try bundle.addingTokens(["oakbeam"]).bundle
            let infos = extended.checkpoint.store.tensorsByName
            for parameter in extended.checkpoint.config.parameters(head: extended.checkpoint.head) {
                #expect(infos[parameter.name]?.shape == parameter.shape, "\(parameter.name)")
                #expect(try extended.checkpoint.store.load(parameter.name).shape == parameter.shape)
            }
        }
    }

    @Test func filesOfWords() throws {
        func words(_ text: String) throws -> [String] {
            try withTemporaryFile(Array(text.utf8)) { try ModelBundle.readTokens(path: $0) }
        }
        #expect(try words("\u{FEFF}covid-19\r\n\n  heart attack \t\nx") == ["covid-19", "heart attack", "x"])
        #expect(throws: LocatedError.self) { try words("\n \n") }
        #expect(throws: LocatedError.self) { try words("a\0b") }
        #expect(throws: FileError.self) { try ModelBundle.readTokens(path: "/nowhere/words.txt") }
    }
}
