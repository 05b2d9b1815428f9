// Committed files of every version of the format since it was frozen, decoded to values that stand here. A change that
// this test notices is a change of the format, and needs a new version number; these files stay.

import AdzeBytes
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Foundation
import Testing

@Suite struct GoldenTests {
    static let weights: [Float] = [
        127, -63.5, 1, 0.25, -0.0, 0.1, 0, 0, -0.0, 0, 0, 0x1p-140, 3.1415927, -2.7182817, 1.4142135, 1e-3, -1.6180340,
        0.5,
    ]
    static let vector: [UInt32] = [0x7FC0_1234, 0xFF80_0000, 0x0000_0001, 0x8000_0000, 0x3DCC_CCCD]
    static let bfloats: [UInt32] = (0..<40).map { 0x3F00_0000 + $0 << 16 }

    /// What the golden files were made from: every scheme, a matrix that is kept in fp32 between others in int8, and all
    /// metadata there is.
    static func sample(_ store: NativeStore) -> Sample {
        Sample(
            [
                ("matrix", Tensor(shape: Shape(3, 6), floats: weights), .int8()),
                ("kept", Tensor(shape: Shape(3, 6), floats: weights.reversed()), .float32),
                ("factors", Tensor(shape: Shape(3, 6), floats: weights), .int8(columnFactors: [1, 2, 0.5, 4, 3, 0.1])),
                ("vector", tensor([5], patterns: vector), .float32),
                ("bfloats", tensor([4, 10], patterns: bfloats), .int8()),
                ("ones", Tensor(shape: Shape(400), floats: [Float](repeating: 1, count: 400)), .float32),
            ],
            store: store,
            metadata: NativeMetadata(
                config: .object(["hidden_size": .integer(6), "eps": .number(1e-12)]),
                head: .object(["kind": .string("classification")]),
                labels: .array([.string("negative"), .string("positive")]),
                tokenizer: .object(["lowercases": .bool(true)]),
                provenance: .object(["format": .string("safetensors")]),
                probes: .array([.object(["ids": .array([.integer(1)]), "fp32": .array([.number(0.1)])])]),
                report: .object([
                    "quality": .object(["metric": .string("accuracy"), "int8": .number(0.875)]),
                    "calibration": .object(["source": .string("built in"), "tokens": .integer(901)]),
                ])),
            vocabulary: ["[PAD]", "[UNK]", "été", "##s"] + (0..<60).map { "[unused\($0)]" })
    }

    static func path(_ store: NativeStore) -> String { Fixtures.path("native/version1-\(store.rawValue).adze") }

    /// XXH64 of each file.
    static let digests: [NativeStore: UInt64] = [
        .full: 8_179_430_413_375_960_567, .int8: 5_298_881_387_260_255_308, .fp32: 11_138_144_252_264_787_139,
    ]

    /// Writes the files that are missing; nobody writes one twice.
    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["ADZE_WRITE_GOLDENS"] == "1"), arguments: NativeStore.allCases)
    func write(store: NativeStore) throws {
        if !pathExists(GoldenTests.path(store)) { try GoldenTests.sample(store).write(GoldenTests.path(store)) }
    }

    @Test(arguments: NativeStore.allCases) func theFileIsTheOneThatWasCommitted(store: NativeStore) throws {
        let bytes = try readAll(GoldenTests.path(store))
        #expect(bytes.withUnsafeBytes { xxh64($0) } == GoldenTests.digests[store])
        #expect(bytes[8..<12].elementsEqual([1, 0, 0, 0]))
        #expect(NativeFile.versions == 1...2)
    }

    @Test(arguments: NativeStore.allCases) func version1Decodes(store: NativeStore) throws {
        let file = try NativeFile(path: GoldenTests.path(store))
        let pool = WorkerPool(threadCount: 2)
        try file.verifyChecksums(pool: pool)
        let sample = GoldenTests.sample(store)
        #expect(file.store == store)
        #expect(file.metadata == sample.contents.metadata)
        #expect(try file.vocabulary() == sample.contents.vocabulary)
        #expect(file.tensors.map(\.name) == ["matrix", "kept", "factors", "vector", "bfloats", "ones"])
        for (record, tensor) in zip(file.records, try file.loadAll(pool: pool)) {
            if store == .int8, case .int8 = record.scheme { continue }
            #expect(tensor.patterns == sample.tensors[record.name]?.patterns, "\(record.name)")
        }
        #expect(file.records[1].scheme == .float32(shift: 0))
        #expect(file.records[5].scheme == .float32(shift: 23))
        guard store != .fp32 else {
            #expect(throws: NativeError.notQuantized("matrix")) { try file.quantized("matrix", pool: pool) }
            return
        }
        let matrix = try file.quantized("matrix", pool: pool)
        #expect(matrix.codes == [127, -64, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 127, -110, 57, 0, -65, 20])
        #expect(matrix.rowScales == [1, 0, 3.1415927 / 127])
        let factors = try file.quantized("factors", pool: pool)
        #expect(factors.codes == [127, -127, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 73, -127, 17, 0, -113, 1])
        #expect(factors.columnFactors == [1, 2, 0.5, 4, 3, 0.1])
        #expect(throws: NativeError.notQuantized("kept")) { try file.quantized("kept", pool: pool) }
        #expect(
            file.records[4].scheme
                == .int8(hasColumnFactors: false, residualShift: store == .full ? 16 : nil, outliers: []))
    }

    /// The bytes depend on libzstd in the frames that it made, so only the size of everything else is compared.
    @Test(arguments: NativeStore.allCases) func writerStillWritesIt(store: NativeStore) throws {
        try GoldenTests.sample(store).reopened { (file: NativeFile, _) throws in
            let golden = try NativeFile(path: GoldenTests.path(store))
            #expect(file.records == golden.records)
            #expect(file.sizes.residual == golden.sizes.residual)
            #expect(file.sizes.codes == golden.sizes.codes)
            #expect(file.sizes.scales == golden.sizes.scales)
        }
    }

    /// A true file of the time before the freeze.
    @Test func version0IsRefusedByName() throws {
        #expect(throws: NativeError.unknownVersion(0)) { try NativeFile(path: Fixtures.path("native/version0.adze")) }
        #expect(NativeError.unknownVersion(0).description.contains("before the format was frozen"))
    }

    @Test func isRecognisedByItsFirstBytes() throws {
        let bytes = try Fixtures.bytes("native/version1-full.adze")
        #expect(NativeFile.isNative(firstBytes: bytes.prefix(8)))
        #expect(!NativeFile.isNative(firstBytes: bytes.prefix(7)))
        #expect(!NativeFile.isNative(firstBytes: [UInt8]("ADZE".utf8)))
    }
}
