// A tokenizer's files: what wins, what is assumed, what is refused and in which words. Not here: how texts are cut.

import AdzeBytes
import AdzeTokenization
import Testing

/// A vocabulary that every test here starts from; ids are the places.
let smallVocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##able", "the", "##s", "a", "b", "é", "A"]

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A tokenizer.json of `smallVocabulary`, with some parts replaced.
func tokenizerJSON(_ parts: [String: String] = [:]) -> [UInt8] {
    let vocabulary = smallVocabulary.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
    let model = """
        {"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",\
        "max_input_chars_per_word":\(parts["limit"] ?? "100"),"vocab":\(parts["vocab"] ?? "{\(vocabulary)}")}
        """
    let normalizer = """
        {"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}
        """
    let processor = #"{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]}"#
    let all = [
        ("normalizer", parts["normalizer"] ?? normalizer),
        ("pre_tokenizer", parts["pre_tokenizer"] ?? #"{"type":"BertPreTokenizer"}"#),
        ("post_processor", parts["post_processor"] ?? processor),
        ("added_tokens", parts["added_tokens"] ?? "[]"),
        ("truncation", #"{"max_length":3,"strategy":"LongestFirst","stride":0,"direction":"Left"}"#),
        ("model", parts["model"] ?? model),
    ]
    return bytes("{" + all.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}")
}

@Suite struct TokenizerFilesTests {
    private func vocab(_ text: String) throws -> Tokenizer {
        try Tokenizer(files: TokenizerFiles([.vocabulary: bytes(text)]))
    }

    @Test(arguments: ["\n", "\r\n", "  \n", "\u{3000}\n"])
    func linesMayEndInWhiteSpace(_ end: String) throws {
        let plain = try vocab(smallVocabulary.joined(separator: "\n"))
        let other = try vocab(smallVocabulary.joined(separator: end) + end)
        #expect(other.vocabulary == plain.vocabulary)
        #expect(plain.vocabulary.count == smallVocabulary.count)
        #expect(plain.vocabulary.tokens == smallVocabulary)
        #expect(try vocab(smallVocabulary.joined(separator: "\n") + "\n\n\n").vocabulary == plain.vocabulary)
        #expect(try vocab("\u{FEFF}" + smallVocabulary.joined(separator: "\n")).vocabulary == plain.vocabulary)
    }

    @Test func aBlankLineInTheMiddleKeepsItsID() throws {
        let tokenizer = try vocab("[PAD]\n[UNK]\n \n[CLS]\n[SEP]\n\n[MASK]\nx\n")
        #expect(tokenizer.vocabulary.id(of: "x") == 7)
        #expect(tokenizer.ids(of: "x") == [7])
    }

    /// Such a file runs in transformers: the lines count, and no text can be any of them.
    @Test func repeatedBlankLinesKeepTheirIDs() throws {
        let tokenizer = try vocab("[PAD]\n[UNK]\n\n[CLS]\n\n[SEP]\n[MASK]\n \nx\n\u{3000}\n[blank 4]\ny\n")
        #expect(tokenizer.vocabulary.id(of: "x") == 8 && tokenizer.vocabulary.id(of: "y") == 11)
        #expect(tokenizer.ids(of: "x  [blank 4] y") == [8, 1, 1, 1, 1, 11])
        #expect(
            tokenizer.notes.contains { $0.contains("vocab.txt has 1 repeated blank line; the others keep their ids") })
        let copy = try Tokenizer(tokens: tokenizer.vocabulary.tokens, settings: tokenizer.description)
        #expect(copy.vocabulary == tokenizer.vocabulary)
        let exported = try Tokenizer(
            files: TokenizerFiles(
                [.json: tokenizer.exportedFiles()[0].bytes, .config: tokenizer.exportedFiles()[1].bytes]))
        #expect(exported.vocabulary == tokenizer.vocabulary)
    }

    @Test func whatIsFollowedAgainstTransformersIsSaid() throws {
        func notes(_ config: String, _ parts: [String: String]) throws -> [String] {
            try Tokenizer(
                files: TokenizerFiles([.json: tokenizerJSON(parts), .config: bytes(config)])
            ).notes
        }
        let cased = ["normalizer": #"{"type":"BertNormalizer","lowercase":false}"#]
        #expect(
            try notes("{}", cased) == [
                "tokenizer.json is followed where tokenizer_config.json is silent (lowercase false); transformers' "
                    + "BertTokenizer takes its own defaults there"
            ])
        #expect(
            try notes(#"{"do_lower_case":true}"#, cased) == [
                "tokenizer_config.json and tokenizer.json differ in do_lower_case; the former is followed"
            ])
        #expect(
            try notes(#"{"do_lower_case":true,"tokenizer_class":"PreTrainedTokenizerFast"}"#, cased).first
                == "tokenizer_config.json and tokenizer.json differ in do_lower_case; tokenizer.json is followed, as "
                + "tokenizer_class says")
        #expect(try notes(#"{"do_lower_case":false}"#, cased).isEmpty)
        #expect(try notes("{}", [:]).isEmpty)
    }

    @Test func aClassOfConfigJSONCounts() throws {
        func open(_ config: String?, _ modelClass: String) throws -> Tokenizer {
            try Tokenizer(
                files: TokenizerFiles(
                    [.json: tokenizerJSON(["post_processor": "null"]), .config: config.map(bytes)],
                    modelClass: modelClass))
        }
        #expect(try open(nil, "PreTrainedTokenizerFast").encode("a", maximumLength: 9).ids == [9])
        #expect(try open("{}", "BertTokenizer").encode("a", maximumLength: 9).ids == [2, 9, 3])
        #expect(
            try open(#"{"tokenizer_class":"BertTokenizer"}"#, "BertJapaneseTokenizer").encode("a", maximumLength: 9).ids
                == [2, 9, 3])
        let error = #expect(throws: TokenizerError.self) { try open("{}", "BertJapaneseTokenizer") }
        #expect(
            error?.description
                == "config.json: the tokenizer_class 'BertJapaneseTokenizer' is not supported; only BertTokenizer, "
                + "DistilBertTokenizer, MPNetTokenizer, RobertaTokenizer, XLMRobertaTokenizer, CamembertTokenizer, "
                + "AlbertTokenizer, DebertaV2Tokenizer are, and others by a tokenizer.json of BPE or Unigram")
    }

    @Test func aMaximumLengthMayBeWrittenWithAPoint() throws {
        for (text, expected) in [("128.0", 128), ("1e2", 100)] {
            let tokenizer = try Tokenizer(
                files: TokenizerFiles(
                    [.json: tokenizerJSON(), .config: bytes("{\"model_max_length\":\(text)}")]))
            #expect(tokenizer.maximumLength == expected)
        }
    }

    @Test func aVocabularyAloneGetsTheDefaultsAndSaysSo() throws {
        let tokenizer = try vocab(smallVocabulary.joined(separator: "\n"))
        #expect(tokenizer.settings.normalizer.lowercases)
        #expect(tokenizer.notes == ["no tokenizer_config.json: transformers' defaults are used, lower-casing is on"])
        #expect(tokenizer.tokens(of: "Unable A [MASK]") == ["un", "##able", "a", "[MASK]"])
        #expect(tokenizer.maximumLength == nil)
    }

    @Test func theConfigurationRules() throws {
        let config = """
            {"do_lower_case":false,"strip_accents":true,"tokenize_chinese_chars":false,"model_max_length":128,\
            "truncation_side":"left","never_split":["x"],"do_basic_tokenize":true}
            """
        let tokenizer = try Tokenizer(
            files: TokenizerFiles(
                [.vocabulary: bytes(smallVocabulary.joined(separator: "\n")), .config: bytes(config)]))
        #expect(!tokenizer.settings.normalizer.lowercases && !tokenizer.settings.normalizer.separatesCJK)
        #expect(tokenizer.settings.normalizer.stripsAccents == true)
        #expect(tokenizer.maximumLength == 128)
        #expect(tokenizer.settings.truncationSide == .left)
        #expect(tokenizer.tokens(of: "A a") == ["A", "a"])
        #expect(
            tokenizer.notes == [
                "never_split of tokenizer_config.json is passed over, as transformers' fast tokenizer does"
            ])
    }

    @Test func anUnknownMaximumLengthIsNone() throws {
        for length in ["1000000000000000019884624838656", "null", "5000000"] {
            let tokenizer = try Tokenizer(
                files: TokenizerFiles(
                    [.json: tokenizerJSON(), .config: bytes("{\"model_max_length\":\(length)}")]))
            #expect(tokenizer.maximumLength == nil)
        }
    }

    @Test func tokenizerJSONWinsOverTheVocabularyAndSaysSo() throws {
        let tokenizer = try Tokenizer(
            files: TokenizerFiles([.vocabulary: bytes("junk"), .json: tokenizerJSON()]))
        #expect(tokenizer.vocabulary.tokens == smallVocabulary)
        #expect(tokenizer.notes == [])
    }

    @Test func theConfigurationWinsOverTokenizerJSON() throws {
        func tokens(_ config: String) throws -> [String] {
            try Tokenizer(
                files: TokenizerFiles([.json: tokenizerJSON(), .config: bytes(config)])
            ).tokens(of: "A")
        }
        #expect(try tokens(#"{"do_lower_case":false}"#) == ["A"])
        #expect(try tokens("{}") == ["a"])
        // The generic class reads its normalizer from tokenizer.json alone.
        #expect(try tokens(#"{"do_lower_case":false,"tokenizer_class":"PreTrainedTokenizerFast"}"#) == ["a"])
    }

    @Test func specialTokensByNameOrObject() throws {
        let lines = bytes("<pad>\n<unk>\n<s>\n</s>\n<mask>\na\n")
        let map = """
            {"cls_token":"<s>","sep_token":"</s>","unk_token":"<unk>","pad_token":"<pad>",\
            "mask_token":{"content":"<mask>","lstrip":true}}
            """
        let tokenizer = try Tokenizer(
            files: TokenizerFiles([
                .vocabulary: lines, .specialTokensMap: bytes(map), .addedTokens: bytes(#"{"<new>":6}"#),
            ]))
        #expect(tokenizer.encode("a  <mask><new>z", maximumLength: 10).ids == [2, 5, 4, 6, 1, 3])
        #expect(tokenizer.maskID == 4)
        #expect(
            tokenizer.encode("a  <mask>", maximumLength: 10, offsets: true).offsets == [0..<0, 0..<1, 1..<9, 0..<0])
    }

    @Test func addedTokensOfTheConfigurationFollowTheVocabulary() throws {
        let config = """
            {"added_tokens_decoder":{"13":{"content":"<x>","lstrip":false,"normalized":false,"rstrip":false,\
            "single_word":false,"special":true}},"additional_special_tokens":["<x>","<y>"]}
            """
        let tokenizer = try Tokenizer(
            files: TokenizerFiles(
                [.vocabulary: bytes(smallVocabulary.joined(separator: "\n")), .config: bytes(config)]))
        #expect(tokenizer.vocabulary.count == 15)
        #expect(tokenizer.vocabulary.modelCount == 13)
        #expect(tokenizer.ids(of: "a<y><x>") == [9, 14, 13])
    }

    @Test func aMissingMaskTokenIsLeftOut() throws {
        let tokenizer = try vocab("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n")
        #expect(tokenizer.maskID == nil)
        #expect(tokenizer.notes.contains("the vocabulary has no mask token '[MASK]'; it is left out"))
    }

    /// One that a file names is added before the other tokens that files name, as the reference does.
    @Test func aNamedMaskTokenIsAdded() throws {
        let tokenizer = try Tokenizer(
            files: TokenizerFiles(
                [
                    .vocabulary: bytes("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n"),
                    .config: bytes(#"{"mask_token":"<mask>","extra_special_tokens":{"e":"<e>"}}"#),
                ]))
        #expect(tokenizer.maskID == 6)
        #expect(tokenizer.ids(of: "a<e><mask>") == [5, 7, 6])
        #expect(tokenizer.notes.allSatisfy { !$0.contains("left out") })
    }

    @Test func canonicallyEquivalentTokensAreTwo() throws {
        let tokenizer = try Tokenizer(
            files: TokenizerFiles(
                [
                    .json: tokenizerJSON([
                        "normalizer": #"{"type":"BertNormalizer","strip_accents":false,"lowercase":false}"#,
                        "vocab": "{\"[PAD]\":0,\"[UNK]\":1,\"[CLS]\":2,\"[SEP]\":3,\"\u{E9}\":4,\"e\u{301}\":5}",
                    ])
                ]))
        #expect(tokenizer.ids(of: "\u{E9} e\u{301}") == [4, 5])
    }
}

