// The routes of Hugging Face's text-embeddings-inference: predict, rerank, embed, tokenize, info. Not here: the gate that
// requests pass, and other protocols.

import Adze
import AdzeBytes
import AdzeServing
import Hummingbird

/// text-embeddings-inference's routes: of the first model at the root, of each model under `/models/NAME`.
///
/// - Source: `router/src/http/types.rs` and `server.rs` of text-embeddings-inference 1.8.
struct InferenceRoutes: Sendable {
    let host: ModelHost
    let limits: RequestLimits

    func add(to routes: inout RouteTable) {
        for prefix in ["", "/models/{model}"] {
            routes.post("\(prefix)/predict", .tei) { try await predict($0) }
            routes.post("\(prefix)/rerank", .tei) { try await rerank($0) }
            routes.post("\(prefix)/embed", .tei) { try await embed($0) }
            routes.post("\(prefix)/embed_sparse", .tei) { _ in
                throw ServingError.wrongModel(
                    "sparse vectors need a masked language model with SPLADE pooling, which is not served")
            }
            routes.post("\(prefix)/tokenize", .tei) { try await tokenize($0) }
            routes.get("\(prefix)/info", .tei) { try info($0) }
        }
        // What the model is for decides what its bare address does.
        for path in ["/", "/models/{model}"] {
            routes.post(path, .tei) { asked in
                switch try host.model(asked.modelName).task {
                case .classifier: try await predict(asked)
                case .reranker: try await rerank(asked)
                case .embedding: try await embed(asked)
                }
            }
        }
    }

    // MARK: - Labels

    private func predict(_ asked: Asked) async throws -> Reply {
        let model = try host.model(asked.modelName)
        let (texts, isList) = try sequences(asked.body.required("inputs"))
        try checkCount(texts.count, limits)
        let raw = try asked.body.flag("raw_scores", false)
        try refuseLeft(asked.body)
        let topK = try topK(asked.body, labels: model.labels.count)
        let served = try await model.classify(texts, truncate: asked.body.flag("truncate", true))
        let lists = served.answers.map { answer -> JSONValue in
            let scored =
                raw
                ? sorted(zip(answer.labels, answer.logits.map(Double.init))) : answer.top.map { ($0.label, $0.score) }
            return .array(scored.prefix(topK).map { .object(["score": .number($0.1), "label": .string($0.0)]) })
        }
        return Reply(isList ? .array(lists) : lists[0]).with(model, served)
    }

    /// How many labels are wanted: huggingface_hub's `parameters` may say it.
    private func topK(_ body: JSONValue, labels: Int) throws(ServingError) -> Int {
        guard let parameters = try body.member("parameters") else { return labels }
        for name in parameters.object?.keys ?? [] where name != "top_k" {
            try parameters.refuse(name)
        }
        guard let value = try parameters.member("top_k", of: "'parameters'") else { return labels }
        guard let topK = value.integer, topK > 0 else {
            throw .invalid("'parameters.top_k': expected a number above 0, found \(value.kindName)")
        }
        return topK
    }

    /// `"a"` is a text, `["a", "b"]` a pair, `[["a"], ["b", "c"]]` a list of texts and pairs.
    private func sequences(_ value: JSONValue) throws(ServingError) -> (texts: [TextInput], isList: Bool) {
        if let text = value.string { return ([TextInput(text)], false) }
        guard let list = value.array else {
            throw .invalid("'inputs': expected a text, a pair or a list of them, found \(value.kindName)")
        }
        guard list.contains(where: { $0.array != nil }) else { return ([try sequence(value, "inputs")], false) }
        var texts: [TextInput] = []
        for (index, element) in list.enumerated() { texts.append(try sequence(element, "inputs[\(index)]")) }
        return (texts, true)
    }

    private func sequence(_ value: JSONValue, _ name: String) throws(ServingError) -> TextInput {
        if let text = value.string { return TextInput(text) }
        guard let list = value.array, (1...2).contains(list.count) else {
            throw .invalid(
                "'\(name)': expected a text, or a list of a text and perhaps its pair, found \(value.kindName)")
        }
        return TextInput(
            try list[0].text("\(name)[0]"), pair: list.count == 2 ? try list[1].text("\(name)[1]") : nil)
    }

    private func sorted(_ scores: some Sequence<(String, Double)>) -> [(String, Double)] {
        // Equal ones stay in the order of the labels.
        scores.enumerated().sorted { ($0.element.1, $1.offset) > ($1.element.1, $0.offset) }.map(\.element)
    }

    // MARK: - Rankings

