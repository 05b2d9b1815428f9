// Answers of each head to rows, and their form on a line: plain columns and JSON members. Not here: where rows come
// from, and where lines go to.

package import AdzeBytes
internal import AdzeData
internal import AdzeTokenization

/// One head's answers to rows.
package protocol RowAnswers {
    associatedtype Answer

    /// One answer for each row, or why it has none.
    func answers(to rows: [TextInput]) throws -> [Result<Answer, TextProblem>]
    /// Tokens of the row that were cut off.
    func truncatedTokenCount(_ answer: Answer) -> Int
    /// The columns of a plain line.
    func columns(_ answer: Answer) -> [String]
    /// The names that members of a JSON line may have.
    var memberNames: [String] { get }
    /// The members of a JSON line, under transformers' names.
    func members(_ answer: Answer) -> JSONObject
    /// Writes the members with commas between them.
    func writeMembers(_ answer: Answer, to line: inout [UInt8])
    /// The names of the columns that an answer adds to a table.
    var tableColumns: [String] { get }
    /// An answer's fields in them; lists are JSON.
    func tableFields(_ answer: Answer) -> [String]
    /// How many numbers are in memory for a text of so many bytes until its answer is printed.
    func numbers(_ byteCount: Int) -> Int
}

extension RowAnswers {
    package func writeMembers(_ answer: Answer, to line: inout [UInt8]) {
        for (index, (name, value)) in members(answer).enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            appendJSONString(name, to: &line)
            line.append(UInt8(ascii: ":"))
            line += value.text.utf8
        }
    }

    package func numbers(_ byteCount: Int) -> Int { 1 }

    /// The members of an answer as fields: numbers and texts as they are, lists as JSON, what is missing as nothing.
    package func tableFields(_ answer: Answer) -> [String] {
        let members = members(answer)
        return tableColumns.map { name in
            switch members[name] {
            case .string(let text): text
            case .some(let value): value.text
            case nil: ""
            }
        }
    }
}

/// A score as a plain line has it.
private func plain(_ score: Double) -> String { rounded(score, digits: 6) }

// MARK: - Labels that are named with the text

/// `label, score` of the best candidates.
package struct ZeroShotAnswers: RowAnswers {
    let classifier: ZeroShotClassifier
    let labels: ZeroShotLabels
    let topK: Int
    let maximumLength: Int?

    package init(classifier: ZeroShotClassifier, labels: ZeroShotLabels, topK: Int, maximumLength: Int?) {
        (self.classifier, self.labels, self.topK, self.maximumLength) = (classifier, labels, topK, maximumLength)
    }

    package func answers(to rows: [TextInput]) throws -> [Result<Classification, TextProblem>] {
        try classifier.classify(rows.map(\.text), labels, topK: topK, maximumLength: maximumLength).map { result in
            result.logits.allSatisfy(\.isFinite) ? .success(result) : .failure(.notFinite)
        }
    }

    package func truncatedTokenCount(_ answer: Classification) -> Int { answer.truncatedTokenCount }

    package func columns(_ answer: Classification) -> [String] { answer.top.flatMap { [$0.label, plain($0.score)] } }

    package var memberNames: [String] { ["label", "score", "scores", "logits"] }

    package func members(_ answer: Classification) -> JSONObject {
        var scores: JSONObject = [:]
        for (label, score) in zip(answer.labels, answer.scores) { scores[label] = .number(score) }
        return [
            "label": .string(answer.label), "score": .number(answer.score), "scores": .object(scores),
            "logits": .array(answer.logits.map { .number(Double($0)) }),
        ]
    }

    package var tableColumns: [String] {
        (1...max(1, min(topK, labels.candidates.count))).flatMap { rank in
            rank == 1 ? ["label", "score"] : ["label_\(rank)", "score_\(rank)"]
        }
    }

    package func tableFields(_ answer: Classification) -> [String] {
        answer.top.flatMap { [$0.label, JSONValue.number($0.score).text] }
    }

    package func numbers(_ byteCount: Int) -> Int { 2 * labels.candidates.count }
}

// MARK: - Labels

