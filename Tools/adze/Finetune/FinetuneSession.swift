// One `adze finetune` from its first step to its closing line: the run, its log, what is written, what is said.

import Adze
import AdzeInsight

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A run and what belongs to it.
final class FinetuneSession {
    private let command: FinetuneCommand
    private let job: FineTuning
    private let before: Double?
    private let progress: RunProgress
    private let log: RunLogFile?
    /// The log's bytes, for the page, where no file keeps them.
    private var tokensOfEpoch = (tokens: 0, seconds: 0.0)
    private var events: [String] = []
    private let start = ContinuousClock.now

    init(_ command: FinetuneCommand, _ job: FineTuning, _ before: EvaluationReport?) throws {
        self.command = command
        self.job = job
        self.before = before?.score(named: job.recipe.metric)
        progress = RunProgress(metric: job.recipe.metric, quiet: command.common.quiet)
        log = try command.runs.log.map {
            try RunLogFile(path: $0, appending: command.runs.resume, replacing: command.output.force)
        }
    }

    // MARK: - The run

    /// Trains; a run that is asked to stop saves and ends the process with 130, or 143 for SIGTERM.
    func train() throws -> FineTunedModel {
        InterruptWatch.letSave(true)
        defer { InterruptWatch.letSave(false) }
        do {
            let tuned = try job.run(
                options: command.runs.trainerOptions(
                    output: command.output.output, force: command.output.force), observe: { self.take($0) },
                isCancelled: { InterruptWatch.asked != nil })
            progress.end()
            if let failure = log?.failure { throw failure }
            guard let signal = InterruptWatch.asked else { return tuned }
            // Asked in the last moment: all is done but the writing.
            end(
                "stopped after the last step"
                    + (command.runs.checkpointDir.map { "; --resume writes what the checkpoint in \($0) holds" } ?? ""),
                signal)
        } catch let error as TrainerError {
            progress.end()
            if case .cancelled = error { end(error.description, InterruptWatch.asked ?? SIGINT) }
            throw error
        } catch {
            progress.end()
            throw error
        }
    }

    private func end(_ line: String, _ signal: Int32) -> Never {
        Console.write("adze: \(line)")
        UnfinishedOutputs.end(128 + signal)
    }

    private func take(_ event: TrainingEvent) {
        progress.take(event)
        switch event {
        case .started(let overview):
            var members: JSONObject = [
                "title": .string(title), "recipe": job.recipe.json, "labels": .array(labels.map(JSONValue.string)),
                "trainExamples": .integer(job.examples.train.count),
                "devExamples": .integer(job.examples.dev.count), "steps": .integer(overview.totalSteps),
                "labelCounts": .array(labelCounts.map { .integer($0) }), "version": .string(adzeVersion),
                "time": .string(ReportOptions.time),
            ]
            if let augmentation = job.examples.augmentation { members["augmentation"] = augmentation.json }
            write("start", members)
        case .step(let step):
            tokensOfEpoch.tokens += step.tokens
            tokensOfEpoch.seconds += step.seconds
            write(
                "step",
                [
                    "step": .integer(step.step), "epoch": .integer(step.epoch + 1), "loss": .finite(step.loss),
                    "learningRate": .finite(step.bodyLearningRate), "headLearningRate": .finite(step.headLearningRate),
                    "gradientNorm": .finite(step.gradientNorm), "tokens": .integer(step.tokens),
                    "seconds": .finite(step.seconds),
                ])
        case .epoch(let epoch): write("epoch", members(epoch))
        case .collapsed(let collapse, let isRetried):
            write("collapse", ["what": .string(collapse.description), "isRetried": .bool(isRetried)])
        case .stoppedEarly(let epoch): write("stoppedEarly", ["epoch": .integer(epoch + 1)])
        case .note(let note): write("note", ["text": .string(note)])
        case .saved: break
        }
    }

