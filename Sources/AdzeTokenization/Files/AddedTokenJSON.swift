// Added tokens in the three forms that files give them. Not here: matching them.

import AdzeBytes

extension AddedToken {
    /// An object with `content` and flags; unstated flags are those of the reference (`normalized` unless special).
    init(_ object: JSONObject, id: Int, file: String, key: String) throws(TokenizerError) {
        guard let content = object["content"]?.string else {
            throw .unexpected(
                file: file, key: key, expected: "an object with a string \"content\"",
                found: object["content"]?.kindName ?? "none")
        }
        guard !content.isEmpty else {
            throw .unexpected(file: file, key: key, expected: "a token with text", found: "an empty one")
        }
        self.init(content: content, id: id)
        singleWord = try object.flag("single_word", file) ?? false
        stripsLeft = try object.flag("lstrip", file) ?? false
        stripsRight = try object.flag("rstrip", file) ?? false
        special = try object.flag("special", file) ?? false
        normalized = try object.flag("normalized", file) ?? !special
    }

    /// The token as `tokenizer.json` writes it.
    var json: JSONObject {
        [
            "id": .integer(id), "content": .string(content), "single_word": .bool(singleWord),
            "lstrip": .bool(stripsLeft), "rstrip": .bool(stripsRight), "normalized": .bool(normalized),
            "special": .bool(special),
        ]
    }

    /// A list of objects with ids, as in `tokenizer.json`.
    static func list(
        _ value: JSONValue, key: String = "added_tokens", _ file: String
    ) throws(TokenizerError) -> [Int: AddedToken] {
        guard let values = value.array else {
            throw .unexpected(file: file, key: key, expected: "a list", found: value.kindName)
        }
        var table: [Int: AddedToken] = [:]
        for value in values {
            guard let object = value.object, let id = object["id"]?.integer, id >= 0 else {
                throw .unexpected(
                    file: file, key: key, expected: "objects with a whole \"id\"", found: value.kindName)
            }
            try add(AddedToken(object, id: id, file: file, key: key), to: &table, file)
        }
        return table
    }

    /// An object from id to token, as `added_tokens_decoder` of `tokenizer_config.json`.
    static func decoder(_ value: JSONValue, _ file: String) throws(TokenizerError) -> [Int: AddedToken] {
        let key = "added_tokens_decoder"
        guard let object = value.object else {
            throw .unexpected(file: file, key: key, expected: "an object", found: value.kindName)
        }
        var table: [Int: AddedToken] = [:]
        for (name, value) in object {
            guard let id = Int(name), id >= 0, let token = value.object else {
                throw .unexpected(
                    file: file, key: key, expected: "ids with an object each",
                    found: "\(quoted(name)) with \(value.kindName)")
            }
            try add(AddedToken(token, id: id, file: file, key: key), to: &table, file)
        }
        return table
    }

    /// An object from token to id, as `added_tokens.json`; those in `special` are control tokens.
    static func table(_ object: JSONObject, special: Set<ExactText>) throws(TokenizerError) -> [Int: AddedToken] {
        let file = TokenizerFile.addedTokens.name
        var table: [Int: AddedToken] = [:]
        for (content, value) in object {
            guard let id = value.integer, id >= 0, !content.isEmpty else {
                throw .unexpected(file: file, key: content, expected: "a token with a whole id", found: value.kindName)
            }
            let isSpecial = special.contains(ExactText(content))
            var token = AddedToken(content: content, id: id)
            token.special = isSpecial
            token.normalized = !isSpecial
            try add(token, to: &table, file)
        }
        return table
    }

    private static func add(
        _ token: AddedToken, to table: inout [Int: AddedToken], _ file: String
    ) throws(TokenizerError) {
        if let other = table.updateValue(token, forKey: token.id) {
            throw .duplicateID(file: file, id: token.id, tokens: [other.content, token.content])
        }
    }
}

extension JSONObject {
    /// A truth value, or nil where the key is missing or null.
    func flag(_ key: String, _ file: String) throws(TokenizerError) -> Bool? {
        guard let value = self[key], !value.isNull else { return nil }
        guard let flag = value.bool else {
            throw .unexpected(file: file, key: key, expected: "true or false", found: value.kindName)
        }
        return flag
    }
}
