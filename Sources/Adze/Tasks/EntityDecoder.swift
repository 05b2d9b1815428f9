// From the logits of tokens to entities, step by step as transformers' token-classification pipeline: tokens, words,
// groups, windows. Pure: no model is run here.

internal import AdzeModels
internal import AdzeTokenization

/// Makes entities of the windows of one text.
struct EntityDecoder {
    let tokenizer: Tokenizer
    let labels: [String]
    let options: EntityOptions

    /// The entities of a text whose windows have the logits (T, C), in the order of the text.
    ///
    /// - Complexity: O(T · C) for each window, and O(n log n) for n entities of several windows.
    func decode(_ text: String, _ windows: [Encoding], logits: [[Float]]) -> Result<FoundEntities, TextProblem> {
        guard logits.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return .failure(.notFinite) }
        let scalars = ScalarText(text)
        var entities: [Entity] = []
        for (encoding, logits) in zip(windows, logits) {
            let tokens = tokens(encoding, logits, scalars)
            let found =
                switch options.aggregation {
                case .none: tokens.map { entity($0, label: labels[$0.best], isAlone: true) }
                case .simple: groups(tokens.map { entity($0, label: labels[$0.best]) })
                case .first, .average, .max: groups(words(tokens))
                }
            entities += found.filter { !options.ignoredLabels.contains($0.label) }
        }
        if windows.count > 1 { entities = EntityDecoder.joined(entities) }
        return .success(
            FoundEntities(
                entities: entities, truncatedTokenCount: windows.reduce(0) { $0 + $1.truncatedTokenCount }))
    }
}

// MARK: - Tokens

/// A token of the text, and what the model says of it.
private struct LabelledToken {
    /// The token, or for an unknown one the text that it stands for.
    let word: String
    let range: Range<Int>
    /// Its place in the input.
    let index: Int
    /// Whether it goes on with the word before it.
    let continuesWord: Bool
    /// A probability for each label.
    let scores: [Double]

    /// The place of the best label, the first of equals.
    var best: Int { indexOfLargest(scores) }
}

private func indexOfLargest(_ values: [Double]) -> Int {
    values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
}

extension EntityDecoder {
    /// The tokens of a window without its frame.
    private func tokens(_ encoding: Encoding, _ logits: [Float], _ text: ScalarText) -> [LabelledToken] {
        encoding.ids.indices.filter { !encoding.specialTokensMask[$0] }.map { index in
            let (id, range) = (encoding.ids[index], encoding.offsets[index])
            let piece = tokenizer.vocabulary.token(Int(id)) ?? ""
            let isUnknown = id == tokenizer.unknownID
            return LabelledToken(
                word: isUnknown ? text[range] : piece, range: range, index: index,
                continuesWord: !isUnknown && continuesWord(piece, range, text),
                scores: softmax(logits[index * labels.count..<(index + 1) * labels.count]))
        }
    }

    /// The library's test: a piece whose token is not as long as its text, for that is what a prefix does. A letter that
    /// lost its accent as a scalar of its own passes for one too.
    private func continuesWord(_ piece: String, _ range: Range<Int>, _ text: ScalarText) -> Bool {
        if !tokenizer.settings.model.continuingPrefix.isEmpty { return piece.unicodeScalars.count != range.count }
        guard range.lowerBound > 0 else { return false }
        return !text[range.lowerBound - 1..<range.lowerBound + 1].unicodeScalars.contains(" ")
    }

    private func entity(_ token: LabelledToken, label: String, isAlone: Bool = false) -> Entity {
        Entity(
            label: label, score: token.scores[token.best], word: token.word, range: token.range,
            index: isAlone ? token.index : nil)
    }
}

// MARK: - Words

extension EntityDecoder {
    /// One entity a word, with one label.
    private func words(_ tokens: [LabelledToken]) -> [Entity] {
        var words: [[LabelledToken]] = []
        for token in tokens {
            if token.continuesWord, !words.isEmpty {
                words[words.count - 1].append(token)
            } else {
                words.append([token])
            }
        }
        return words.map(word)
    }

    private func word(_ tokens: [LabelledToken]) -> Entity {
        let scores: [Double]
        switch options.aggregation {
        case .max:
            let best = tokens.map { $0.scores[$0.best] }
            scores = tokens[indexOfLargest(best)].scores
        case .average:
            scores = labels.indices.map { label in
                tokens.reduce(0) { $0 + $1.scores[label] } / Double(tokens.count)
            }
        default: scores = tokens[0].scores
        }
        let best = indexOfLargest(scores)
        return Entity(
            label: labels[best], score: scores[best], word: tokenizer.string(of: tokens.map(\.word)),
            range: span(tokens[0].range, tokens[tokens.count - 1].range), index: nil)
    }
}

// MARK: - Groups and windows

extension EntityDecoder {
    /// Joins neighbours of one type.
    private func groups(_ parts: [Entity]) -> [Entity] {
        var groups: [[Entity]] = []
        for part in parts {
            let tag = Tag(part.label)
            if let last = groups.last?.last, !tag.begins, Tag(last.label).type == tag.type {
                groups[groups.count - 1].append(part)
            } else {
                groups.append([part])
            }
        }
        return groups.map { parts in
            Entity(
                label: Tag.group(parts[0].label), score: parts.reduce(0) { $0 + $1.score } / Double(parts.count),
                word: tokenizer.string(of: parts.map(\.word)),
                range: span(parts[0].range, parts[parts.count - 1].range), index: nil)
        }
    }

    /// Of entities of several windows that overlap, the longest, and of equally long ones the most certain.
    static func joined(_ entities: [Entity]) -> [Entity] {
        let order = entities.indices.sorted {
            (entities[$0].range.lowerBound, $0) < (entities[$1].range.lowerBound, $1)
        }
        var result: [Entity] = []
        for entity in order.map({ entities[$0] }) {
            guard let last = result.last, last.range.contains(entity.range.lowerBound) else {
                result.append(entity)
                continue
            }
            if (entity.range.count, entity.score) > (last.range.count, last.score) { result[result.count - 1] = entity }
        }
        return result
    }
}

/// A label of the form `B-PER`, scalar by scalar.
private struct Tag {
    let begins: Bool
    /// What `B-` or `I-` stands before; a label without either is all type.
    let type: String

    init(_ label: String) {
        let scalars = label.unicodeScalars
        begins = scalars.starts(with: "B-".unicodeScalars)
        type = begins || scalars.starts(with: "I-".unicodeScalars) ? String(scalars.dropFirst(2)) : label
    }

    /// The name of an entity whose first label this is: what follows the first hyphen, whatever stands before it.
    static func group(_ label: String) -> String {
        let scalars = label.unicodeScalars
        return scalars.firstIndex(of: "-").map { String(scalars[scalars.index(after: $0)...]) } ?? label
    }
}

/// From the start of one range to the end of another.
private func span(_ first: Range<Int>, _ last: Range<Int>) -> Range<Int> {
    first.lowerBound..<max(first.lowerBound, last.upperBound)
}
