// Lengths as a person reads them in a terminal, and as JSON.

import Adze

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
        var marks = TextTable()
        marks.add(["share of the texts"] + LengthReport.percentiles.map { "\($0) %" })
        marks.add(["tokens, at most"] + LengthReport.percentiles.map { grouped(report.percentile($0)) })
        return [
            "\(counted(report.textCount, report.pairCount > 0 ? "pair" : "text")), \(counted(report.tokenCount, "token")), "
                + "\(rounded(mean, digits: 1)) a text, longest \(grouped(report.longest))", "",
        ] + marks.lines
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
            ["length", "cut", "", "lost", "windows", "tokens"] + (predicting == nil ? [] : ["predicting"])
                + (training == nil ? [] : ["an epoch"]))
        for cut in report.cuts {
            table.add(
                [
                    grouped(cut.maximumLength), grouped(cut.cutTexts), percent(cut.cutTexts, report.textCount),
                    percent(cut.lostTokens, report.tokenCount), cut.windows.map { grouped($0.inputs) } ?? "no room",
                    cut.windows.map { grouped($0.tokens) } ?? "",
                ]
                    + [predicting, training].compactMap(\.self).map {
                        shortDuration($0.seconds(report, maximumLength: cut.maximumLength))
                    })
        }
        var legend =
            "length: the most tokens of an input. cut: the texts that are longer; lost: their tokens beyond it, with "
            + "--long head, tail or head+tail. windows, tokens: the inputs of --long window; neighbours share "
            + "\(LengthReport.stride) tokens, short ones half."
        if let predicting {
            legend +=
                (training == nil ? " predicting: the set once" : " predicting, an epoch: the set once")
                + ", cut to the length, estimated from short runs on \(counted(predicting.threads, "thread")), without "
                + "reading it" + (training == nil ? "." : " and without the optimizer's steps.")
        }
        return table.lines + [""] + wrapped(legend)
    }

    private var advice: [String] {
        let advice = report.advice
        return wrapped("advice: a maximum length of \(advice.maximumLength): \(advice.reason)")
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

/// Seconds in few columns: `0.8 s`, `45 s`, `12 min` or `3.4 h`.
private func shortDuration(_ seconds: Double) -> String {
    switch seconds {
    case ..<59.5: duration(seconds)
    case ..<3570: "\(rounded(seconds / 60, digits: seconds < 570 ? 1 : 0)) min"
    default: "\(rounded(seconds / 3600, digits: 1)) h"
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
