// The special tokens that `tokenizer_config.json` and `special_tokens_map.json` name, and the list of added tokens that
// comes of all files. Not here: the forms in which a single token is written.

import AdzeBytes

/// The special tokens that a file names, with their flags where it gives them.
struct SpecialTokenNames {
    /// The keys of the roles that the reference knows, in its order.
    private static let roles = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]

    private var byRole: [String: AddedToken] = [:]
    /// The roles whose token is given with flags, and not by its text alone.
    private var flagged: Set<String> = []
    /// The roles that a file gives to no token.
    private var nulls: Set<String> = []
    private var others: [AddedToken] = []
    private var known: Set<ExactText> = []

    init() {}

    init(_ object: JSONObject, file: String) throws(TokenizerError) {
        for role in Self.roles {
            guard let value = object[role] else { continue }
            if value.isNull { nulls.insert(role) } else { byRole[role] = try Self.token(value, role, file) }
            if value.object != nil { flagged.insert(role) }
        }
        // The reference takes any such key of a string for one more role.
        for (key, value) in object where key.hasSuffix("_token") && !Self.roles.contains(key) {
            if value.string != nil || value["content"] != nil { add(try Self.token(value, key, file)) }
        }
        for key in ["model_specific_special_tokens", "extra_special_tokens", "additional_special_tokens"] {
            guard let value = object[key], !value.isNull else { continue }
            guard let values = value.array ?? value.object.map({ $0.map(\.value) }) else {
                throw .unexpected(file: file, key: key, expected: "a list", found: value.kindName)
            }
            for value in values { add(try Self.token(value, key, file)) }
        }
    }

    private mutating func add(_ token: AddedToken) {
        if known.insert(ExactText(token.content)).inserted { others.append(token) }
    }

    /// All texts that are named.
    var contents: Set<ExactText> { known.union(byRole.values.map { ExactText($0.content) }) }

    /// Lets what `other` names win.
    mutating func merge(_ other: SpecialTokenNames) {
        for role in other.nulls { byRole[role] = nil }
        nulls = nulls.union(other.nulls).subtracting(other.byRole.keys)
        flagged = flagged.subtracting(other.byRole.keys).union(other.flagged)
        byRole.merge(other.byRole) { $1 }
        for token in other.others { add(token) }
    }

    /// Puts the names into the settings; tokenizer.json alone names the unknown token where its class is generic.
    func apply(to settings: inout TokenizerSettings, _ tokenizerClass: TokenizerClass) {
        if let token = byRole["unk_token"], tokenizerClass != .generic {
            if case .wordPiece(var model) = settings.model {
                model.unknownToken = token.content
                settings.model = .wordPiece(model)
            }
        }
        if let token = byRole["sep_token"] { settings.separatorToken = token.content }
        if let token = byRole["pad_token"] { settings.paddingToken = token.content }
        if let token = byRole["cls_token"] { settings.classifierToken = token.content }
        if let token = byRole["mask_token"] { settings.maskToken = token.content }
        if nulls.contains("mask_token") { settings.maskToken = nil }
        // Not the class's own, which the vocabulary may have all the same.
        if nulls.contains("pad_token"), settings.paddingToken == tokenizerClass.defaults.paddingToken {
            settings.paddingToken = TokenizerSettings().paddingToken
        }
    }

    private static func token(_ value: JSONValue, _ key: String, _ file: String) throws(TokenizerError) -> AddedToken {
        if let content = value.string { return AddedToken(content: content, id: -1) }
        guard let object = value.object else {
            throw .unexpected(
                file: file, key: key, expected: "a string or an object with \"content\"", found: value.kindName)
        }
        var token = try AddedToken(object, id: -1, file: file, key: key)
        token.special = true
        if object["normalized"] == nil { token.normalized = false }
        return token
    }
}

// MARK: - The list of added tokens

