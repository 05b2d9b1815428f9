// Where tests find their files, and temporary places that clean up after themselves.

import AdzeBytes
public import Foundation

/// The files that tests share.
public enum Fixtures {
    /// `Tests/Fixtures`, found from this file's own place.
    public static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    /// The path of a fixture, by its path inside `Tests/Fixtures`.
    public static func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

    /// The bytes of a fixture.
    public static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: folder.appending(path: name)))
    }

    /// The folder of larger third-party material beside a development checkout, where there is one.
    ///
    /// Tests that want it are enabled only when it exists; no checkout needs it.
    public static let shared: URL? = {
        let url = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "shared")
        return FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) ? url : nil
    }()
}

/// Runs `body` with the path of a new empty folder that is removed afterwards.
public func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "adze-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path(percentEncoded: false))
}

/// Writes bytes to a file in a temporary folder and runs `body` with its path.
public func withTemporaryFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
        let path = folder + "/file"
        try Data(bytes).write(to: URL(filePath: path))
        return try body(path)
    }
}
