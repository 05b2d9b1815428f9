// Tokenizers without a tokenizer.json: vocab.json with merges.txt and SentencePiece models, each class's numbering and rules,
// against what the conversion of transformers makes of the same files (Tools/reference/make_sentencepiece_golden.py). Not
// here: the reader of SentencePiece models.

import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Testing

@Suite struct SlowTokenizerTests {
    /// A folder's files and the answers.
    struct Folder: Sendable, CustomStringConvertible {
        let description: String
        let files: TokenizerFiles
        let count: Int
        let rows: [(text: String, ids: [Int32], offsets: [Int])]

        static let all: [Folder] = {
            guard let golden = try? parseJSON(Fixtures.bytes("tokenizer/sentencepiece.json")) else { return [] }
            return (golden["cases"]?.array ?? []).map { Folder($0, golden) }
        }()

        private init(_ value: JSONValue, _ golden: JSONValue) {
            description = value["name"]?.string ?? ""
            var files = TokenizerFiles(modelType: value["model_type"]?.string)
            for (name, text) in value["files"]?.object ?? [:] {
                if let file = TokenizerFile(rawValue: name) { files[file] = Array((text.string ?? text.text).utf8) }
            }
            if let file = value["model_file"]?.string.flatMap(TokenizerFile.init(rawValue:)) {
                let model = golden["models"]?[value["model"]?.string ?? ""]?["base64"]?.string ?? ""
                files[file] = Base64Text.decode(model)
            }
            self.files = files
            count = value["count"]?.integer ?? 0
            rows = zip(golden["texts"]?.array ?? [], value["converted"]?.array ?? []).compactMap { text, answer in
                guard let text = text.string, let parts = answer.array else { return nil }
                return (
                    text, (parts[0].array ?? []).map { Int32($0.integer ?? -1) },
                    (parts[1].array ?? []).map { $0.integer ?? -1 }
                )
            }
        }
    }

    @Test func thereAreFolders() { #expect(Folder.all.count == 7 && Folder.all.allSatisfy { $0.rows.count > 15 }) }

    @Test(arguments: Folder.all)
    func equalsTheConversion(_ folder: Folder) throws {
        let tokenizer = try Tokenizer(files: folder.files)
        #expect(tokenizer.vocabulary.count == folder.count)
        for row in folder.rows {
            let encoding = tokenizer.encode(row.text, maximumLength: .max, offsets: true)
            #expect(encoding.ids == row.ids, "\(folder): \(row.text.debugDescription)")
            #expect(
                encoding.offsets.flatMap { [$0.lowerBound, $0.upperBound] } == row.offsets,
                "\(folder): \(row.text.debugDescription)")
        }
    }

    @Test(
        arguments: [
            ("vocab.json alone", [.bytePairVocabulary: #"{"a":0}"#], "vocab.json: '': expected a merges.txt beside it"),
            (
                "a merge of three", [.bytePairVocabulary: #"{"a":0}"#, .merges: "#version: 0.2\na a a\n"],
                "merges.txt: 'line 2': expected two tokens with a space between, found 'a a a'"
            ),
            (
                "a merge of an unknown token", [.bytePairVocabulary: #"{"a":0}"#, .merges: "a b\n"],
                "merges.txt: 'merges': expected tokens of the vocabulary, found 'b' in merge 1"
            ),
            (
                "a merge that makes none", [.bytePairVocabulary: #"{"a":0,"b":1}"#, .merges: "a b\n"],
                "merges.txt: 'merges': expected merges that make tokens of the vocabulary, found 'ab' of merge 1"
            ),
            (
                "a gap", [.bytePairVocabulary: #"{"a":0,"b":2}"#, .merges: ""],
                "vocab.json: ids must run from 0 to 2 without gaps; id 1 is missing"
            ),
            (
                "a model of no class", [.xlmRobertaModel: "x"],
                "tokenizer_config.json: 'tokenizer_class': expected XLMRobertaTokenizer or CamembertTokenizer"
            ),
        ] as [(String, [TokenizerFile: String], String)])
    func refusesInOneLine(_ name: String, _ files: [TokenizerFile: String], _ message: String) {
        let found: String
        do throws(TokenizerError) {
            _ = try Tokenizer(files: TokenizerFiles(files.mapValues { Array($0.utf8) }))
            found = "accepted"
        } catch {
            found = error.description
        }
        #expect(found.hasPrefix(message), "\(name): \(found)")
    }
}
