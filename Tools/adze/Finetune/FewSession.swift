// One `adze finetune --few` from its first pair to its closing line.

import Adze

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A run over pairs and what belongs to it.
struct FewSession {
    private let command: FinetuneCommand
    private let job: FineTuning
    private let tuning: FewShotTuning

    init(_ command: FinetuneCommand, _ job: FineTuning) throws {
        (self.command, self.job) = (command, job)
        do {
            tuning = try FewShotTuning(job, plan: command.few.plan)
        } catch let error as FineTuningError {
            throw InputError(path: command.train == "-" ? "standard input" : command.train, underlying: error)
        }
    }

    /// Trains, writes the model and what else was asked for, and says how it went.
    func run() throws {
        let force = command.output.force
        Console.notes(notes, quiet: command.common.quiet)
        let progress = RunProgress(metric: job.recipe.metric, quiet: command.common.quiet)
        defer { progress.end() }
        if tuning.tries { progress.doing("trying by halves of the texts whether the encoder is to learn") }
        let result = try tuning.run(
            options: command.runs.trainerOptions(output: command.output.output, force: force),
            observe: { progress.take($0) })
        let tuned = result.model
        if let trial = result.trial, trial.trainingHurts {
            progress.end()
            let counts = "\(trial.rightAfter) of \(trial.textCount) right after it, \(trial.rightBefore) before"
            let note =
                "the encoder stays as it is: on held-out halves of the texts training did harm (\(counts)); "
                + "--few-steps trains it all the same"
            Console.notes([note], quiet: command.common.quiet)
        }
        progress.doing("writing \(splitPath(command.output.output).name)")
        let report = try tuned.write(to: command.output.output, replacing: force)
        if let folder = command.runs.export {
            progress.doing("writing \(splitPath(folder).name) for transformers")
            try tuned.bundle.export(to: folder, format: .safetensors, replacing: force)
        }
        progress.end()
        if command.json { try StandardOutput.shared.json(JSONValue.object(json(result, report, progress))) }
        try StandardOutput.shared.flush()
        Console.summary(closing(result, report, progress), quiet: command.common.quiet)
    }

    private var notes: [String] {
        var notes: [String] = []
        if let limit = command.few.fewPairs, limit < tuning.allPairs {
            notes.append("\(grouped(limit / 2 * 2)) of \(grouped(tuning.allPairs)) pairs are met (--few-pairs)")
        }
        if command.few.plan == nil, !tuning.tries, tuning.textCount >= EncoderTrial.fewestTexts {
            notes.append("no trial by halves: a label has fewer than four texts, of which no half has pairs")
        }
        if job.examples.dev.isEmpty {
            notes.append("no --dev: few texts are all learnt from, none is held out, and no score is known")
        }
        if let recipe = job.examples.bundle.sentenceRecipe, recipe.poolings != [.mean] {
            let own = recipe.poolings.map(\.rawValue).joined(separator: ", ")
            notes.append("the model's own sentence vectors are of other poolings (\(own)); here it is the mean")
        }
        return notes
    }

    private func closing(_ result: FewShotTuning.Result, _ report: ConversionReport, _ progress: RunProgress) -> String
    {
        let (labels, tuned) = (job.examples.kind.table?.count ?? 0, result.model)
        let pairs =
            result.pairCount == 0
            ? "no pairs" : "\(counted(result.pairCount, "pair")) in \(counted(tuned.outcome.steps, "step"))"
        let speed =
            progress.seconds > 0
            ? ", \(grouped(progress.tokens)) tokens in \(duration(progress.seconds)) "
                + "(\(grouped(Double(progress.tokens) / progress.seconds)) tokens/s)" : ""
        let score = tuned.outcome.score(job.recipe.metric).map {
            ", \(job.recipe.metric) \(rounded($0, digits: 4)) of \(counted(job.examples.dev.count, "dev text"))"
        }
        return "\(splitPath(command.output.output).name): \(counted(labels, "label")) from "
            + "\(counted(job.examples.train.count, "text")), \(pairs)\(speed)\(score ?? ""), "
            + "\(byteSize(report.sourceBytes)) → \(byteSize(report.writtenBytes))"
    }

    private func json(_ result: FewShotTuning.Result, _ report: ConversionReport, _ progress: RunProgress) -> JSONObject
    {
        let (tuned, outcome) = (result.model, result.model.outcome)
        var scores = JSONObject()
        for score in outcome.chosen?.scores ?? [] { scores[score.name] = .finite(score.value) }
        return [
            "metric": .string(job.recipe.metric), "score": .finite(outcome.score(job.recipe.metric)),
            "scores": .object(scores), "pairs": .integer(result.pairCount), "allPairs": .integer(tuning.allPairs),
            "trial": result.trial.map { .object($0.json) } ?? .null, "steps": .integer(outcome.steps),
            "trainLoss": .finite(outcome.chosen?.trainingLoss),
            "head": .string(tuned.bundle.checkpoint.head.form.specification),
            "trainExamples": .integer(job.examples.train.count), "devExamples": .integer(job.examples.dev.count),
            "truncated": .integer(job.truncatedCount),
            "labels": .array((job.examples.kind.table?.names ?? []).map(JSONValue.string)),
            "tokens": .integer(progress.tokens), "seconds": .number(progress.seconds),
            "sourceBytes": .integer(report.sourceBytes), "writtenBytes": .integer(report.writtenBytes),
            "recipe": job.recipe.json,
        ]
    }
}
