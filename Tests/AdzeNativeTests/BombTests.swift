// Files of few bytes that stand for many: those that our writer makes of equal weights are read, those beyond any model
// are refused before anything is decoded, and verifying takes chunks alone.

import AdzeBytes
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

@testable import AdzeNative

@Suite struct BombTests {
    /// A header of one fp32 vector of `count` elements, with frames that say they are zeros and are not looked into.
    private func bomb(_ count: Int) throws -> [UInt8] {
        let zeros = tensor([300], patterns: [UInt32](repeating: 0, count: 300))
        var forgery = try Forgery(Sample([("z", zeros, .float32)], store: .fp32), sections: [0, 2])
        forgery.replace("\"shape\":[300]", "\"shape\":[\(count)]")
        let chunks = FloatCoding.chunks(count)
        forgery.frames = Array(repeating: (HandmadeZstd().bytes, 1), count: 2 * chunks)
        forgery.sections = [0, 2 * chunks]
        return forgery.bytes()
    }

    @Test(arguments: [1 << 30, 1 << 32]) func zerosThatStandForGigabytesAreRefusedWhenOpened(count: Int) throws {
        let bytes = try bomb(count)
        #expect(
            throws: NativeError.expansion(part: "elements of all tensors", found: count, limit: 1 << 29)
        ) { try withNative(bytes) { _ in } }
    }

    /// As many as the largest BERT has, all of them equal.
    @Test func theLargestModelOfEqualWeightsIsOpened() throws {
        try withNative(bomb(471_000_000)) { file in #expect(file.tensors[0].shape.count == 471_000_000) }
        try withNative(bomb(1 << 29)) { file in #expect(file.tensors[0].shape.count == 1 << 29) }
    }

    @Test(arguments: [NativeStore.full, .int8, .fp32], [Float(0), 1, -0.3])
    func equalWeightsStayReadable(store: NativeStore, value: Float) throws {
        let matrix = Tensor(shape: Shape(700, 600), floats: [Float](repeating: value, count: 420_000))
        let vector = Tensor(shape: Shape(300_000), floats: [Float](repeating: value, count: 300_000))
        let sample = Sample([("m", matrix, .int8()), ("v", vector, .float32)], store: store)
        try sample.reopened { (file: NativeFile, report) throws in
            #expect(store == .full || report.sizes.file < 100_000)
            #expect(try file.load("v") == vector)
            if store != .int8 { #expect(try file.load("m") == matrix) }
            try file.verifyContents(pool: WorkerPool(threadCount: 2))
        }
    }

    @Test(arguments: [NativeStore.int8, .fp32]) func theWriterKeepsToTheRatioBeyondTheFloor(store: NativeStore) throws {
        let matrix = Tensor(shape: Shape(700, 600), floats: [Float](repeating: 0, count: 420_000))
        let sample = Sample([("m", matrix, .int8())], store: store)
        let pool = WorkerPool(threadCount: 1)
        func size(floor: Int) throws -> Int {
            try withTemporaryFolder { (folder: String) throws in
                var writer = try NativeWriter(
                    path: folder + "/m.adze", replacing: false, store: store, vocabulary: nil, pool: pool)
                writer.elementFloor = floor
                try writer.write(sample.contents.tensors, load: sample.tensor)
                let report = try writer.finish(NativeMetadata())
                #expect(try NativeFile(path: folder + "/m.adze").load("m") == matrix)
                return report.sizes.file
            }
        }
        #expect(try size(floor: 420_000) * NativeLimits.elementsPerByte < 420_000)
        let kept = try size(floor: 419_999)
        #expect(kept * NativeLimits.elementsPerByte >= 420_000)
        #expect(NativeLimits.elements(fileSize: kept, floor: 419_999) >= 420_000)
    }

    @Test func aVocabularyOutOfProportionIsRefusedWhenOpened() throws {
        var forgery = try Forgery()
        forgery.replace("\"bytes\":11", "\"bytes\":1048577")
        forgery.frames[0] = ([UInt8](repeating: 0, count: 65_535), 1)
        #expect(
            throws: NativeError.expansion(part: "bytes of the vocabulary", found: 1_048_577, limit: 1_048_576)
        ) { try withNative(forgery.bytes()) { _ in } }
        forgery.frames[0].stored.append(0)
        forgery.frames[0].stored.append(0)
        try withNative(forgery.bytes()) { file in #expect(file.vocabularyCount == 3) }
    }

    /// One token of two megabytes would be a kilobyte of zstd: the writer stores it raw.
    @Test func vocabulariesOfRepetitionsStayReadable() throws {
        let sample = Sample([], vocabulary: [String(repeating: "a", count: 2 << 20)])
        try sample.reopened { (file: NativeFile, report) throws in
            #expect(report.sizes.vocabulary > 2 << 20)
            #expect(try file.vocabulary() == sample.contents.vocabulary)
        }
    }
}
