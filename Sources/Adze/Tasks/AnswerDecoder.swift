// From the logits of start and end to answers, as transformers' question-answering pipeline did until version 4. Pure:
// no model is run here.

internal import AdzeModels
internal import AdzeTokenization

/// Makes answers of the windows of one question.
///
/// Two things of the pipeline are left out: spans of probability 0 that end before they start, with which it fills up a
/// list that is too short, and places of a `[CLS]` that somebody wrote into the question.
struct AnswerDecoder {
    let classifierID: Int32?
    let options: AnswerOptions

    /// The answers from a context whose windows have the logits (T, 2), start before end.
    ///
    /// - Complexity: O(T · maximumAnswerLength) for each window, and the sorting of as many candidates.
    func decode(_ context: String, _ windows: [Encoding], logits: [[Float]]) -> Result<FoundAnswers, TextProblem> {
        guard logits.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return .failure(.notFinite) }
        let text = ScalarText(context)
        var answers = AnswerList()
        var noAnswer = Double.infinity
        for (window, logits) in zip(windows, logits) {
            let starts = probabilities(window, logits, 0)
            let ends = probabilities(window, logits, 1)
            noAnswer = min(noAnswer, starts[0] * ends[0])
            for span in best(window, starts, ends) {
                let range = range(of: span, in: window)
                answers.add(Answer(text: text[range], score: span.score, range: range))
            }
        }
        if options.allowsNoAnswer { answers.append(Answer(text: "", score: noAnswer, range: 0..<0)) }
        var best = answers.best(max(1, options.topK))
        if best.isEmpty { best = [Answer(text: "", score: 0, range: 0..<0)] }
        return .success(FoundAnswers(answers: best, windowCount: windows.count))
    }

    /// Softmax over the context and the classifier token, 0 elsewhere; `column` is 0 for starts and 1 for ends.
    private func probabilities(_ window: Encoding, _ logits: [Float], _ column: Int) -> [Double] {
        let places = window.ids.indices.filter { window.secondText.contains($0) || window.ids[$0] == classifierID }
        var result = [Double](repeating: 0, count: window.ids.count)
        for (place, value) in zip(places, softmax(places.map { logits[2 * $0 + column] })) { result[place] = value }
        return result
    }
}

// MARK: - Spans

/// A first and a last token, and the product of their probabilities.
private struct Span {
    let first: Int
    let last: Int
    let score: Double
}

extension AnswerDecoder {
    /// The most likely spans of a window, ties in their order. Words may join several spans: hence more than are wanted.
    private func best(_ window: Encoding, _ starts: [Double], _ ends: [Double]) -> [Span] {
        // More than any window has spans, and far from an overflow.
        let topK = min(max(1, options.topK), 1 << 40)
        var spans: [Span] = []
        // The first token is the frame's even where a template puts the text there.
        let context = window.secondText.clamped(to: 1..<max(1, window.ids.count))
        for first in context {
            let end = min(context.upperBound - first, max(1, options.maximumAnswerLength)) + first
            for last in first..<end { spans.append(Span(first: first, last: last, score: starts[first] * ends[last])) }
        }
        spans.sort { ($0.score, $1.first, $1.last) > ($1.score, $0.first, $0.last) }
        return Array(spans.prefix(options.alignsToWords ? 2 * topK + 10 : topK))
    }

    /// The scalars of a span, or of the words that it touches as far as they stand in the window.
    private func range(of span: Span, in window: Encoding) -> Range<Int> {
        var (first, last) = (span.first, span.last)
        if options.alignsToWords {
            while first > window.secondText.lowerBound, window.words[first - 1] == window.words[first] { first -= 1 }
            while last + 1 < window.secondText.upperBound, window.words[last + 1] == window.words[last] { last += 1 }
        }
        let (start, end) = (window.offsets[first].lowerBound, window.offsets[last].upperBound)
        return start..<max(start, end)
    }
}

/// Answers in the order in which they were found; a text found again, in whatever case, adds to the score of the first.
private struct AnswerList {
    private var answers: [Answer] = []
    private var places: [[Unicode.Scalar]: Int] = [:]

    mutating func add(_ answer: Answer) {
        let key = folded(answer.text)
        if let place = places[key] {
            let known = answers[place]
            answers[place] = Answer(text: known.text, score: known.score + answer.score, range: known.range)
        } else {
            places[key] = answers.count
            append(answer)
        }
    }

    mutating func append(_ answer: Answer) { answers.append(answer) }

    /// The best answers; of equals, the one found first.
    func best(_ count: Int) -> [Answer] {
        answers.indices.sorted { (answers[$0].score, $1) > (answers[$1].score, $0) }.prefix(count).map { answers[$0] }
    }

    /// Lower case; a sigma is one letter wherever it stands.
    private func folded(_ text: String) -> [Unicode.Scalar] {
        text.lowercased().unicodeScalars.map { $0 == "ς" ? "σ" : $0 }
    }
}
