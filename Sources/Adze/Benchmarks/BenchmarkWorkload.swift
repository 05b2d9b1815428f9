// Generated token sequences for benchmarks, the same on every machine. Not here: timing.

public import AdzeModels

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// What lengths a set of sequences has.
public enum BenchmarkWorkload: Sendable, Equatable {
    /// So many sequences of so many tokens.
    case even(batch: Int, length: Int)
    /// 512 texts of log-normal length: median 25, σ 0.8, 4 … 256.
    case raggedShort
    /// 128 texts of log-normal length: median 230, σ 0.55, 32 … 512.
    case raggedLong

    /// `8x128`, `ragged-short`, `ragged-long`.
    public var name: String {
        switch self {
        case .even(let batch, let length): "\(batch)x\(length)"
        case .raggedShort: "ragged-short"
        case .raggedLong: "ragged-long"
        }
    }

    /// The tokens of each sequence; those of ragged sets are none longer than `limit`.
    public func lengths(limit: Int) -> [Int] {
        switch self {
        case .even(let batch, let length): [Int](repeating: length, count: batch)
        case .raggedShort: BenchmarkWorkload.drawn(512, logMedian: 3.2189, sigma: 0.8, 4...256, limit: limit)
        case .raggedLong: BenchmarkWorkload.drawn(128, logMedian: 5.4381, sigma: 0.55, 32...512, limit: limit)
        }
    }

    /// The sequences for a model of a shape: ids that differ and that its embeddings have.
    public func sequences(_ config: EncoderShape) -> [TokenSequence] {
        lengths(limit: config.tokenLimit).enumerated().map { number, length in
            TokenSequence(
                ids: (0..<length).map { Int32(($0 * 7919 + number * 104_729) % config.vocabularySize) })
        }
    }

    private static func drawn(
        _ count: Int, logMedian: Double, sigma: Double, _ bounds: ClosedRange<Int>, limit: Int
    ) -> [Int] {
        var normal = NormalGenerator(seed: 1234)
        return (0..<count).map { _ in
            let length = exp(logMedian + sigma * Double(normal.next()))
            return min(max(bounds.lowerBound, min(bounds.upperBound, Int(length.rounded()))), limit)
        }
    }
}
