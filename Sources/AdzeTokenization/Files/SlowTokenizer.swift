// Tokenizers of byte pairs and unigram without a tokenizer.json, out of the files of transformers' older classes. Follows the
// conversion of its version 4. Not here: the files' own readers, and tokenizer.json.

import AdzeBytes

/// What the older files of a class make: the model's tokens, and all settings that follow.
struct SlowTokenizer {
    let vocabulary: Vocabulary
    private let normalizer: Normalizer
    private let preTokenizer: PreTokenizer
    private let model: TokenModel
    /// Tokens that are matched as wholes, by id.
    private(set) var addedTokens: [Int: AddedToken] = [:]

    /// Puts what the files say into settings.
    func apply(to settings: inout TokenizerSettings) {
        (settings.normalizer, settings.preTokenizer, settings.model) = (normalizer, preTokenizer, model)
    }

    /// Whether files that a tokenizer of subwords needs are there.
    static func isThere(_ files: TokenizerFiles) -> Bool {
        files[.bytePairVocabulary] != nil || model(files) != nil
    }

    /// The SentencePiece model among the files.
    private static func model(_ files: TokenizerFiles) -> (file: TokenizerFile, bytes: [UInt8])? {
        for file in TokenizerFile.sentencePieceModels { if let bytes = files[file] { return (file, bytes) } }
        return nil
    }

    /// The class whose tokenizer a file is by its name, where nothing else says so.
    static func tokenizerClass(_ files: TokenizerFiles) throws(TokenizerError) -> TokenizerClass {
        if files[.bytePairVocabulary] != nil { return .roberta }
        switch model(files)?.file {
        case .debertaModel?: return .debertaV2
        case .albertModel?: return .albert
        case let file:
            throw .unexpected(
                file: TokenizerFile.config.name, key: "tokenizer_class",
                expected: "XLMRobertaTokenizer or CamembertTokenizer, which number the pieces of "
                    + "\(file?.name ?? "a model") differently", found: "none")
        }
    }

    /// Reads the files of a class; `config` is tokenizer_config.json.
    init(_ files: TokenizerFiles, _ tokenizerClass: TokenizerClass, _ config: JSONObject) throws(TokenizerError) {
        if tokenizerClass == .roberta || tokenizerClass == .generic, let tokens = files[.bytePairVocabulary] {
            try self.init(tokens: tokens, merges: files[.merges], config)
            return
        }
        guard let (file, bytes) = Self.model(files) else {
            let own =
                tokenizerClass == .roberta || tokenizerClass == .generic
                ? "a vocab.json with its merges.txt" : "its model of SentencePiece (spiece.model, spm.model or alike)"
            throw .unsupported(
                file: TokenizerFile.config.name, part: "tokenizer_class", name: tokenizerClass.name,
                supported: "it needs a tokenizer.json or \(own), and there is neither; a vocab.txt of BERT's kind is "
                    + "read with \"tokenizer_class\": \"BertTokenizer\" in that file")
        }
        try self.init(SentencePieceFile(bytes, file: file.name), tokenizerClass, config, file: file.name)
    }

    // MARK: - Byte pairs

    private init(tokens: [UInt8], merges: [UInt8]?, _ config: JSONObject) throws(TokenizerError) {
        let name = TokenizerFile.bytePairVocabulary.name
        guard let merges else {
            throw .unexpected(
                file: name, key: "", expected: "a \(TokenizerFile.merges.name) beside it", found: "none")
        }
        let object = try TokenizerFiles.json(tokens, name)
        vocabulary = try Vocabulary(
            tokens: TokenizerJSON.tokens(.object(object), name).map(\.utf8), file: name)
        model = .bytePairs(
            try BytePairs(
                pairs: BytePairs.pairs(mergesText: merges), vocabulary, prefix: "", file: TokenizerFile.merges.name))
        normalizer = .none
        let adds = try config.flag("add_prefix_space", TokenizerConfig.file) ?? false
        preTokenizer = .steps([.byteLevel(addsPrefixSpace: adds, splits: true)])
    }

