// Codes beyond ±127: exact fp32 back, the rest of a row on a step of its own, the version that only such a file has, and
// lies about all of it.

import AdzeBytes
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Foundation
import Testing

@Suite struct OutlierTests {
    static let pool = WorkerPool(threadCount: 2)

    /// A matrix like a trained one, some elements of which stand far out, and those.
    static func sample(rows: Int, columns: Int, seed: UInt64) -> (tensor: Tensor, outliers: [Int]) {
        var generator = SeededGenerator(seed: seed)
        var values = trained(rows, columns, seed: seed).floats()
        let count = min(20, values.count)
        let outliers = Set((0..<count).map { _ in Int.random(in: 0..<values.count, using: &generator) }).sorted()
        for index in outliers {
            values[index] = Float.random(in: 1...20, using: &generator) * (index % 2 == 0 ? 1 : -1)
        }
        return (Tensor(shape: Shape(rows, columns), floats: values), outliers)
    }

    /// Chunks are 262,144 elements, so that outliers fall into several, and rows across two.
    @Test(arguments: [(1, 7), (3, 6), (40, 33), (301, 1000)], [false, true])
    func exactWeightsComeBack(shape: (Int, Int), withFactors: Bool) throws {
        for seed in UInt64(1)...3 {
            let (tensor, outliers) = OutlierTests.sample(rows: shape.0, columns: shape.1, seed: seed)
            let factors = withFactors ? (0..<shape.1).map { 0.3 + Float($0 % 7) } : nil
            let scheme = TensorScheme.int8(columnFactors: factors, outliers: outliers)
            let expected = try #require(
                QuantizedTensor(
                    quantizing: tensor, columnFactors: factors, outliers: outliers, pool: OutlierTests.pool))
            #expect(!expected.outliers.isEmpty)
            try Sample([("w", tensor, scheme)]).reopened { (file: NativeFile, _) throws in
                #expect(try file.load("w").patterns == tensor.patterns)
                #expect(try file.load("w", pool: OutlierTests.pool).patterns == tensor.patterns)
                #expect(try file.quantized("w", pool: OutlierTests.pool) == expected)
                try file.verifyContents(pool: OutlierTests.pool)
                try file.withQuantized("w") { codes, scales, _, outliers in
                    #expect(outliers == expected.outliers && scales == expected.rowScales)
                    #expect(outliers.allSatisfy { codes[$0.index] == 127 * $0.code.signum() })
                }
            }
            try Sample([("w", tensor, scheme)], store: .int8).reopened { (file: NativeFile, _) throws in
                #expect(try file.load("w") == expected.dequantized())
                try file.verifyContents(pool: OutlierTests.pool)
            }
        }
    }

    /// Every element is within half a step of its code, and the step is that of the row without its outliers.
    @Test func onlyTheOutliersAreCoarse() throws {
        let (tensor, outliers) = OutlierTests.sample(rows: 30, columns: 50, seed: 9)
        let quantized = try #require(
            QuantizedTensor(quantizing: tensor, outliers: outliers, pool: OutlierTests.pool))
        let (values, restored) = (tensor.floats(), quantized.dequantized().floats())
        for row in 0..<30 {
            let others = (row * 50..<row * 50 + 50).filter { !outliers.contains($0) }
            let reach = others.map { values[$0].magnitude }.max() ?? 0
            let whole = (row * 50..<row * 50 + 50).map { values[$0].magnitude }.max() ?? 0
            let step = max(reach / 127, whole / 32_767)
            #expect(abs(quantized.rowScales[row] - step) <= step * 1e-6)
            for index in row * 50..<row * 50 + 50 {
                #expect(abs(values[index] - restored[index]) <= quantized.rowScales[row] * 0.501)
            }
        }
    }

    /// A code may be 32,767 at most, so a weight farther out widens the step; alone in its row it has that code.
    @Test func widestCodes() throws {
        let tensor = Tensor(shape: Shape(3, 3), floats: [1, 1, 1e9, 0, -5, 0, 0, 0, 0])
        let quantized = try #require(
            QuantizedTensor(quantizing: tensor, outliers: [2, 4, 7], pool: OutlierTests.pool))
        #expect(quantized.outliers == [CodeOutlier(index: 2, code: 32_767), CodeOutlier(index: 4, code: -32_767)])
        #expect(quantized.codes == [0, 0, 127, 0, -127, 0, 0, 0, 0])
        try Sample([("w", tensor, .int8(outliers: [2, 4, 7]))]).reopened { (file: NativeFile, _) throws in
            #expect(try file.load("w").patterns == tensor.patterns)
        }
    }

    /// Elements that turn out to have ordinary codes leave the file as it is without them.
    @Test func whatIsNoOutlierChangesNothing() throws {
        let tensor = Tensor(shape: Shape(2, 3), floats: [1, 0.5, -1, 0.25, 1, -0.5])
        let plain = try Sample([("w", tensor, .int8())]).bytes()
        #expect(try Sample([("w", tensor, .int8(outliers: [2]))]).bytes() == plain)
        #expect(plain[8] == 1)
        #expect(try Forgery.withOutlier.bytes()[8] == 2)
    }

    /// Codes made of codes are the same codes.
    @Test func quantizedTwiceIsQuantizedOnce() throws {
        for seed in UInt64(1)...20 {
            let (tensor, outliers) = OutlierTests.sample(rows: 24, columns: 40, seed: seed)
            let once = try #require(QuantizedTensor(quantizing: tensor, outliers: outliers, pool: OutlierTests.pool))
            let twice = try #require(
                QuantizedTensor(
                    quantizing: once.dequantized(), outliers: once.outliers.map(\.index), pool: OutlierTests.pool))
            #expect(once.codes == twice.codes && once.outliers == twice.outliers)
        }
    }

    @Test func writerRefusesOutliersThatAreNoElements() throws {
        for outliers in [[6], [-1], [1, 1], [2, 1]] {
            #expect(throws: NativeError.self, "\(outliers)") {
                try Sample([("w", trained(2, 3), .int8(outliers: outliers))]).bytes()
            }
        }
        #expect(throws: NativeError.limit(part: "outliers of tensor 'w'", found: 4097, limit: 4096)) {
            try Sample([("w", trained(90, 90), .int8(outliers: Array(0..<4097)))]).bytes()
        }
    }

    static let lies: [Lie] = [
        Lie("anotherByte", "a code of 127 where the header lists -12700") { $0.frames[2].stored[2] = 127 },
        Lie("aByteOfNothing", "a code of 0 where the header lists -12700") { $0.frames[2].stored[2] = 0 },
        Lie("firstVersion", "version: expected 2") { $0.version = 1 },
        Lie("versionForNothing", "version: expected 1") { $0.replace(#","outliers":[[2,-12700]]"#, "") },
        Lie("emptyList", "1 to 4096 outliers, or no such field, found 0") { $0.replace("[[2,-12700]]", "[]") },
        Lie("noList", "expected a list") { $0.replace("[[2,-12700]]", "{}") },
        Lie("noPairs", "expected pairs of whole numbers") { $0.replace("[[2,-12700]]", "[2,-12700]") },
        Lie("halfAPair", "expected pairs of whole numbers") { $0.replace("[2,-12700]", "[2]") },
        Lie("behindTheEnd", "elements in their order, below 6, found 6") { $0.replace("[2,-", "[6,-") },
        Lie("beforeTheStart", "elements in their order, below 6, found -1") { $0.replace("[2,-", "[-1,-") },
        Lie("twice", "elements in their order") { $0.replace("[2,-12700]", "[2,-12700],[2,-12700]") },
        Lie("ordinaryCode", "codes from ±128 to ±32767, found 127") { $0.replace("-12700", "127") },
        Lie("tooWide", "codes from ±128 to ±32767, found 32768") { $0.replace("-12700", "32768") },
        Lie("widestInteger", "codes from ±128 to ±32767") { $0.replace("-12700", "-9223372036854775808") },
    ]

    @Test(arguments: lies) func lieIsRefused(lie: Lie) throws {
        var forgery = try Forgery(Forgery.withOutlier, sections: [0, 3])
        #expect(try forgery.bytes() == Forgery.withOutlier.bytes())
        lie.forge(&forgery)
        let error = #expect(throws: NativeError.self) {
            try withNative(forgery.bytes()) { try $0.verifyContents(pool: OutlierTests.pool) }
        }
        #expect(error?.description.contains(lie.message) == true, "\(error?.description ?? "")")
    }

    /// 300 of the widest codes in one row would sum beyond 32 bits.
    @Test func rowsThatCouldOverflowAreRefused() throws {
        let wide = Tensor(shape: Shape(1, 400), floats: (0..<400).map { $0 < 300 ? 1000 : 0.0001 * Float($0) })
        #expect(throws: NativeError.self) { try Sample([("w", wide, .int8(outliers: Array(0..<300)))]).bytes() }
    }

    // MARK: The committed files

    static func golden(_ store: NativeStore) -> Sample {
        Sample(
            [
                (
                    "plain", Tensor(shape: Shape(2, 4), floats: [40, 0.5, -1, 0.25, -0.0, 0.75, -90, 1]),
                    .int8(outliers: [0, 6])
                ),
                (
                    "factors", Tensor(shape: Shape(2, 4), floats: [8, 0.5, -1, 0.25, 0.125, 0.75, -1.5, 1]),
                    .int8(columnFactors: [2, 1, 0.5, 4], outliers: [0])
                ),
            ], store: store)
    }

    static let digests: [NativeStore: UInt64] = [
        .full: 6_219_791_065_223_428_852, .int8: 5_227_710_319_777_582_034,
    ]

    static func path(_ store: NativeStore) -> String { Fixtures.path("native/version2-\(store.rawValue).adze") }

    /// Writes the files that are missing; nobody writes one twice.
    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["ADZE_WRITE_GOLDENS"] == "1"),
        arguments: [NativeStore.full, .int8])
    func write(store: NativeStore) throws {
        if !pathExists(OutlierTests.path(store)) { try OutlierTests.golden(store).write(OutlierTests.path(store)) }
    }

    @Test(arguments: [NativeStore.full, .int8]) func version2Decodes(store: NativeStore) throws {
        let bytes = try readAll(OutlierTests.path(store))
        #expect(hash(bytes) == OutlierTests.digests[store], "\(hash(bytes))")
        #expect(bytes[8] == 2)
        let file = try NativeFile(path: OutlierTests.path(store))
        try file.verifyContents(pool: OutlierTests.pool)
        let plain = try file.quantized("plain", pool: OutlierTests.pool)
        #expect(plain.codes == [127, 64, -127, 32, 0, 95, -127, 127])
        #expect(plain.outliers == [CodeOutlier(index: 0, code: 5080), CodeOutlier(index: 6, code: -11_430)])
        #expect(plain.rowScales == [1.0 / 127, 1.0 / 127])
        let factors = try file.quantized("factors", pool: OutlierTests.pool)
        #expect(factors.codes == [127, 64, -64, 127, 8, 24, -24, 127])
        #expect(factors.outliers == [CodeOutlier(index: 0, code: 2032)])
        guard store == .full else { return }
        for (name, tensor) in OutlierTests.golden(.full).tensors {
            #expect(try file.load(name).patterns == tensor.patterns)
        }
    }
}
