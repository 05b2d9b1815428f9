// A comparison on a terminal: its course, its table, its closing line. Not here: its files.

import Adze

/// The table as lines.
struct ComparisonText {
    private let table: ComparisonTable

    init(_ table: ComparisonTable) { self.table = table }

    /// A line a configuration, under a line of names.
    var lines: [String] {
        var text = TextTable()
        text.add(["configuration", table.metric, "", "int8", "epochs", "parameters", "bytes", "texts/s", "training"])
        for row in table.rows {
            let standing = table.standing(of: row)
            text.add([
                row.configuration.name, ComparisonText.figure(row.score),
                standing == .behind ? "" : standing.rawValue,
                rounded(row.int8Score.mean, digits: 4), rounded(row.epochs.mean, digits: 1), grouped(row.parameters),
                byteSize(row.bytes), grouped(row.textsPerSecond),
                row.seconds.mean.isFinite ? duration(row.seconds.mean) : "interrupted",
            ])
        }
        return text.lines
    }

    /// What was found, in one line.
    var closing: String {
        guard let best = table.best else { return "no configuration has a score of \(table.metric)" }
        var line = "best: \(best.configuration.name), \(table.metric) \(ComparisonText.figure(best.score))"
        if let enough = table.enough {
            line +=
                enough.configuration == best.configuration
                ? ", and nothing smaller is level with it"
                : "; enough: \(enough.configuration.name), \(ComparisonText.figure(enough.score)), level within the seeds' noise"
        }
        if let test = table.test { line += "; test \(ComparisonText.figure(test))" }
        return line
    }

    static func figure(_ estimate: Estimate) -> String {
        rounded(estimate.mean, digits: 4) + (estimate.standardError.map { " ± \(rounded($0, digits: 4))" } ?? "")
    }
}

/// The course of a comparison on standard error.
final class ComparisonProgress {
    private let metric: String
    private let quiet: Bool
    private var run: RunProgress
    private let asking: ProgressLine

    init(metric: String, quiet: Bool) {
        (self.metric, self.quiet) = (metric, quiet)
        asking = ProgressLine(total: nil, quiet: quiet)
        run = RunProgress(metric: metric, quiet: quiet)
    }

    func end() { run.end() }

    func take(_ event: ComparisonEvent) {
        switch event {
        case .asked(let answered, let count): asking.show("teacher", answered, of: count)
        case .began(let configuration, let seed, let number, let count):
            run = RunProgress(metric: metric, quiet: quiet)
            say("run \(number) of \(count): \(configuration.name), seed \(seed)")
        case .training(let event): run.take(event)
        case .ended(let record, let wasDone):
            run.end()
            let score = "\(metric) \(rounded(record.score, digits: 4)) at epoch \(record.epoch)"
            say("\(record.configuration.name), seed \(record.seed): \(score)" + (wasDone ? ", done before" : ""))
        case .testing(let configuration):
            run.end()
            say("the test set meets \(configuration.name)")
        }
    }

    private func say(_ line: String) { if !quiet { Console.write(line) } }
}