    // MARK: - Unigram

    private init(
        _ file: SentencePieceFile, _ tokenizerClass: TokenizerClass, _ config: JSONObject, file name: String
    ) throws(TokenizerError) {
        var pieces = file.pieces.map { (text: $0.text, score: Double($0.score)) }
        var unknownID = file.unknownID
        func special(_ text: String, _ score: Double = 0) -> (text: ArraySlice<UInt8>, score: Double) {
            (ArraySlice(text.utf8), score)
        }
        switch tokenizerClass {
        case .xlmRoberta:
            pieces =
                ["<s>", "<pad>", "</s>", "<unk>"].map { special($0) } + pieces.dropFirst(3) + [special("<mask>")]
            unknownID = 3
        case .camembert:
            pieces =
                ["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>"].map { special($0) } + [special("<unk>NOTUSED", -100)]
                + pieces.dropFirst(1) + [special("<mask>")]
            unknownID = 3
        case .albert:
            for index in pieces.indices where Self.endsInDigitAndComma(pieces[index].text) {
                pieces[index].score -= 100
            }
        default: break
        }
        vocabulary = try Vocabulary(tokens: pieces.map(\.text), allowsRepeats: true, file: name)
        var unigram = Unigram(scores: pieces.map(\.score))
        unigram.unknownID = unknownID
        try unigram.check(modelCount: pieces.count, file: name)
        model = .unigram(unigram)
        var normalizer = Normalizer.none
        normalizer.steps = try Self.normalizer(file, tokenizerClass, config, file: name)
        self.normalizer = normalizer
        let splitsMarks = try config.flag("split_by_punct", TokenizerConfig.file) ?? false
        preTokenizer = .steps(
            (tokenizerClass == .debertaV2 && splitsMarks ? [.punctuation(.isolated)] : []) + [.metaspace(Metaspace())])
        for piece in file.pieces where piece.kind == .control || piece.kind == .userDefined {
            guard let id = vocabulary.modelID(of: piece.text) else { continue }
            var token = AddedToken(content: String(decoding: piece.text, as: UTF8.self), id: Int(id))
            token.special = piece.kind == .control
            token.stripsLeft = tokenizerClass.masksStripLeft && token.content == tokenizerClass.defaults.maskToken
            addedTokens[Int(id)] = token
        }
    }

    private static func normalizer(
        _ file: SentencePieceFile, _ tokenizerClass: TokenizerClass, _ config: JSONObject, file name: String
    ) throws(TokenizerError) -> [NormalizerStep] {
        func flag(_ key: String, _ usual: Bool) throws(TokenizerError) -> Bool {
            try config.flag(key, TokenizerConfig.file) ?? usual
        }
        let rules: [NormalizerStep] =
            file.charsmap.isEmpty ? [] : [.precompiled(try SubwordJSON.charsmap(Array(file.charsmap), file: name))]
        switch tokenizerClass {
        case .albert:
            var steps: [NormalizerStep] = [.replace(.text("``"), "\""), .replace(.text("''"), "\"")]
            if try !flag("keep_accents", false) { steps += [.nfkd, .stripAccents] }
            if try flag("do_lower_case", true) { steps.append(.lowercase) }
            return steps + rules + [.replace(.spaces, " ")]
        case .debertaV2:
            let lowers: [NormalizerStep] = try flag("do_lower_case", false) ? [.lowercase] : []
            return lowers + [.strip(left: true, right: true)] + rules + [.replace(.spaces, " ")]
        default: return rules + [.strip(left: false, right: true), .replace(.spaces, "\u{2581}")]
        }
    }

    /// ALBERT's converter makes such pieces unlikely: it had them in two.
    private static func endsInDigitAndComma(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.last == UInt8(ascii: ","), let digit = text.dropLast().last else { return false }
        return digit &- UInt8(ascii: "0") < 10
    }
}
