// Lines and JSON about a search for blocks. Not here: the search, and what models cost.

import Adze

/// Tables of a search.
enum BlockSearchText {
    /// The whole model's line and those of the steps.
    static func lines(_ report: BlockSearchReport) -> [String] {
        var table = TextTable()
        table.add(["blocks", report.metric.rawValue, "points", "loss", "without", "next", ""])
        table.add(["\(report.blockCount)", rounded(report.score, digits: 4), "", rounded(report.loss, digits: 4)])
        for step in report.steps {
            let second = step.losses.filter { $0.block != step.block }.min { $0.loss < $1.loss }
            table.add([
                "\(step.kept.count)", rounded(step.score, digits: 4),
                points(lost: step.drop), rounded(step.loss, digits: 4),
                "\(step.block)", second.map { "\($0.block): \(rounded($0.loss, digits: 4))" } ?? "",
                step.passes ? "" : "too much",
            ])
        }
        return table.lines
    }

    /// The members of a report.
    static func json(_ report: BlockSearchReport) -> JSONObject {
        func list(_ blocks: [Int]) -> JSONValue { .array(blocks.map { .integer($0) }) }
        let steps = report.steps.map { step in
            JSONValue.object([
                "without": .integer(step.block), "kept": list(step.kept), "score": .number(step.score),
                "drop": .number(step.drop), "loss": .number(step.loss), "passes": .bool(step.passes),
                "losses": .array(
                    step.losses.map { .object(["block": .integer($0.block), "loss": .number($0.loss)]) }),
            ])
        }
        return [
            "metric": .string(report.metric.rawValue), "maxDrop": .number(report.maximumDrop),
            "examples": .integer(report.exampleCount), "blocks": .integer(report.blockCount),
            "score": .number(report.score), "loss": .number(report.loss), "steps": .array(steps),
            "kept": list(report.kept), "keptScore": .number(report.keptScore),
        ]
    }
}
