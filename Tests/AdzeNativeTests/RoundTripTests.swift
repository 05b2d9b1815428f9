// What is written comes back: every bit in full and fp32 files, the stated expression in int8 files.

import AdzeBytes
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

@Suite struct RoundTripTests {
    /// Every exponent with both signs and some mantissas: denormals, infinities and NaN payloads among them.
    static let everyExponent: [UInt32] = (UInt32(0)..<256).flatMap { exponent in
        [0, 1, 0x40_0000, 0x7F_FFFF, 0x2A_AAAA].flatMap { mantissa in
            [exponent << 23 | mantissa, 0x8000_0000 | exponent << 23 | mantissa]
        }
    }

    /// Matrices that are hard to get back, all finite and quantizable.
    static let hostileMatrices: [(String, Tensor)] = {
        let modest = everyExponent.filter { $0 >> 23 & 0xFF < 127 + 80 }
        var list: [(String, Tensor)] = [
            ("everyModestExponentInARow", tensor([1, modest.count], patterns: modest)),
            ("everyModestExponentInAColumn", tensor([modest.count, 1], patterns: modest)),
            (
                "zeroRows",
                tensor([3, 4], patterns: [0, 0, 0, 0, 0x8000_0000, 0, 0, 0, 0x3F80_0000, 0, 0x8000_0000, 1])
            ),
            ("onlyDenormals", tensor([2, 3], patterns: [1, 0x8000_0001, 0x7F_FFFF, 0, 0x80_0000, 0x8000_0000])),
            ("oneElement", tensor([1, 1], patterns: [0xC2F6_E979])),
            ("trained", trained(48, 96)),
        ]
        // Elements on and around every boundary between two codes, for scales on both sides of a power of two.
        let scales: [Float] = [1, 0x1.fffffep-1, 0.75, 0x1.fffffep0, 3e-5, 0x1.1p-97, 0x1p83]
        for (index, scale) in scales.enumerated() {
            var row: [Float] = [127 * scale]
            for code in -127...126 {
                let edge = (Float(code) + 0.5) * scale
                row += [edge.nextDown.nextDown, edge.nextDown, edge, edge.nextUp, edge.nextUp.nextUp]
            }
            list.append(("boundaries\(index)", Tensor(shape: Shape(1, row.count), floats: row)))
        }
        return list
    }()

    @Test(arguments: NativeStore.allCases) func everyBitPatternIsKeptInFloat32(store: NativeStore) throws {
        let vector = tensor([RoundTripTests.everyExponent.count], patterns: RoundTripTests.everyExponent)
        let sample = Sample([("v", vector, .float32), ("scalar", tensor([], patterns: [7]), .float32)], store: store)
        try sample.reopened { (file, _) throws in
            #expect(try file.load("v") == vector)
            #expect(try file.load("scalar").patterns == [7])
        }
    }

    @Test(arguments: hostileMatrices.indices) func residualGivesEveryBitBack(index: Int) throws {
        let (name, matrix) = RoundTripTests.hostileMatrices[index]
        try Sample([(name, matrix, .int8())]).reopened { (file, report) throws in
            #expect(report.keptInFloat32.isEmpty)
            #expect(try file.load(name).patterns == matrix.patterns)
        }
    }

    @Test func residualGivesEveryBitBackWithColumnFactors() throws {
        var generator = SeededGenerator(seed: 5)
        for (name, matrix) in RoundTripTests.hostileMatrices where !name.hasPrefix("boundaries6") {
            let factors = (0..<matrix.shape[1]).map { index in
                index % 7 == 0 ? Float(0x1p-10) : Float.random(in: 0.1...8, using: &generator)
            }
            try Sample([(name, matrix, .int8(columnFactors: factors))]).reopened { (file, report) throws in
                #expect(report.keptInFloat32.isEmpty, "\(name)")
                #expect(try file.load(name).patterns == matrix.patterns, "\(name)")
                let quantized = try file.quantized(name, pool: WorkerPool(threadCount: 1))
                #expect(quantized.columnFactors == factors)
            }
        }
    }

    @Test func tensorsThatCannotBeQuantizedAreKept() throws {
        let list: [(String, Tensor)] = [
            ("nan", tensor([1, 3], patterns: [0x7FC0_0001, 0x3F80_0000, 0])),
            ("infinity", tensor([2, 2], patterns: [0, 1, 0xFF80_0000, 2])),
            ("tooLarge", Tensor(shape: Shape(1, 2), floats: [0x1.1p90, 1])),
            ("vector", Tensor(shape: Shape(3), floats: [1, 2, 3])),
            ("cube", Tensor(shape: Shape(2, 2, 2), floats: [1, 2, 3, 4, 5, 6, 7, 8])),
            ("noRows", Tensor(shape: Shape(0, 4), floats: [])),
            ("noColumns", Tensor(shape: Shape(4, 0), floats: [])),
            ("scalar", Tensor(shape: Shape(), floats: [4])),
        ]
        try Sample(list.map { ($0.0, $0.1, .int8()) }).reopened { (file, report) throws in
            #expect(report.keptInFloat32 == list.map(\.0))
            for (name, tensor) in list { #expect(try file.load(name) == tensor, "\(name)") }
            #expect(throws: NativeError.notQuantized("nan")) {
                try file.quantized("nan", pool: WorkerPool(threadCount: 1))
            }
        }
    }

