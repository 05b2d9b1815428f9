// A committed file of each version of the format, decoded to values that stand here. A change of this test's expectations
// is a change of the format, and needs a new version number once the version is frozen.

import AdzeBytes
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

@Suite struct GoldenTests {
    static let weights: [Float] = [
        127, -63.5, 1, 0.25, -0.0, 0.1, 0, 0, -0.0, 0, 0, 0x1p-140, 3.1415927, -2.7182817, 1.4142135, 1e-3, -1.6180340,
        0.5,
    ]
    static let vector: [UInt32] = [0x7FC0_1234, 0xFF80_0000, 0x0000_0001, 0x8000_0000, 0x3DCC_CCCD]
    static let bfloats: [UInt32] = (0..<40).map { 0x3F00_0000 + $0 << 16 }

    /// What the golden file was made from.
    static let sample = Sample(
        [
            ("matrix", Tensor(shape: Shape(3, 6), floats: weights), .int8()),
            ("factors", Tensor(shape: Shape(3, 6), floats: weights), .int8(columnFactors: [1, 2, 0.5, 4, 3, 0.1])),
            ("vector", tensor([5], patterns: vector), .float32),
            ("bfloats", tensor([4, 10], patterns: bfloats), .int8()),
            ("ones", Tensor(shape: Shape(400), floats: [Float](repeating: 1, count: 400)), .float32),
        ],
        metadata: NativeMetadata(
            config: .object(["hidden_size": .integer(6), "eps": .number(1e-12)]),
            labels: .array([.string("negative"), .string("positive")])),
        vocabulary: ["[PAD]", "[UNK]", "été", "##s"] + (0..<60).map { "[unused\($0)]" })

    @Test func version0Decodes() throws {
        let file = try NativeFile(path: Fixtures.path("native/version0.adze"))
        let pool = WorkerPool(threadCount: 2)
        try file.verifyChecksums(pool: pool)
        #expect(file.store == .full)
        #expect(file.metadata == GoldenTests.sample.contents.metadata)
        #expect(try file.vocabulary() == GoldenTests.sample.contents.vocabulary)
        #expect(file.tensors.map(\.name) == ["matrix", "factors", "vector", "bfloats", "ones"])
        for (info, tensor) in zip(file.tensors, try file.loadAll(pool: pool)) {
            #expect(tensor.patterns == GoldenTests.sample.tensors[info.name]?.patterns, "\(info.name)")
        }
        let matrix = try file.quantized("matrix", pool: pool)
        #expect(matrix.codes == [127, -64, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 127, -110, 57, 0, -65, 20])
        #expect(matrix.rowScales == [1, 0, 3.1415927 / 127])
        let factors = try file.quantized("factors", pool: pool)
        #expect(factors.codes == [127, -127, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 73, -127, 17, 0, -113, 1])
        #expect(factors.columnFactors == [1, 2, 0.5, 4, 3, 0.1])
        #expect(file.records[3].scheme == .int8(hasColumnFactors: false, residualShift: 16))
        #expect(file.records[4].scheme == .float32(shift: 23))
    }

    /// The bytes depend on libzstd in the frames that it made, so only the size of everything else is compared.
    @Test func writerStillWritesIt() throws {
        try GoldenTests.sample.reopened { (file: NativeFile, _) throws in
            let golden = try NativeFile(path: Fixtures.path("native/version0.adze"))
            #expect(file.records == golden.records)
            #expect(file.sizes.residual == golden.sizes.residual)
            #expect(file.sizes.codes == golden.sizes.codes)
        }
    }

    @Test func isRecognisedByItsFirstBytes() throws {
        let bytes = try Fixtures.bytes("native/version0.adze")
        #expect(NativeFile.isNative(firstBytes: bytes.prefix(8)))
        #expect(!NativeFile.isNative(firstBytes: bytes.prefix(7)))
        #expect(!NativeFile.isNative(firstBytes: [UInt8]("ADZE".utf8)))
    }
}
