// The Open Inference Protocol v2, its repository extension, and KServe's v1 `:predict`. Not here: binary tensors, which are
// refused.

import Adze
import AdzeBytes
import AdzeServing
import HTTPTypes
import Hummingbird

/// Models as tensors in and out.
///
/// - Source: `inference_rest.md` of the Open Inference Protocol; Triton's `extension_model_repository.md`.
struct OpenInferenceRoutes: Sendable {
    let host: ModelHost
    let limits: RequestLimits
    let known: [ModelRequest]

    /// What stands behind a model's name in version 1.
    static let predictSuffix = ":predict"

    func add(to routes: inout RouteTable) {
        routes.get("/v2", .openInference) { _ in
            Reply(.object(["name": "adze", "version": .string(adzeVersion), "extensions": ["model_repository"]]))
        }
        routes.get("/v2/health/live", .openInference, isOpen: true) { _ in Reply(.object(["live": true])) }
        routes.get("/v2/health/ready", .openInference, isOpen: true) { _ in
            if let unready = host.unready { throw unready }
            return Reply(.object(["ready": true]))
        }
        for path in ["/v2/models/{model}", "/v2/models/{model}/versions/{version}"] {
            routes.get("\(path)", .openInference) { try metadata(try model($0)) }
            routes.get("\(path)/ready", .openInference) { asked in
                Reply(.object(["name": .string(try model(asked).name), "ready": true]))
            }
            routes.post("\(path)/infer", .openInference) { try await infer($0) }
        }
        addRepository(to: &routes)
        routes.get("/v1/models/{model}", .openInference) { asked in
            Reply(.object(["name": .string(try host.model(asked.modelName).name), "ready": true]))
        }
        routes.post("/v1/models/{model}", .openInference) { try await predict($0) }
    }

    private func model(_ asked: Asked) throws(ServingError) -> ServedModel {
        if let version = asked.parameters.get("version"), version != "1" {
            throw .unknownModel("\(asked.modelName ?? "") version \(version)", nearest: nil)
        }
        return try host.model(asked.modelName)
    }

    private func metadata(_ model: ServedModel) throws -> Reply {
        let outputs =
            model.dimensions.map { [tensor("embedding", "FP32", [-1, $0])] }
            ?? [
                tensor("label", "BYTES", [-1]), tensor("score", "FP64", [-1]),
                tensor("logits", "FP32", [-1, model.labels.count]),
            ]
        return Reply(
            .object([
                "name": .string(model.name), "versions": ["1"],
                "platform": .string("adze_\(model.precision.rawValue)"),
                "inputs": .array(inputNames(model).map { tensor($0, "BYTES", [-1]) }), "outputs": .array(outputs),
                "sha256": .string(model.hash), "labels": .array(model.labels.map(JSONValue.string)),
            ]))
    }

    private func inputNames(_ model: ServedModel) -> [String] {
        switch model.task {
        case .classifier: ["text", "text_pair"]
        case .reranker: ["query", "text"]
        case .embedding: ["text"]
        }
    }

    private func outputNames(_ model: ServedModel) -> [String] {
        model.task == .embedding ? ["embedding"] : ["label", "score", "logits"]
    }

    /// The outputs that a request asks for, in its order; all where it asks for none.
    private func wantedOutputs(_ body: JSONValue, of model: ServedModel) throws(ServingError) -> [String] {
        guard let value = try body.member("outputs") else { return outputNames(model) }
        guard let list = value.array else { throw .invalid("'outputs': expected a list, found \(value.kindName)") }
        var names: [String] = []
        for (index, output) in list.enumerated() {
            let name = try output.required("name", of: "outputs[\(index)]").text("outputs[\(index)].name")
            guard outputNames(model).contains(name), !names.contains(name) else {
                throw .invalid(
                    "'outputs': \(quoted(name, limit: 80)) is there twice, or none of \(outputNames(model).joined(separator: ", "))"
                )
            }
            names.append(name)
        }
        return names.isEmpty ? outputNames(model) : names
    }

