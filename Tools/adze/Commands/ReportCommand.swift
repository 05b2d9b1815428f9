// `adze report`: a training run's log as a page, while it runs or after.

import Adze
import AdzeInsight
import ArgumentParser

/// Makes a page of a run's log.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Make a page of a training run's log.",
        discussion: """
            RUN.jsonl is what finetune --log writes; a run that is under way, or was cut short, is shown as far as it goes. \
            finetune --report and evaluate --report also show what the model gets wrong.
            """)

    @Argument(help: ArgumentHelp("The log of a run; - is standard input.", valueName: "RUN.jsonl"), completion: .file())
    var log: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        try RunFiles().reads(log, as: "RUN.jsonl").writes(output.output, as: "-o", force: output.force).check()
        let bytes = try InputFile.readAll(path: log, limit: 1 << 30) { _ in
            InputError(path: log, underlying: RunLogError.tooLong(limit: RunLog.lineLimit))
        }
        let run: RunLog
        do {
            run = try RunLog(bytes: bytes)
        } catch {
            throw InputError(path: log, underlying: error)
        }
        let html = RunPage.html(run, title: run.title.isEmpty ? splitPath(log).name : nil)
        var file = try AtomicFile(path: output.output, replacing: output.force, order: .sequential)
        try file.write(Array(html.utf8))
        try file.commit()
        Console.summary(
            "\(counted(run.steps.count, "step")), \(counted(run.epochs.count, "epoch")): \(output.output), \(byteSize(html.utf8.count))",
            quiet: common.quiet)
    }
}
