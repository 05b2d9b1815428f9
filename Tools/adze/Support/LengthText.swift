// Lengths as a person reads them in a terminal, and as JSON.

import Adze
import AdzeBytes

/// A length report with the time, where it was measured.
struct LengthText {
    let report: LengthReport
    var predicting: LengthTiming?
    var training: LengthTiming?
    /// The widest bar of the histogram, in columns.
    private static let barWidth = 40

    var lines: [String] { head + [""] + bars + [""] + table + [""] + advice }

    private var head: [String] {
        let mean = Double(report.tokenCount) / Double(max(report.textCount, 1))
        let marks = LengthReport.percentiles.map { "\($0) %: \(grouped(report.percentile($0)))" }
        return [
            "\(counted(report.textCount, report.pairCount > 0 ? "pair" : "text")), \(counted(report.tokenCount, "token")), "
                + "\(rounded(mean, digits: 1)) a text, longest \(grouped(report.longest))",
            "at most so many tokens, by share of the texts: " + marks.joined(separator: ", "),
        ]
    }

    private var bars: [String] {
        let bins = report.histogram(bins: 16)
        let most = max(bins.map(\.texts).max() ?? 1, 1)
        let last = bins.count - 1
        let names = bins.enumerated().map { index, bin in
            index == last && bin.range.upperBound > bin.range.lowerBound && bins.count > 1
                ? "\(grouped(bin.range.lowerBound)) and more"
                : bin.range.count == 1
                    ? grouped(bin.range.lowerBound)
                    : "\(grouped(bin.range.lowerBound))–\(grouped(bin.range.upperBound))"
        }
        let width = max(names.map(columnCount).max() ?? 0, "tokens".count)
        return [String(repeating: " ", count: width - 6) + "tokens  texts"]
            + zip(names, bins).map { name, bin in
                String(repeating: " ", count: width - columnCount(name)) + name + "  "
                    + LengthText.bar(bin.texts, of: most) + " " + grouped(bin.texts)
            }
    }

    /// A bar in eighths of a column; a bin that has a text is never empty.
    private static func bar(_ count: Int, of most: Int) -> String {
        guard count > 0 else { return "" }
        let eighths = max(1, count * barWidth * 8 / most)
        let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        return String(repeating: "█", count: eighths / 8) + rest
    }

    private var table: [String] {
        var table = TextTable()
        table.add(
            ["maximum length", "texts cut", "", "tokens lost", "", "windows", "their tokens"]
                + (predicting == nil ? [] : ["predicting"]) + (training == nil ? [] : ["an epoch"]))
        for cut in report.cuts {
            table.add(
                [
                    grouped(cut.maximumLength), grouped(cut.cutTexts), percent(cut.cutTexts, report.textCount),
                    grouped(cut.lostTokens), percent(cut.lostTokens, report.tokenCount),
                    cut.windows.map { grouped($0.inputs) } ?? "no room", cut.windows.map { grouped($0.tokens) } ?? "",
                ]
                    + [predicting, training].compactMap(\.self).map {
                        duration($0.seconds(report, maximumLength: cut.maximumLength))
                    })
        }
        var lines = table.lines
        lines.append(
            "head, tail and head+tail lose the same number of tokens; windows share \(LengthReport.stride), short ones half"
        )
        if let predicting {
            lines.append(
                "predicting the set once, and an epoch of training on it, as measured here on "
                    + counted(predicting.threads, "thread"))
        }
        return lines
    }

    private var advice: [String] {
        let advice = report.advice
        return ["advice: a maximum length of \(advice.maximumLength): \(advice.reason)"]
    }

    private func percent(_ part: Int, _ whole: Int) -> String {
        "\(rounded(Double(part) * 100 / Double(max(whole, 1)), digits: 1)) %"
    }

    var json: JSONValue {
        var object: JSONObject = [
            "texts": .integer(report.textCount), "pairs": .integer(report.pairCount),
            "tokens": .integer(report.tokenCount), "longest": .integer(report.longest),
            "limit": report.limit.map { .integer($0) } ?? .null,
        ]
        var percentiles = JSONObject()
        for percent in LengthReport.percentiles {
            percentiles["p\(percent)"] = .integer(report.percentile(percent))
        }
        object["percentiles"] = .object(percentiles)
        object["histogram"] = .array(
            report.histogram(bins: 16).map { bin in
                .object([
                    "from": .integer(bin.range.lowerBound), "to": .integer(bin.range.upperBound),
                    "texts": .integer(bin.texts),
                ])
            })
        object["maximumLengths"] = .array(report.cuts.map(json))
        let advice = report.advice
        object["advice"] = .object([
            "maximumLength": .integer(advice.maximumLength), "isTooLongForHead": .bool(advice.isTooLongForHead),
            "reason": .string(advice.reason),
        ])
        return .object(object)
    }

    private func json(_ cut: LengthReport.Cut) -> JSONValue {
        .object([
            "maximumLength": .integer(cut.maximumLength), "textsCut": .integer(cut.cutTexts),
            "tokensLost": .integer(cut.lostTokens), "tokensKept": .integer(cut.keptTokens),
            "textsHalved": .integer(cut.halvedTexts),
            "windows": cut.windows.map { .integer($0.inputs) } ?? .null,
            "windowTokens": cut.windows.map { .integer($0.tokens) } ?? .null,
            "predictSeconds": predicting.map { .number($0.seconds(report, maximumLength: cut.maximumLength)) } ?? .null,
            "trainSeconds": training.map { .number($0.seconds(report, maximumLength: cut.maximumLength)) } ?? .null,
        ])
    }
}

/// Seconds as `0.8 s`, `2 min 5 s` or `3 h 20 min`.
func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "\(seconds) s" }
    if seconds < 9.95 { return "\(rounded(max(seconds, 0), digits: 1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
}