extension SpecialTokenNames {
    /// Completes the added tokens of the settings: those of the files by id, the named ones always, as the reference
    /// does. Returns the tokens that follow the vocabulary, in order of their ids.
    ///
    /// - Complexity: O(n log n) in the tokens.
    func settle(
        _ added: inout [Int: AddedToken], _ base: Vocabulary, _ settings: inout TokenizerSettings,
        _ tokenizerClass: TokenizerClass, _ notes: inout [String]
    ) throws(TokenizerError) -> [String] {
        var known: Set<ExactText> = []
        var more = try Self.more(added, base, &known)
        func place(_ token: AddedToken, id: Int) {
            var token = token
            token.id = id
            added[id] = token
            known.insert(ExactText(token.content))
        }
        for role in Self.roles {
            guard let token = token(role, settings, tokenizerClass), !token.content.isEmpty,
                !known.contains(ExactText(token.content))
            else { continue }
            if let id = base.id(of: token.content) {
                place(token, id: id)
            } else if Self.adds(
                role, isNamed: byRole[role] != nil || role == "mask_token" && tokenizerClass.addsMask, token, &settings,
                &notes)
            {
                place(token, id: base.count + more.count)
                more.append(token.content)
            }
        }
        for token in others where !token.content.isEmpty && !known.contains(ExactText(token.content)) {
            if let id = base.id(of: token.content) {
                place(token, id: id)
            } else {
                place(token, id: base.count + more.count)
                more.append(token.content)
            }
        }
        if tokenizerClass == .generic, let mask = settings.maskToken, !known.contains(ExactText(mask)) {
            settings.maskToken = nil
        }
        let plain = TokenizerSettings()
        if !known.contains(ExactText(settings.paddingToken)) { settings.paddingToken = plain.paddingToken }
        // A name that neither texts nor frames use would not survive an export: the frame's ends are the roles then.
        let framed = (settings.single + settings.pair).compactMap(\.token)
        func isUsed(_ token: String) -> Bool { framed.contains(token) || known.contains(ExactText(token)) }
        if !isUsed(settings.classifierToken) {
            settings.classifierToken = settings.single.first?.token ?? plain.classifierToken
        }
        if !isUsed(settings.separatorToken) {
            settings.separatorToken = settings.single.last?.token ?? plain.separatorToken
        }
        settings.addedTokens = added.keys.sorted().compactMap { added[$0] }
        return more
    }

    /// The token of a role: the one that a file names, else the one that transformers' class has; nil where it has none
    /// or a file says that there is none.
    private func token(
        _ role: String, _ settings: TokenizerSettings, _ tokenizerClass: TokenizerClass
    ) -> AddedToken? {
        guard var token = byRole[role] ?? standard(role, settings, tokenizerClass) else { return nil }
        if role == "mask_token", tokenizerClass.masksStripLeft, !flagged.contains(role) { token.stripsLeft = true }
        return token
    }

    private func standard(
        _ role: String, _ settings: TokenizerSettings, _ tokenizerClass: TokenizerClass
    ) -> AddedToken? {
        guard !nulls.contains(role), tokenizerClass != .generic else { return nil }
        let content: String? =
            switch role {
            case "unk_token": tokenizerClass.standardToken(role) ?? settings.model.unknownToken
            case "sep_token": settings.separatorToken
            case "pad_token": settings.paddingToken
            case "cls_token": settings.classifierToken
            case "mask_token": settings.maskToken
            default: tokenizerClass.standardToken(role)
            }
        return content.map { AddedToken(content: $0, id: -1) }
    }

    /// Whether a role's token that the vocabulary lacks is added to it, as the reference does. Not where the model cannot
    /// do without, which is an error elsewhere, nor where nothing needs it.
    private static func adds(
        _ role: String, isNamed: Bool, _ token: AddedToken, _ settings: inout TokenizerSettings,
        _ notes: inout [String]
    ) -> Bool {
        switch role {
        case "unk_token", "cls_token", "sep_token": return false
        case "pad_token":
            if isNamed {
                notes.append("the vocabulary has no padding token \(quoted(token.content)); it is left out")
            }
            return false
        case "mask_token" where !isNamed:
            settings.maskToken = nil
            notes.append("the vocabulary has no mask token \(quoted(token.content)); it is left out")
            return false
        // The reference would add what it has of its own, and the model has no row for it.
        default: return isNamed
        }
    }

    /// The tokens of a table that follow the vocabulary; throws where their ids contradict it or each other.
    private static func more(
        _ added: [Int: AddedToken], _ base: Vocabulary, _ known: inout Set<ExactText>
    ) throws(TokenizerError) -> [String] {
        var ids: [ExactText: Int] = [:]
        var more: [String] = []
        for id in added.keys.sorted() {
            guard let token = added[id] else { continue }
            if let other = ids.updateValue(id, forKey: ExactText(token.content)) {
                throw .addedToken(token.content, problem: "has two ids, \(other) and \(id)")
            }
            if let own = base.id(of: token.content) {
                guard own == id else {
                    throw .addedToken(token.content, problem: "has id \(id), but the vocabulary gives it id \(own)")
                }
            } else {
                guard id == base.count + more.count else {
                    throw .addedToken(
                        token.content,
                        problem: "has id \(id), expected \(base.count + more.count): ids must go on without gaps")
                }
                more.append(token.content)
            }
        }
        known = Set(ids.keys)
        return more
    }
}
