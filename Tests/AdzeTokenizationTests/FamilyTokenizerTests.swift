// The tokenizers of MPNet, DistilBERT and ELECTRA, out of every state of their files, against what transformers
// answered (Tools/reference/make_family_tokenizer_golden.py). Not here: BERT's keys, which are
// `TokenizerSettingsTests`.

import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Testing

/// A folder's tokenizer files, and how transformers cuts texts by them.
struct FamilyCase: Sendable, CustomStringConvertible {
    struct Row: Sendable {
        let text: String
        let pair: String?
        let limit: Int?
        let ids: [Int32]
        let types: [Int32]
        let offsets: [Int]
    }

    let description: String
    let files: TokenizerFiles
    let rows: [Row]

    static let all: [FamilyCase] = {
        guard let golden = try? parseJSON(Fixtures.bytes("tokenizer/families.json")) else { return [] }
        return (golden["cases"]?.array ?? []).map { FamilyCase($0, golden) }
    }()

    private init(_ value: JSONValue, _ golden: JSONValue) {
        func vocabulary(_ name: JSONValue?) -> [String] {
            (golden["vocabularies"]?[name?.string ?? ""]?.array ?? []).compactMap(\.string)
        }
        var files = TokenizerFiles(modelType: value["model_type"]?.string)
        for (name, content) in value["files"]?.object ?? [:] {
            guard let file = TokenizerFile(rawValue: name) else { continue }
            var text = content.text
            if file == .vocabulary { text = vocabulary(content).joined(separator: "\n") + "\n" }
            if file == .json, var object = content.object, var model = object["model"]?.object {
                var ids: JSONObject = [:]
                for (id, token) in vocabulary(model["vocab"]).enumerated() { ids[token] = .integer(id) }
                model["vocab"] = .object(ids)
                object["model"] = .object(model)
                text = JSONValue.object(object).text
            }
            files[file] = Array(text.utf8)
        }
        description = value["name"]?.string ?? ""
        self.files = files
        let answers = golden["answers"]?[value["answers"]?.string ?? ""]?.array ?? []
        rows = zip(golden["texts"]?.array ?? [], answers).compactMap { text, answer in
            guard let parts = text.array, let first = parts[0].string else { return nil }
            return Row(
                text: first, pair: parts[1].string, limit: parts[2].integer,
                ids: (answer["ids"]?.array ?? []).map { Int32($0.integer ?? -1) },
                types: (answer["types"]?.string ?? "").utf8.map { Int32($0) - 48 },
                offsets: (answer["offsets"]?.array ?? []).map { $0.integer ?? -1 })
        }
    }

    /// The tokenizer gives every row's ids, types and offsets.
    func expectRows(_ tokenizer: Tokenizer, _ what: String) {
        for row in rows {
            let found = tokenizer.encode(row.text, pair: row.pair, maximumLength: row.limit ?? 1000, offsets: true)
            let name: Comment = "\(what): \(quoted(row.text)) \(quoted(row.pair ?? "")) \(row.limit ?? 0)"
            #expect(found.ids == row.ids, name)
            #expect(found.typeIDs == row.types, name)
            #expect(found.offsets.flatMap { [$0.lowerBound, $0.upperBound] } == row.offsets, name)
            let plain = tokenizer.encode(row.text, pair: row.pair, maximumLength: row.limit ?? 1000)
            #expect(plain.ids == row.ids, name)
        }
    }

    /// A part of the exported `tokenizer_config.json`.
    static func exportedConfig(_ tokenizer: Tokenizer, _ key: String) throws -> JSONValue? {
        let file = try #require(tokenizer.exportedFiles().first { $0.file == .config })
        return try parseJSON(file.bytes)[key]
    }
}

