// Answers as JSON and back, under the names that `adze predict --json` gives them. Numbers that are not finite, of a model
// with damaged weights, are an encoder's error.

/// The names of the members.
private enum Key: String, CodingKey {
    case label, score, scores, labels, top, logits, truncated, abstained, set
    case entities, entityGroup = "entity_group", entity, word, start, end, index
    case answers, answer, windows
    case masks, token, tokenText = "token_str", sequence
    case isNext = "is_next"
    case text, pair = "text_pair"
}

extension KeyedEncodingContainer<Key> {
    /// What was cut off, where anything was.
    fileprivate mutating func encode(truncated: Int) throws {
        if truncated > 0 { try encode(truncated, forKey: .truncated) }
    }

    fileprivate mutating func encode(_ range: Range<Int>) throws {
        try encode(range.lowerBound, forKey: .start)
        try encode(range.upperBound, forKey: .end)
    }
}

extension KeyedDecodingContainer<Key> {
    fileprivate func decodeTruncated() throws -> Int { try decodeIfPresent(Int.self, forKey: .truncated) ?? 0 }

    fileprivate func decodeRange() throws -> Range<Int> {
        let (start, end) = (try decode(Int.self, forKey: .start), try decode(Int.self, forKey: .end))
        guard start <= end else {
            throw DecodingError.dataCorruptedError(
                forKey: .end, in: self, debugDescription: "the end is before the start")
        }
        return start..<end
    }
}

extension TextInput: Codable {
    /// Reads `text`, and `text_pair` where there is one.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            try values.decode(String.self, forKey: .text), pair: try values.decodeIfPresent(String.self, forKey: .pair))
    }

    /// Writes `text`, and `text_pair` where there is one.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(text, forKey: .text)
        try values.encodeIfPresent(pair, forKey: .pair)
    }
}

extension Classification: Codable {
    /// Reads what `encode(to:)` writes; throws for scores that lack a label.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let labels = try values.decode([String].self, forKey: .labels)
        let byLabel = try values.decode([String: Double].self, forKey: .scores)
        let scores = try labels.map { label in
            guard let score = byLabel[label] else {
                throw DecodingError.dataCorruptedError(
                    forKey: .scores, in: values, debugDescription: "no score of the label \(label)")
            }
            return score
        }
        self.init(
            labels: labels, top: try values.decode([Score].self, forKey: .top), scores: scores,
            logits: try values.decode([Float].self, forKey: .logits), truncatedTokenCount: try values.decodeTruncated())
        guard let abstained = try values.decodeIfPresent(Bool.self, forKey: .abstained) else { return }
        let set = try values.decodeIfPresent([String].self, forKey: .set)
        verdict = abstained ? .abstained : set.map(Verdict.set) ?? .answered
    }

    /// Writes `label`, `score`, `top`, `scores` by label, `labels` in the model's order, `logits`, and `truncated` where
    /// anything was cut off; where the model has a rule for its answers `abstained`, with null for `label` where it is
    /// true, and the `set` where there is one.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        if abstained { try values.encodeNil(forKey: .label) } else { try values.encode(label, forKey: .label) }
        if verdict != nil { try values.encode(abstained, forKey: .abstained) }
        if case .set(let set) = verdict { try values.encode(set, forKey: .set) }
        try values.encode(score, forKey: .score)
        try values.encode(top, forKey: .top)
        try values.encode(scoresByLabel, forKey: .scores)
        try values.encode(labels, forKey: .labels)
        try values.encode(logits, forKey: .logits)
        try values.encode(truncated: truncatedTokenCount)
    }
}

extension Entity: Codable {
    /// Reads what `encode(to:)` writes.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let index = try values.decodeIfPresent(Int.self, forKey: .index)
        self.init(
            label: try values.decode(String.self, forKey: index == nil ? .entityGroup : .entity),
            score: try values.decode(Double.self, forKey: .score), word: try values.decode(String.self, forKey: .word),
            range: try values.decodeRange(), index: index)
    }

    /// Writes `entity_group`, or for a single token `entity` and `index`, then `score`, `word`, `start` and `end`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(label, forKey: index == nil ? .entityGroup : .entity)
        try values.encodeIfPresent(index, forKey: .index)
        try values.encode(score, forKey: .score)
        try values.encode(word, forKey: .word)
        try values.encode(range)
    }
}

extension FoundEntities: Codable {
    /// Reads what `encode(to:)` writes.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            entities: try values.decode([Entity].self, forKey: .entities),
            truncatedTokenCount: try values.decodeTruncated())
    }

    /// Writes `entities`, and `truncated` where anything was cut off.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(entities, forKey: .entities)
        try values.encode(truncated: truncatedTokenCount)
    }
}

extension Answer: Codable {
    /// Reads what `encode(to:)` writes.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            text: try values.decode(String.self, forKey: .answer),
            score: try values.decode(Double.self, forKey: .score),
            range: try values.decodeRange())
    }

    /// Writes `answer`, `score`, `start` and `end`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(text, forKey: .answer)
        try values.encode(score, forKey: .score)
        try values.encode(range)
    }
}

extension FoundAnswers: Codable {
    /// Reads what `encode(to:)` writes.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            answers: try values.decode([Answer].self, forKey: .answers),
            windowCount: try values.decode(Int.self, forKey: .windows))
    }

    /// Writes `answers` and the number of `windows`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(answers, forKey: .answers)
        try values.encode(windowCount, forKey: .windows)
    }
}

extension FilledText.Candidate: Codable {
    /// Reads what `encode(to:)` writes.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            token: try values.decode(Int.self, forKey: .token),
            text: try values.decode(String.self, forKey: .tokenText),
            score: try values.decode(Double.self, forKey: .score),
            origin: .written(try values.decode(String.self, forKey: .sequence)))
    }

    /// Writes `score`, `token`, `token_str` and `sequence`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(score, forKey: .score)
        try values.encode(token, forKey: .token)
        try values.encode(text, forKey: .tokenText)
        try values.encode(sequence, forKey: .sequence)
    }
}

extension FilledText: Codable {
    /// Reads what `encode(to:)` writes.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            masks: try values.decode([[Candidate]].self, forKey: .masks),
            truncatedTokenCount: try values.decodeTruncated())
    }

    /// Writes `masks`, a list of candidates for each, and `truncated` where anything was cut off.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(masks, forKey: .masks)
        try values.encode(truncated: truncatedTokenCount)
    }
}

extension NextSentence: Codable {
    /// Reads what `encode(to:)` writes.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            score: try values.decode(Double.self, forKey: .score),
            logits: try values.decode([Float].self, forKey: .logits), truncatedTokenCount: try values.decodeTruncated())
    }

    /// Writes `is_next`, `score`, `logits`, and `truncated` where anything was cut off.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(follows, forKey: .isNext)
        try values.encode(score, forKey: .score)
        try values.encode(logits, forKey: .logits)
        try values.encode(truncated: truncatedTokenCount)
    }
}
