// Texts in, attributions out: what each token adds to a label's logit. What is integrated and how steps are packed is
// here; gradients are `TrainingPass`'s.
//
// The path runs through what the embeddings layer gives, after its normalisation: the tensor of captum's
// `LayerIntegratedGradients(forward, model.bert.embeddings)`. Where a projection follows (ELECTRA), the path runs behind
// it: it is affine, so that a token's sum is the same.

internal import AdzeBytes
internal import AdzeData
internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads
internal import AdzeTokenization
internal import AdzeTraining
internal import Synchronization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Explains a text classifier's answers.
///
/// ```swift
/// let explainer = try TextExplainer(contentsOf: URL(filePath: "reviews.adze"))
/// for case .success(let found) in try explainer.explain(["Splendid acting."]) {
///     for (token, value) in zip(found.tokens, found.attributions) { print(token.shown, value) }
/// }
/// ```
/// What is explained is one logit: of the predicted label, of a named one, or of regression the number itself; never a
/// probability, which also depends on the other labels' logits. Always fp32, with the same bits on every processor, at any
/// number of threads and in any company. Thread-safe; calls from several threads take turns.
public final class TextExplainer: Sendable {
    /// The names of the labels, in the order of the logits.
    public var labels: [String] { head.labels }
    /// The most tokens of one input.
    public let maximumLength: Int
    private let reading: TextReading
    private let temperature: Double
    private let head: ClassificationHead
    private let tokenizer: Tokenizer
    private let cleaner: TextCleaner?
    private let padID: Int32
    private let shape: EncoderShape
    private let form: HeadForm
    private let pool: WorkerPool
    private let pass: Mutex<TrainingPass>
    private let batches: GradientBatches

    /// Whether texts are cleaned before they are explained.
    var cleansTexts: Bool { cleaner != nil }

    /// Opens a model and loads its weights; throws as `TextClassifier.init(contentsOf:)` does.
    public convenience init(contentsOf url: URL, threads: Int? = nil) throws {
        try self.init(ModelBundle(contentsOf: url), on: ThreadPool(threads: threads))
    }

    /// Loads the weights of an opened model that is to run on threads which other models may share.
    ///
    /// Throws `BundleError.noClassifier` or `.wrongHead` for a model that is no classifier of texts.
    public init(_ bundle: ModelBundle, on pool: ThreadPool) throws {
        let checkpoint = bundle.checkpoint
        guard let head = checkpoint.head.classification else {
            if checkpoint.head.task == .encoder { throw bundle.noClassifier }
            throw BundleError.wrongHead(checkpoint.head.architectureName, lacks: "gives no label to a text")
        }
        self.head = head
        tokenizer = try bundle.requireTokenizer()
        (maximumLength, reading, cleaner) = (bundle.maximumLength, bundle.reading, try bundle.cleaner())
        temperature = bundle.rule.temperature
        let padID = tokenizer.vocabulary.id(of: tokenizer.settings.paddingToken) ?? checkpoint.config.padTokenID
        self.padID = Int32(padID)
        self.pool = pool.workers
        let model = try TrainingModel(checkpoint, kernels: Kernels.chosen(products: .ours), pool: pool.workers)
        pass = Mutex(TrainingPass(model, pool: pool.workers))
        (shape, form) = (checkpoint.config, checkpoint.head.form)
        batches = GradientBatches(shape)
    }