    private func members(_ epoch: EpochReport) -> JSONObject {
        var metrics = JSONObject()
        for score in epoch.scores where score.name != "loss" { metrics[score.name] = .finite(score.value) }
        let (tokens, seconds) = tokensOfEpoch
        tokensOfEpoch = (0, 0)
        return [
            "epoch": .integer(epoch.epoch + 1), "step": .integer(epoch.step), "trainLoss": .finite(epoch.trainingLoss),
            "devLoss": .finite(epoch.scores.first { $0.name == "loss" }?.value),
            "metric": .string(job.recipe.metric),
            "value": .finite(epoch.scores.first { $0.name == job.recipe.metric }?.value), "metrics": .object(metrics),
            "tokensPerSecond": seconds > 0 ? .number(Double(tokens) / seconds) : .null,
        ]
    }

    private func write(_ event: String, _ members: JSONObject) {
        log?.line(event, members)
        guard command.runs.report != nil else { return }
        var object: JSONObject = ["event": .string(event)]
        for (key, value) in members { object[key] = value }
        events.append(JSONValue.object(object).text)
    }

    // MARK: - The end

    /// Writes the model and what else was asked for, and says how it went.
    func finish(_ tuned: FineTunedModel) throws {
        let force = command.output.force
        defer { progress.end() }
        progress.doing("writing \(splitPath(command.output.output).name)")
        let report = try tuned.write(to: command.output.output, replacing: force)
        if let folder = command.runs.export {
            progress.doing("writing \(splitPath(folder).name) for transformers")
            try tuned.bundle.export(to: folder, format: .safetensors, replacing: force)
        }
        write("end", ["bestEpoch": .integer(tuned.outcome.chosenEpoch + 1)])
        if let failure = log?.failure { throw failure }
        let page = try command.runs.report.map { ($0, size: try writePage(tuned, to: $0)) }
        let isFile = try OutputPlace(command.output.output).kind == .file
        let agreement = try job.recipe.quantizeAware && isFile ? int8Agreement(tuned) : nil
        progress.end()
        if command.json { try StandardOutput.shared.json(JSONValue.object(json(tuned, report, agreement))) }
        try StandardOutput.shared.flush()
        if let (path, size) = page {
            Console.summary(
                "\(path): the run's course, and what epoch \(tuned.outcome.chosenEpoch + 1) gets wrong, \(byteSize(size))",
                quiet: command.common.quiet)
        }
        Console.summary(closing(tuned, report, agreement), quiet: command.common.quiet)
    }

    /// Writes the page and gives its size.
    private func writePage(_ tuned: FineTunedModel, to path: String) throws -> Int {
        progress.doing("scoring epoch \(tuned.outcome.chosenEpoch + 1) for \(splitPath(path).name)")
        // A resumed run's first part is in its log alone.
        let bytes = try command.runs.log.flatMap { log?.isFile == true ? $0 : nil }.map { log in
            try InputFile.readAll(path: log, limit: 1 << 30) { _ in RunLogError.tooLong(limit: RunLog.lineLimit) }
        }
        let run = try RunLog(bytes: bytes ?? Array((events.joined(separator: "\n") + "\n").utf8))
        var details = EvaluationDetails(labels: labels)
        let classifier = try TextClassifier(tuned.bundle, precision: .fp32, threads: command.common.threads)
        let report = try classifier.evaluate(job.examples.dev, options: job.textOptions) { details.add($0, $1) }
        var file = try AtomicFile(path: path, replacing: command.output.force, order: .sequential)
        let html = Array(RunPage.html(run, best: (report, details)).utf8)
        try file.write(html)
        try file.commit()
        return html.count
    }

    /// How many texts of the development set the written file's int8 answers as its fp32 does.
    private func int8Agreement(_ tuned: FineTunedModel) throws -> Int {
        progress.doing("comparing int8 with fp32")
        let written = try ModelBundle(path: command.output.output)
        func answers(_ precision: Precision) throws -> [String] {
            var found: [String] = []
            let classifier = try TextClassifier(written, precision: precision, threads: command.common.threads)
            _ = try classifier.evaluate(job.examples.dev, options: job.textOptions) { found.append($1.label) }
            return found
        }
        return try zip(answers(.fp32), answers(.int8)).filter { $0 == $1 }.count
    }

