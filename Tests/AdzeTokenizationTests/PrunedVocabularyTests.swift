// Laws of a vocabulary that is cut down: texts that chose it are cut as before, new words are cut too, a script keeps its
// own. Not here: the rows of a model's tables.

import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

/// A tokenizer of special tokens and pieces.
private func tokenizer(
    _ pieces: [String], _ change: (inout TokenizerSettings) -> Void = { _ in }
) throws -> Tokenizer {
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    var settings = TokenizerSettings()
    settings.addedTokens = special.enumerated().map { AddedToken(content: $1, id: $0) }
    change(&settings)
    return try Tokenizer(tokens: special + pieces, settings: settings)
}

/// The map of what texts need, and the tokenizer that is left.
private func pruned(_ tokenizer: Tokenizer, _ texts: [String]) throws -> (map: VocabularyMap, tokenizer: Tokenizer) {
    var use = VocabularyUse(tokenizer)
    for text in texts { use.add(text) }
    let map = VocabularyMap(keeping: use.ids, of: tokenizer.vocabulary.count)
    return (map, try tokenizer.keeping(map))
}

/// The tokens of both tokenizers, the old ones under the map.
private func agree(_ old: Tokenizer, _ new: Tokenizer, _ map: VocabularyMap, _ text: String) -> Bool {
    old.ids(of: text).map { map[Int($0)].map(Int32.init) } == new.ids(of: text).map(Optional.some)
}

@Suite struct PrunedVocabularyTests {
    // MARK: Texts

    /// Over every kind of word: known, in pieces, unknown from the start and after some pieces.
    @Test(arguments: 1...8) func segmentationIsUnchanged(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func word(_ lengths: ClosedRange<Int>) -> String {
            // Beyond ASCII, where no single character stays unless a text has it.
            String(
                (0..<Int.random(in: lengths, using: &generator)).map { _ in
                    ["а", "б", "в", "г", "д"][Int.random(in: 0..<5, using: &generator)]
                })
        }
        let pieces =
            Set((0..<60).map { _ in word(1...4) }).sorted() + Set((0..<60).map { _ in "##" + word(1...4) }).sorted()
        let old = try tokenizer(pieces.filter { $0.count > 1 && $0 != "##а" })
        let texts = (0..<20).map { _ in (0..<5).map { _ in word(1...9) }.joined(separator: " ") }
        let (map, new) = try pruned(old, Array(texts.prefix(8)))
        #expect(map.count < map.oldCount)
        var unknown = 0
        for text in texts.prefix(8) {
            #expect(agree(old, new, map, text), "\(text)")
            unknown += old.ids(of: text).count { $0 == old.unknownID }
            let (a, b) = (old.encode(text, pair: "а", maximumLength: 9), new.encode(text, pair: "а", maximumLength: 9))
            #expect(a.ids.map { map[Int($0)].map(Int32.init) } == b.ids && a.typeIDs == b.typeIDs)
        }
        #expect(unknown > 0)
    }

    @Test func aWordThatEndsUnknownStaysUnknown() throws {
        // With "ди" gone, "д" and "##иж" would piece together what was unknown.
        let old = try tokenizer(["ди", "д", "##иж"])
        let (map, new) = try pruned(old, ["диж", "дж"])
        #expect(old.tokens(of: "диж") == ["[UNK]"] && new.tokens(of: "диж") == ["[UNK]"])
        #expect(map.kept == [0, 1, 2, 3, 4, 5, 6])
    }

    @Test func singleCharactersStay() throws {
        let old = try tokenizer(["a", "##a", "z", "##z", "##!", "é", "##é", "ж", "##ж", "ab", "##ab", "日", "本"])
        func left(_ text: String) throws -> [String] {
            Array(try pruned(old, [text]).tokenizer.vocabulary.tokens.dropFirst(5))
        }
        #expect(try left("ab") == ["a", "##a", "z", "##z", "##!", "ab"])
        #expect(try left("Ж") == ["a", "##a", "z", "##z", "##!", "ж", "##ж"])
        #expect(try left("日") == ["a", "##a", "z", "##z", "##!", "日"])
        // Accents go before a piece is looked for, unless they stay in texts.
        #expect(try left("é") == ["a", "##a", "z", "##z", "##!"])
        let accented = try tokenizer(["é", "##é", "e"]) { $0.normalizer.stripsAccents = false }
        #expect(try pruned(accented, ["É"]).map.keepsAll)
        let decomposed = try tokenizer(["é", "##\u{301}"]) { $0.normalizer.stripsAccents = false }
        #expect(try pruned(decomposed, ["e\u{301}"]).map.kept == [0, 1, 2, 3, 4, 6])
    }

