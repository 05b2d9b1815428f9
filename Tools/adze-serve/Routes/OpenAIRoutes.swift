// OpenAI's embeddings and list of models. Not here: any other route of OpenAI's.

import AdzeBytes
import AdzeServing
import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `POST /v1/embeddings` and `GET /v1/models`.
///
/// - Source: OpenAI's API reference, "Create embeddings".
struct OpenAIRoutes: Sendable {
    let host: ModelHost
    let limits: RequestLimits

    func add(to routes: inout RouteTable) {
        routes.post("/v1/embeddings", .openAI) { try await embeddings($0) }
        routes.get("/v1/models", .openAI) { _ in
            let models = host.models
            return Reply(
                .object([
                    "object": "list",
                    "data": .array(
                        models.map {
                            .object(["id": .string($0.name), "object": "model", "created": 0, "owned_by": "adze"])
                        }),
                    // The key under which KServe lists them at the same address.
                    "models": .array(models.map { .string($0.name) }),
                ]))
        }
    }

    private func embeddings(_ asked: Asked) async throws -> Reply {
        let model = try host.model(try asked.body.required("model").text("model"))
        let (texts, _) = try asked.body.required("input").texts("input")
        try checkCount(texts.count, limits)
        let format = try asked.body.member("encoding_format")?.text("encoding_format") ?? "float"
        guard ["float", "base64"].contains(format) else {
            throw ServingError.invalid(
                "'encoding_format': expected float or base64, found \(quoted(format, limit: 40))")
        }
        try asked.body.refuse("dimensions") { $0.integer == model.dimensions }
        let served = try await model.embed(texts, normalize: true)
        let data = served.answers.enumerated().map { index, vector in
            let value = format == "float" ? vectorText(vector) : "\"" + base64(vector) + "\""
            return #"{"object":"embedding","index":\#(index),"embedding":\#(value)}"#
        }
        let usage = #"{"prompt_tokens":\#(served.tokenCount),"total_tokens":\#(served.tokenCount)}"#
        let name = JSONValue.string(model.name).text
        return Reply(
            text: #"{"object":"list","data":[\#(data.joined(separator: ","))],"model":\#(name),"usage":\#(usage)}"#,
            contentType: "application/json"
        ).with(model, served)
    }

    /// The numbers' bytes, little-endian.
    private func base64(_ vector: [Float]) -> String {
        var bytes = Data(capacity: vector.count * 4)
        for value in vector {
            for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(shift))) }
        }
        return bytes.base64EncodedString()
    }
}
