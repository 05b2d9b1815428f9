// A tokenizer changed for the model that it is used with: without tokens that the model has no row for, or lower-casing.
// Not here: adding words, which is `ExtendedTokenizer`.

import AdzeBytes

extension Tokenizer {
    /// The tokenizer without the tokens from an id on, and a note that says so; nil where they are no mere addition: where
    /// texts are cut into more than one of them, or every text needs one.
    package func droppingTokens(from count: Int) throws(TokenizerError) -> Tokenizer? {
        let surplus = vocabulary.count - count
        let isAddition = count >= vocabulary.modelCount || surplus == 1
        guard surplus > 0, isAddition, unknownID.map({ Int($0) < count }) ?? true else { return nil }
        func isLost(_ token: String) -> Bool { (vocabulary.id(of: token) ?? 0) >= count }
        for case .token(let token, _) in settings.single + settings.pair where isLost(token) { return nil }
        var settings = settings
        settings.addedTokens.removeAll { $0.id >= count }
        if let mask = settings.maskToken, isLost(mask) { settings.maskToken = nil }
        if isLost(settings.paddingToken) { settings.paddingToken = TokenizerSettings().paddingToken }
        let shown = (count..<vocabulary.count).prefix(3).map { quoted(vocabulary.token($0) ?? "", limit: 40) }
        let list = shown.joined(separator: ", ") + (surplus > shown.count ? ", …" : "")
        let what = surplus == 1 ? "1 token" : "\(surplus) tokens"
        let note =
            "the tokenizer has \(what) more than the model has rows (\(list)); \(surplus == 1 ? "it is" : "they are") left "
            + "out, and texts that hold \(surplus == 1 ? "it" : "them") are cut as others are"
        let kept = try Vocabulary(
            tokens: (0..<count).map(vocabulary.utf8), modelCount: min(count, vocabulary.modelCount),
            allowsRepeats: settings.model.allowsRepeats, file: "tokens")
        return try Tokenizer(vocabulary: kept, settings: settings, notes: notes + [note])
    }

    /// The tokenizer with texts lower-cased, and accents left where they were: special tokens are found before that.
    package func lowercasing() throws(TokenizerError) -> Tokenizer {
        guard !settings.normalizer.lowercases else { return self }
        var settings = settings
        settings.normalizer.stripsAccents = settings.normalizer.effectivelyStripsAccents
        settings.normalizer.lowercases = true
        return try Tokenizer(vocabulary: vocabulary, settings: settings, notes: notes)
    }
}
