// The options of `adze serve`, each of which is an environment variable too. Not here: what is made of them.

import Adze
import AdzeServing
import ArgumentParser

/// `adze serve`.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adze serve", abstract: "Answer HTTP requests with one or several models.",
        discussion: """
            MODEL is a .adze file, a checkpoint file, a model folder or @sentiment, or NAME=MODEL for the name that clients \
            call it by; without one it is called as its file or folder is. Classifiers, rerankers and sentence encoders are \
            served. Answers are bit for bit those of adze predict, rerank and embed with the same --precision, whatever is \
            answered at the same time.

            Routes are those of text-embeddings-inference (/predict, /rerank, /embed, /tokenize, /info, for the first model, \
            and under /models/NAME for each), of the Open Inference Protocol (/v2/…), of KServe (/v1/models/NAME:predict) and \
            of OpenAI (/v1/embeddings); /health, /metrics, and at / a page to try a model.

            SIGTERM and SIGINT take no more connections, answer what was asked, and end. SIGHUP loads all models again from \
            their files; each answers until its successor is there.

            Every option is also an environment variable: --max-requests is ADZE_MAX_REQUESTS. What the command line says \
            goes before. No text of a request is ever logged.
            """, version: adzeVersion)

    @Argument(help: ArgumentHelp("The models.", valueName: "MODEL"), completion: .file())
    var models: [String] = []

    @Option(
        name: .long, help: ArgumentHelp("A model by a name: NAME=MODEL.", valueName: "NAME=MODEL"), completion: .file())
    var name: [String] = []

    @Option(name: .long, help: ArgumentHelp("The address to listen at.", valueName: "ADDRESS"))
    var host = "127.0.0.1"

    @Option(
        name: .long, help: ArgumentHelp("The port to listen at; 0 takes a free one, which is said.", valueName: "N"))
    var port = 8080

    @Option(
        name: .long, help: ArgumentHelp("Listen at a Unix socket instead.", valueName: "PATH"), completion: .file())
    var unixSocket: String?

    @Option(name: .long, help: ArgumentHelp("int8 or fp32.", valueName: "NAME"), completion: .list(["int8", "fp32"]))
    var precision = "int8"

    @Option(name: .long, help: ArgumentHelp("Threads of all models; default: every processor.", valueName: "N"))
    var threads: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file with the key that clients send as Authorization: Bearer KEY; nobody else may read it.",
            valueName: "FILE"),
        completion: .file())
    var apiKeyFile: String?

    @Option(name: .long, help: ArgumentHelp("Requests that are answered at once; more get 429.", valueName: "N"))
    var maxRequests = 512

    @Option(name: .long, help: ArgumentHelp("Texts of one request.", valueName: "N"))
    var maxTexts = 32

    @Option(name: .long, help: ArgumentHelp("Bytes of one request's body.", valueName: "N"))
    var maxBytes = 2_000_000

    @Option(name: .long, help: ArgumentHelp("Connections at once.", valueName: "N"))
    var maxConnections = 2048

    @Option(name: .long, help: ArgumentHelp("Tokens of one pass through a model.", valueName: "N"))
    var batchTokens = 4096

    @Option(name: .long, help: ArgumentHelp("Seconds that a request may wait for its pass.", valueName: "SECONDS"))
    var timeout = 30.0

    @Option(
        name: .long,
        help: ArgumentHelp("Seconds that a request's head and body may take to come.", valueName: "SECONDS"))
    var bodyTimeout = 10.0

    @Option(name: .long, help: ArgumentHelp("Seconds that a connection may be idle.", valueName: "SECONDS"))
    var idleTimeout = 75.0

    @Option(name: .long, help: ArgumentHelp("Seconds that answers may take after SIGTERM.", valueName: "SECONDS"))
    var drainTimeout = 30.0

    @Option(
        name: .long,
        help: ArgumentHelp(
            "An origin whose pages may ask, or *; default: none but the server's own.", valueName: "ORIGIN"))
    var cors: String?

    @Flag(name: .long, help: "Log each request: method, route, status, time; never its text.")
    var accessLog = false

    @Option(
        name: .long, help: ArgumentHelp("trace, debug, info, warning or error.", valueName: "NAME"),
        completion: .list(["trace", "debug", "info", "warning", "error"]))
    var logLevel = "info"

    /// Options and flags that an environment variable may give.
    static let optionNames = [
        "host", "port", "unix-socket", "precision", "threads", "api-key-file", "max-requests", "max-texts", "max-bytes",
        "max-connections", "batch-tokens", "timeout", "body-timeout", "idle-timeout", "drain-timeout", "cors",
        "log-level",
    ]
    static let flagNames = ["access-log"]

    /// The arguments with those of the environment that they lack.
    static func completed(_ arguments: [String], by environment: [String: String]) -> [String] {
        func isGiven(_ name: String) -> Bool { arguments.contains { $0 == "--" + name || $0.hasPrefix("--\(name)=") } }
        func value(_ name: String) -> String? {
            // Kubernetes gives every container ADZE_PORT=tcp://… where a service is called adze.
            environment["ADZE_" + name.uppercased().replacing("-", with: "_")].flatMap {
                $0.isEmpty || $0.hasPrefix("tcp://") || $0.hasPrefix("udp://") ? nil : $0
            }
        }
        if arguments.contains(where: ["--help", "-h", "--version"].contains) { return arguments }
        var added: [String] = []
        for name in optionNames where !isGiven(name) {
            if let value = value(name) { added.append("--\(name)=\(value)") }
        }
        for name in flagNames where !isGiven(name) {
            if let value = value(name), !["0", "false", "no"].contains(value.lowercased()) {
                added.append("--" + name)
            }
        }
        return added + arguments
    }

    /// The models of the environment, with spaces between them; one that holds some stands in the command.
    static func models(of environment: [String: String]) -> [String] {
        environment["ADZE_MODELS"].map { $0.split(separator: " ").map(String.init) } ?? []
    }

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port \(port): expected 0 to 65535") }
        guard Precision(rawValue: precision) != nil else {
            throw ValidationError("--precision \(precision): expected int8 or fp32")
        }
        if let threads, threads < 1 { throw ValidationError("--threads \(threads): expected 1 or more") }
        for (option, value) in [
            ("max-requests", maxRequests), ("max-texts", maxTexts), ("max-bytes", maxBytes),
            ("max-connections", maxConnections), ("batch-tokens", batchTokens),
        ] where value < 1 || value > 1 << 40 {
            throw ValidationError("--\(option) \(value): expected 1 to \(1 << 40)")
        }
        for (option, value) in [
            ("timeout", timeout), ("body-timeout", bodyTimeout), ("idle-timeout", idleTimeout),
            ("drain-timeout", drainTimeout),
        ] where !(value > 0 && value <= 86_400) {
            throw ValidationError("--\(option) \(value): expected above 0, up to 86400")
        }
        guard ["trace", "debug", "info", "warning", "error"].contains(logLevel) else {
            throw ValidationError("--log-level \(logLevel): expected trace, debug, info, warning or error")
        }
        if unixSocket?.isEmpty == true || unixSocket.map({ $0.utf8.count > 107 }) == true {
            throw ValidationError("--unix-socket: expected a path of 1 to 107 bytes")
        }
        if cors?.isEmpty == true {
            throw ValidationError("--cors: expected an origin such as https://example.org, or *")
        }
        if host.isEmpty { throw ValidationError("--host: expected an address or a name") }
        if !models.isEmpty || !name.isEmpty { _ = try requests() }
    }

    /// The models by their names, each once.
    func requests() throws -> [ModelRequest] {
        guard !models.isEmpty || !name.isEmpty else {
            throw ValidationError("name a MODEL to serve, such as @sentiment")
        }
        var requests: [ModelRequest] = []
        do {
            for text in name {
                guard text.contains("=") else { throw ServingError.invalid("--name \(text): expected NAME=MODEL") }
                requests.append(try ModelRequest(text))
            }
            // The models that are named without --name come first: the first answers where no name is said.
            requests = try models.map { try ModelRequest($0) } + requests
        } catch let error as ServingError {
            throw ValidationError(error.description)
        }
        var names: Set<String> = []
        for request in requests where !names.insert(request.name).inserted {
            throw ValidationError(
                "two models are called \(request.name): give one another name, as NAME=\(request.path)")
        }
        return requests
    }
}