    @Test func aNewWordIsNeverNeedlesslyUnknown() throws {
        let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
        let old = try tokenizer(letters + letters.map { "##" + $0 } + ["zebra", "##quartz", "oak", "beam"])
        let new = try pruned(old, ["oak"]).tokenizer
        #expect(new.vocabulary.count == old.vocabulary.count - 3)
        #expect(
            new.tokens(of: "Zebra oakbeam") == ["z", "##e", "##b", "##r", "##a", "oak", "##b", "##e", "##a", "##m"])
    }

    @Test func specialAndAddedTokensStay() throws {
        let old = try tokenizer(["unused", "[unused1]", "oak", "covid-19", "[E1]"]) {
            $0.addedTokens.append(AddedToken(content: "covid-19", id: 8))
            $0.addedTokens.append(AddedToken(content: "[E1]", id: 9))
        }
        let (map, new) = try pruned(old, ["oak"])
        #expect(
            new.vocabulary.tokens.suffix(3) == ["oak", "covid-19", "[E1]"] && map.kept == [0, 1, 2, 3, 4, 7, 8, 9])
        #expect(new.settings.addedTokens.map(\.id) == [0, 1, 2, 3, 4, 6, 7])
        #expect(new.tokens(of: "oak covid-19 [E1]") == ["oak", "covid-19", "[E1]"])
        #expect(agree(old, new, map, "oak covid-19[E1] [SEP]"))
    }

    @Test func tokensBehindTheModelsStayBehind() throws {
        var settings = TokenizerSettings()
        settings.maskToken = nil
        settings.addedTokens = [AddedToken(content: "oakbeam", id: 6)]
        let old = try Tokenizer(
            tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "saw", "oak", "oakbeam"], modelCount: 6, settings: settings)
        let new = try pruned(old, ["oak"]).tokenizer
        #expect(new.vocabulary.tokens == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "oak", "oakbeam"])
        #expect(new.vocabulary.modelCount == 5 && new.tokens(of: "oak oakbeam") == ["oak", "oakbeam"])
        #expect(new.tokens(of: "oakbeams") == old.tokens(of: "oakbeams"))
    }

    @Test func filesOfWhatIsLeftAreReadBack() throws {
        let old = try tokenizer(["oak", "beam", "##s"]) { $0.frames = .doublySeparated }
        let (map, new) = try pruned(old, ["beams"])
        let files = Dictionary(uniqueKeysWithValues: new.exportedFiles().map { ($0.file, Optional($0.bytes)) })
        let read = try Tokenizer(files: TokenizerFiles(files))
        #expect(read.vocabulary == new.vocabulary && read.settings == new.settings)
        #expect(
            read.encode("beams", pair: "oak", maximumLength: 20) == new.encode("beams", pair: "oak", maximumLength: 20))
        #expect(agree(old, read, map, "beams"))
        let described = try Tokenizer(tokens: new.vocabulary.tokens, settings: new.description)
        #expect(described.vocabulary == new.vocabulary)
    }

    @Test func whatTextsGaveIsCounted() throws {
        let old = try tokenizer(["oak"])
        var use = VocabularyUse(old)
        #expect(use.tokenCount == 0)
        use.add("")
        use.add(" \n")
        #expect(use.tokenCount == 0 && use.unknownCount == 0)
        use.add("oak saw [MASK] oak")
        #expect(use.tokenCount == 4 && use.unknownCount == 1)
    }

    // MARK: A script

    private static let pieces = [
        "[unused0]", "oak", "##s", "a.b", "##.b", ".", "##.", "é", "É", "Oak", "日", "##日", "жук", "##ж", "aж", "१", "7",
        "##7", "😀", "##😀", "—", "€", "ß", "##ß", "œ", "\u{301}", "ا", "،",
    ]

    @Test func aScriptKeepsItsOwn() throws {
        func kept(_ tokenizer: Tokenizer) -> [String] {
            tokenizer.ids(of: .latin).dropFirst(5).compactMap { tokenizer.vocabulary.token($0) }
        }
        let uncased = try tokenizer(Self.pieces)
        #expect(kept(uncased) == ["oak", "##s", ".", "7", "##7", "😀", "##😀", "—", "€", "ß", "##ß", "œ", "،"])
        let cased = try tokenizer(Self.pieces) { $0.normalizer.lowercases = false }
        let all = [
            "oak", "##s", ".", "é", "É", "Oak", "7", "##7", "😀", "##😀", "—", "€", "ß", "##ß", "œ", "\u{301}", "،",
        ]
        #expect(kept(cased) == all)
        for tokenizer in [uncased, cased] {
            let map = VocabularyMap(keeping: tokenizer.ids(of: .latin), of: tokenizer.vocabulary.count)
            #expect(tokenizer.unchangedPairs(map) != nil)
            let new = try tokenizer.keeping(map)
            for text in ["Oaks, 7 😀 a.b — é É ß", "oak7s", "7😀 ß"] { #expect(agree(tokenizer, new, map, text)) }
        }
    }

    @Test func charactersOfSpecialTokensKeepTheirWords() throws {
        let old = try tokenizer(["жук", "жуки", "##и", "мир"]) {
            $0.addedTokens.append(AddedToken(content: "жуки", id: 6))
        }
        // A word may begin with what is no added token within it: "жуки" is one, and "жук" of its letters.
        #expect(old.ids(of: .latin) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(old.unchangedPairs(VocabularyMap(keeping: old.ids(of: .latin), of: 9)) == 2)
    }

    @Test func aPieceThatIsMissedIsNoProof() throws {
        let old = try tokenizer(["oak", "##s", "oaks", "жук", "a.b", "##"])
        let special = [0, 1, 2, 3, 4]
        func pairs(_ kept: [Int]) -> Int? { old.unchangedPairs(VocabularyMap(keeping: special + kept, of: 11)) }
        #expect(pairs([5, 6, 7]) == 2 && pairs([5, 6, 7, 8]) == 3)
        #expect(pairs([5, 6]) == nil, "oak and ##s would no longer be oaks")
        #expect(pairs([5]) == 0)
    }

    @Test func aPrefixMayBeAnything() throws {
        func unprefixed(_ prefix: String, _ pieces: [String]) throws -> Tokenizer {
            try tokenizer(pieces) { $0.model = .wordPiece(WordPiece(continuingPrefix: prefix)) }
        }
        let letters = try unprefixed("x", ["a", "xb", "xж", "ж"])
        #expect(letters.ids(of: .latin) == [0, 1, 2, 3, 4, 5, 6])
        let cyrillic = try unprefixed("ж", ["a", "жa", "ж", "жи", "и"])
        #expect(cyrillic.ids(of: .latin) == [0, 1, 2, 3, 4, 5, 6, 7], "жa begins a word of ж too")
        #expect(cyrillic.unchangedPairs(VocabularyMap(keeping: cyrillic.ids(of: .latin), of: 10)) == 3)
        let none = try unprefixed("", ["a", "b", "ж"])
        let map = VocabularyMap(keeping: none.ids(of: .latin), of: 8)
        #expect(map.kept.suffix(2) == [5, 6] && none.unchangedPairs(map) == 4)
        #expect(try pruned(none, ["ab"]).tokenizer.tokens(of: "ba") == ["b", "a"])
    }
}

