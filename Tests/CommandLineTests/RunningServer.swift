// A started `adze serve` and a client of a few lines for it, which sends what it is told, right or wrong. Not here: what
// should be answered.

import Foundation
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An answer of a server.
struct HTTPAnswer {
    let status: Int
    /// By names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    /// The body as JSON.
    func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(body), options: .fragmentsAllowed) }
}

/// A server did not say that it is ready.
struct NotStarted: Error { let log: String }

/// A server that runs until it is let go.
final class RunningServer: @unchecked Sendable {
    // @unchecked: nothing changes after the start but the process itself.
    private let process = Process()
    private let log: String
    private(set) var port: UInt16 = 0

    /// Starts a server on a free port and waits until it says that it is ready; `waits` false until it listens.
    init(_ arguments: [String], in folder: String, waits: Bool = true, environment: [String: String] = [:]) throws {
        log = folder + "/serve.log"
        try #require(FileManager.default.createFile(atPath: log, contents: nil))
        process.executableURL = URL(filePath: try #require(Tool.path))
        process.arguments = ["serve"] + arguments + ["--port", "0"]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardError = try FileHandle(forWritingTo: URL(filePath: log))
        // A stream of the tests that a server kept would have whoever reads it wait for the server.
        (process.standardInput, process.standardOutput) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        var found: UInt16?
        for _ in 0..<600 {
            let lines = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            if let address = lines.firstMatch(of: /address=[0-9.]+:([0-9]+)/), !waits || lines.contains(" ready") {
                found = UInt16(address.1)
                break
            }
            guard process.isRunning else { break }
            Thread.sleep(forTimeInterval: 0.05)
        }
        guard let found else { throw NotStarted(log: lines.suffix(3).joined(separator: "; ")) }
        port = found
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// What it has logged.
    var lines: [String] {
        ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// The exit code, waiting for it.
    func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Sends a request and reads its answer.
    func ask(_ method: String, _ path: String, _ body: String? = nil, headers: [String: String] = [:]) throws
        -> HTTPAnswer
    {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { head += "\(name): \(value)\r\n" }
        if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
        return try send(Array("\(head)\r\n\(body ?? "")".utf8))
    }

    /// Sends bytes over a connection of their own and reads what comes until the server closes it.
    func send(_ bytes: [UInt8]) throws -> HTTPAnswer {
        let connection = try connect()
        defer { close(connection) }
        try write(bytes, to: connection)
        return try answer(from: connection)
    }

    func connect() throws -> Int32 {
        #if canImport(Glibc)
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let connection = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                #if canImport(Glibc)
                Glibc.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                #else
                Darwin.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                #endif
            }
        }
        try #require(result == 0, "no connection: errno \(errno)")
        return connection
    }

    func write(_ bytes: [UInt8], to connection: Int32) throws {
        var done = 0
        while done < bytes.count {
            let put = bytes[done...].withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // A server that has refused may have closed already.
            guard put > 0 else { return }
            done += put
        }
    }

    func answer(from connection: Int32) throws -> HTTPAnswer {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(connection, &chunk, chunk.count)
            guard count > 0 else { break }
            all += chunk[..<count]
        }
        let text = String(decoding: all, as: UTF8.self)
        let end = try #require(text.firstRange(of: "\r\n\r\n"), "no answer: \(text.prefix(100))")
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        let status = try #require(lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (parts[0].lowercased(), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
        }
        return HTTPAnswer(
            status: status, headers: Dictionary(headers, uniquingKeysWith: { $1 }),
            body: Array(text[end.upperBound...].utf8))
    }
}
