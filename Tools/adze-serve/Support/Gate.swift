// What every request passes: the key, the bounds, the body as JSON, the count, the log. Not here: what is answered.

import Adze
import AdzeBytes
import AdzeServing
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// What bounds a request.
struct RequestLimits: Sendable {
    /// The most requests at once.
    var requests = 512
    /// The most texts of a request.
    var texts = 32
    /// The most bytes of a body.
    var bytes = 2_000_000
    /// How long a body may be in coming.
    var bodyTime: Duration = .seconds(10)
}

/// What routes are given of a request.
struct Asked: Sendable {
    let body: JSONValue
    let parameters: Parameters
    let headers: HTTPFields

    /// The name of the model in the address; nil where it has none.
    var modelName: String? { parameters.get("model").map { percentDecoded($0) ?? $0 } }
}

/// A part of an address with its escapes resolved; nil for escapes that are none.
private func percentDecoded(_ text: String) -> String? {
    var (bytes, rest) = ([UInt8](), Array(text.utf8)[...])
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%") else { bytes.append(byte); continue }
        guard rest.prefix(2).allSatisfy({ isHexDigit($0) }), rest.count >= 2,
            let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
        else {
            return nil
        }
        bytes.append(value)
        rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
}

private func isHexDigit(_ byte: UInt8) -> Bool { Character(UnicodeScalar(byte)).isHexDigit }

/// The one way in.
struct Gate: Sendable {
    typealias Context = BasicRequestContext

    let host: ModelHost
    let limits: RequestLimits
    let key: String?
    let logger: Logger
    let logsAccess: Bool
    /// The origin whose pages may ask, or `*`.
    let origin: String?

    /// What is said of an address that no route has.
    func nothingHere(_ request: Request, _ context: Context) async throws -> Response {
        try await pass(request, context, "none", .tei, isOpen: true) { request in
            Reply(
                .object([
                    "error": .string(
                        "\(request.method.rawValue) \(quoted(request.uri.path, limit: 80)): there is no such route; GET /openapi.json lists them"
                    ),
                    "error_type": "NotFound",
                ]), status: .notFound, hasBody: request.method != .head)
        }
    }

