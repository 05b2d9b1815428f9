// What trying the ways to treat long texts found, as lines and as JSON. Not here: trying them.

import Adze

enum LongTextTable {
    /// A line a way, the best marked; one sentence where no text is long.
    static func lines(_ report: LongTextReport) -> [String] {
        guard report.longCount > 0 else {
            return ["no text of --dev is longer than \(report.maximumLength) tokens: every way is the same"]
        }
        var table = TextTable()
        table.add(["long texts", report.metric, "of the long", "inputs", "seconds", ""])
        for trial in report.trials {
            table.add([
                trial.rule.description, rounded(trial.score, digits: 4), rounded(trial.longScore, digits: 4),
                grouped(trial.inputCount), rounded(trial.seconds, digits: 2),
                trial.rule == report.best.rule ? "best" : "",
            ])
        }
        let share = "\(grouped(report.longCount)) of \(counted(report.exampleCount, "text"))"
        return table.lines + ["\(share) of --dev are longer than \(report.maximumLength) tokens"]
    }

    static func json(_ report: LongTextReport) -> JSONObject {
        [
            "metric": .string(report.metric), "maximumLength": .integer(report.maximumLength),
            "examples": .integer(report.exampleCount), "long": .integer(report.longCount),
            "best": .string(report.best.rule.description),
            "trials": .array(
                report.trials.map { trial in
                    .object([
                        "rule": .string(trial.rule.description), "score": .finite(trial.score),
                        "longScore": .finite(trial.longScore), "inputs": .integer(trial.inputCount),
                        "seconds": .finite(trial.seconds),
                    ])
                }),
        ]
    }
}
