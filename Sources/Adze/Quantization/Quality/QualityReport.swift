// The result of a quality gate, and its form in a file's header. Not here: the measuring.

public import AdzeBytes
internal import AdzeModelFiles
public import AdzeModels
internal import AdzeNative

/// How a model answers in int8 beside fp32, over a labelled set.
public struct QualityReport: Sendable, Equatable {
    /// A group of layers that stays in fp32.
    public struct Kept: Sendable, Equatable {
        /// The layers.
        public let layers: LayerGroup
        /// How far logits go astray when this group alone is in int8: the root of the mean square, over a sample.
        public let error: Double
    }

    /// What the scores are.
    public let metric: QualityMetric
    /// The score of exact fp32.
    public let fp32: Double
    /// The score of what was written.
    public let int8: Double
    /// Texts of the set.
    public let textCount: Int
    /// XXH64 of the set's texts.
    public let textDigest: String
    /// Texts that get the same label, or the same labels; nil for a model that gives numbers.
    public let equalCount: Int?
    /// The mean distance of a logit from that of fp32.
    public let meanDifference: Double
    /// The largest.
    public let largestDifference: Double
    /// What stays in fp32, the worst first.
    public let kept: [Kept]

    /// How many hundredths int8 loses; negative where it gains.
    public var drop: Double { (fp32 - int8) * 100 }

    /// The report as it stands in a header.
    ///
    /// `metric`, `fp32`, `int8`, `drop` (points), `texts`, `digest`, `equalLabels` (a share, null for numbers),
    /// `meanLogitDifference`, `largestLogitDifference`, and `kept`: `{layers, error}`, the worst first.
    public var json: JSONObject {
        [
            "metric": .string(metric.rawValue), "fp32": .number(fp32), "int8": .number(int8), "drop": .number(drop),
            "texts": .integer(textCount), "digest": .string(textDigest),
            "equalLabels": equalCount.map { .number(Double($0) / Double(textCount)) } ?? .null,
            "meanLogitDifference": .number(meanDifference), "largestLogitDifference": .number(largestDifference),
            "kept": .array(
                kept.map { .object(["layers": .string($0.layers.description), "error": .number($0.error)]) }),
        ]
    }
}

extension ModelBundle {
    /// What the file says of its int8: `calibration`, and where a gate measured it, `quality` as in `QualityReport.json`.
    public var quantizationReport: JSONObject? { edits.isEmpty ? source.native?.metadata.report?.object : nil }
}
