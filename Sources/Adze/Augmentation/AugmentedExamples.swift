// Augmentation of training data: labels are kept, and nothing that a training is judged by gets in. Not here: reading it.

public import AdzeBytes
public import AdzeData

/// What became of training data.
public struct AugmentationReport: Sendable, Equatable {
    /// The steps, their shares and the number of copies.
    public let plan: AugmentationPlan
    /// What random numbers followed from.
    public let seed: UInt64
    /// How many copies were added and left out.
    public let tally: AugmentationTally

    /// A report of its parts.
    package init(plan: AugmentationPlan, seed: UInt64, tally: AugmentationTally) {
        (self.plan, self.seed, self.tally) = (plan, seed, tally)
    }

    /// The report for logs and files.
    public var json: JSONValue {
        var object = tally.json
        object["steps"] = .string(plan.list)
        object["copies"] = .integer(plan.copies ?? 0)
        object["seed"] = .integer(Int(clamping: seed))
        return .object(object)
    }
}

extension AugmentationOptions {
    /// Training examples with their copies behind them, the place among them of the one that each was made of, what became
    /// of them, and what a person should hear of.
    ///
    /// Copies have the label of their example; one that an example of `dev` equals is left out. Throws as `TextAugmenter`
    /// does.
    func augmented(
        _ train: [Example], apartFrom dev: [Example], model: ModelBundle?, threads: Int?
    ) throws -> (examples: [Example], origins: [Int], report: AugmentationReport, notes: [String]) {
        let augmenter = try TextAugmenter(self, textCount: train.count, model: model, threads: threads)
        let copies = try augmenter.copies(of: train.map { TextInput($0.text, pair: $0.pair) })
        var selection = CopySelection(apartFrom: dev)
        var (examples, origins): ([Example], [Int]) = ([], [])
        for (example, copies) in zip(train, copies) {
            let origin = examples.count
            examples.append(example)
            examples += selection.kept(copies, of: example.text, pair: example.pair).map { copy in
                Example(
                    copy.text, pair: copy.pair, target: example.target,
                    place: "\(example.place) by \(copy.step.rawValue)")
            }
            origins += [Int](repeating: origin, count: examples.count - origin)
        }
        let report = AugmentationReport(plan: augmenter.settled, seed: seed, tally: selection.tally)
        let notes = [augmenter.settled.note(of: plan, textCount: train.count), selection.tally.line].compactMap(\.self)
        return (examples, origins, report, notes)
    }
}
