// Lines and JSON about a search for blocks, and what a model costs before and after. Not here: the search.

import Adze

/// What a model costs to keep and to run.
struct ModelCost {
    /// The tokens of each text that the cost of one is said for.
    private static let length = 128

    let blocks: Int
    /// Weights of the embeddings, of the blocks, and of what is on top.
    let (embeddings, body, head): (Int, Int, Int)
    /// 10⁹ multiply-adds a token.
    let gmac: Double
    /// Tokens a second in int8, 8 texts at a time.
    let tokensPerSecond: Double

    /// Counts, and times some runs.
    init(_ bundle: ModelBundle, threads: Int?) throws {
        let (config, top) = (bundle.checkpoint.config, bundle.checkpoint.head)
        var (embeddings, body, head) = (0, 0, 0)
        for parameter in config.parameters(head: top) {
            switch parameter.part {
            case .embeddings: embeddings += parameter.shape.count
            case .block: body += parameter.shape.count
            case .pooler, .head: head += parameter.shape.count
            }
        }
        (self.embeddings, self.body, self.head) = (embeddings, body, head)
        blocks = config.layerCount
        let length = min(ModelCost.length, config.tokenLimit)
        gmac = EngineBenchmark.multiplyAdds(tokens: length, config, top) / Double(length) / 1e9
        let result = try EngineBenchmark(bundle, precision: .int8, threads: threads)
            .run(BenchmarkWorkload.even(batch: 8, length: length).sequences(config))
        tokensPerSecond = Double(result.tokens) / result.percentile(50)
    }

    var json: JSONValue {
        .object([
            "blocks": .integer(blocks), "embeddingWeights": .integer(embeddings), "blockWeights": .integer(body),
            "headWeights": .integer(head), "gmacPerToken": .number(gmac),
            "int8TokensPerSecond": .number(tokensPerSecond),
        ])
    }

    /// A table of two models.
    static func lines(_ before: ModelCost, _ after: ModelCost) -> [String] {
        var table = TextTable()
        func add(_ name: String, _ cell: (ModelCost) -> String) { table.add([name, cell(before), cell(after)]) }
        table.add(["", "before", "after"])
        add("blocks") { "\($0.blocks)" }
        add("weights of embeddings") { grouped($0.embeddings) }
        add("of blocks") { grouped($0.body) }
        add("of the head") { grouped($0.head) }
        add("MMAC a token") { rounded($0.gmac * 1000, digits: $0.gmac < 0.001 ? 4 : 1) }
        add("tokens/s in int8") { grouped($0.tokensPerSecond) }
        return table.lines
    }
}

/// Tables of a search.
enum BlockSearchText {
    /// The whole model's line and those of the steps.
    static func lines(_ report: BlockSearchReport) -> [String] {
        var table = TextTable()
        table.add(["blocks", report.metric.rawValue, "points", "loss", "without", "next", ""])
        table.add(["\(report.blockCount)", rounded(report.score, digits: 4), "", rounded(report.loss, digits: 4)])
        for step in report.steps {
            let second = step.losses.filter { $0.block != step.block }.min { $0.loss < $1.loss }
            table.add([
                "\(step.kept.count)", rounded(step.score, digits: 4),
                points(lost: step.drop), rounded(step.loss, digits: 4),
                "\(step.block)", second.map { "\($0.block): \(rounded($0.loss, digits: 4))" } ?? "",
                step.passes ? "" : "too much",
            ])
        }
        return table.lines
    }

    static func json(_ report: BlockSearchReport, _ before: ModelCost, _ after: ModelCost) -> JSONValue {
        func list(_ blocks: [Int]) -> JSONValue { .array(blocks.map { .integer($0) }) }
        let steps = report.steps.map { step in
            JSONValue.object([
                "without": .integer(step.block), "kept": list(step.kept), "score": .number(step.score),
                "drop": .number(step.drop), "loss": .number(step.loss), "passes": .bool(step.passes),
                "losses": .array(
                    step.losses.map { .object(["block": .integer($0.block), "loss": .number($0.loss)]) }),
            ])
        }
        return .object([
            "metric": .string(report.metric.rawValue), "maxDrop": .number(report.maximumDrop),
            "examples": .integer(report.exampleCount), "blocks": .integer(report.blockCount),
            "score": .number(report.score), "loss": .number(report.loss), "steps": .array(steps),
            "kept": list(report.kept), "keptScore": .number(report.keptScore), "before": before.json,
            "after": after.json,
        ])
    }
}
