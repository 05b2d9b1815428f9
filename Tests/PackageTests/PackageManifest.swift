// The package's targets as `swift package dump-package` tells them. Reads the manifest; judges nothing.

import Foundation

/// A target of the package, as far as the dependency rules look at it.
struct PackageTarget: Sendable {
    enum Kind: String, Sendable { case regular, executable, test, system, macro, plugin, binary }

    var name: String
    var kind: Kind
    /// The folder inside the package, where the manifest names one; else SwiftPM's own choice.
    var path: String?
    /// Targets of this package that it depends on.
    var targets: [String] = []
    /// Products of other packages that it depends on.
    var products: [String] = []

    /// Where its sources lie, relative to the package.
    var folder: String { path ?? "\(kind == .test ? "Tests" : "Sources")/\(name)" }
}

/// What can be wrong with the answer of `swift package dump-package`.
enum ManifestError: Error, CustomStringConvertible {
    case commandFailed(status: Int32, said: String)
    case unexpected(String)

    var description: String {
        switch self {
        case .commandFailed(let status, let said): "swift package dump-package ended with \(status): \(said)"
        case .unexpected(let what): "swift package dump-package printed an unexpected \(what)"
        }
    }
}

enum PackageManifest {
    /// The package's folder, found from this file's own place.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The targets, read once for all tests.
    static let targets = Result { try parse(dump()) }

    /// Runs `swift package dump-package` in a scratch folder of its own.
    ///
    /// The running `swift test` may hold the lock on the usual one.
    private static func dump() throws -> Data {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "adze-manifest-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let complaints = scratch.appending(path: "stderr")
        try Data().write(to: complaints)
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", root.path(percentEncoded: false),
            "--scratch-path", scratch.appending(path: "build").path(percentEncoded: false), "dump-package",
        ]
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: complaints)
        try process.run()
        // Read to the end first: a full pipe would stop the child.
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let said = String(decoding: try Data(contentsOf: complaints), as: UTF8.self)
            throw ManifestError.commandFailed(status: process.terminationStatus, said: said)
        }
        return printed
    }

    /// Reads the JSON of `dump-package`.
    private static func parse(_ json: Data) throws -> [PackageTarget] {
        guard let manifest = try JSONSerialization.jsonObject(with: json) as? [String: Any],
            let entries = manifest["targets"] as? [[String: Any]]
        else { throw ManifestError.unexpected("document without targets") }
        return try entries.map(target)
    }

    private static func target(_ entry: [String: Any]) throws -> PackageTarget {
        guard let name = entry["name"] as? String, let type = entry["type"] as? String,
            let kind = PackageTarget.Kind(rawValue: type), let dependencies = entry["dependencies"] as? [[String: Any]]
        else { throw ManifestError.unexpected("target: \(entry)") }
        var target = PackageTarget(name: name, kind: kind, path: entry["path"] as? String)
        for dependency in dependencies {
            // One key says the kind; the value is a list that begins with the name.
            guard let (key, value) = dependency.first, let named = (value as? [Any])?.first as? String else {
                throw ManifestError.unexpected("dependency of \(name): \(dependency)")
            }
            switch key {
            case "byName", "target": target.targets.append(named)
            case "product": target.products.append(named)
            default: throw ManifestError.unexpected("kind of dependency of \(name): \(key)")
            }
        }
        return target
    }
}
