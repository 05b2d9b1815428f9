// What benchmarks run on: the same for everybody, and as it is said. No speed is tested.

import AdzeKernels
import AdzeModels
import Testing

@testable import Adze

@Suite struct BenchmarkTests {
    @Test func raggedSetsHaveTheLengthsThatTheySay() {
        for (workload, count, median, bounds) in [
            (BenchmarkWorkload.raggedShort, 512, 22...28, 4...256), (.raggedLong, 128, 205...255, 32...512),
        ] {
            let lengths = workload.lengths(limit: 512)
            #expect(lengths.count == count && lengths == workload.lengths(limit: 512))
            #expect(median.contains(lengths.sorted()[count / 2]), "\(lengths.sorted()[count / 2])")
            #expect(lengths.allSatisfy(bounds.contains) && Set(lengths).count > 20)
            #expect(workload.lengths(limit: 40) == lengths.map { min($0, 40) })
        }
    }

    @Test func sequencesFitTheModel() throws {
        let config = try #require(EncoderShape.wellKnown("bert-tiny")).shape
        for workload in [BenchmarkWorkload.even(batch: 3, length: 7), .raggedShort, .raggedLong] {
            let sequences = workload.sequences(config)
            #expect(sequences.map(\.ids.count) == workload.lengths(limit: config.tokenLimit))
            #expect(sequences.allSatisfy { $0.ids.allSatisfy { (0..<config.vocabularySize).contains(Int($0)) } })
        }
    }

    @Test func aShapeRunsInBothPrecisions() throws {
        for precision in Precision.allCases {
            let benchmark = try EngineBenchmark(shape: "bert-tiny", precision: precision, threads: 1)
            let result = try benchmark.run(
                BenchmarkWorkload.even(batch: 2, length: 6).sequences(benchmark.config), repetitions: 3)
            #expect(result.texts == 2 && result.tokens == 12 && result.runs.count == 3)
            #expect(result.runs == result.runs.sorted() && result.multiplyAdds > 0)
        }
        #expect(throws: (any Error).self) { try EngineBenchmark(shape: "bert-huge", precision: .fp32) }
    }

    @Test func productsAndLimitsAreMeasured() throws {
        for precision in Precision.allCases {
            let benchmark = try KernelBenchmark(precision, threads: 2)
            let product = benchmark.product(rows: 100, columns: 50, depth: 33)
            #expect(product.shape == (100, 50, 33) && product.runs.count >= 10 && product.limit > 0)
            #expect(product.shareOfLimit > 0 && benchmark.limit() > 0)
            let hasPeer = precision == .fp32 && FloatProducts.available.contains(.openblas)
            #expect((product.openBLAS != nil) == hasPeer && product.openBLAS?.ratio != 0)
        }
    }
}
