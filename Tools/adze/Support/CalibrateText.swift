// Lines about a calibration of a classifier's answers, for a terminal.

import Adze

/// Tables and lines of a calibration.
enum CalibrateText {
    /// The most labels whose thresholds are listed.
    private static let labelLimit = 40

    /// The lines of a calibration.
    static func lines(_ found: AnswerCalibration) -> [String] {
        var table = TextTable()
        let isMultiLabel = found.scores.before.multiLabel != nil
        table.add(["", "log-loss", "ECE"] + (isMultiLabel ? ["micro F1", "macro F1"] : []))
        for (name, quality) in [
            ("before", found.scores.before), ("after", found.scores.after), ("after, held out", found.scores.heldOut),
        ] {
            let f1 = quality.multiLabel.map { [figure($0.micro.f1), figure($0.macro.f1)] } ?? []
            table.add([name, figure(quality.logLoss), figure(quality.calibrationError)] + f1)
        }
        let count = found.fitCount
        let part = count < found.exampleCount ? " of \(grouped(found.exampleCount))" : ""
        var lines = [
            "temperature \(figure(found.rule.temperature)), in \(found.rule.measurement?.precision.rawValue ?? "int8"), "
                + "by \(grouped(count))\(part) texts, held out in \(found.foldCount) parts"
        ]
        lines += table.lines
        if case .thresholds(let list) = found.rule.decision { lines += [""] + thresholds(list, found.labels) }
        if let promise = found.rule.measurement?.promise {
            lines += ["", "threshold \(threshold(found)), by \(grouped(promise.exampleCount)) other texts"]
            lines += selective(found)
            lines += [""] + wrapped(found.rule.guarantee ?? "")
        }
        return lines
    }

    private static func threshold(_ found: AnswerCalibration) -> String {
        switch found.rule.decision {
        case .threshold(let least): rounded(least, digits: 6) + (least == 0 ? ": right often enough without one" : "")
        case .set(let least): rounded(least, digits: 6)
        case .best, .thresholds: "none"
        }
    }

    private static func selective(_ found: AnswerCalibration) -> [String] {
        var table = TextTable()
        if let (after, heldOut) = found.answered {
            table.add(["", "answered", "right of these", "wrong of all"])
            for (name, report) in [("on them", after), ("held out", heldOut)] as [(String, AnsweredReport?)] {
                guard let report else { continue }
                table.add([
                    name, percent(report.share), report.answeredCount > 0 ? percent(report.accuracy) : "none",
                    percent(report.wrongShare),
                ])
            }
        }
        if let (after, heldOut) = found.sets {
            table.add(["", "sets that hold the label", "labels of a set, mean", "of one label"])
            for (name, report) in [("on them", after), ("held out", heldOut)] as [(String, SetReport?)] {
                guard let report else { continue }
                table.add([
                    name, percent(report.coverage), rounded(report.meanSize, digits: 2), percent(report.singleShare),
                ])
            }
        }
        return table.lines
    }

    private static func thresholds(_ list: [Double], _ labels: [String]) -> [String] {
        var table = TextTable()
        table.add(["label", "said from"])
        for (label, least) in zip(labels, list).prefix(labelLimit) {
            table.add([cut(oneField(label), columns: 40), figure(least)])
        }
        let rest = list.count - labelLimit
        return table.lines + (rest > 0 ? ["and \(grouped(rest)) more, which --json has"] : [])
    }

    /// The last line.
    static func summary(_ found: AnswerCalibration) -> String {
        let (before, heldOut) = (found.scores.before, found.scores.heldOut)
        var parts = [
            "temperature \(figure(found.rule.temperature)): log-loss \(figure(before.logLoss)) → "
                + "\(figure(heldOut.logLoss)), ECE \(figure(before.calibrationError)) → "
                + "\(figure(heldOut.calibrationError)) held out"
        ]
        if let (after, heldOut) = found.answered { parts.append("\(percent((heldOut ?? after).share)) answered") }
        if let (after, heldOut) = found.sets {
            parts.append("sets of \(rounded((heldOut ?? after).meanSize, digits: 2)) labels")
        }
        return parts.joined(separator: ", ")
    }

    private static func figure(_ value: Double) -> String { rounded(value, digits: 4) }

    /// A part as a person reads it.
    static func percent(_ part: Double) -> String { rounded(part * 100, digits: 2) + " %" }
}