/// `label, score` of the best labels.
package struct LabelAnswers: RowAnswers {
    let classifier: TextClassifier
    let topK: Int
    let options: TextOptions

    package init(classifier: TextClassifier, topK: Int, options: TextOptions) {
        (self.classifier, self.topK) = (classifier, topK)
        self.options = options.completed(by: classifier.reading)
    }

    package func answers(to rows: [TextInput]) throws -> [Result<Classification, TextProblem>] {
        try classifier.classify(rows, topK: topK, options: options).map { result in
            result.logits.allSatisfy(\.isFinite) ? .success(result) : .failure(.notFinite)
        }
    }

    package func truncatedTokenCount(_ answer: Classification) -> Int { answer.truncatedTokenCount }

    package func columns(_ answer: Classification) -> [String] {
        switch answer.verdict {
        case .abstained: [LabelAnswers.abstention, plain(answer.score)]
        case .set(let labels): [labels.joined(separator: LabelAnswers.separator), plain(answer.score)]
        case .answered, nil: answer.top.flatMap { [$0.label, plain($0.score)] }
        }
    }

    /// What stands in the place of a label where there is no answer.
    package static let abstention = "abstain"
    /// What stands between the labels of a set.
    private static let separator = "|"

    package var memberNames: [String] {
        ["label", "score", "scores", "logits"] + (hasVerdicts ? ["abstained"] : [])
            + (classifier.rule.givesLists ? ["set"] : [])
    }

    private var hasVerdicts: Bool { classifier.rule.decision != .best }

    package func members(_ answer: Classification) -> JSONObject { [:] }

    /// Written as it comes: a model may have a hundred thousand labels.
    package func writeMembers(_ answer: Classification, to line: inout [UInt8]) {
        line += "\"label\":".utf8
        if answer.abstained { line += "null".utf8 } else { appendJSONString(answer.label, to: &line) }
        if hasVerdicts { line += ",\"abstained\":\(answer.abstained)".utf8 }
        if classifier.rule.givesLists { line += ",\"set\":\(set(answer).text)".utf8 }
        line += ",\"score\":\(JSONValue.number(answer.score).text),\"scores\":{".utf8
        var isFirst = true
        func add(_ label: String, _ score: Double) {
            if !isFirst { line.append(UInt8(ascii: ",")) }
            isFirst = false
            appendJSONString(label, to: &line)
            line.append(UInt8(ascii: ":"))
            line += JSONValue.number(score).text.utf8
        }
        if topK > 1 {
            for entry in answer.top { add(entry.label, entry.score) }
        } else {
            for (label, score) in zip(classifier.labels, answer.scores) { add(label, score) }
        }
        line += "},\"logits\":[".utf8
        for (index, logit) in answer.logits.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            line += JSONValue.number(Double(logit)).text.utf8
        }
        line.append(UInt8(ascii: "]"))
    }

    package var tableColumns: [String] {
        (1...max(1, min(topK, classifier.labels.count))).flatMap { rank in
            rank == 1 ? ["label", "score"] : ["label_\(rank)", "score_\(rank)"]
        } + (classifier.rule.givesLists ? ["set"] : [])
    }

    package func tableFields(_ answer: Classification) -> [String] {
        var fields = answer.top.flatMap { [$0.label, JSONValue.number($0.score).text] }
        if answer.abstained { fields[0] = LabelAnswers.abstention }
        return fields + (classifier.rule.givesLists ? [set(answer).text] : [])
    }

    /// The labels of a set; none of an answer that is not given.
    private func set(_ answer: Classification) -> JSONValue {
        guard case .set(let labels) = answer.verdict else { return [] }
        return .array(labels.map(JSONValue.string))
    }

    /// Logits and scores of every label, for every window that there may be.
    package func numbers(_ byteCount: Int) -> Int {
        var windows = 1
        if case .window(stride: let shared) = options.longText {
            let length = min(options.maximumLength ?? classifier.maximumLength, classifier.maximumLength)
            windows += byteCount / 3 / max(1, length - shared)
        }
        return classifier.labels.count * windows
    }
}

