// The models that the command line is tried on, and copies of them that a test may damage.

import AdzeTestSupport
import Foundation
import Testing

/// Paths of fixtures.
enum Models {
    /// A classifier of three blocks with the labels rejected and accepted; 16 positions.
    static let classifier = Fixtures.path("models/seqcls-gelu")
    /// An encoder of four blocks with a pooler.
    static let encoder = Fixtures.path("models/bertmodel-pooler")
    /// An encoder without a pooler.
    static let bare = Fixtures.path("models/bertmodel-nopooler")
    /// A sentence-transformers folder.
    static let sentences = Fixtures.path("models/sentence-transformers")
    /// The same model in each container: its folder, and the file for those whose names transformers does not know.
    static func container(_ name: String) -> String { Fixtures.path("models/containers/\(name)") }
}

/// Writes a text file and gives its path.
@discardableResult
func write(_ text: String, to path: String) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
}

/// The bytes of a file.
func bytes(of path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: path))) }

/// The names in a folder, those that begin with a dot included.
func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

/// Runs `body` with a copy of a model folder, and a folder beside it that holds nothing else.
func withCopy<Result>(of model: String, _ body: (_ copy: String, _ folder: String) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
        let copy = folder + "/model"
        try FileManager.default.copyItem(atPath: model, toPath: copy)
        return try body(copy, folder)
    }
}

/// Replaces text in a file; `old` must be there.
func replace(_ old: String, with new: String, in path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    precondition(text.contains(old), "\(path) has no \(old)")
    try write(text.replacingOccurrences(of: old, with: new), to: path)
}

/// Converts a model into `folder` and gives the path of the file.
func converted(_ model: String, in folder: String, _ more: [String] = []) throws -> String {
    let path = folder + "/converted.adze"
    try Tool.succeed(["convert", model, "-o", path, "--quiet"] + more)
    return path
}
