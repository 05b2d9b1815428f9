// A calibration of a classifier's answers as one JSON object.

public import AdzeBytes
internal import AdzeData

extension AnswerCalibration {
    /// The calibration as JSON.
    ///
    /// `examples`, `fitExamples`, `folds`, `precision`, `temperature`; `before`, `after` and `heldOut`: `{logLoss, ece}`,
    /// for any number of labels with `microF1` and `macroF1`; `thresholds` by label, or `rule` (`abstain` or `set`),
    /// `threshold`, `coverage`, `coverageExamples`, `guarantee`, and what the rule does on the examples: `answered` and
    /// `answeredHeldOut` `{share, accuracy, wrongShare}`, or `sets` and `setsHeldOut` `{coverage, meanSize, singleShare}`,
    /// null where the examples are too few to be held out.
    public var json: JSONObject {
        var object: JSONObject = [
            "examples": .integer(exampleCount), "fitExamples": .integer(fitCount), "folds": .integer(foldCount),
        ]
        for (key, value) in rule.json(labels: labels) where key != "examples" { object[key] = value }
        if let guarantee = rule.guarantee { object["guarantee"] = .string(guarantee) }
        object["before"] = .object(scores.before.json)
        object["after"] = .object(scores.after.json)
        object["heldOut"] = .object(scores.heldOut.json)
        if let answered {
            object["answered"] = .object(answered.after.json)
            object["answeredHeldOut"] = answered.heldOut.map { .object($0.json) } ?? .null
        }
        if let sets {
            object["sets"] = .object(sets.after.json)
            object["setsHeldOut"] = sets.heldOut.map { .object($0.json) } ?? .null
        }
        return object
    }
}

extension AnswerQuality {
    fileprivate var json: JSONObject {
        var object: JSONObject = ["logLoss": .number(logLoss), "ece": .number(calibrationError)]
        if let multiLabel {
            object["microF1"] = .number(multiLabel.micro.f1)
            object["macroF1"] = .number(multiLabel.macro.f1)
        }
        return object
    }
}

extension AnsweredReport {
    /// `texts`, those that were answered, `share`, `accuracy` of these and `wrongShare` of all.
    var json: JSONObject {
        [
            "texts": .integer(answeredCount), "share": .number(share),
            "accuracy": answeredCount > 0 ? .number(accuracy) : .null, "wrongShare": .number(wrongShare),
        ]
    }
}

extension SetReport {
    /// `coverage`, `meanSize` and `singleShare`.
    var json: JSONObject {
        ["coverage": .number(coverage), "meanSize": .number(meanSize), "singleShare": .number(singleShare)]
    }
}