// MARK: - Entities

/// `entity_group, word, score, start, end` of each entity.
package struct EntityAnswers: RowAnswers {
    let finder: EntityFinder
    let options: EntityOptions

    package init(finder: EntityFinder, options: EntityOptions) {
        (self.finder, self.options) = (finder, options)
    }

    package func answers(to rows: [TextInput]) throws -> [Result<FoundEntities, TextProblem>] {
        try finder.find(rows, options: options)
    }

    package func truncatedTokenCount(_ answer: FoundEntities) -> Int { answer.truncatedTokenCount }

    package func columns(_ answer: FoundEntities) -> [String] {
        answer.entities.flatMap {
            [$0.label, $0.word, plain($0.score), "\($0.range.lowerBound)", "\($0.range.upperBound)"]
        }
    }

    package let memberNames = ["entities"]
    package let tableColumns = ["entities"]

    /// Logits of every label at every token.
    package func numbers(_ byteCount: Int) -> Int { finder.labels.count * (2 + byteCount / 3) }

    package func members(_ answer: FoundEntities) -> JSONObject { ["entities": .array(answer.entities.map(member))] }

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
package struct QuestionAnswers: RowAnswers {
    let finder: AnswerFinder
    let options: AnswerOptions

    package init(finder: AnswerFinder, options: AnswerOptions) {
        (self.finder, self.options) = (finder, options)
    }

    package func answers(to rows: [TextInput]) throws -> [Result<FoundAnswers, TextProblem>] {
        try finder.answer(rows, options: options)
    }

    /// Contexts are read in windows, all of them.
    package func truncatedTokenCount(_ answer: FoundAnswers) -> Int { 0 }

    package func columns(_ answer: FoundAnswers) -> [String] {
        answer.answers.flatMap {
            [$0.text, plain($0.score), "\($0.range.lowerBound)", "\($0.range.upperBound)"]
        }
    }

    package let memberNames = ["score", "start", "end", "answer", "answers"]
    package var tableColumns: [String] { ["answer", "score", "start", "end"] + (options.topK > 1 ? ["answers"] : []) }

    package func members(_ answer: FoundAnswers) -> JSONObject {
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
package struct MaskAnswers: RowAnswers {
    let filler: MaskFiller
    let topK: Int
    let targets: MaskFiller.Targets?
    let options: TextOptions

    package init(filler: MaskFiller, topK: Int, targets: MaskFiller.Targets?, options: TextOptions) {
        (self.filler, self.topK, self.targets, self.options) = (filler, topK, targets, options)
    }

    package func answers(to rows: [TextInput]) throws -> [Result<FilledText, TextProblem>] {
        try filler.fill(rows, topK: topK, targets: targets, options: options)
    }

    package func truncatedTokenCount(_ answer: FilledText) -> Int { answer.truncatedTokenCount }

    package func columns(_ answer: FilledText) -> [String] {
        answer.masks.joined().flatMap { [$0.text, plain($0.score)] }
    }

    package let memberNames = ["masks"]
    package let tableColumns = ["masks"]

    package func members(_ answer: FilledText) -> JSONObject {
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
package struct PairAnswers: RowAnswers {
    let predictor: NextSentencePredictor
    let options: TextOptions

    package init(predictor: NextSentencePredictor, options: TextOptions) {
        (self.predictor, self.options) = (predictor, options)
    }

    package func answers(to rows: [TextInput]) throws -> [Result<NextSentence, TextProblem>] {
        try predictor.predict(rows, options: options)
    }

    package func truncatedTokenCount(_ answer: NextSentence) -> Int { answer.truncatedTokenCount }

    package func columns(_ answer: NextSentence) -> [String] {
        [answer.follows ? "is_next" : "not_next", plain(answer.score)]
    }

    package let memberNames = ["is_next", "score", "logits"]
    package let tableColumns = ["is_next", "score"]

    package func members(_ answer: NextSentence) -> JSONObject {
        [
            "is_next": .bool(answer.follows), "score": .number(answer.score),
            "logits": .array(answer.logits.map { .number(Double($0)) }),
        ]
    }
}
