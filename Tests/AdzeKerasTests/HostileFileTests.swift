// Files that reach out, loop, explode or mislead: each is refused for what it does, and the program lives on.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Foundation
import Testing

@testable import AdzeKeras

struct HostileFileTests {
    private func open(_ name: String) throws -> KerasCheckpoint {
        try Keras.open(path: Fixtures.path("hdf5-hostile/\(name).h5"))
    }

    @Test(arguments: [
        ("external-storage", "'/x': its bytes are in other files (external storage)"),
        ("external-link", "'x' is an external link"), ("soft-link-cycle", "'a' is a soft link"),
        ("hard-link-cycle", "'/a/again': the object at '/' again"), ("virtual", "'/x': a virtual dataset"),
        ("gzip-bomb", "'/x': (300, 1048576) of float32 makes more bytes"),
        ("shape-without-chunks", "'/x': (1099511627776) of float32 makes more bytes"),
        ("many-shapes", "makes more bytes"), ("large-chunk", "the most are 64 MiB"), ("plugin-filter", "filter 32000"),
        ("deep-groups", "nest deeper than 16"), ("line-break-in-a-name", "control characters"),
        ("long-name", "a path of 1100 bytes"), ("weight-names-of-numbers", "expected texts"),
        ("user-block", "a user block of 512 bytes"), ("cut-short", "cannot open the file"),
    ])
    func refusedForWhatItDoes(name: String, reason: String) throws {
        let error = #expect(throws: KerasError.self) { try open(name) }
        guard case .refused(let line) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(line.contains(reason), "\(line)")
        #expect(error?.kind == .badData)
    }

    @Test func listedWeightsMustBeTensorsOfTheFile() {
        #expect(throws: KerasError.missingWeight("a/a/kernel:0")) { try open("weight-that-is-missing") }
        #expect(throws: KerasError.notATensor("a/x", reason: "strings")) { try open("weight-of-strings") }
    }

    @Test func whatIsNoTensorIsListed() throws {
        let checkpoint = try open("harmless-odd-objects")
        #expect(checkpoint.raw.tensors.isEmpty)
        #expect(
            checkpoint.skipped.map(\.path) == [
                "enum", "longdouble", "null", "pair", "ragged", "reference", "text", "type",
            ])
        let twice = try open("harmless-two-links")
        #expect(twice.raw.tensors.map(\.name) == ["x"])
        #expect(twice.skipped == [SkippedObject(path: "y", reason: "another name of x")])
        #expect(try open("harmless-many-attributes").raw.tensors.map(\.name) == ["x"])
        #expect(try open("harmless-layer-named-often").raw.tensors.map(\.name) == ["a.b"])
    }

    /// Every truncation, and flipped bytes throughout: an answer or a typed error, never anything else.
    @Test func damagedFiles() throws {
        let whole = try Fixtures.bytes("hdf5-types/types.h5")
        var refused = 0
        for step in 1..<12 {
            var bytes = whole
            if step < 5 {
                bytes.removeLast(step * 3000)
            } else {
                var generator = SeededGenerator(seed: UInt64(step))
                for _ in 0..<20 { bytes[Int.random(in: 8..<bytes.count, using: &generator)] ^= 0xFF }
            }
            do { _ = try KerasCheckpoint(bytes: bytes, worker: Keras.worker()) } catch is KerasError { refused += 1 }
        }
        #expect(refused >= 4)
    }
}

struct ElementTypeTests {
    /// Every size, either byte order, odd layouts and filters; what h5py wrote is what is read.
    @Test func everyElementTypeIsExact() throws {
        let checkpoint = try Keras.open(path: Fixtures.path("hdf5-types/types.h5"))
        let expected = try SafetensorsFile(file: InputFile(path: Fixtures.path("hdf5-types/types.safetensors")))
        #expect(checkpoint.layout == .other && checkpoint.skipped.isEmpty)
        for info in expected.tensors where info.name != "bfloat16-as-f4" {
            let name = info.name.replacingOccurrences(of: "/", with: ".")
            #expect(try checkpoint.raw.load(name) == expected.load(info.name), "\(name)")
        }
        let short = try checkpoint.raw.load("bfloat16")
        #expect(short.dtype == .bfloat16)
        #expect(try short.floats() == expected.load("bfloat16-as-f4").floats())
        #expect(checkpoint.raw.tensors.count == expected.tensors.count)
    }
}