    private func tensor(_ name: String, _ type: String, _ shape: [Int], _ data: [JSONValue]? = nil) -> JSONValue {
        var object: JSONObject = [
            "name": .string(name), "datatype": .string(type), "shape": .array(shape.map(JSONValue.integer)),
        ]
        if let data { object["data"] = .array(data) }
        return .object(object)
    }

    // MARK: - Inference

    private func infer(_ asked: Asked) async throws -> Reply {
        let model = try model(asked)
        guard let list = try asked.body.required("inputs").array else {
            throw ServingError.invalid("'inputs': expected a list of tensors")
        }
        var columns: [String: [String]] = [:]
        for (index, value) in list.enumerated() {
            let place = "inputs[\(index)]"
            let name = try value.required("name", of: place).text("\(place).name")
            guard inputNames(model).contains(name) else {
                throw ServingError.invalid(
                    "the model has no input \(quoted(name, limit: 80)); it has \(inputNames(model).joined(separator: ", "))"
                )
            }
            guard columns[name] == nil else { throw ServingError.invalid("the input \(quoted(name)) is there twice") }
            columns[name] = try data(value, place)
        }
        let wanted = try wantedOutputs(asked.body, of: model)
        var outputs: [JSONValue]
        let reply: (JSONValue) -> Reply
        if model.task == .embedding {
            let served = try await model.embed(try column("text", columns, of: model))
            outputs = [
                tensor(
                    "embedding", "FP32", [served.answers.count, model.dimensions ?? 0],
                    served.answers.flatMap { $0.map { .number(Double($0)) } })
            ]
            reply = { Reply($0).with(model, served) }
        } else {
            let served = try await model.classify(try texts(columns, of: model))
            let count = served.answers.count
            outputs = [
                tensor("label", "BYTES", [count], served.answers.map { .string($0.label) }),
                tensor("score", "FP64", [count], served.answers.map { .number($0.score) }),
                tensor(
                    "logits", "FP32", [count, model.labels.count],
                    served.answers.flatMap { $0.logits.map { .number(Double($0)) } }),
            ]
            reply = { Reply($0).with(model, served) }
        }
        outputs = wanted.compactMap { name in outputs.first { $0["name"]?.string == name } }
        var answer: JSONObject = ["model_name": .string(model.name), "model_version": "1"]
        if let id = try asked.body.member("id") { answer["id"] = .string(try id.text("id")) }
        answer["outputs"] = .array(outputs)
        return reply(.object(answer))
    }

    /// The texts of a tensor, flat or as nested as its shape.
    private func data(_ value: JSONValue, _ name: String) throws(ServingError) -> [String] {
        guard let type = try value.required("datatype", of: name).string, type == "BYTES" else {
            throw .invalid("\(name): expected the datatype BYTES, in which texts are")
        }
        guard let shape = try value.required("shape", of: name).array?.map({ $0.integer ?? -1 }),
            shape.allSatisfy({ $0 >= 0 })
        else { throw .invalid("\(name): expected a shape of numbers from 0") }
        let size = shape.reduce((1, false)) { sum, next in
            let (product, overflow) = sum.0.multipliedReportingOverflow(by: next)
            return (product, sum.1 || overflow)
        }
        var texts: [String] = []
        func gather(_ value: JSONValue) throws(ServingError) {
            if let list = value.array {
                for element in list { try gather(element) }
            } else {
                texts.append(try value.text("\(name).data"))
            }
        }
        try gather(try value.required("data", of: name))
        guard !size.1, size.0 == texts.count else {
            throw .invalid(
                "\(name): its shape is of \(size.1 ? "too many" : "\(size.0)") texts, its data of \(texts.count)")
        }
        return texts
    }