// MARK: - Refusals

@Suite struct TokenizerRefusalTests {
    /// What a set of files is refused with; the line is checked for being one.
    private func refusal(_ files: TokenizerFiles) -> String {
        do {
            _ = try Tokenizer(files: files)
            return "accepted"
        } catch {
            #expect(!error.description.contains("\n"))
            return error.description
        }
    }

    @Test func noVocabulary() {
        #expect(throws: TokenizerError.noVocabulary) { try Tokenizer(files: TokenizerFiles()) }
        #expect(TokenizerError.noVocabulary.kind == .missingInput)
    }

    @Test(arguments: [
        ("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\na\n", "vocab.txt: token 'a' stands twice, as id 4 and as id 6"),
        ("[PAD]\n[UNK]\n[CLS]\na", "the vocabulary has no separator token '[SEP]'"),
        ("[PAD]\n[unk]\n[CLS]\n[SEP]", "the vocabulary has no unknown token '[UNK]'"),
        ("", "the vocabulary has no unknown token '[UNK]'"),
    ])
    func vocabularies(_ text: String, _ message: String) {
        #expect(refusal(TokenizerFiles([.vocabulary: bytes(text)])).hasPrefix(message))
    }

    @Test func aVocabularyThatIsNotUTF8() {
        let lines = bytes("[PAD]\n[UNK]\n") + [0xFF, 0x0A]
        #expect(
            refusal(TokenizerFiles([.vocabulary: lines]))
                == "vocab.txt: line 3 is not valid UTF-8; save the vocabulary as UTF-8")
    }

    @Test(arguments: [
        ("model", #"{"type":"WordLevel","vocab":{}}"#, "tokenizer.json: the model 'WordLevel' is not supported"),
        ("model", #"{"vocab":[]}"#, "tokenizer.json: 'scores': expected one for each of 0 pieces, found 0"),
        ("model", "null", "tokenizer.json: the model 'none' is not supported"),
        ("normalizer", #"{"type":"Sequence","normalizers":[]}"#, "tokenizer.json: the normalizer 'Sequence' is not"),
        (
            "normalizer", #"{"type":"BertNormalizer","lowercase":1}"#,
            "tokenizer.json: 'lowercase': expected true or false"
        ),
        (
            "pre_tokenizer", #"{"type":"Split","pattern":{"Regex":"(a+)+"},"behavior":"Isolated"}"#,
            "tokenizer.json: the pre_tokenizer 'Split' is not supported"
        ),
        ("post_processor", #"{"type":"Chars"}"#, "tokenizer.json: the post_processor 'Chars' is not supported"),
        ("post_processor", #"{"type":"RobertaProcessing"}"#, "tokenizer.json: 'cls': expected a list of token and id"),
        (
            "post_processor", #"{"type":"BertProcessing","sep":["[SEP]",9],"cls":["[CLS]",2]}"#,
            "tokenizer.json: 'post_processor': expected '[SEP]' with its id in the vocabulary, found id 9"
        ),
        (
            "post_processor", #"{"type":"TemplateProcessing","single":[],"pair":[],"special_tokens":{}}"#,
            "tokenizer.json: 'single': expected A once, found another template"
        ),
        ("limit", "1000000", "tokenizer.json: 'max_input_chars_per_word': expected a number from 1 to 1000"),
        ("limit", "0", "tokenizer.json: 'max_input_chars_per_word': expected a number from 1 to 1000"),
        ("vocab", #"{"[UNK]":0,"a":2}"#, "tokenizer.json: ids must run from 0 to 2 without gaps; id 1 is missing"),
        ("vocab", #"{"[UNK]":0,"a":0}"#, "tokenizer.json: id 0 belongs to '[UNK]' and 'a'"),
        ("vocab", #"{"[UNK]":-1}"#, "tokenizer.json: '[UNK]': expected an id of 0 or more"),
        ("vocab", #"{"a":0,"a":1}"#, "tokenizer.json: JSON key 'a' appears twice"),
        ("vocab", "{}", "tokenizer.json: 'post_processor': expected '[CLS]' with its id in the vocabulary"),
        ("added_tokens", #"[{"id":5,"content":"x"}]"#, "added token 'x': has id 5, expected 13"),
        ("added_tokens", #"[{"id":6,"content":"un"}]"#, "added token 'un': has id 6, but the vocabulary gives it id 5"),
        ("added_tokens", #"[{"id":13,"content":""}]"#, "tokenizer.json: 'added_tokens': expected a token with text"),
        ("added_tokens", #"[{"id":13,"content":"\u0000"}]"#, "added token '\\u{0}': normalizes to nothing"),
        ("added_tokens", #"[{"id":99999999999,"content":"x"}]"#, "added token 'x': has id 99999999999, expected 13"),
    ])
    func partsOfTokenizerJSON(_ key: String, _ value: String, _ message: String) {
        let found = refusal(TokenizerFiles([.json: tokenizerJSON([key: value])]))
        #expect(found.hasPrefix(message), "\(found)")
    }

    @Test(arguments: [
        (#"{"do_lower_case":"yes"}"#, "tokenizer_config.json: 'do_lower_case': expected true or false"),
        (#"{"model_max_length":"512"}"#, "tokenizer_config.json: 'model_max_length': expected a number"),
        (#"{"model_max_length":0}"#, "tokenizer_config.json: 'model_max_length': expected a whole number above 0"),
        (#"{"model_max_length":1.5}"#, "tokenizer_config.json: 'model_max_length': expected a whole number above 0"),
        (#"{"truncation_side":"up"}"#, "tokenizer_config.json: 'truncation_side': expected 'left' or 'right'"),
        (#"{"max_len":"512"}"#, "tokenizer_config.json: 'max_len': expected a number"),
        (#"{"model_input_names":"input_ids"}"#, "tokenizer_config.json: 'model_input_names': expected a list"),
        (
            #"{"tokenizer_class":"RobertaTokenizer"}"#,
            "tokenizer_config.json: the tokenizer_class 'RobertaTokenizer' is not supported"
        ),
        (#"{"cls_token":7}"#, "tokenizer_config.json: 'cls_token': expected a string or an object"),
        (#"{"cls_token":"[CLSS]"}"#, "the vocabulary has no classifier token '[CLSS]'; the nearest is '[CLS]'"),
        (#"{"added_tokens_decoder":{"x":{}}}"#, "tokenizer_config.json: 'added_tokens_decoder': expected ids"),
        ("[]", "tokenizer_config.json: '': expected an object"),
        ("{", "tokenizer_config.json: JSON error at offset 1"),
    ])
    func configurations(_ config: String, _ message: String) {
        let found = refusal(
            TokenizerFiles(
                [.vocabulary: bytes(smallVocabulary.joined(separator: "\n")), .config: bytes(config)]))
        #expect(found.hasPrefix(message), "\(found)")
    }

    @Test func addedTokenTooLong() {
        let long = String(repeating: "x", count: 2000)
        let found = refusal(
            TokenizerFiles([.json: tokenizerJSON(["added_tokens": #"[{"id":13,"content":"\#(long)"}]"#])]))
        #expect(found.hasSuffix("2000 bytes; at most 1024 are taken"))
    }
}