/// The real vocabularies, where there are some.
@Suite struct RealVocabularyTests {
    static let vocabularies = ["uncased", "cased"].compactMap { name -> URL? in
        let file = Fixtures.shared?.appending(path: "vocab/bert-base-\(name)-vocab.txt")
        return file.flatMap { FileManager.default.fileExists(atPath: $0.path(percentEncoded: false)) ? $0 : nil }
    }

    /// A share of all pairs of kept pieces, and of those that a piece more or less could change: whose word begins with a
    /// longer piece than the first.
    @Test(.enabled(if: !vocabularies.isEmpty), arguments: vocabularies)
    func pairsOfKeptPiecesAreCutAsBefore(_ file: URL) throws {
        var files = TokenizerFiles([.vocabulary: Array(try Data(contentsOf: file))])
        let isCased = file.lastPathComponent.contains("-cased")
        files[.config] = Array("{\"do_lower_case\": \(!isCased)}".utf8)
        let old = try Tokenizer(files: files)
        let map = VocabularyMap(keeping: old.ids(of: .latin), of: old.vocabulary.count)
        let new = try old.keeping(map)
        let pairs = try #require(old.unchangedPairs(map))
        let tokens = old.vocabulary.tokens
        let kept = map.kept.map { tokens[$0] }
        let beginnings = kept.filter { !$0.hasPrefix("##") && !$0.hasPrefix("[") }
        let continuations = kept.filter { $0.hasPrefix("##") }.map { String($0.dropFirst(2)) }.sorted()
        #expect(map.count < map.oldCount && pairs > 100_000_000 && pairs <= kept.count * continuations.count)
        #expect(map.dropped.map { tokens[$0] }.contains("[unused5]") && map.dropped.map { tokens[$0] }.contains("и"))

        var byStart: [Substring: [String]] = [:]
        for text in continuations { byStart[text.prefix(2), default: []].append(text) }
        let starts = Set(beginnings)
        var words: [String] = []
        for index in stride(from: 0, to: tokens.count, by: 3) where !tokens[index].hasPrefix("##") {
            let token = tokens[index]
            for length in token.indices.dropFirst() where starts.contains(String(token[..<length])) {
                let rest = token[length...]
                for text in (byStart[rest.prefix(2)] ?? []).filter({ $0.hasPrefix(rest) }).prefix(2) {
                    words.append(token[..<length] + text)
                }
            }
        }
        #expect(words.count > 5_000)
        for index in stride(from: 0, to: beginnings.count * continuations.count, by: 9_973) {
            words.append(beginnings[index / continuations.count] + continuations[index % continuations.count])
        }
        for word in words { #expect(agree(old, new, map, word), "\(word)") }
    }
}
