// What the writer refuses, and that a refusal leaves nothing behind.

import AdzeBytes
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

@Suite struct WriterTests {
    /// The writer's error for a sample; the folder must be empty afterwards.
    private func error(_ sample: Sample, load: ((String) throws -> Tensor)? = nil) throws -> NativeError? {
        try withTemporaryFolder { (folder: String) throws in
            let error = #expect(throws: NativeError.self) {
                try NativeWriter.write(
                    sample.contents, path: folder + "/out", replacing: false, pool: WorkerPool(threadCount: 1),
                    load: load ?? sample.tensor)
            }
            #expect(try folderEntries(folder).isEmpty)
            return error
        }
    }

    @Test func badPlansAreRefused() throws {
        let matrix = trained(2, 3)
        for name in ["", "a\nb", String(repeating: "n", count: 1025)] {
            #expect(try error(Sample([(name, matrix, .float32)]))?.description.contains("cannot be written") == true)
        }
        for factors in [[], [1, 1], [1, 1, 0], [1, 1, -1], [1, .nan, 1], [1, 1, .infinity], [0x1p25, 1, 1]] as [[Float]]
        {
            let message = try error(Sample([("w", matrix, .int8(columnFactors: factors))]))?.description
            #expect(message?.contains("column factor") == true)
        }
        var integers = Sample([("w", matrix, .float32)])
        integers.contents.tensors[0].originalDType = .int64
        #expect(try error(integers)?.description.contains("type int64, expected floats") == true)
        var huge = Sample([("w", matrix, .float32)])
        huge.contents.tensors[0].shape = Shape(1 << 16, (1 << 16) + 1)
        let count = (1 << 32) + (1 << 16)
        #expect(try error(huge) == .limit(part: "elements of tensor 'w'", found: count, limit: 1 << 32))
    }

    /// Reading the finished header again would show it too, but only when all has been written.
    @Test func plansThatContradictEachOtherAreRefusedBeforeAnyIsLoaded() throws {
        var sample = Sample([("w", trained(2, 3), .int8())])
        let plan = sample.contents.tensors[0]
        var loads = 0
        func refused() throws -> NativeError? {
            try error(sample) { name in
                loads += 1
                return try sample.tensor(name)
            }
        }
        sample.contents.tensors = [plan, plan]
        #expect(try refused() == .duplicateTensor("w"))
        sample.contents.tensors = Array(repeating: plan, count: 100_001)
        #expect(try refused() == .limit(part: "number of tensors", found: 100_001, limit: 100_000))
        #expect(loads == 0)
    }

    @Test func vocabulariesThatNoReaderTakesAreRefused() throws {
        var sample = Sample([])
        sample.contents.vocabulary = Array(repeating: "", count: 5_000_001)
        #expect(
            try error(sample) == .limit(part: "tokens of the vocabulary", found: 5_000_001, limit: 5_000_000))
        // With four bytes for its length.
        sample.contents.vocabulary = [String(repeating: "x", count: 64 << 20)]
        #expect(
            try error(sample)
                == .limit(part: "bytes of the vocabulary", found: (64 << 20) + 4, limit: 64 << 20))
    }

    @Test func aTensorThatIsNotTheOnePlannedIsRefused() throws {
        let sample = Sample([("w", trained(2, 3), .int8())])
        #expect(
            try error(sample, load: { _ in trained(3, 2) })
                == .cannotWrite(part: "tensor 'w'", problem: "expected float32 (2, 3), loaded float32 (3, 2)"))
        let half = Tensor(dtype: .float16, shape: Shape(2, 3), bytes: [UInt8](repeating: 0, count: 12))
        #expect(try error(sample, load: { _ in half })?.description.contains("loaded float16 (2, 3)") == true)
    }

    @Test func aSourceThatChangesIsRefused() throws {
        var seed: UInt64 = 0
        let failure = try error(Sample([("w", trained(2, 3), .int8())])) { _ in
            seed += 1
            return trained(2, 3, seed: seed)
        }
        #expect(failure == .sourceChanged(tensor: "w"))
    }

    @Test func metadataThatCouldNotBeReadAgainIsRefused() throws {
        var deep = JSONValue.integer(1)
        for _ in 0..<64 { deep = .array([deep]) }
        let sample = Sample([("w", trained(2, 3), .int8())], metadata: NativeMetadata(config: deep))
        guard case .headerJSON(.tooDeep) = try error(sample) else {
            Issue.record("expected a depth error")
            return
        }
    }

    @Test func errorsOfTheSourcePassThrough() throws {
        let sample = Sample([("w", trained(2, 3), .int8())])
        try withTemporaryFolder { (folder: String) throws in
            #expect(throws: MissingTensor(name: "w", nearest: nil)) {
                try NativeWriter.write(
                    sample.contents, path: folder + "/out", replacing: false, pool: WorkerPool(threadCount: 1)
                ) { throw MissingTensor(name: $0, nearest: nil) }
            }
            #expect(try folderEntries(folder).isEmpty)
        }
    }

    @Test func unknownNamesGetTheNearestOne() throws {
        try Sample([("encoder.layer.0.weight", trained(2, 3), .int8())]).reopened { (file, _) throws in
            #expect(throws: NativeError.missingTensor("encoder.layer.0.wieght", nearest: "encoder.layer.0.weight")) {
                try file.load("encoder.layer.0.wieght")
            }
        }
    }

    @Test func metadataMayComeLast() throws {
        try withTemporaryFolder { (folder: String) throws in
            let pool = WorkerPool(threadCount: 1)
            let (matrix, path) = (trained(2, 3), folder + "/out")
            var writer = try NativeWriter(path: path, replacing: false, store: .full, vocabulary: nil, pool: pool)
            try writer.write([NativeTensorPlan(name: "w", shape: matrix.shape, scheme: .int8())]) { _ in matrix }
            _ = try writer.finish(NativeMetadata(probes: .array([.integer(1)])))
            var sample = Sample([("w", matrix, .int8())])
            sample.contents.metadata.probes = .array([.integer(1)])
            #expect(try readAll(path) == sample.bytes())
        }
    }
}
