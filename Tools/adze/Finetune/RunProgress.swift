// Progress of a training run on standard error: a line that is updated on a terminal, plain lines elsewhere.

import Adze

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Shows a run's course.
final class RunProgress {
    private let isLive: Bool
    private let isQuiet: Bool
    private let metric: String
    private var overview: RunOverview?
    private var loss: Double?
    private var rate = 0.0
    private var secondsPerStep: Double?
    private var tokensPerSecond: Double?
    private var shownTenth = 0
    private var lastDraw = ContinuousClock.now - .seconds(1)
    /// All tokens and seconds of the steps so far, for the closing line.
    private(set) var tokens = 0
    private(set) var seconds = 0.0

    init(metric: String, quiet: Bool) {
        self.metric = metric
        isQuiet = quiet
        isLive = !quiet && Console.isTerminal
    }

    /// Takes an event of the run.
    func take(_ event: TrainingEvent) {
        switch event {
        case .started(let overview): start(overview)
        case .step(let step): take(step)
        case .epoch(let epoch): say(line(epoch))
        case .saved: break
        case .collapsed(let collapse, let isRetried):
            say("collapsed: \(collapse.description)" + (isRetried ? "; starting again at a lower rate" : ""))
        case .stoppedEarly(let epoch): say("no better score for a while; stopped after epoch \(epoch + 1)")
        case .note(let note): say("adze: note: \(note)")
        }
    }

    /// Takes the live line away.
    func end() { if isLive { Console.erase() } }

    /// Says what is being done besides steps.
    func doing(_ what: String) {
        if isLive { Console.redraw(cut("\(what) …", columns: ProgressBar.terminalWidth - 1)) }
    }

    private func start(_ overview: RunOverview) {
        self.overview = overview
        (loss, secondsPerStep) = (nil, nil)
        shownTenth = tenths(overview.resumedAt ?? 0, of: overview)
        let trains =
            overview.trainedParameters == overview.parameters
            ? "" : " of \(grouped(overview.parameters)), at the end"
        say(
            "\(counted(overview.epochs, "epoch")) of \(counted(overview.stepsPerEpoch, "step")), batches of "
                + "\(overview.batchSize), \(grouped(overview.trainedParameters))\(trains) parameters trained"
                + (overview.resumedAt.map { "; going on after step \(grouped($0))" } ?? "")
                + (overview.attempt > 0 ? "; attempt \(overview.attempt + 1)" : ""))
    }

    private func take(_ step: StepReport) {
        tokens += step.tokens
        seconds += step.seconds
        // Losses jump from batch to batch; a person wants their course.
        loss = loss.map { $0 + 0.05 * (step.loss - $0) } ?? step.loss
        secondsPerStep = secondsPerStep.map { $0 + 0.1 * (step.seconds - $0) } ?? step.seconds
        if step.seconds > 0 {
            let speed = Double(step.tokens) / step.seconds
            tokensPerSecond = tokensPerSecond.map { $0 + 0.1 * (speed - $0) } ?? speed
        }
        rate = step.bodyLearningRate
        guard !isQuiet, let overview else { return }
        let tenth = tenths(step.step, of: overview)
        if isLive {
            let now = ContinuousClock.now
            guard now - lastDraw > .milliseconds(100) || step.step == overview.totalSteps else { return }
            lastDraw = now
            Console.redraw(cut(status(step, overview, bar: true), columns: ProgressBar.terminalWidth - 1))
        } else if tenth > shownTenth {
            shownTenth = tenth
            Console.write(status(step, overview, bar: false))
        }
    }

    private func status(_ step: StepReport, _ overview: RunOverview, bar: Bool) -> String {
        let share = min(Double(step.step) / Double(max(overview.totalSteps, 1)), 1)
        let left = (secondsPerStep ?? 0) * max(Double(overview.totalSteps) - Double(step.step), 0)
        // What a person looks for first stands where a narrow terminal cuts last.
        let barWidth = min(24, max(8, ProgressBar.terminalWidth - 68))
        let place =
            bar
            ? "epoch \(step.epoch + 1)/\(overview.epochs) \(ProgressBar.text(share, columns: barWidth)) \(grouped((share * 100).rounded(.down))) %"
            : "epoch \(step.epoch + 1) of \(overview.epochs), step \(grouped(step.step)) of \(grouped(overview.totalSteps))"
        let parts = [
            place, "\(duration(left)) left", "loss \(rounded(loss ?? 0, digits: 4))", "rate \(RunProgress.short(rate))",
            "\(grouped(tokensPerSecond ?? 0)) tokens/s",
        ]
        return parts.joined(separator: bar ? "  " : ", ")
    }

    private func line(_ epoch: EpochReport) -> String {
        let scores = epoch.scores.filter { $0.name != "loss" }.sorted { a, _ in a.name == metric }
        let shown = scores.prefix(3).map { "\($0.name) \(rounded($0.value, digits: 4))" }
        let dev = epoch.scores.first { $0.name == "loss" }.map { ", dev loss \(rounded($0.value, digits: 4))" } ?? ""
        return
            "epoch \(epoch.epoch + 1) of \(overview?.epochs ?? 0): train loss \(rounded(epoch.trainingLoss, digits: 4))"
            + dev + (shown.isEmpty ? "" : ", " + shown.joined(separator: ", "))
            + (epoch.isBest ? ", the best so far" : "")
    }

    private func say(_ line: String) {
        end()
        if !isQuiet { Console.write(line) }
    }

    /// How many tenths of the run are done; a run has no more than ten.
    private func tenths(_ step: Int, of overview: RunOverview) -> Int {
        Int(min(max(Double(step) / Double(max(overview.totalSteps, 1)), 0), 1) * 10)
    }

    /// A rate as `1.8e-05`.
    static func short(_ rate: Double) -> String {
        guard rate > 0, rate.isFinite else { return "\(rate)" }
        var (mantissa, exponent) = (rate, 0)
        while mantissa < 0.995 { (mantissa, exponent) = (mantissa * 10, exponent + 1) }
        return exponent == 0 ? rounded(mantissa, digits: 2) : "\(rounded(mantissa, digits: 2))e-\(exponent)"
    }
}
