// What a route answers, and how an error becomes the body of each protocol. Not here: the routes.

import AdzeBytes
import AdzeServing
import HTTPTypes
import Hummingbird
import NIOCore

/// An answer before it goes out.
struct Reply: Sendable {
    var status: HTTPResponse.Status = .ok
    var contentType = "application/json"
    var body: [UInt8]
    var headers = HTTPFields()

    /// JSON.
    init(_ value: JSONValue, status: HTTPResponse.Status = .ok, hasBody: Bool = true) {
        (body, self.status) = (hasBody ? Array(value.text.utf8) : [], status)
    }

    /// A text of any type.
    init(text: String, contentType: String, status: HTTPResponse.Status = .ok) {
        (body, self.contentType, self.status) = (Array(text.utf8), contentType, status)
    }

    /// Adds which model answered and what it took, under the names that text-embeddings-inference gives them.
    func with<Answer>(_ model: ServedModel, _ served: Served<Answer>) -> Reply {
        var reply = self
        reply.headers[.model] = encoded(model.name)
        reply.headers[.modelHash] = model.hash
        reply.headers[.tokens] = String(served.tokenCount)
        reply.headers[.queueTime] = milliseconds(served.waited)
        reply.headers[.inferenceTime] = milliseconds(served.ran)
        return reply
    }

    var response: Response {
        var headers = headers
        headers[.contentType] = contentType
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    private func milliseconds(_ time: Duration) -> String { String(Int((time.inSeconds * 1000).rounded())) }
}

/// A name as a header can hold it.
private func encoded(_ name: String) -> String {
    name.utf8.map { (33...126).contains($0) && $0 != UInt8(ascii: "%") ? String(UnicodeScalar($0)) : "%" + hex($0) }
        .joined()
}

private func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
}

extension HTTPField.Name {
    static let model = named("x-adze-model")
    static let modelHash = named("x-adze-model-sha256")
    static let tokens = named("x-compute-tokens")
    static let queueTime = named("x-queue-time")
    static let inferenceTime = named("x-inference-time")
    static let requestID = named("x-request-id")

    private static func named(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is the name of a header") }
        return name
    }
}

/// Whose words a route speaks.
enum Dialect: Sendable {
    /// text-embeddings-inference: `{"error", "error_type"}`.
    case tei
    /// Open Inference Protocol and KServe: `{"error"}`.
    case openInference
    /// OpenAI: `{"error": {"message", "type", …}}`.
    case openAI

    /// What a client of the protocol reads of an error.
    func reply(to error: ServingError) -> Reply {
        var reply = Reply(body(of: error), status: error.status(self))
        if case .overloaded(let seconds) = error { reply.headers[.retryAfter] = String(seconds) }
        if case .late = error { reply.headers[.retryAfter] = "1" }
        return reply
    }

    /// What a client reads whose request goes no further than the gate.
    func refusal(_ line: String, _ status: HTTPResponse.Status) -> Reply {
        Reply(body(line, tei: "Refused", openAI: "invalid_request_error"), status: status)
    }

    private func body(of error: ServingError) -> JSONValue {
        body(clipped(error.description), tei: error.teiType, openAI: error.openAIType)
    }

    private func body(_ line: String, tei: String, openAI: String) -> JSONValue {
        let line = JSONValue.string(line)
        return switch self {
        case .tei: .object(["error": line, "error_type": .string(tei)])
        case .openInference: .object(["error": line])
        case .openAI:
            .object([
                "error": .object(["message": line, "type": .string(openAI), "param": .null, "code": .null])
            ])
        }
    }
}

extension ServingError {
    /// - Source: `router/src/http/server.rs` of text-embeddings-inference, `inference_rest.md` of the Open Inference Protocol.
    fileprivate func status(_ dialect: Dialect) -> HTTPResponse.Status {
        switch self {
        case .invalid: dialect == .tei ? .unprocessableContent : .badRequest
        case .tooLarge: .contentTooLarge
        case .unknownModel: .notFound
        case .wrongModel:
            dialect == .tei ? HTTPResponse.Status(code: 424, reasonPhrase: "Failed Dependency") : .badRequest
        case .overloaded: .tooManyRequests
        case .late, .notReady: .serviceUnavailable
        case .failed:
            dialect == .tei ? HTTPResponse.Status(code: 424, reasonPhrase: "Failed Dependency") : .internalServerError
        }
    }

    fileprivate var teiType: String {
        switch self {
        case .invalid, .tooLarge: "Validation"
        case .unknownModel: "NotFound"
        case .wrongModel, .failed: "Backend"
        case .overloaded, .late: "Overloaded"
        case .notReady: "Unhealthy"
        }
    }

    fileprivate var openAIType: String {
        switch self {
        case .invalid, .tooLarge, .wrongModel, .unknownModel: "invalid_request_error"
        case .overloaded, .late: "rate_limit_error"
        case .notReady, .failed: "server_error"
        }
    }

    /// A word for what is counted.
    var word: String {
        switch self {
        case .invalid: "invalid"
        case .tooLarge: "too_large"
        case .unknownModel: "unknown_model"
        case .wrongModel: "wrong_model"
        case .overloaded: "overloaded"
        case .late: "late"
        case .notReady: "not_ready"
        case .failed: "failed"
        }
    }
}
