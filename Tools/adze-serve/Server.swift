// The server as services: HTTP, the loading of the models, and reloading by SIGHUP. Not here: options and routes.

import Adze
import AdzeBytes
import AdzeServing
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import UnixSignals

/// One server.
struct Server: Sendable {
    let host: ModelHost
    let requests: [ModelRequest]
    let command: Options
    let logger: Logger

    /// What the command line said, checked.
    struct Options: Sendable {
        let address: BindAddress
        let limits: RequestLimits
        let key: String?
        let maxConnections: Int
        let idleTime: Duration
        let drainTime: Duration
        let cors: String?
        let logsAccess: Bool
    }

    /// Runs until a signal ends it; throws the error of a model that is not loaded, and of an address that is not had.
    func run() async throws {
        // The threads of the models do the work; two loops carry any number of connections.
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: min(2, host.threadCount))
        let (isListening, listening) = AsyncStream<Never>.makeStream()
        let failure = Mutex<(any Error)?>(nil)
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: application(loops, listening), failureTerminationBehavior: .cancelGroup),
                .init(
                    service: Models(
                        host: host, requests: requests, logger: logger, isListening: isListening,
                        drainTime: command.drainTime),
                    failureTerminationBehavior: .gracefullyShutdownGroup),
                .init(service: Reloading(host: host, requests: requests, logger: logger)),
            ], gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        configuration.maximumGracefulShutdownDuration = command.drainTime
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            failure.withLock { $0 = error }
        }
        host.stop()
        try? await loops.shutdownGracefully()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// The services' own messages are of no use to those who run a server.
    private var quiet: Logger {
        var logger = logger
        logger.logLevel = .error
        return logger
    }

    private func application(
        _ loops: MultiThreadedEventLoopGroup, _ listening: AsyncStream<Never>.Continuation
    ) -> some ApplicationProtocol {
        let router = Router(context: Gate.Context.self)
        if let origin = command.cors {
            let exposed: [HTTPField.Name] = [
                .model, .modelHash, .tokens, .queueTime, .inferenceTime, .requestID, .retryAfter,
            ]
            router.add(
                middleware: CORSMiddleware(
                    allowOrigin: origin == "*" ? .all : .custom(origin),
                    allowHeaders: [.accept, .authorization, .contentType, .requestID],
                    allowMethods: [.get, .post, .options],
                    exposedHeaders: exposed.map(\.rawName)))
        }
        let gate = Gate(
            host: host, limits: command.limits, key: command.key, logger: logger, logsAccess: command.logsAccess,
            origin: command.cors)
        var routes = RouteTable(gate: gate, router: router)
        InferenceRoutes(host: host, limits: command.limits).add(to: &routes)
        OpenInferenceRoutes(host: host, limits: command.limits, known: requests).add(to: &routes)
        OpenAIRoutes(host: host, limits: command.limits).add(to: &routes)
        OperationRoutes(host: host).add(to: &routes)
        routes.refuseOthers()
        let deadline = TimeAmount.milliseconds(Int64(command.limits.bodyTime.inSeconds * 1000))
        let mostBytes = command.limits.bytes + 1 << 20
        return Application(
            responder: Responder(router: router.buildResponder(), gate: gate),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [RequestDeadline(deadline, mostBytes: mostBytes)],
                    idleTimeout: .milliseconds(Int64(command.idleTime.inSeconds * 1000)),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: command.address, serverName: "adze/\(adzeVersion)",
                availableConnectionsDelegate: MaximumAvailableConnections(command.maxConnections, logger: quiet)),
            onServerRunning: { [logger, listening] channel in
                // What was bound, as port 0 takes any.
                let address = channel.localAddress
                let place = address?.port.map { "\(address?.ipAddress ?? ""):\($0)" } ?? address?.pathname ?? ""
                logger.notice("listening", metadata: ["address": .string(place)])
                listening.finish()
            },
            eventLoopGroupProvider: .shared(loops), logger: quiet)
    }
}

/// Sends what no route has to the gate, too.
private struct Responder: HTTPResponder {
    let router: RouterResponder<Gate.Context>
    let gate: Gate

    func respond(to request: Request, context: Gate.Context) async throws -> Response {
        do {
            let response = try await router.respond(to: request, context: context)
            guard response.status == .notFound, response.headers[.contentType] == nil else { return response }
        } catch let error as HTTPError where error.status == .notFound {}
        return try await gate.nothingHere(request, context)
    }
}

/// Loads the first models while the server already says that it is not ready.
private struct Models: Service {
    let host: ModelHost
    let requests: [ModelRequest]
    let logger: Logger
    let isListening: AsyncStream<Never>
    let drainTime: Duration

    func run() async throws {
        let start = ContinuousClock.now
        // Ends when the address is had; where it is not, the server ends and this task with it.
        for await _ in isListening {}
        for request in requests {
            try Task.checkCancellation()
            if Task.isShuttingDownGracefully { return }
            try await host.loadAside(request)
            for note in (try? host.model(request.name))?.notes ?? [] {
                logger.notice("note", metadata: ["model": .string(request.name), "note": .string(note)])
            }
        }
        host.becomeReady()
        logger.notice(
            "ready",
            metadata: [
                "models": .string(requests.map(\.name).joined(separator: " ")),
                "milliseconds": .stringConvertible(Int((ContinuousClock.now - start).inSeconds * 1000)),
            ])
        try await gracefulShutdown()
        host.beginEnding()
        // What still waits when the time is nearly over is told so, before the connections are closed.
        Task { [host, drainTime] in
            try await Task.sleep(for: drainTime * 0.9)
            host.stop()
        }
    }
}

/// Loads all models again when a SIGHUP comes; one that cannot be loaded leaves its predecessor in place.
private struct Reloading: Service {
    let host: ModelHost
    let requests: [ModelRequest]
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            for request in requests where !Task.isShuttingDownGracefully {
                do {
                    try await host.loadAside(request)
                    logger.notice("reloaded", metadata: ["model": .string(request.name)])
                } catch {
                    logger.error(
                        "not reloaded; the model that is there stays",
                        metadata: ["model": .string(request.name), "error": .string("\(error)")])
                }
            }
        }
    }
}