    private func column(_ name: String, _ columns: [String: [String]], of model: ServedModel) throws(ServingError)
        -> [String]
    {
        guard let texts = columns[name] else {
            throw .invalid(
                "the model needs the input \(quoted(name)), found \(columns.keys.sorted().joined(separator: ", "))")
        }
        try checkCount(texts.count, limits)
        return texts
    }

    private func texts(_ columns: [String: [String]], of model: ServedModel) throws(ServingError) -> [TextInput] {
        let isReranker = model.task == .reranker
        let first = try column(isReranker ? "query" : "text", columns, of: model)
        guard let second = columns[isReranker ? "text" : "text_pair"] else {
            if isReranker { _ = try column("text", columns, of: model) }
            return first.map { TextInput($0) }
        }
        guard second.count == first.count else {
            throw .invalid("the two inputs have \(first.count) and \(second.count) texts")
        }
        return zip(first, second).map { TextInput($0, pair: $1) }
    }

    // MARK: - Version 1

    /// `POST /v1/models/NAME:predict` with texts, or objects of `text` and `text_pair`.
    private func predict(_ asked: Asked) async throws -> Reply {
        let suffix = OpenInferenceRoutes.predictSuffix
        guard let address = asked.modelName, address.hasSuffix(suffix) else {
            var reply = Reply(.object(["error": "expected /v1/models/NAME:predict"]), status: .methodNotAllowed)
            reply.headers[.allow] = "GET"
            return reply
        }
        let model = try host.model(String(address.dropLast(suffix.count)))
        guard let list = try asked.body.required("instances").array else {
            throw ServingError.invalid("'instances': expected a list")
        }
        try checkCount(list.count, limits)
        var texts: [TextInput] = []
        for (index, value) in list.enumerated() {
            if let text = value.string { texts.append(TextInput(text)); continue }
            texts.append(
                TextInput(
                    try value.required("text", of: "instances[\(index)]").text("instances[\(index)].text"),
                    pair: try value.member("text_pair")?.text("instances[\(index)].text_pair")))
        }
        if model.task == .embedding {
            guard texts.allSatisfy({ $0.pair == nil }) else {
                throw ServingError.invalid("the model makes vectors of single texts; 'text_pair' is for classifiers")
            }
            let served = try await model.embed(texts.map(\.text))
            let lists = served.answers.map { JSONValue.array($0.map { .number(Double($0)) }) }
            return Reply(.object(["predictions": .array(lists)])).with(model, served)
        }
        let served = try await model.classify(texts)
        let answers = served.answers.map { answer -> JSONValue in
            let scores = pairs(zip(answer.labels, answer.scores).map { ($0, .number($1)) })
            return .object([
                "label": .string(answer.label), "score": .number(answer.score), "scores": .object(scores),
            ])
        }
        return Reply(.object(["predictions": .array(answers)])).with(model, served)
    }

    // MARK: - Repository

    /// Only models that the server was started with are loaded: no client names a path.
    private func addRepository(to routes: inout RouteTable) {
        routes.post("/v2/repository/index", .openInference) { _ in
            let loaded = host.models.map(\.name)
            return Reply(
                .array(
                    known.map { request in
                        let isThere = loaded.contains(request.name)
                        return .object([
                            "name": .string(request.name), "version": "1", "state": isThere ? "READY" : "UNAVAILABLE",
                            "reason": isThere ? "" : "unloaded",
                        ])
                    }))
        }
        routes.post("/v2/repository/models/{model}/load", .openInference) { asked in
            let name = asked.modelName ?? ""
            guard let request = known.first(where: { $0.name == name }) else {
                throw ServingError.unknownModel(name, nearest: nearestName(to: name, in: known.map(\.name)))
            }
            do {
                try await host.loadAside(request)
            } catch let error as any AdzeFailure {
                throw ServingError.failed("\(error)")
            }
            return Reply(.object([:]))
        }
        routes.post("/v2/repository/models/{model}/unload", .openInference) { asked in
            try host.unload(asked.modelName ?? "")
            return Reply(.object([:]))
        }
    }
}