    private func rerank(_ asked: Asked) async throws -> Reply {
        let model = try host.model(asked.modelName)
        let query = try asked.body.required("query").text("query")
        let (texts, _) = try asked.body.required("texts").texts("texts")
        try checkCount(texts.count, limits)
        let (raw, returnsText) = (try asked.body.flag("raw_scores", false), try asked.body.flag("return_text", false))
        try refuseLeft(asked.body)
        let served = try await model.scores(texts, for: query, truncate: asked.body.flag("truncate", true))
        let order = served.answers.indices.sorted { (served.answers[$0].score, $1) > (served.answers[$1].score, $0) }
        return Reply(
            .array(
                order.map { index in
                    let answer = served.answers[index]
                    var object: JSONObject = ["index": .integer(index)]
                    if returnsText { object["text"] = .string(texts[index]) }
                    object["score"] = .number(raw ? Double(answer.logit) : answer.score)
                    return .object(object)
                })
        ).with(model, served)
    }

    // MARK: - Vectors

    private func embed(_ asked: Asked) async throws -> Reply {
        let model = try host.model(asked.modelName)
        let (texts, _) = try asked.body.required("inputs").texts("inputs")
        try checkCount(texts.count, limits)
        try refuseLeft(asked.body)
        try asked.body.refuse("prompt_name")
        try asked.body.refuse("encoding_format") { $0.string == "float" }
        try asked.body.refuse("dimensions") { $0.integer == model.dimensions }
        let served = try await model.embed(
            texts, normalize: asked.body.flag("normalize", true), truncate: asked.body.flag("truncate", true))
        let lists = served.answers.map { vectorText($0) }
        return Reply(text: "[" + lists.joined(separator: ",") + "]", contentType: "application/json").with(
            model, served)
    }

    // MARK: - Tokens and facts

    private func tokenize(_ asked: Asked) async throws -> Reply {
        let model = try host.model(asked.modelName)
        let (texts, _) = try asked.body.required("inputs").texts("inputs")
        try checkCount(texts.count, limits)
        // A token's line is ten times its text.
        let (size, most) = (texts.reduce(0) { $0 + $1.utf8.count }, 100_000)
        guard size <= most else {
            throw ServingError.tooLarge("the texts have \(size) bytes; at most \(most) are cut into tokens at once")
        }
        let withFrame = try asked.body.flag("add_special_tokens", true)
        try asked.body.refuse("prompt_name")
        return Reply(
            .array(
                texts.map { text in
                    .array(
                        model.tokens(of: text, withFrame: withFrame).map { token in
                            .object([
                                "id": .integer(token.id), "text": .string(token.text),
                                "special": .bool(token.isSpecial),
                                "start": token.range.map { .integer($0.lowerBound) } ?? .null,
                                "stop": token.range.map { .integer($0.upperBound) } ?? .null,
                            ])
                        })
                }))
    }

    private func info(_ asked: Asked) throws -> Reply {
        let model = try host.model(asked.modelName)
        let labels = JSONValue.object([
            "id2label": .object(pairs(model.labels.enumerated().map { ("\($0.offset)", .string($0.element)) })),
            "label2id": .object(pairs(model.labels.enumerated().map { ($0.element, .integer($0.offset)) })),
        ])
        let type: JSONValue =
            model.task == .embedding
            ? .object(["embedding": .object(["pooling": .string(model.pooling)])])
            : .object(pairs([(model.task.rawValue, labels)]))
        return Reply(
            .object([
                "model_id": .string(model.name), "model_sha": .string(model.hash),
                "model_dtype": .string(model.precision.rawValue), "model_type": type,
                "max_concurrent_requests": .integer(limits.requests), "max_input_length": .integer(model.maximumLength),
                "max_batch_tokens": .integer(host.limits.batchTokens), "max_batch_requests": .null,
                "max_client_batch_size": .integer(limits.texts), "auto_truncate": true,
                "tokenization_workers": .integer(host.threadCount), "version": .string(adzeVersion), "sha": .null,
                "docker_label": .null, "notes": .array(model.notes.map(JSONValue.string)),
            ]))
    }

    private func refuseLeft(_ body: JSONValue) throws(ServingError) {
        try body.refuse("truncation_direction") { $0.string?.lowercased() == "right" }
    }
}

/// An object of pairs of which a name may stand twice, as labels can.
func pairs(_ list: [(String, JSONValue)]) -> JSONObject {
    var object = JSONObject()
    for (key, value) in list { object[key] = value }
    return object
}

/// A vector as `adze embed` prints it: the shortest numbers that give its bits again.
func vectorText(_ vector: [Float]) -> String { "[" + vector.map { "\($0)" }.joined(separator: ",") + "]" }
