// Lies of the worker: what it says of a file is checked as a file from a stranger is. Not here: the worker's own
// refusals, and lies that a process can tell by how it ends.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Foundation
import Testing

@testable import AdzeKeras

struct WorkerLieTests {
    /// A stream of the tensors named, one element each, with these statements.
    private func stream(
        _ names: [String] = [], skipped: String = "[]", attributes: String = "[]", sandbox: String = "full"
    ) throws -> [UInt8] {
        let metadata = [("hdf5.skipped", skipped), ("hdf5.attributes", attributes), ("hdf5.sandbox", sandbox)]
        let infos = names.map { TensorInfo(name: $0, dtype: .float32, shape: Shape(1)) }
        return try SafetensorsWriter.bytes(tensors: infos, metadata: metadata) { _ in
            Tensor(shape: Shape(1), floats: [1])
        }
    }

    private func contents(_ stream: [UInt8]) throws -> HDF5Contents {
        try HDF5Contents(stream: SafetensorsFile(bytes: stream))
    }

    private func list(_ path: String, _ name: String, _ text: String, count: Int) -> String {
        let texts = [String](repeating: "\"\(text)\"", count: count).joined(separator: ",")
        return "[\"\(path)\",\"\(name)\",[\(texts)]]"
    }

    /// Multiplied, these lists have eight thousand million names.
    @Test func listsThatMultiply() throws {
        let layers = list("", "layer_names", "a", count: 40_000)
        let weights = list("a", "weight_names", "x", count: 100_000)
        let found = try contents(stream(["a/x", "b"], attributes: "[\(layers),\(weights)]"))
        #expect(found.order.map(\.name) == ["a/x", "b"])
    }

    @Test func listsWithoutEnd() throws {
        let names = list("", "layer_names", "a", count: 200_001)
        #expect(throws: KerasError.tooManyListedNames(limit: 200_000)) {
            try contents(stream(["a"], attributes: "[\(names)]"))
        }
        let path = String(repeating: "p", count: 1025)
        #expect(throws: KerasError.metadata("the lists of weights")) {
            try contents(stream(attributes: "[\(list(path, "layer_names", "a", count: 1))]"))
        }
    }

    @Test(arguments: [#"[["a\u001bb","strings"]]"#, #"[["a\u009b2J","strings"]]"#])
    func skippedWithControlCharacters(rows: String) throws {
        #expect(throws: KerasError.metadata("a list of skipped objects without control characters")) {
            try contents(stream(skipped: rows))
        }
    }

    /// A claim of megabytes that clears the screen is one short line.
    @Test func claimOfTheSandboxIsQuoted() throws {
        let claim = "\u{1B}[2J" + String(repeating: "x", count: 100_000)
        try withTemporaryFile(stream(["a"], sandbox: claim)) { path in
            // `cat` is a worker that sends the file as it is.
            let checkpoint = try KerasCheckpoint(path: path, size: 1000, worker: HDF5Worker(path: "/bin/cat"))
            let note = try #require(checkpoint.notes.first)
            #expect(note.contains("'\\u{1b}[2Jxxx") && note.count < 200 && !note.contains("\u{1B}"))
            #expect(checkpoint.readingNotes == [note] && !checkpoint.wasFiltered)
        }
    }

    /// Where the system does not say how the worker ended, the stream itself must be whole.
    @Test func unknownEnd() throws {
        let whole = try stream(["a"])
        let limits = ChildLimits(seconds: 1, outputBytes: 1 << 20, expectedBytes: 0)
        func outcome(_ output: [UInt8], _ errors: String = "") -> ChildOutcome {
            ChildOutcome(end: .unknown, output: output, errors: Array(errors.utf8))
        }
        #expect(try HDF5Worker.stream(of: outcome(whole), limits: limits).tensors.map(\.name) == ["a"])
        #expect(throws: KerasError.endUnknown(line: "")) {
            try HDF5Worker.stream(of: outcome(whole.dropLast()), limits: limits)
        }
        #expect(throws: KerasError.endUnknown(line: "'/x': a virtual dataset")) {
            try HDF5Worker.stream(of: outcome([], "adze-h5worker: '/x': a virtual dataset\n"), limits: limits)
        }
        #expect(KerasError.endUnknown(line: "").description.contains("SIGCHLD"))
    }

    @Test func reasonOfAListedWeightIsEscaped() {
        let line = KerasError.notATensor("a", reason: "\u{1B}[2J\n").description
        #expect(line.hasSuffix(": \\u{1b}[2J\\u{a}"))
    }
}

struct FileSizeLieTests {
    /// A size near `Int.max`, or of a sparse file: refused before anything starts or is allocated.
    @Test(arguments: [Int.max, Int.max - 65_535, (16 << 30) + 1]) func claimedSizes(size: Int) {
        let error = #expect(throws: KerasError.self) {
            try KerasCheckpoint(path: "/nowhere.h5", size: size, worker: HDF5Worker(path: "/bin/true"))
        }
        #expect(error == .tooLarge(size: size, limit: 16 << 30) && error?.kind == .badData)
    }

    /// Eight bytes of HDF5 and half a terabyte of nothing, past the caller's check: the worker refuses it by itself.
    @Test func sparseFile() throws {
        try withTemporaryFile(HDF5Signature.bytes) { path in
            let file = try FileHandle(forWritingTo: URL(filePath: path))
            try file.truncate(atOffset: 500 << 30)
            try file.close()
            #expect(
                throws: KerasError.refused("expected at most \(16 << 30) bytes of file, found \(500 << 30)")
            ) { try Keras.open(path: path, size: 1000) }
        }
    }

    /// An expectation that no memory could hold: room is made for what comes.
    @Test func claimedSizeIsNotReserved() throws {
        let limits = ChildLimits(seconds: 20, outputBytes: .max, expectedBytes: .max)
        let outcome = try runChild("/bin/echo", ["a"], input: nil, limits: limits)
        #expect(outcome.end == .exited(0) && outcome.output == Array("a\n".utf8))
        #expect(outcome.output.capacity <= 2 * ChildLimits.firstBytes)
        let more = try runChild("/bin/sh", ["-c", "head -c 70000000 /dev/zero"], input: nil, limits: limits)
        #expect(more.output.count == 70_000_000 && more.output.capacity <= 5 * more.output.count)
    }

    @Test func fileThatIsGoneIsMissingInput() throws {
        let error = #expect(throws: KerasError.self) { try Keras.open(path: "/nowhere.h5", size: 1000) }
        #expect(error?.kind == .missingInput)
    }

    /// Reaped by another: the process that no child of ours has.
    @Test func childThatAnotherReaped() { #expect(reap(1, deadline: .max) == .unknown) }
}