/// Files of other projects, where they are at hand.
@Suite(.enabled(if: Fixtures.shared != nil)) struct PeerFileTests {
    private struct Expected: Decodable {
        /// Datasets that h5py reads as numbers, and a checksum over all their names, types, shapes and bytes.
        var count: Int?
        var crc32: UInt32?
        /// What our refusal says, for files that break our rules.
        var refused: String?
    }

    private func folder() throws -> String {
        try #require(Fixtures.shared).appending(path: "peerfiles/hdf5").path(percentEncoded: false)
    }

    @Test func h5pyAgrees() throws {
        let json = Data(try Fixtures.bytes("hdf5-peers.json"))
        let files = try JSONDecoder().decode([String: Expected].self, from: json)
        #expect(files.count > 60)
        for (name, expected) in files.sorted(by: { $0.key < $1.key }) {
            let path = try folder() + "/" + name
            if let reason = expected.refused {
                let error = #expect(throws: KerasError.self, "\(name)") { try Keras.open(path: path) }
                #expect(error?.description.contains(reason) == true, "\(name): \(String(describing: error))")
                continue
            }
            let checkpoint = try Keras.open(path: path)
            #expect(checkpoint.raw.tensors.count == expected.count, "\(name)")
            #expect(try checksum(checkpoint.raw) == expected.crc32, "\(name)")
        }
    }

    private func checksum(_ store: any TensorStore) throws -> UInt32 {
        var sum = CRC32()
        let infos = store.tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        for info in infos {
            let shape = info.shape.dimensions.map(String.init).joined(separator: ",")
            Array("\(info.name)|\(info.dtype)|\(shape)\n".utf8).withUnsafeBytes { sum.update($0) }
            try store.load(info.name).bytes.withUnsafeBytes { sum.update($0) }
        }
        return sum.value
    }

    /// The embeddings, to which the pretraining head is tied, are in two groups of one file.
    @Test func tiedTensorsAreReadOnce() throws {
        let path = try folder() + "/tf-tiny/tf-tiny-pretraining/tf_model.h5"
        let checkpoint = try Keras.open(path: path)
        #expect(checkpoint.raw.tensors.count == checkpoint.renamed.tensors.count + 5)
        #expect(checkpoint.renamed.tensors.contains { $0.name == "cls.predictions.transform.dense.weight" })
        #expect(checkpoint.notes.contains { $0.contains("twice (5)") })
    }

    /// Files that crashed, hung or escaped libhdf5 at some time. The limits of the worker bound memory; time is bounded
    /// as no answer may be that it ran out.
    @Test(arguments: ["cve/cvefiles", "cve/fuzzerfiles"]) func knownExploits(group: String) throws {
        let place = try folder() + "/" + group
        let names = try FileManager.default.contentsOfDirectory(atPath: place).sorted()
            .filter { !$0.hasSuffix(".md") && !$0.hasSuffix(".c") }
        #expect(!names.isEmpty)
        for name in names {
            do throws(KerasError) {
                let path = place + "/" + name
                let checkpoint = try KerasCheckpoint(path: path, size: 1 << 20, worker: .besideExecutable())
                for info in checkpoint.raw.tensors { #expect((try? checkpoint.raw.load(info.name)) != nil) }
            } catch {
                if case .timedOut = error { Issue.record("\(name): \(error)") }
                #expect(error.kind == .badData, "\(name): \(error)")
                #expect(!error.description.contains("\n"), "\(name)")
            }
        }
    }
}
