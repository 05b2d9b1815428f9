// How the rows of each head are answered, and how an answer reads on its line: plain columns and JSON members. Not here:
// the rows themselves, and the options.

import Adze
import AdzeBytes

/// One head's answers to rows.
protocol RowAnswers {
    associatedtype Answer

    /// One answer for each row, or why it has none.
    func answers(to rows: [TextInput]) throws -> [Result<Answer, TextProblem>]
    /// Tokens of the row that were cut off.
    func truncatedTokenCount(_ answer: Answer) -> Int
    /// The columns of a plain line.
    func columns(_ answer: Answer) -> [String]
    /// The members of a JSON line, under transformers' names.
    func members(_ answer: Answer) -> JSONObject
}

/// A score as a plain line has it.
private func plain(_ score: Double) -> String { rounded(score, digits: 6) }

// MARK: - Labels

/// `label, score` of the best labels.
struct LabelAnswers: RowAnswers {
    let classifier: TextClassifier
    let topK: Int
    let options: TextOptions

    func answers(to rows: [TextInput]) throws -> [Result<Classification, TextProblem>] {
        try classifier.classify(rows, topK: topK, options: options).map { result in
            result.logits.allSatisfy(\.isFinite) ? .success(result) : .failure(.notFinite)
        }
    }

    func truncatedTokenCount(_ answer: Classification) -> Int { answer.truncatedTokenCount }

    func columns(_ answer: Classification) -> [String] { answer.top.flatMap { [$0.label, plain($0.score)] } }

    func members(_ answer: Classification) -> JSONObject {
        var object: JSONObject = ["label": .string(answer.label), "score": .number(answer.score)]
        var scores = JSONObject()
        if topK > 1 {
            for entry in answer.top { scores[entry.label] = .number(entry.score) }
        } else {
            for (label, score) in zip(classifier.labels, answer.scores) { scores[label] = .number(score) }
        }
        object["scores"] = .object(scores)
        object["logits"] = .array(answer.logits.map { .number(Double($0)) })
        return object
    }
}

// MARK: - Entities

/// `entity_group, word, score, start, end` of each entity.
struct EntityAnswers: RowAnswers {
    let finder: EntityFinder
    let options: EntityOptions

    func answers(to rows: [TextInput]) throws -> [Result<FoundEntities, TextProblem>] {
        try finder.find(rows, options: options)
    }

    func truncatedTokenCount(_ answer: FoundEntities) -> Int { answer.truncatedTokenCount }

    func columns(_ answer: FoundEntities) -> [String] {
        answer.entities.flatMap {
            [$0.label, $0.word, plain($0.score), "\($0.range.lowerBound)", "\($0.range.upperBound)"]
        }
    }

    func members(_ answer: FoundEntities) -> JSONObject { ["entities": .array(answer.entities.map(member))] }

    private func member(_ entity: Entity) -> JSONValue {
        var object: JSONObject = [
            options.aggregation == .none ? "entity" : "entity_group": .string(entity.label),
            "score": .number(entity.score),
        ]
        if let index = entity.index { object["index"] = .integer(index) }
        object["word"] = .string(entity.word)
        object["start"] = .integer(entity.range.lowerBound)
        object["end"] = .integer(entity.range.upperBound)
        return .object(object)
    }
}

// MARK: - Answers

/// `answer, score, start, end` of the best answers.
struct QuestionAnswers: RowAnswers {
    let finder: AnswerFinder
    let options: AnswerOptions

    func answers(to rows: [TextInput]) throws -> [Result<FoundAnswers, TextProblem>] {
        try finder.answer(rows, options: options)
    }

    /// Contexts are read in windows, all of them.
    func truncatedTokenCount(_ answer: FoundAnswers) -> Int { 0 }

    func columns(_ answer: FoundAnswers) -> [String] {
        answer.answers.flatMap {
            [$0.text, plain($0.score), "\($0.range.lowerBound)", "\($0.range.upperBound)"]
        }
    }

    func members(_ answer: FoundAnswers) -> JSONObject {
        var object = member(answer.answers[0])
        if options.topK > 1 { object["answers"] = .array(answer.answers.map { .object(member($0)) }) }
        return object
    }

    private func member(_ answer: Answer) -> JSONObject {
        [
            "score": .number(answer.score), "start": .integer(answer.range.lowerBound),
            "end": .integer(answer.range.upperBound), "answer": .string(answer.text),
        ]
    }
}

// MARK: - Masked words

/// `token_str, score` of the candidates of each mask, one mask after another.
struct MaskAnswers: RowAnswers {
    let filler: MaskFiller
    let topK: Int
    let targets: MaskFiller.Targets?
    let options: TextOptions

    func answers(to rows: [TextInput]) throws -> [Result<FilledText, TextProblem>] {
        try filler.fill(rows, topK: topK, targets: targets, options: options)
    }

    func truncatedTokenCount(_ answer: FilledText) -> Int { answer.truncatedTokenCount }

    func columns(_ answer: FilledText) -> [String] { answer.masks.joined().flatMap { [$0.text, plain($0.score)] } }

    func members(_ answer: FilledText) -> JSONObject {
        ["masks": .array(answer.masks.map { .array($0.map(member)) })]
    }

    private func member(_ candidate: FilledText.Candidate) -> JSONValue {
        .object([
            "score": .number(candidate.score), "token": .integer(candidate.token),
            "token_str": .string(candidate.text), "sequence": .string(candidate.sequence),
        ])
    }
}

// MARK: - Pairs

/// Whether the second text follows, and the probability that it does.
struct PairAnswers: RowAnswers {
    let predictor: NextSentencePredictor
    let options: TextOptions

    func answers(to rows: [TextInput]) throws -> [Result<NextSentence, TextProblem>] {
        try predictor.predict(rows, options: options)
    }

    func truncatedTokenCount(_ answer: NextSentence) -> Int { answer.truncatedTokenCount }

    func columns(_ answer: NextSentence) -> [String] {
        [answer.follows ? "is_next" : "not_next", plain(answer.score)]
    }

    func members(_ answer: NextSentence) -> JSONObject {
        [
            "is_next": .bool(answer.follows), "score": .number(answer.score),
            "logits": .array(answer.logits.map { .number(Double($0)) }),
        ]
    }
}