    func answered(
        _ request: Request, _ context: Context, _ answer: @escaping @Sendable (Asked) async throws -> Reply
    ) async throws -> Reply {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > limits.bytes {
            throw ServingError.tooLarge("the body has \(length) bytes; at most \(limits.bytes) are taken")
        }
        if request.headers[.binaryLength] != nil {
            throw ServingError.invalid(
                "binary tensors are not taken; send the texts as JSON (tritonclient: binary_data=False)")
        }
        if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
            throw ServingError.invalid("a body in \(quoted(coding, limit: 40)) is not taken; send it as it is")
        }
        let bytes = try await read(request.body)
        // Some clients send nothing where nothing is needed.
        guard !bytes.isEmpty else {
            return try await answer(Asked(body: .null, parameters: context.parameters, headers: request.headers))
        }
        let value: JSONValue
        do {
            value = try parseJSON(bytes, limits: JSONLimits(bytes: limits.bytes, depth: 32, values: 500_000))
        } catch {
            throw ServingError.invalid("the body is no JSON that is taken: \(error)")
        }
        return try await answer(Asked(body: value, parameters: context.parameters, headers: request.headers))
    }

    /// The bytes of a body; how long they may take is the connection's to watch.
    private func read(_ body: RequestBody) async throws -> [UInt8] {
        do {
            return try await Array(body.collect(upTo: limits.bytes).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw ServingError.tooLarge("the body has more than \(limits.bytes) bytes")
        }
    }

    func pass(
        _ request: Request, _ context: Context, _ route: String, _ dialect: Dialect, isOpen: Bool = false,
        isCounted: Bool = false, _ answer: (Request) async throws -> Reply
    ) async throws -> Response {
        let start = ContinuousClock.now
        let running = isCounted ? host.metrics.began() : 0
        defer { if isCounted { host.metrics.finished() } }
        var reply: Reply
        do {
            if request.method == .post, !mayAsk(request) {
                reply = dialect.refusal(
                    "pages of another origin may not ask; start the server with --cors ORIGIN", .forbidden)
                host.metrics.failed("origin")
            } else if !isOpen, let refused = refusal(request, dialect) {
                reply = refused
                host.metrics.failed("key")
            } else if running > limits.requests {
                throw ServingError.overloaded(retryAfter: 1)
            } else {
                reply = try await answer(request)
            }
        } catch let error as ServingError {
            host.metrics.failed(error.word)
            reply = dialect.reply(to: error)
        } catch is CancellationError {
            // The server ends before the answer was there.
            host.metrics.failed("gone")
            reply = dialect.reply(to: .notReady("the request was cancelled"))
        } catch let error as any AdzeFailure {
            host.metrics.failed("invalid")
            reply = dialect.reply(to: .invalid("\(error)"))
        }
        // A client's own id comes back, so that its log and ours meet.
        reply.headers[.requestID] = request.headers[.requestID].map { String($0.prefix(128)) } ?? context.id
        let took = ContinuousClock.now - start
        host.metrics.ended(route: route, status: reply.status.code, after: took)
        if logsAccess {
            logger.info(
                "request",
                metadata: [
                    "method": .string(request.method.rawValue), "route": .string(route),
                    "status": .stringConvertible(reply.status.code),
                    "milliseconds": .stringConvertible((took.inSeconds * 1e5).rounded() / 100),
                    "request_id": .string(reply.headers[.requestID] ?? ""),
                ])
        }
        return reply.response
    }

    /// An answer to a request that lacks the key; nil where it has it, or none is asked for.
    private func refusal(_ request: Request, _ dialect: Dialect) -> Reply? {
        guard let key else { return nil }
        let given = request.headers[.authorization] ?? ""
        guard given.lowercased().hasPrefix("bearer "), isEqual(Array(given.dropFirst(7).utf8), Array(key.utf8)) else {
            var reply = dialect.refusal(
                "expected the server's API key in the header Authorization: Bearer KEY", .unauthorized)
            reply.headers[.wwwAuthenticate] = "Bearer"
            return reply
        }
        return nil
    }

    /// Whether no page of another origin asks: a browser sends a simple POST without asking the server first.
    private func mayAsk(_ request: Request) -> Bool {
        guard let asking = request.headers[.origin], origin != "*", asking != origin else { return true }
        return asking.split(separator: "//", maxSplits: 1).last.map(String.init) == request.head.authority
    }

    /// Compares in a time that depends on the lengths alone.
    private func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// The routes as they are made, each behind the gate.
struct RouteTable {
    let gate: Gate
    let router: Router<Gate.Context>
    private var methods: [String: [HTTPRequest.Method]] = [:]
    private var dialects: [String: Dialect] = [:]

    init(gate: Gate, router: Router<Gate.Context>) { (self.gate, self.router) = (gate, router) }

    /// A route that reads JSON.
    mutating func post(_ path: String, _ dialect: Dialect, _ answer: @escaping @Sendable (Asked) async throws -> Reply)
    {
        methods[path, default: []].append(.post)
        dialects[path] = dialect
        router.post(RouterPath(path)) { [gate] request, context in
            try await gate.pass(request, context, path, dialect, isCounted: true) { request in
                try await gate.answered(request, context, answer)
            }
        }
    }

    /// A route that reads nothing; `isOpen` where it needs no key.
    mutating func get(
        _ path: String, _ dialect: Dialect, isOpen: Bool = false,
        _ answer: @escaping @Sendable (Asked) async throws -> Reply
    ) {
        methods[path, default: []].append(.get)
        dialects[path] = dialect
        router.get(RouterPath(path)) { [gate] request, context in
            try await gate.pass(request, context, path, dialect, isOpen: isOpen) { request in
                try await answer(Asked(body: .null, parameters: context.parameters, headers: request.headers))
            }
        }
    }

    /// Says of every other method of a path which there are.
    func refuseOthers() {
        for (path, methods) in methods.sorted(by: { $0.key < $1.key }) {
            let dialect = dialects[path] ?? .tei
            for method in [.get, .head, .post, .put, .patch, .delete, .options, .trace] as [HTTPRequest.Method]
            where !methods.contains(method) {
                router.on(RouterPath(path), method: method) { [gate, methods] request, context in
                    // KServe's verb stands at the end of a name, where no router sees it.
                    let isVerb = context.parameters.get("model")?.hasSuffix(OpenInferenceRoutes.predictSuffix) == true
                    let allowed = (methods.count == 2 && path.hasPrefix("/v1") ? [isVerb ? .post : .get] : methods)
                        .map(\.rawValue).joined(separator: ", ")
                    return try await gate.pass(request, context, path, dialect, isOpen: true) { request in
                        var reply = dialect.refusal(
                            "\(method.rawValue) is not for this route; \(allowed) is", .methodNotAllowed)
                        // An answer to HEAD has no body, or the next answer would begin with it.
                        if method == .head { reply.body = [] }
                        reply.headers[.allow] = allowed
                        return reply
                    }
                }
            }
        }
    }
}

extension HTTPField.Name {
    /// Triton's header for tensors behind the JSON.
    fileprivate static var binaryLength: HTTPField.Name {
        guard let name = HTTPField.Name("inference-header-content-length") else {
            preconditionFailure("a header's name")
        }
        return name
    }
}
