// Model folders made for one test: files by their path inside the folder.

import AdzeBytes
import AdzeHuggingFace
import AdzeTestSupport
import Foundation
import Testing

/// Runs `body` with the path of a folder of these files.
func withFolder<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
        for (name, text) in files {
            let path = folder + "/" + name
            try FileManager.default.createDirectory(
                atPath: splitPath(path).folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path))
        }
        return try body(folder)
    }
}

/// What the folder's reader refuses, or nil.
func refusal<Result>(_ files: [String: String], _ body: (ModelFolder) throws -> Result) throws -> HuggingFaceError? {
    try withFolder(files) { path in
        do {
            _ = try body(try ModelFolder(path: path))
            return nil
        } catch let error as HuggingFaceError {
            #expect(!error.description.isEmpty && !error.description.contains("\n"))
            return error
        }
    }
}

/// The same for a folder that should not even open.
func refusal(_ files: [String: String]) throws -> HuggingFaceError? { try refusal(files) { $0 } }

let model = ["config.json": #"{"model_type":"bert"}"#, "model.safetensors": ""]

extension [String: String] {
    /// These files and others, which win.
    func with(_ others: [String: String]) -> [String: String] { merging(others) { $1 } }
}