@Suite struct FamilyTokenizerTests {
    private func named(_ name: String) throws -> Tokenizer {
        try Tokenizer(files: #require(FamilyCase.all.first { $0.description == name }).files)
    }

    @Test func thereAreCases() {
        #expect(FamilyCase.all.count >= 20)
        #expect(FamilyCase.all.allSatisfy { $0.rows.count > 60 })
    }

    @Test(arguments: FamilyCase.all) func filesGiveTheTokensOfTransformers(_ family: FamilyCase) throws {
        family.expectRows(try Tokenizer(files: family.files), "as read")
    }

    @Test(arguments: FamilyCase.all) func tokensSurviveExportAndDescription(_ family: FamilyCase) throws {
        let tokenizer = try Tokenizer(files: family.files)
        let described = try Tokenizer(
            tokens: tokenizer.vocabulary.tokens, settings: parseJSON(Array(tokenizer.description.text.utf8)))
        #expect(described.settings == tokenizer.settings)
        family.expectRows(described, "from the description")
        let again = try Tokenizer(files: exported(tokenizer))
        #expect(again.settings == tokenizer.settings)
        #expect(again.description.text == tokenizer.description.text)
        #expect(again.notes.isEmpty, "\(again.notes)")
        family.expectRows(again, "from the exported files")
    }

    @Test func theClassThatDoesTheSameIsExported() throws {
        for (name, expected) in [
            ("MPNet's vocabulary and its class", "MPNetTokenizer"), ("MPNet's file alone", "MPNetTokenizer"),
            ("MPNet's file with a template under the generic class", "PreTrainedTokenizerFast"),
            ("a generic file without normalizer", "PreTrainedTokenizerFast"),
            ("DistilBERT's file", "DistilBertTokenizer"), ("ELECTRA's file", "BertTokenizer"),
        ] {
            let tokenizer = try named(name)
            #expect(try FamilyCase.exportedConfig(tokenizer, "tokenizer_class") == .string(expected), "\(name)")
        }
    }

    /// A model without a table of types must not be handed any.
    @Test func aGenericClassWithoutTypesIsToldSo() throws {
        let names = try FamilyCase.exportedConfig(
            named("MPNet's file with a template under the generic class"), "model_input_names")
        #expect(names == ["input_ids", "attention_mask"])
    }

    @Test func theBatchThatWasSavedLastIsNoLimit() throws {
        let tokenizer = try named("MPNet as all-mpnet-base-v2 has it, padded and cut")
        #expect(tokenizer.maximumLength == nil)
        #expect(tokenizer.encode("a b c d e f g h", maximumLength: 100).ids.count == 10)
        #expect(tokenizer.notes.isEmpty, "\(tokenizer.notes)")
    }

    @Test func rolesOfMPNet() throws {
        let tokenizer = try named("MPNet's vocabulary beside a model of its type")
        #expect(tokenizer.classifierID == 0 && tokenizer.paddingID == 1 && tokenizer.separatorID == 2)
        #expect(tokenizer.vocabulary.token(Int(try #require(tokenizer.maskID))) == "<mask>")
        #expect(tokenizer.specialTokenCount(pair: false) == 2 && tokenizer.specialTokenCount(pair: true) == 4)
        #expect(tokenizer.settings.frames == .doublySeparated)
    }

    /// Where nothing names a class, the frames of tokenizer.json tell whose tokens the roles are.
    @Test func aFileWithoutAnyClassIsToldByItsFrames() throws {
        var files = try #require(FamilyCase.all.first { $0.description == "MPNet's file alone" }).files
        files.modelType = nil
        let tokenizer = try Tokenizer(files: files)
        #expect(tokenizer.maskID != nil && tokenizer.paddingID == 1)
        #expect(tokenizer.notes.isEmpty, "\(tokenizer.notes)")
    }

    /// What BERT's class would put there is not put where no such class is.
    @Test func whatAGenericFileLeavesOutIsLeftOut() throws {
        let tokenizer = try named("a generic file without normalizer")
        let normalizer = tokenizer.settings.normalizer
        #expect(!normalizer.cleansText && !normalizer.separatesCJK && !normalizer.lowercases)
        #expect(normalizer.stripsAccents == nil)
    }

    @Test func whatAFileOfBERTLeavesOutIsAsItsClassHasIt() throws {
        let files = TokenizerFiles([.json: tokenizerJSON(["normalizer": "null", "post_processor": "null"])])
        let tokenizer = try Tokenizer(files: files)
        #expect(tokenizer.settings.normalizer == Normalizer() && tokenizer.settings.frames == .separated(typed: true))
    }

    @Test func aMaskTokenThatMPNetsVocabularyLacksIsLeftOut() throws {
        let tokenizer = try Tokenizer(
            files: TokenizerFiles([.vocabulary: Array("<s>\n<pad>\n</s>\n[UNK]\na\n".utf8)], modelType: "mpnet"))
        #expect(tokenizer.maskID == nil && tokenizer.vocabulary.count == 5)
        #expect(tokenizer.notes.contains("the vocabulary has no mask token '<mask>'; it is left out"))
    }

    /// The roles are the frame's ends where other files name tokens that nothing has: so an export gives them again.
    @Test func rolesThatNothingHasAreTheFramesEnds() throws {
        let frames = #"{"type":"RobertaProcessing","sep":["[MASK]",4],"cls":["[SEP]",3]}"#
        let config = bytes(#"{"cls_token":"<new>","sep_token":"<new>","pad_token":null}"#)
        let tokenizer = try Tokenizer(
            files: TokenizerFiles([.json: tokenizerJSON(["post_processor": frames]), .config: config]))
        #expect(tokenizer.classifierID == 3 && tokenizer.separatorID == 4)
        #expect(try Tokenizer(files: exported(tokenizer)).settings == tokenizer.settings)
    }
}