    /// Explains texts, in their order: why one gets no explanation is its own result.
    ///
    /// Where the model cleans texts, tokens are of the cleaned one, which the explanation holds. A model that reads long
    /// texts in windows has them read whole here, unless `options` say otherwise.
    /// In a task that is cancelled, throws `CancellationError` before its next batch. Throws `ExplanationError`,
    /// `TaskError.noWindows` and `noMaskToken`, and `TokenizerError.impossibleBudget` where `options` leave no room.
    /// - Complexity: two passes and a half forward for each step of a text.
    public func explain(
        _ texts: [TextInput], options: ExplanationOptions = ExplanationOptions()
    ) throws -> [Result<Explanation, TextProblem>] {
        let wish = try Wish(options, self)
        let reading = options.text.completed(by: reading.withoutWindows)
        let texts = try pool.map(texts.count) { cleaner.clean(texts[$0]) }
        let encoded = try pool.map(texts.count) { index -> Result<EncodedText, TextProblem> in
            do {
                return .success(
                    try EncodedText(
                        texts[index], tokenizer, limit: min(reading.maximumLength ?? maximumLength, maximumLength),
                        strategy: reading.longText ?? tokenizer.longText, what: "attributions"))
            } catch let problem as TextProblem {
                return .failure(problem)
            }
        }
        var found = try explain(encoded.compactMap { try? $0.get() }, wish)[...]
        return zip(texts, encoded).map { input, text in
            switch text {
            case .failure(let problem): return .failure(problem)
            case .success:
                return (found.popFirst() ?? .failure(.notFinite)).map { explanation in
                    var explanation = explanation
                    explanation.cleanedText = cleansTexts ? input : nil
                    return explanation
                }
            }
        }
    }

    /// Explains one text; throws its `TextProblem` too.
    public func explain(_ text: TextInput, options: ExplanationOptions = ExplanationOptions()) throws -> Explanation {
        try explain([text], options: options)[0].get()
    }

    // MARK: Wishes

    /// Options that fit the model.
    private struct Wish {
        let label: Int?
        let method: AttributionMethod
        let rule: GaussLegendre
        let baseline: AttributionBaseline
        /// What stands for each token of the text in the baseline.
        let filler: Int32

        init(_ options: ExplanationOptions, _ explainer: TextExplainer) throws {
            guard (1...10_000).contains(options.steps) else { throw ExplanationError.steps(options.steps) }
            label = try options.label.map { name in
                guard let index = explainer.labels.firstIndex(of: name) else {
                    throw ExplanationError.noSuchLabel(
                        name, known: explainer.labels, nearest: nearestName(to: name, in: explainer.labels))
                }
                return index
            }
            method = options.method
            baseline = options.baseline
            rule = GaussLegendre(options.method == .integratedGradients ? options.steps : 1)
            if options.method == .integratedGradients, options.baseline == .mask {
                guard let maskID = explainer.tokenizer.maskID else { throw TaskError.noMaskToken }
                filler = maskID
            } else {
                filler = explainer.padID
            }
        }
    }

    // MARK: Texts

    private func explain(_ texts: [EncodedText], _ wish: Wish) throws -> [Result<Explanation, TextProblem>] {
        try pass.withLock { pass in
            var results: [Result<Explanation, TextProblem>] = []
            for group in batches.groups(texts.map { form.rows(ofTokens: $0.tokens.count, shape) }) {
                let ends = try self.ends(texts[group], wish, pass)
                let sums = try attributions(texts[group].map(\.sequence), ends, wish, pass)
                for (text, (ends, sums)) in zip(texts[group], zip(ends, sums)) {
                    results.append(explanation(text, ends, sums, wish))
                }
            }
            return results
        }
    }

    /// Where a text's path ends and begins, and which logit is followed.
    fileprivate struct Ends: Sendable {
        /// H values a token.
        let size: Int
        let state: [Float]
        let logits: [Float]
        /// Nil for a method without a baseline.
        let baseline: (state: [Float], logits: [Float])?
        let target: Int
    }

    private func ends(_ texts: ArraySlice<EncodedText>, _ wish: Wish, _ pass: TrainingPass) throws -> [Ends] {
        try Task.checkCancellation()
        let sequences = texts.map(\.sequence)
        let states = try pass.states(sequences)
        let logits = try pass.logits(sequences, states: states)
        var baselines: [(state: [Float], logits: [Float])?] = sequences.map { _ in nil }
        if wish.method == .integratedGradients {
            let states = try self.baselines(texts, states, wish, pass)
            baselines = zip(states, try pass.logits(sequences, states: states)).map { ($0, $1) }
        }
        return zip(zip(states, logits), baselines).map { found, baseline in
            let scores = head.scores(found.1)
            let best = scores.indices.max { (scores[$1], $0) > (scores[$0], $1) } ?? 0
            return Ends(
                size: shape.hiddenSize, state: found.0, logits: found.1, baseline: baseline,
                target: wish.label ?? best)
        }
    }

