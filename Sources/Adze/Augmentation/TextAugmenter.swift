// Augmentation of texts: other texts out of each, that say about the same. Not here: tables, and what each step does to a
// text.

internal import AdzeBytes
public import AdzeData

/// What augmentation is to do, and by what means.
public struct AugmentationOptions: Sendable {
    /// The steps and the number of copies.
    public var plan: AugmentationPlan
    /// What random numbers follow from.
    public var seed: UInt64 = 42
    /// The folder of WordNet's files; nil for Debian's.
    package var wordNetPath: String?
    /// What translates there and back; the step `translate` needs it.
    public var command: TextCommand?

    /// The steps of a plan.
    public init(_ plan: AugmentationPlan) { self.plan = plan }
}

/// Makes copies of texts.
///
/// What a text's copies are depends on the text, the seed and the plan alone: neither on its neighbours nor on threads. Of a
/// pair each text is changed alone, both by the same step.
package struct TextAugmenter {
    private let options: AugmentationOptions
    private let plan: AugmentationPlan
    private let thesaurus: Thesaurus?
    private let masked: MaskedWords?

    /// Opens what the steps need, and settles the plan for so many texts.
    ///
    /// Throws `AugmentationError` for what is missing, and as `MaskFiller.init` does.
    /// - Parameter model: the model whose head fills masks.
    package init(
        _ options: AugmentationOptions, textCount: Int, model: ModelBundle?, threads: Int? = nil
    ) throws {
        self.options = options
        plan = options.plan.settled(textCount: textCount)
        thesaurus = plan.has(.synonyms) ? try Thesaurus(folder: options.wordNetPath) : nil
        if plan.has(.translate), options.command == nil { throw AugmentationError.noCommand }
        guard plan.has(.masked) else {
            masked = nil
            return
        }
        guard let model else { throw AugmentationError.noMaskedModel(architecture: nil) }
        guard model.checkpoint.head.decoder != nil else {
            throw AugmentationError.noMaskedModel(architecture: model.checkpoint.head.architectureName)
        }
        masked = MaskedWords(filler: try MaskFiller(model, threads: threads))
    }

    /// The steps, their shares and the number of copies, as they are settled.
    package var settled: AugmentationPlan { plan }

    /// The copies of each text, in their order; nil among them is one that could not be made.
    ///
    /// Throws `AugmentationError.notWordNet`, `TextCommandError`, and as `MaskFiller.fill` does.
    package func copies(of texts: [TextInput]) throws -> [[AugmentedText?]] {
        var copies: [[AugmentedText?]] = []
        var (waiting, translated) = ([Wish](), [Wish]())
        for (row, input) in texts.enumerated() {
            let source = AugmentedRow(input.text, pair: input.pair, seed: options.seed)
            let steps = plan.steps(for: source)
            copies.append([AugmentedText?](repeating: nil, count: steps.count))
            for (copy, step) in steps.enumerated() {
                let wish = Wish(row: row, copy: copy, input: input, source: source)
                switch step {
                case .masked: waiting.append(wish)
                case .translate: translated.append(wish)
                default: copies[row][copy] = try wish.text(step) { try words($0, step, &$1) }
                }
            }
        }
        try mask(waiting, &copies)
        try translate(translated, &copies)
        return copies
    }

    private func words(_ text: String, _ step: AugmentationStep, _ draws: inout CopyDraws) throws -> String? {
        let share = plan.share(of: step)
        switch step {
        case .synonyms:
            return try thesaurus.flatMap { try WordOperations.replacing(text, share: share, by: $0, &draws) }
        case .delete: return WordOperations.deleting(text, share: share, &draws)
        case .swap: return WordOperations.swapping(text, share: share, &draws)
        case .masked, .translate: return nil
        }
    }

    private func mask(_ wishes: [Wish], _ copies: inout [[AugmentedText?]]) throws {
        guard let masked else { return }
        let share = plan.share(of: .masked)
        var jobs: [MaskedWords.Job] = []
        // A text that has none has no place among the jobs.
        let places = wishes.map { wish in
            wish.columns.map { text, draws in
                MaskedWords.Job(text, share: share, maskToken: masked.filler.maskToken, draws: draws).map { job in
                    jobs.append(job)
                    return jobs.count - 1
                }
            }
        }
        let texts = try masked.texts(jobs)
        for (wish, places) in zip(wishes, places) {
            copies[wish.row][wish.copy] = wish.text(.masked, places.map { $0.flatMap { texts[$0] } })
        }
    }

    private func translate(_ wishes: [Wish], _ copies: inout [[AugmentedText?]]) throws {
        guard let command = options.command else { return }
        // Equal texts are asked for once, and those without anything not at all.
        var (asked, places) = ([String](), [ExactText: Int]())
        for text in wishes.flatMap(\.columns).map(\.text)
        where !trimmed(text).isEmpty && places[ExactText(text)] == nil {
            places[ExactText(text)] = asked.count
            asked.append(text)
        }
        let answers = try command.answers(to: asked)
        for wish in wishes {
            copies[wish.row][wish.copy] = wish.text(
                .translate, wish.columns.map { places[ExactText($0.text)].map { answers[$0] } })
        }
    }
}

/// A copy that is to be made.
private struct Wish {
    let row: Int
    let copy: Int
    let input: TextInput
    let source: AugmentedRow

    /// The text, and the second of a pair, with what is drawn with.
    var columns: [(text: String, draws: CopyDraws)] {
        [(input.text, source.draws(copy: copy, isPair: false))]
            + (input.pair.map { [($0, source.draws(copy: copy, isPair: true))] } ?? [])
    }

    /// The copy of its texts; a text that could not be changed stays, and nil is where none could.
    func text(_ step: AugmentationStep, _ texts: [String?]) -> AugmentedText? {
        guard texts.contains(where: { $0 != nil }) else { return nil }
        return AugmentedText(texts[0] ?? input.text, pair: input.pair.map { texts[1] ?? $0 }, step: step)
    }

    /// The same, each text being made by `change`.
    func text(
        _ step: AugmentationStep, _ change: (String, inout CopyDraws) throws -> String?
    ) rethrows -> AugmentedText? {
        text(
            step,
            try columns.map { text, draws in
                var draws = draws
                return try change(text, &draws)
            })
    }
}
