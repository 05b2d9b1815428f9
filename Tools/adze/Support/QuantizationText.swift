// Lines about the result of a quality gate, for a terminal.

import Adze

/// Tables and lines of a quantization.
enum QuantizationText {
    /// The most groups of layers that are listed with their errors.
    private static let groupLimit = 12

    /// The lines of a report.
    static func lines(_ report: QuantizationReport) -> [String] {
        let (quality, plain) = (report.quality, report.withoutKept)
        var table = TextTable()
        table.add(["", quality.metric.rawValue, "points", "equal labels", "logits, mean", "largest"])
        table.add(["fp32", rounded(quality.fp32, digits: 4)])
        table.add(row(quality.kept.isEmpty ? "int8" : "int8 alone", plain))
        if !quality.kept.isEmpty { table.add(row("int8 as written", quality)) }
        var lines = table.lines
        if !quality.kept.isEmpty {
            var groups = TextTable()
            groups.add(["layers", "error alone in int8", ""])
            for (index, group) in report.sensitivities.prefix(max(quality.kept.count, groupLimit)).enumerated() {
                groups.add([
                    group.layers.description, short(Float(group.error)),
                    index < quality.kept.count ? "kept in fp32" : "int8",
                ])
            }
            lines += [""] + groups.lines
            let rest = report.sensitivities.count - max(quality.kept.count, groupLimit)
            if rest > 0 { lines.append("and \(rest) more in int8") }
        }
        return lines + ["", describeCalibration(report.calibration.map(JSONValue.object))]
    }

    private static func row(_ name: String, _ report: QualityReport) -> [String] {
        [
            name, rounded(report.int8, digits: 4), points(lost: report.drop),
            report.equalCount.map { "\(grouped($0)) of \(grouped(report.textCount))" } ?? "",
            short(Float(report.meanDifference)), short(Float(report.largestDifference)),
        ]
    }

    /// The last line.
    static func summary(_ report: QuantizationReport, store: String) -> String {
        let (quality, conversion) = (report.quality, report.conversion)
        let kept =
            switch quality.kept.count {
            case 0: "no layers kept in fp32"
            case report.groupCount: "every layer had to stay in fp32"
            default: "\(quality.kept.count) of \(report.groupCount) groups of layers kept in fp32"
            }
        return "\(byteSize(conversion.sourceBytes)) → \(byteSize(conversion.writtenBytes)) \(store), "
            + "\(quality.metric.rawValue) \(rounded(quality.int8, digits: 4)) in int8, "
            + "\(rounded(quality.fp32, digits: 4)) in fp32, \(kept)"
    }
}
