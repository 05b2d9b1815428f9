// The server's entry: options, signals, and an error as one line and an exit code. `adze serve` starts this program.

import Adze
import AdzeBytes
import AdzeServing
import ArgumentParser
import Hummingbird
import Logging
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@main struct Main {
    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        let environment = ProcessInfo.processInfo.environment
        do {
            var command = try ServeCommand.parse(
                ServeCommand.completed(Array(CommandLine.arguments.dropFirst()), by: environment))
            if command.models.isEmpty, command.name.isEmpty { command.models = ServeCommand.models(of: environment) }
            let server = try server(command)
            if let path = command.unixSocket { try UnixSocket.requireFree(path) }
            try await server.run()
        } catch let error as any AdzeFailure {
            fail(error.description, error.kind.exitCode)
        } catch let error as IOError {
            // The system's words, such as "Address already in use".
            fail(
                "cannot listen: \(unsafe String(cString: strerror(error.errnoCode)))", FailureKind.inputOutput.exitCode)
        } catch let error as SocketAddressError {
            fail("cannot listen: no such address: \(error)", FailureKind.inputOutput.exitCode)
        } catch let error as ServingError {
            fail(error.description, FailureKind.badData.exitCode)
        } catch {
            endAsParser(error)
        }
    }

    private static func server(_ command: ServeCommand) throws -> Server {
        var logger = Logger(label: "adze", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = Logger.Level(rawValue: command.logLevel) ?? .info
        var batch = BatchLimits()
        (batch.batchTokens, batch.wait) = (command.batchTokens, .seconds(command.timeout))
        batch.waitingRequests = command.maxRequests
        var limits = RequestLimits()
        (limits.requests, limits.texts, limits.bytes) = (command.maxRequests, command.maxTexts, command.maxBytes)
        limits.bodyTime = .seconds(command.bodyTimeout)
        let precision = Precision(rawValue: command.precision) ?? .int8
        guard let host = ModelHost(threads: command.threads, precision: precision, limits: batch) else {
            throw ServingError.failed("the system has no thread for the models")
        }
        let options = Server.Options(
            address: command.unixSocket.map { .unixDomainSocket(path: $0) }
                ?? .hostname(command.host, port: command.port),
            limits: limits, key: try command.apiKeyFile.map(KeyFile.key(in:)), maxConnections: command.maxConnections,
            idleTime: .seconds(command.idleTimeout), drainTime: .seconds(command.drainTimeout), cors: command.cors,
            logsAccess: command.accessLog)
        return Server(host: host, requests: try command.requests(), command: options, logger: logger)
    }

    private static func endAsParser(_ error: any Error) -> Never {
        switch ServeCommand.exitCode(for: error) {
        case .success: ServeCommand.exit(withError: error)
        case .validationFailure:
            let line = ServeCommand.message(for: error).split(separator: "\n").first.map(String.init) ?? "bad usage"
            fail(
                "\(line.prefix(1).lowercased() + line.dropFirst()); see 'adze serve --help'", FailureKind.usage.exitCode
            )
        default:
            fail("this is a bug: \(quoted(String(describing: error), limit: 400))", FailureKind.internalBug.exitCode)
        }
    }

    private static func fail(_ line: String, _ code: Int32) -> Never {
        let line = "adze serve: error: \(clipped(line))\n"
        unsafe Array(line.utf8).withUnsafeBytes {
            try? unsafe writeAll($0, to: STDERR_FILENO, at: nil, path: "standard error")
        }
        exit(code)
    }
}
