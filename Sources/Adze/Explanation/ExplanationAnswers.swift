// Explanations as JSON lines. Not here: where rows come from, and where lines go to.

package import AdzeBytes

/// Explanations of rows.
package struct ExplanationAnswers: RowAnswers {
    let explainer: TextExplainer
    let options: ExplanationOptions

    package init(explainer: TextExplainer, options: ExplanationOptions) {
        (self.explainer, self.options) = (explainer, options)
    }

    package func answers(to rows: [TextInput]) throws -> [Result<Explanation, TextProblem>] {
        try explainer.explain(rows, options: options)
    }

    package func truncatedTokenCount(_ answer: Explanation) -> Int { answer.truncatedTokenCount }

    package var memberNames: [String] {
        ["label", "score", "logit", "method", "steps", "baseline", "baseline_logit", "delta", "tokens"]
            + (explainer.cleansTexts ? ["cleaned", "cleaned_pair"] : [])
    }

    package func members(_ answer: Explanation) -> JSONObject {
        var object: JSONObject = [
            "label": .string(answer.label), "score": .number(answer.score), "logit": .number(Double(answer.logit)),
            "method": .string(options.method.rawValue),
        ]
        if let logit = answer.baselineLogit, let error = answer.completenessError {
            object["steps"] = .integer(options.steps)
            object["baseline"] = .string(options.baseline.rawValue)
            object["baseline_logit"] = .number(Double(logit))
            object["delta"] = .number(error)
        }
        object["tokens"] = .array(
            zip(answer.tokens, answer.attributions).map { token, attribution in
                var member = token.json
                member["attribution"] = .number(attribution)
                return .object(member)
            })
        if let cleaned = answer.cleanedText {
            object["cleaned"] = .string(cleaned.text)
            if let pair = cleaned.pair { object["cleaned_pair"] = .string(pair) }
        }
        return object
    }

    /// A line of tokens and their attributions; the program prints JSON.
    package func columns(_ answer: Explanation) -> [String] {
        [answer.label] + zip(answer.tokens, answer.attributions).flatMap { [$0.shown, rounded($1, digits: 6)] }
    }

    package let tableColumns = ["label", "score", "tokens"]

    /// A token holds about as much memory as so many numbers.
    package func numbers(_ byteCount: Int) -> Int { 64 * (2 + min(byteCount / 3, explainer.maximumLength)) }
}