    private var labels: [String] { job.examples.kind.table?.names ?? [] }

    /// How many of the examples to learn from have each label.
    private var labelCounts: [Int] {
        var counts = [Int](repeating: 0, count: labels.count)
        for example in job.examples.train {
            switch example.target {
            case .label(let label): counts[label] += 1
            case .labels(let labels): for label in labels { counts[label] += 1 }
            case .number: break
            }
        }
        return counts
    }

    private var title: String {
        "\(splitPath(command.model).name) on \(command.train == "-" ? "standard input" : splitPath(command.train).name)"
    }

    private func closing(_ tuned: FineTunedModel, _ report: ConversionReport, _ agreement: Int?) -> String {
        let outcome = tuned.outcome
        func figure(_ value: Double?) -> String { value.map { rounded($0, digits: 4) } ?? "undefined" }
        let score = figure(outcome.score(job.recipe.metric))
        let speed =
            progress.seconds > 0
            ? ", \(grouped(progress.tokens)) tokens in \(duration(progress.seconds)) "
                + "(\(grouped(Double(progress.tokens) / progress.seconds)) tokens/s)" : ""
        let int8 = agreement.map {
            ", int8 answers \(grouped($0)) of \(counted(job.examples.dev.count, "dev text")) alike"
        }
        return "\(splitPath(command.output.output).name): \(job.recipe.metric) "
            + (before.map { "\(rounded($0, digits: 4)) → " } ?? "") + score
            + " at epoch \(outcome.chosenEpoch + 1) of \(job.recipe.epochs)" + speed + (int8 ?? "")
            + ", \(byteSize(report.sourceBytes)) → \(byteSize(report.writtenBytes))"
    }

    private func json(_ tuned: FineTunedModel, _ report: ConversionReport, _ agreement: Int?) -> JSONObject {
        let outcome = tuned.outcome
        var object: JSONObject = [
            "metric": .string(job.recipe.metric), "before": .finite(before),
            "score": .finite(outcome.score(job.recipe.metric)), "epoch": .integer(outcome.chosenEpoch + 1),
            "steps": .integer(outcome.steps), "stoppedEarly": .bool(outcome.stoppedEarly),
            "attempt": .integer(outcome.attempt + 1),
            "collapses": .array(outcome.collapses.map { .string($0.description) }),
            "trainExamples": .integer(job.examples.train.count), "devExamples": .integer(job.examples.dev.count),
            "truncated": .integer(job.truncatedCount), "labels": .array(labels.map(JSONValue.string)),
        ]
        if let teacher = job.teacher { object["unlabelledTexts"] = .integer(teacher.unlabelled.count) }
        object["epochs"] = .array(
            outcome.epochs.map { epoch in
                var scores = JSONObject()
                for score in epoch.scores { scores[score.name] = .finite(score.value) }
                return .object([
                    "epoch": .integer(epoch.epoch + 1), "trainLoss": .finite(epoch.trainingLoss),
                    "scores": .object(scores),
                ])
            })
        object["tokens"] = .integer(progress.tokens)
        object["seconds"] = .number(progress.seconds)
        object["tokensPerSecond"] = progress.seconds > 0 ? .number(Double(progress.tokens) / progress.seconds) : .null
        object["int8Agreement"] = agreement.map { .number(Double($0) / Double(job.examples.dev.count)) } ?? .null
        object["sourceBytes"] = .integer(report.sourceBytes)
        object["writtenBytes"] = .integer(report.writtenBytes)
        object["recipe"] = job.recipe.json
        if let augmentation = job.examples.augmentation { object["augmentation"] = augmentation.json }
        return object
    }
}