    /// The baselines' states: other tokens in the places of the texts', with the types that those have.
    private func baselines(
        _ texts: ArraySlice<EncodedText>, _ states: [[Float]], _ wish: Wish, _ pass: TrainingPass
    ) throws -> [[Float]] {
        guard wish.baseline == .zero else {
            return try pass.states(
                texts.map { text in
                    let ids = zip(text.sequence.ids, text.tokens).map { $1.isSpecial ? $0 : wish.filler }
                    return TokenSequence(ids: ids, typeIDs: text.sequence.typeIDs)
                })
        }
        return zip(texts, states).map { text, state in
            var state = state
            let size = shape.hiddenSize
            for (token, _) in text.tokens.enumerated().filter({ !$1.isSpecial }) {
                for index in token * size..<(token + 1) * size { state[index] = 0 }
            }
            return state
        }
    }

    /// The sum of each token of each text. All steps of all texts are sequences of a run of batches.
    private func attributions(
        _ sequences: [TokenSequence], _ ends: [Ends], _ wish: Wish, _ pass: TrainingPass
    ) throws -> [[Double]] {
        let offset = wish.method == .gradientTimesInput ? pass.stateOffset : nil
        let items = sequences.indices.flatMap { text in wish.rule.points.indices.map { (text: text, step: $0) } }
        var sums = sequences.map { [Double](repeating: 0, count: $0.ids.count) }
        for group in batches.groups(items.map { form.rows(ofTokens: sequences[$0.text].ids.count, shape) }) {
            try Task.checkCancellation()
            let part = items[group]
            let found = try pass.inputGradients(
                part.map { sequences[$0.text] },
                states: try pool.map(part.count) { index in
                    let item = part[part.startIndex + index]
                    return ends[item.text].state(at: Float(wish.rule.points[item.step]))
                }, targets: part.map { ends[$0.text].target })
            let products = try pool.map(part.count) { index in
                ends[part[part.startIndex + index].text].products(found.gradients[index], offset)
            }
            // In the order of the steps, whatever batch they were in.
            for (item, products) in zip(part, products) {
                let weight = wish.rule.weights[item.step]
                // Padding, where a head reads it, is the same at both ends of the path.
                for (token, product) in products.prefix(sums[item.text].count).enumerated() {
                    sums[item.text][token] += weight * product
                }
            }
        }
        return sums
    }

    private func explanation(
        _ text: EncodedText, _ ends: Ends, _ sums: [Double], _ wish: Wish
    ) -> Result<Explanation, TextProblem> {
        let logits = ends.logits + (ends.baseline?.logits ?? [])
        guard logits.allSatisfy(\.isFinite), sums.allSatisfy(\.isFinite) else { return .failure(.notFinite) }
        let target = ends.target
        return .success(
            Explanation(
                label: labels[target], labelIndex: target,
                score: head.scores(ends.logits, temperature: temperature)[target], logit: ends.logits[target],
                baselineLogit: ends.baseline?.logits[target], tokens: text.tokens,
                attributions: sums, truncatedTokenCount: text.truncatedTokenCount))
    }
}

extension TextExplainer.Ends {
    /// The state at a part of the way from the baseline; the text's own where there is none.
    fileprivate func state(at part: Float) -> [Float] {
        guard let start = baseline?.state else { return state }
        return zip(start, state).map { $0 + part * ($1 - $0) }
    }

    /// Σ gradient · (state − baseline) over each token's values, in double precision; without a baseline Σ gradient ·
    /// (state − offset).
    fileprivate func products(_ gradient: [Float], _ offset: [Float]?) -> [Double] {
        stride(from: 0, to: state.count, by: size).map { first in
            var sum = 0.0
            for index in 0..<size {
                let start = baseline?.state[first + index] ?? offset?[index] ?? 0
                sum += Double(gradient[first + index]) * Double(state[first + index] - start)
            }
            return sum
        }
    }
}
