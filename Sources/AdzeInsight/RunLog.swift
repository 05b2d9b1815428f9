// A training run read from its log, one JSON object a line. `run.jsonl` is written by `adze finetune --log`.

public import AdzeBytes

/// What a run's log holds, as far as it goes: a run that is going on, or was cut short, has no end.
///
/// The kinds of lines, by `event`:
/// - `start`: `title`, `recipe` (an object), `labels`, `labelCounts` (how many of the examples to learn from have each),
///   `trainExamples`, `devExamples`, `steps`, `version` (of Adze), `time` (such as `2026-11-27T02:54:00Z`);
/// - `step`: `step`, `epoch`, `loss`, `learningRate`, `seconds`;
/// - `epoch`: `epoch`, `step`, `trainLoss`, `devLoss`, `metric` (a name), `value`, `metrics` (an object of numbers),
///   `tokensPerSecond`, `confusionMatrix` (rows of counts, or null);
/// - `end`: `bestEpoch`.
///
/// Other lines, and other members, are passed over, and so are counts that none can be, such as negative ones. Where a
/// run was resumed, a later line for a step or epoch counts.
public struct RunLog: Sendable, Equatable {
    /// An optimizer step.
    public struct Step: Sendable, Equatable {
        /// Its number, from 1.
        public var step: Int
        /// The mean loss of its examples.
        public var loss: Double
        /// The rate of the body.
        public var learningRate: Double
        /// How long it took.
        public var seconds: Double
    }

    /// An epoch, evaluated.
    public struct Epoch: Sendable, Equatable {
        /// Its number, from 1.
        public var epoch: Int
        /// The last step of it.
        public var step: Int
        /// The mean loss over its steps.
        public var trainLoss: Double?
        /// The mean loss over the development set.
        public var devLoss: Double?
        /// The metric that chooses the best epoch.
        public var metric: String
        /// Its value.
        public var value: Double?
        /// Further metrics, in the log's order.
        public var metrics: [Metric]
        /// The speed of training.
        public var tokensPerSecond: Double?
    }

    /// A figure with its name.
    public struct Metric: Sendable, Equatable {
        /// The name.
        public var name: String
        /// The figure.
        public var value: Double
    }

    /// The most lines that are read.
    public static let lineLimit = 5_000_000

    /// What was trained on what.
    public private(set) var title = ""
    /// The hyperparameters.
    public private(set) var recipe = JSONObject()
    /// The names of the labels, in the model's order.
    public private(set) var labels: [String] = []
    /// How many of the examples to learn from have each label; empty where the log does not say.
    public private(set) var labelCounts: [Int] = []
    /// How many examples there were to learn from.
    public private(set) var trainExamples: Int?
    /// How many there were to judge by.
    public private(set) var devExamples: Int?
    /// The steps that were planned.
    public private(set) var plannedSteps: Int?
    /// When the run first began, as the log has it.
    public private(set) var started: String?
    /// The Adze that began it.
    public private(set) var version: String?
    /// The steps, ascending.
    public private(set) var steps: [Step] = []
    /// The epochs, ascending.
    public private(set) var epochs: [Epoch] = []
    /// The epoch whose weights were kept.
    public private(set) var bestEpoch: Int?
    /// Whether the log has the run's end; else the run is going on, or was cut short.
    public private(set) var isFinished = false

    /// The epochs that were planned.
    public var plannedEpochs: Int? { count(recipe["epochs"]) }
    /// How long the steps took together; nil where the log does not say.
    public var seconds: Double? {
        let sum = steps.reduce(0) { $0 + $1.seconds }
        return sum > 0 && sum.isFinite ? sum : nil
    }

    /// Reads a log; its last line may be cut off. Throws `RunLogError` for any other line that is no JSON object, and
    /// for a log without events.
    public init(bytes: [UInt8]) throws(RunLogError) {
        let lines = bytes.split(separator: 0x0A)
        guard lines.count <= RunLog.lineLimit else { throw .tooLong(limit: RunLog.lineLimit) }
        var isEmpty = true
        for (index, line) in lines.enumerated() {
            guard let object = try? parseJSON(Array(line)).object else {
                if index == lines.count - 1, bytes.last != 0x0A { break }
                throw .notJSON(line: index + 1)
            }
            if add(object) { isEmpty = false }
        }
        guard !isEmpty else { throw .empty }
    }

    /// Takes a line; false where it is none of ours.
    private mutating func add(_ line: JSONObject) -> Bool {
        switch line["event"]?.string {
        case "start": start(line)
        case "step":
            guard let step = count(line["step"]), let loss = line["loss"]?.number else { return false }
            // What a resumed run does again is the same to the bit; it is not drawn twice.
            while let last = steps.last, last.step >= step { steps.removeLast() }
            steps.append(
                Step(
                    step: step, loss: loss, learningRate: line["learningRate"]?.number ?? 0,
                    seconds: max(line["seconds"]?.number ?? 0, 0)))
        case "epoch":
            guard let epoch = count(line["epoch"]) else { return false }
            while let last = epochs.last, last.epoch >= epoch { epochs.removeLast() }
            let metrics = (line["metrics"]?.object ?? [:]).compactMap { name, value in
                value.number.map { Metric(name: name, value: $0) }
            }
            epochs.append(
                Epoch(
                    epoch: epoch, step: count(line["step"]) ?? 0, trainLoss: line["trainLoss"]?.number,
                    devLoss: line["devLoss"]?.number, metric: line["metric"]?.string ?? "metric",
                    value: line["value"]?.number, metrics: metrics, tokensPerSecond: line["tokensPerSecond"]?.number))
        case "end": (bestEpoch, isFinished) = (count(line["bestEpoch"]), true)
        default: return false
        }
        return true
    }

    private mutating func start(_ line: JSONObject) {
        title = line["title"]?.string ?? ""
        recipe = line["recipe"]?.object ?? [:]
        labels = line["labels"]?.array?.compactMap(\.string) ?? []
        let counts = line["labelCounts"]?.array?.compactMap(count) ?? []
        labelCounts = counts.count == labels.count ? counts : []
        trainExamples = count(line["trainExamples"])
        devExamples = count(line["devExamples"])
        plannedSteps = count(line["steps"])
        started = started ?? line["time"]?.string
        version = line["version"]?.string
        (bestEpoch, isFinished) = (nil, false)
    }
}

/// A number of things; nil for anything else.
private func count(_ value: JSONValue?) -> Int? { value?.integer.flatMap { $0 >= 0 ? $0 : nil } }

/// A log that is none.
public enum RunLogError: AdzeFailure, Equatable {
    /// A line is no JSON object.
    case notJSON(line: Int)
    /// Not one event.
    case empty
    /// More lines than are read.
    case tooLong(limit: Int)

    /// One line.
    public var description: String {
        switch self {
        case .notJSON(let line): "line \(line): expected a JSON object of a run's log"
        case .empty: "expected the log of a run, found no event of one"
        case .tooLong(let limit): "more than \(limit) lines; no run's log is that long"
        }
    }
}