    @Test func int8FileGivesTheStatedExpression() throws {
        let matrix = trained(37, 53)
        try Sample([("w", matrix, .int8())], store: .int8).reopened { (file, _) throws in
            let quantized = try file.quantized("w", pool: WorkerPool(threadCount: 2))
            let values = matrix.floats()
            let loaded = try file.load("w").floats()
            for row in 0..<37 {
                let scale = values[row * 53..<row * 53 + 53].map(abs).reduce(0, max) / 127
                #expect(quantized.rowScales[row] == scale)
                for index in row * 53..<row * 53 + 53 {
                    let code = (values[index] / scale).rounded(.toNearestOrEven)
                    #expect(Float(quantized.codes[index]) == code)
                    #expect(loaded[index] == code * scale)
                }
            }
            #expect(try file.load("w") == quantized.dequantized())
            #expect(QuantizedTensor(quantizing: matrix, pool: WorkerPool(threadCount: 2)) == quantized)
        }
    }

    @Test func nearestRoundsHalvesToEven() throws {
        let values: [Float] = [127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 125.5, 126.5, -126.5, 0.49999997]
        let matrix = Tensor(shape: Shape(1, values.count), floats: values)
        let quantized = try #require(QuantizedTensor(quantizing: matrix, pool: WorkerPool(threadCount: 1)))
        #expect(quantized.codes == [127, 0, 2, 2, 0, -2, -2, 126, 126, -126, 0])
    }

    @Test func narrowOriginsAreStoredNarrow() throws {
        let matrix = trained(64, 256)
        let bfloat = tensor([64, 256], patterns: matrix.patterns.map { $0 & 0xFFFF_0000 })
        let half = tensor([64, 256], patterns: matrix.patterns.map { $0 & 0xFFFF_E000 })
        for (narrow, shift, most) in [(bfloat, 16, 1.5), (half, 13, 1.9)] {
            for store in [NativeStore.full, .fp32] {
                let list: [(String, Tensor, TensorScheme)] = [("w", narrow, .int8()), ("v", narrow, .float32)]
                try Sample(list, store: store).reopened { (file, _) throws in
                    #expect(try file.load("w").patterns == narrow.patterns)
                    #expect(try file.load("v").patterns == narrow.patterns)
                    #expect(file.records[1].scheme == .float32(shift: shift))
                    if store == .full {
                        #expect(
                            file.records[0].scheme == .int8(hasColumnFactors: false, residualShift: shift, outliers: [])
                        )
                    } else {
                        #expect(file.records[0].scheme == .float32(shift: shift))
                    }
                    #expect(Double(file.sizes.file) < most * 2 * 64 * 256 + 4096)
                }
            }
        }
    }

    @Test func severalChunksOnSeveralThreads() throws {
        let large = trained(530, 500)
        let list: [(String, Tensor, TensorScheme)] = [
            ("large", large, .int8()), ("kept", large, .float32), ("small", trained(3, 5), .int8()),
            ("long", Tensor(dtype: .float32, shape: Shape(265_000), bytes: large.bytes), .float32),
        ]
        let sample = Sample(list)
        #expect(try sample.bytes(threads: 1) == sample.bytes(threads: 3))
        try sample.reopened(threads: 2) { (file, _) throws in
            #expect(try file.load("large") == large)
            for threads in [1, 3] {
                let pool = WorkerPool(threadCount: threads)
                try file.verifyChecksums(pool: pool)
                let all = try file.loadAll(pool: pool)
                for (tensor, (name, expected, _)) in zip(all, list) { #expect(tensor == expected, "\(name)") }
                guard case .int8(let codes) = try file.loadForInference(pool: pool)[0] else {
                    Issue.record("expected codes")
                    continue
                }
                #expect(codes == QuantizedTensor(quantizing: large, pool: pool))
            }
        }
    }

    @Test func metadataAndVocabularyComeBack() throws {
        let metadata = NativeMetadata(
            config: .object(["b": .integer(2), "a": .array([.null, .number(1e-12), .bool(true)])]),
            labels: .array([.string("négatif"), .string("positive\n")]), report: .number(-0.0))
        let words = ["[PAD]", "", "a\nb", "é", String(repeating: "x", count: 300), "\u{0}", "##ing", "日本"]
        for vocabulary in [words, [], nil] {
            let sample = Sample([("w", trained(2, 2), .int8())], metadata: metadata, vocabulary: vocabulary)
            try sample.reopened { (file, report) throws in
                #expect(file.metadata == metadata)
                #expect(try file.vocabulary() == vocabulary)
                #expect(file.vocabularyCount == vocabulary?.count)
                #expect(file.store == .full)
                #expect(file.sizes == report.sizes)
                #expect(file.records == report.tensors)
            }
        }
    }

    @Test func sizesAddUp() throws {
        let sample = Sample(
            [
                ("w", trained(64, 64), .int8(columnFactors: [Float](repeating: 2, count: 64))),
                ("v", trained(1, 9), .float32),
            ],
            vocabulary: ["a", "b"])
        try sample.reopened { (file, _) throws in
            let sizes = file.sizes
            #expect(
                sizes.header + sizes.vocabulary + sizes.codes + sizes.scales + sizes.floats + sizes.residual
                    == sizes.file)
            #expect(sizes.codes > 2000 && sizes.codes <= 4096 && sizes.residual > 8000 && sizes.floats <= 36)
            #expect(sizes.inference == sizes.file - sizes.residual)
        }
    }
}
