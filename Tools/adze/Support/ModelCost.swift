// What a model costs to keep and to run, before and after something was cut from it: lines and JSON.

import Adze

/// What a model costs to keep and to run.
struct ModelCost {
    /// The tokens of each text that the cost of one is said for.
    private static func length(_ config: EncoderShape) -> Int { min(128, config.tokenLimit) }

    /// What a component of the model takes.
    struct Size {
        var weights = 0
        /// A code a weight and a scale a row of what int8 has codes of, fp32 of the rest.
        var int8Bytes = 0
        var fp32Bytes: Int { weights * 4 }

        static func + (a: Size, b: Size) -> Size {
            Size(weights: a.weights + b.weights, int8Bytes: a.int8Bytes + b.int8Bytes)
        }

        var json: JSONValue {
            .object([
                "weights": .integer(weights), "fp32Bytes": .integer(fp32Bytes), "int8Bytes": .integer(int8Bytes),
            ])
        }
    }

    let blocks: Int
    /// Attention heads of all blocks.
    let heads: Int
    /// Rows of the word table.
    let words: Int
    private let sizes: [ModelComponent: Size]
    /// 10⁹ multiply-adds a token.
    let gmac: Double
    /// Tokens a second in int8, 8 texts at a time: the best of some turns, since other work on the machine only takes away.
    private(set) var tokensPerSecond = 0.0
    /// The metric on the development data, in fp32; nil where there is none.
    let score: Double?

    /// What two models cost, timed in turns, so that what else the machine does meets both.
    static func pair(
        _ before: (bundle: ModelBundle, score: Double?), _ after: (bundle: ModelBundle, score: Double?), threads: Int?
    ) throws -> (before: ModelCost, after: ModelCost) {
        var costs = [before, after].map { ModelCost($0.bundle, score: $0.score) }
        let benchmarks = try [before, after].map {
            try EngineBenchmark($0.bundle, precision: .int8, threads: threads)
        }
        for _ in 0..<turns {
            for (index, model) in [before, after].enumerated() {
                let config = model.bundle.checkpoint.config
                let result = try benchmarks[index].run(
                    BenchmarkWorkload.even(batch: 8, length: ModelCost.length(config)).sequences(config))
                let speed = Double(result.tokens) / result.percentile(50)
                costs[index].tokensPerSecond = max(costs[index].tokensPerSecond, speed)
            }
        }
        return (costs[0], costs[1])
    }

    private static let turns = 2

    /// Counts, and times nothing.
    private init(_ bundle: ModelBundle, score: Double?) {
        let (config, top) = (bundle.checkpoint.config, bundle.checkpoint.head)
        (blocks, heads, self.score) = (config.layerCount, config.totalHeadCount, score)
        words = config.vocabularySize
        sizes = Dictionary(grouping: config.parameters(head: top), by: \.component).mapValues { list in
            list.reduce(Size()) { $0 + Size(weights: $1.shape.count, int8Bytes: $1.int8ByteCount) }
        }
        let length = ModelCost.length(config)
        gmac = EngineBenchmark.multiplyAdds(tokens: length, config, top) / Double(length) / 1e9
    }

    private func size(_ components: [ModelComponent]) -> Size {
        components.reduce(Size()) { $0 + (sizes[$1] ?? Size()) }
    }

    var json: JSONValue {
        var parts = JSONObject()
        for component in ModelComponent.allCases { parts[component.rawValue] = sizes[component]?.json }
        parts["total"] = size(ModelComponent.allCases).json
        var object: JSONObject = [
            "blocks": .integer(blocks), "heads": .integer(heads), "words": .integer(words),
            "embeddingWeights": .integer(size([.embeddings]).weights),
            "blockWeights": .integer(size([.attention, .feedForward]).weights),
            "headWeights": .integer(size([.pooler, .head]).weights), "parts": .object(parts),
            "gmacPerToken": .number(gmac), "int8TokensPerSecond": .number(tokensPerSecond),
        ]
        if let score { object["score"] = .number(score) }
        return .object(object)
    }

    /// A table of two models; `metric` names their scores.
    static func lines(_ before: ModelCost, _ after: ModelCost, metric: QualityMetric?) -> [String] {
        var table = TextTable()
        func add(_ name: String, _ cell: (ModelCost) -> String) { table.add([name, cell(before), cell(after)]) }
        func addParts(_ name: String, _ cell: @escaping (Size) -> String) {
            add(name) { cell($0.size(ModelComponent.allCases)) }
            for part in ModelComponent.allCases where before.sizes[part] != nil {
                add("  " + part.title) { cell($0.size([part])) }
            }
        }
        table.add(["", "before", "after"])
        add("blocks") { "\($0.blocks)" }
        add("attention heads") { "\($0.heads)" }
        add("words") { grouped($0.words) }
        addParts("weights") { grouped($0.weights) }
        addParts("bytes in fp32") { byteSize($0.fp32Bytes) }
        addParts("bytes in int8") { byteSize($0.int8Bytes) }
        add("MMAC a token") { rounded($0.gmac * 1000, digits: $0.gmac < 0.001 ? 4 : 1) }
        add("tokens/s in int8") { grouped($0.tokensPerSecond) }
        if let metric { add(metric.rawValue) { $0.score.map { rounded($0, digits: 4) } ?? "" } }
        return table.lines
    }
}

extension ModelComponent {
    /// Its name for people.
    fileprivate var title: String { self == .feedForward ? "feed-forward" : rawValue }
}
