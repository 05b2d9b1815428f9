// Byte pairs and unigram out of tokenizer.json, against what `tokenizers` answered
// (Tools/reference/make_subword_golden.py): every kind of file that a family here has, ids, types and offsets, and the same
// from the settings that a native file keeps and from the files that are exported. Not here: the files without tokenizer.json.

import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Testing

/// A tokenizer.json, and how the reference cuts texts by it.
struct SubwordCase: Sendable, CustomStringConvertible {
    let description: String
    let file: [UInt8]
    let rows: [FamilyCase.Row]

    static let all: [SubwordCase] = {
        guard let golden = try? parseJSON(Fixtures.bytes("tokenizer/subwords.json")) else { return [] }
        return (golden["cases"]?.array ?? []).map { SubwordCase($0, golden) }
    }()

    private init(_ value: JSONValue, _ golden: JSONValue) {
        description = value["name"]?.string ?? ""
        var object = value["file"]?.object ?? [:]
        var model = object["model"]?.object ?? [:]
        let entries = golden["vocabularies"]?[model["vocab"]?.string ?? ""]?.array ?? []
        if entries.first?.array != nil {
            model["vocab"] = .array(entries)
        } else {
            var ids: JSONObject = [:]
            for (id, token) in entries.enumerated() { ids[token.string ?? ""] = .integer(id) }
            model["vocab"] = .object(ids)
        }
        object["model"] = .object(model)
        file = Array(JSONValue.object(object).text.utf8)
        let texts = golden["rows"]?[value["rows"]?.string ?? ""]?.array ?? []
        rows = zip(texts, value["answers"]?.array ?? []).compactMap { text, answer in
            guard let parts = text.array, let first = parts[0].string, let answer = answer.array else { return nil }
            return FamilyCase.Row(
                text: first, pair: parts[1].string, limit: parts[2].integer,
                ids: (answer[0].array ?? []).map { Int32($0.integer ?? -1) },
                types: (answer[2].string ?? "").utf8.map { Int32($0) - 48 },
                offsets: (answer[3].array ?? []).map { $0.integer ?? -1 })
        }
    }

    func tokenizer() throws -> Tokenizer { try Tokenizer(files: TokenizerFiles([.json: file])) }
}

@Suite struct SubwordTests {
    @Test func thereAreCases() {
        #expect(SubwordCase.all.count == 22 && SubwordCase.all.allSatisfy { !$0.rows.isEmpty })
    }

    @Test(arguments: SubwordCase.all)
    func equalsTheReference(_ known: SubwordCase) throws { try check(known, known.tokenizer()) }

    @Test(arguments: SubwordCase.all)
    func settingsAndExportCutAlike(_ known: SubwordCase) throws {
        let tokenizer = try known.tokenizer()
        let again = try Tokenizer(tokens: tokenizer.vocabulary.tokens, settings: tokenizer.description)
        #expect(again.settings == tokenizer.settings && again.vocabulary == tokenizer.vocabulary)
        #expect(again.description == tokenizer.description)
        try check(known, again)
        var files = TokenizerFiles()
        for exported in tokenizer.exportedFiles() { files[exported.file] = exported.bytes }
        try check(known, Tokenizer(files: files))
    }

    /// Words come from the cache the second time, and offsets always by the steps.
    @Test(arguments: SubwordCase.all)
    func sameIDsWithOffsetsAndTwice(_ known: SubwordCase) throws {
        let tokenizer = try known.tokenizer()
        for row in known.rows {
            let plain = tokenizer.ids(of: row.text)
            #expect(plain == tokenizer.ids(of: row.text))
            let framed = tokenizer.encode(row.text, maximumLength: .max, offsets: true)
            let own = zip(framed.ids, framed.specialTokensMask).filter { !$0.1 }.map(\.0)
            #expect(own == plain, "\(row.text)")
        }
    }

    /// With what a text needs, and any pieces beside, it is cut as before.
    @Test(arguments: SubwordCase.all)
    func fewerPiecesCutTheirTextsAlike(_ known: SubwordCase) throws {
        let tokenizer = try known.tokenizer()
        for (number, rows) in [known.rows.prefix(7), known.rows.dropFirst(7)].enumerated() {
            var use = VocabularyUse(tokenizer)
            for row in rows { use.add(row.text) }
            let more = (0..<tokenizer.vocabulary.count).filter { $0 % 11 == number }
            for ids in [use.ids, use.ids + more] {
                let map = VocabularyMap(keeping: ids, of: tokenizer.vocabulary.count)
                let fewer = try tokenizer.keeping(map)
                #expect(fewer.vocabulary.count == map.count)
                for row in rows {
                    let expected = tokenizer.ids(of: row.text).map { map[Int($0)].map(Int32.init) }
                    #expect(fewer.ids(of: row.text) == expected, "\(known): \(row.text.debugDescription)")
                }
            }
        }
    }

    /// Two ways to cut ten marks have equal sums but for rounding; the scores are those of a real file, and `tokenizers` 0.23.3
    /// takes the first way. Exact numbers would take the second, as the last pieces then sum up.
    @Test func scoresAreRoundedAsTheReferenceReadsThem() throws {
        let file = #"""
            {"normalizer":null,"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"},
            "post_processor":null,"added_tokens":[],"model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],
            ["-",-5.129043102264404],["---",-12.130167007446289],["▁",-2.0122928619384766]]}}
            """#
        let tokenizer = try Tokenizer(files: TokenizerFiles([.json: Array(file.utf8)]))
        #expect(tokenizer.ids(of: "----------") == [3, 2, 2, 1, 2])
        var files = TokenizerFiles()
        for exported in tokenizer.exportedFiles() { files[exported.file] = exported.bytes }
        #expect(try Tokenizer(files: files).settings == tokenizer.settings)
    }

    private func check(_ known: SubwordCase, _ tokenizer: Tokenizer) throws {
        for row in known.rows {
            for offsets in [false, true] {
                let encoding = tokenizer.encode(
                    row.text, pair: row.pair, maximumLength: row.limit ?? .max,
                    truncation: row.limit == nil ? .doNotTruncate : .longestFirst, offsets: offsets)
                #expect(encoding.ids == row.ids, "\(known): \(row.text.debugDescription)")
                #expect(encoding.typeIDs == row.types)
                guard offsets else { continue }
                let found = encoding.offsets.flatMap { [$0.lowerBound, $0.upperBound] }
                #expect(found == row.offsets, "\(known): \(row.text.debugDescription)")
            }
        }
    }
}
