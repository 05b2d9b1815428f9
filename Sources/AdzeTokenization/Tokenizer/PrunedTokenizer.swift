// A tokenizer with some of its tokens alone: which always stay, which texts of a script can need, and the proof that those
// are cut as before. Not here: which tokens some given texts need, which is `VocabularyUse`.

public import AdzeBytes

extension Tokenizer {
    /// The ids that stay whatever texts need, ascending: added and special tokens, and those of frames and roles.
    public var indispensableIDs: [Int] {
        let framed = (settings.single + settings.pair).compactMap(\.token).compactMap(vocabulary.id)
        let roles = [unknownID, classifierID, separatorID, paddingID, maskID].compactMap { $0.map(Int.init) }
        return Set(settings.addedTokens.map(\.id) + framed + roles).sorted()
    }

    /// The tokenizer with the tokens of a map alone, under the ids that it gives them.
    ///
    /// The map is one of this vocabulary, and keeps what is indispensable. Throws a `TokenizerError` where the settings
    /// would refuse the tokens.
    /// - Complexity: O(bytes of the tokens).
    public func keeping(_ map: VocabularyMap) throws(TokenizerError) -> Tokenizer {
        precondition(map.oldCount == vocabulary.count, "a map of this vocabulary")
        var settings = settings
        settings.model = cutter.model.keeping(map)
        for index in settings.addedTokens.indices {
            guard let id = map[settings.addedTokens[index].id] else { preconditionFailure("added tokens stay") }
            settings.addedTokens[index].id = id
        }
        let tokens = try Vocabulary(
            tokens: map.kept.map(vocabulary.utf8), modelCount: map.kept.count { $0 < vocabulary.modelCount },
            allowsRepeats: settings.model.allowsRepeats, file: "tokens")
        return try Tokenizer(vocabulary: tokens, settings: settings, notes: notes)
    }

    /// Whether it is known which pieces the texts of a script can need: of WordPiece it is.
    public var knowsScripts: Bool { if case .wordPiece = settings.model { true } else { false } }

    /// The ids that texts of a script can need, ascending, with those that are indispensable and `more`.
    ///
    /// A piece stays if its characters are all such as texts of the script have after normalization, and a word can hold
    /// them together: none that stands beside a punctuation mark, which the pre-tokenizer splits off. What the others are
    /// made of counts with the script where a word could hold that too, so that `unchangedPairs` always proves the map.
    /// - Complexity: O(bytes of the tokens and scalars of the script).
    public func ids(of script: TextScript, and more: [Int] = []) -> [Int] {
        let model = cutter.model
        var (alphabet, ids) = (settings.normalizer.wordScalars(of: script.scalars.joined()), indispensableIDs + more)
        var size = 0
        // Once more where a piece stands for two texts, as one may whose prefix is a letter, and has brought new characters.
        repeat {
            for id in ids { for reading in model.readings(of: id) { alphabet.formUnion(reading.scalars) } }
            size = alphabet.count
            ids = Set(ids + (0..<vocabulary.modelCount).filter { canStand($0, in: alphabet) }).sorted()
            for id in ids { for reading in model.readings(of: id) { alphabet.formUnion(reading.scalars) } }
        } while alphabet.count > size
        return ids
    }

    /// Proves that a map changes no word of the characters that its pieces have, and counts the words that two of the pieces
    /// make, one to begin it and one that continues; nil where it might change one.
    ///
    /// No piece that goes has a place in such a word: it has a character that no piece that stays has, or no word can hold
    /// it. What can match nowhere is never the longest match either, so that the words are cut the same with it and without.
    /// - Complexity: O(bytes of the tokens).
    public func unchangedPairs(_ map: VocabularyMap) -> Int? {
        precondition(map.oldCount == vocabulary.count, "a map of this vocabulary")
        var alphabet: Set<UInt32> = []
        var (beginnings, continuations) = (0, 0)
        for id in map.kept {
            for reading in cutter.model.readings(of: id) {
                alphabet.formUnion(reading.scalars)
                if reading.continues { continuations += 1 } else { beginnings += 1 }
            }
        }
        return map.dropped.contains { canStand($0, in: alphabet) } ? nil : beginnings * continuations
    }

    /// Whether words of some characters can hold a piece.
    private func canStand(_ id: Int, in alphabet: Set<UInt32>) -> Bool {
        cutter.model.readings(of: id).contains { $0.scalars.allSatisfy(alphabet.contains) }
    }
}
