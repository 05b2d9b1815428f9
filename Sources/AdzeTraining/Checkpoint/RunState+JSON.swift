// A run's state as JSON, exact to the last bit of its numbers. Not here: the manifest around it.

internal import AdzeBytes

extension RunState {
    var json: JSONValue {
        .object([
            "attempt": .integer(attempt), "epoch": .integer(epoch), "stepInEpoch": .integer(stepInEpoch),
            "step": .integer(step), "lossSum": .number(lossSum), "exampleCount": .integer(exampleCount),
            "watch": .object([
                "steps": .integer(watch.steps), "reference": .number(watch.reference),
                "average": .number(watch.average),
                "oneClassInARow": .integer(watch.oneClassInARow),
            ]),
            "epochs": .array(epochs.map(\.json)), "best": best.map { .integer($0) } ?? .null,
            "updateCounts": .array(updateCounts.map { .integer($0) }),
            "collapses": .array(collapses.map(\.json)), "stoppedEarly": .bool(stoppedEarly),
            "isFinished": .bool(isFinished),
        ])
    }

    /// Reads what `json` gave; nil for anything else.
    init?(json: JSONValue) {
        guard let attempt = json.count("attempt"), let epoch = json.count("epoch"),
            let stepInEpoch = json.count("stepInEpoch"), let step = json.count("step"),
            let lossSum = json["lossSum"]?.number, let exampleCount = json.count("exampleCount"),
            let watch = json["watch"], let watchSteps = watch.count("steps"),
            let reference = watch["reference"]?.number, let average = watch["average"]?.number,
            let oneClassInARow = watch.count("oneClassInARow"), let epochs = json["epochs"]?.array,
            let best = json["best"], best.isNull || best.integer != nil,
            let updateCounts = json["updateCounts"]?.array, let collapses = json["collapses"]?.array,
            let stoppedEarly = json["stoppedEarly"]?.bool, let isFinished = json["isFinished"]?.bool
        else { return nil }
        self.init(
            attempt: attempt, epoch: epoch, stepInEpoch: stepInEpoch, step: step, lossSum: lossSum,
            exampleCount: exampleCount,
            watch: CollapseWatch(
                steps: watchSteps, reference: reference, average: average, oneClassInARow: oneClassInARow),
            epochs: epochs.compactMap(EpochReport.init(json:)), best: best.integer,
            updateCounts: updateCounts.compactMap { $0.integer.flatMap { $0 >= 0 ? $0 : nil } },
            collapses: collapses.compactMap(Collapse.init(json:)), stoppedEarly: stoppedEarly, isFinished: isFinished)
        guard self.epochs.count == epochs.count, self.updateCounts.count == updateCounts.count,
            self.collapses.count == collapses.count, self.epochs.map(\.epoch) == Array(0..<self.epochs.count),
            self.best.map(self.epochs.indices.contains) ?? true
        else { return nil }
    }
}

extension JSONValue {
    /// A member that counts something: an integer of at least 0, and small enough to count on from.
    fileprivate func count(_ key: String) -> Int? {
        self[key]?.integer.flatMap { (0...1 << 48).contains($0) ? $0 : nil }
    }
}

extension EpochReport {
    fileprivate var json: JSONValue {
        .object([
            "epoch": .integer(epoch), "step": .integer(step), "trainingLoss": .number(trainingLoss),
            "scores": .array(scores.map { .array([.string($0.name), .number($0.value)]) }), "isBest": .bool(isBest),
            "sawOneClass": .bool(sawOneClass),
        ])
    }

    fileprivate init?(json: JSONValue) {
        guard let epoch = json.count("epoch"), let step = json.count("step"),
            let trainingLoss = json["trainingLoss"]?.number, let scores = json["scores"]?.array,
            let isBest = json["isBest"]?.bool, let sawOneClass = json["sawOneClass"]?.bool
        else { return nil }
        var read: [Score] = []
        for item in scores {
            // A score that is not defined is written as null.
            guard let pair = item.array, pair.count == 2, let name = pair[0].string,
                let value = pair[1].isNull ? Double.nan : pair[1].number
            else { return nil }
            read.append(Score(name, value))
        }
        self.init(
            epoch: epoch, step: step, trainingLoss: trainingLoss, scores: read, isBest: isBest,
            sawOneClass: sawOneClass)
    }
}

extension Collapse {
    fileprivate var json: JSONValue {
        .object([
            "sign": .string(sign.rawValue), "attempt": .integer(attempt), "epoch": .integer(epoch),
            "step": .integer(step),
        ])
    }

    fileprivate init?(json: JSONValue) {
        guard let sign = json["sign"]?.string.flatMap(Sign.init(rawValue:)), let attempt = json.count("attempt"),
            let epoch = json.count("epoch"), let step = json.count("step")
        else { return nil }
        self.init(sign: sign, attempt: attempt, epoch: epoch, step: step)
    }
}
