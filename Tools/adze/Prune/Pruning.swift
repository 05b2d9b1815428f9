// What `prune` cuts from a model, in the order in which it does, and what is measured of it. Not here: the options, nor what
// is printed.

import Adze
import ArgumentParser

/// What was cut from a model, and what was measured of it.
struct Pruning {
    let pruned: ModelBundle
    /// The blocks that stay; nil where nobody chose any.
    let blocks: [Int]?
    let found: BlockSearchReport?
    let importance: HeadImportance?
    /// Heads by the blocks that are left, the least important first.
    let dropped: [AttentionHead]
    /// The word pieces that stay; nil where nobody chose any.
    let vocabulary: VocabularyRun.Result?
    let metric: QualityMetric?
    let scores: (before: Double, after: Double)?

    init(
        _ bundle: ModelBundle, _ selection: BlockSelection?, _ cut: CutOptions, isFile: Bool,
        _ options: ExampleOptions, _ common: CommonOptions
    ) throws {
        let count = bundle.checkpoint.config.layerCount
        var kept = try selection.map { try bundle.keeping(blocks: $0.blocks(of: count)) } ?? bundle
        // What cannot be done is said before anything is measured.
        if let wanted = cut.dropHeads { try kept.checkDropping(headCount: wanted) }
        if !isFile { try kept.checkPrunedHeads(for: .safetensors, losingMore: cut.dropHeads ?? 0 > 0) }
        let vocabulary = try VocabularyRun.result(cut, bundle, options.columns, quiet: common.quiet)
        self.vocabulary = vocabulary
        func cutDown(_ model: ModelBundle) throws -> ModelBundle {
            try vocabulary.map { try model.keeping(vocabulary: $0.choice) } ?? model
        }
        guard let dev = cut.dev else {
            (pruned, blocks, found) = (try cutDown(kept), selection?.blocks(of: count), nil)
            (importance, dropped, metric, scores) = (nil, [], nil, nil)
            return
        }
        let kind = try bundle.targetKind(separator: options.separator)
        try options.check(kind)
        let metric = try QualityMetric(cut.metric, for: kind)
        let rows = try options.readAll(dev, kind: kind, quiet: common.quiet)
        let progress = ProgressLine(total: nil, quiet: common.quiet)
        defer { progress.end() }
        func show(_ what: String) -> (Int) -> Void { { progress.show(what, $0, of: rows.count) } }
        do {
            if let maxDrop = cut.maxDrop {
                let report = try bundle.searchBlocks(
                    examples: rows, gate: QualityGate(metric: metric, maximumDrop: maxDrop), threads: common.threads,
                    progress: { progress.show($0, $1, of: $2) })
                kept = try cutDown(bundle.keeping(blocks: report.kept))
                (pruned, found, blocks, importance, dropped) = (kept, report, report.kept, nil, [])
                // The search had the whole vocabulary.
                let after =
                    try vocabulary.map { _ in
                        try kept.score(metric, of: rows, threads: common.threads, progress: show("what is left"))
                    } ?? report.keptScore
                scores = (report.score, after)
            } else {
                let before = try bundle.score(metric, of: rows, threads: common.threads, progress: show("all of it"))
                let importance = try cut.dropHeads.map { _ in
                    try kept.headImportance(examples: rows, threads: common.threads, progress: show("heads"))
                }
                let dropped = try importance?.least(cut.dropHeads ?? 0) ?? []
                let left = try cutDown(kept.dropping(heads: dropped))
                let after = try left.score(metric, of: rows, threads: common.threads, progress: show("what is left"))
                (pruned, found, blocks) = (left, nil, selection?.blocks(of: count))
                (self.importance, self.dropped, scores) = (importance, dropped, (before, after))
            }
        } catch let error as any AdzeFailure where error is DataError || error is EvaluationError {
            progress.end()
            throw InputError(path: dev, underlying: error)
        }
        self.metric = metric
    }

    var lines: [String] {
        let search = found.map { BlockSearchText.lines($0) + [""] } ?? []
        return search + (importance.map { HeadImportanceText.lines($0, dropped: dropped) + [""] } ?? [])
    }

    /// What was found; a table of blocks that are named has but their numbers.
    var json: JSONObject {
        var object = found.map(BlockSearchText.json) ?? [:]
        if let blocks { object["kept"] = .array(blocks.map { .integer($0) }) }
        if found == nil, let metric, let scores {
            object["metric"] = .string(metric.rawValue)
            (object["score"], object["keptScore"]) = (.number(scores.before), .number(scores.after))
        }
        if let vocabulary { object["vocabulary"] = VocabularyText.json(vocabulary) }
        if let importance {
            for (key, value) in HeadImportanceText.json(importance, dropped: dropped) { object[key] = value }
        }
        return object
    }
}
