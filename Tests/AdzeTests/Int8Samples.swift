// What the tests of quantization share: examples whose answers are those of fp32, random batches, and plans that keep
// groups of layers in fp32.

import AdzeData
import AdzeModels
import AdzeTestSupport
import AdzeThreads

@testable import Adze

/// Made-up sentences of the fixtures' words.
func sentences(_ count: Int, seed: UInt64 = 1) -> [String] {
    let words = [
        "the", "oak", "beam", "was", "cut", "good", "too", "short", "by", "saw", "soft", "wood", "we", "it", "!",
    ]
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
        (0..<Int.random(in: 1...12, using: &generator)).map { _ in words.randomElement(using: &generator) ?? "" }
            .joined(separator: " ")
    }
}

/// Texts labelled as fp32 answers them, but for every `wrong`th, so that a score is not simply 1.
func labelled(_ bundle: ModelBundle, _ texts: [String], wrong: Int = 5) throws -> [Example] {
    let engine = try Engine(bundle.checkpoint, exactly: true, pool: WorkerPool(threadCount: 1))
    return try zip(texts, TextClassifier(bundle, engine).classify(texts)).enumerated().map { index, answer in
        let best = bundle.checkpoint.head.labels?.firstIndex(of: answer.1.label) ?? 0
        return Example(answer.0, target: .label(index.isMultiple(of: wrong) ? 1 - best : best))
    }
}

/// A random batch for a model: sequences of all lengths, any ids and types.
func randomBatch(_ config: EncoderShape, using generator: inout SeededGenerator) -> [TokenSequence] {
    (0..<Int.random(in: 1...12, using: &generator)).map { _ in
        // Some models take thousands; the oracle is slow.
        let count = Int.random(in: 1...min(config.tokenLimit, 160), using: &generator)
        func numbers(_ limit: Int) -> [Int32] {
            (0..<count).map { _ in Int32.random(in: 0..<Int32(limit), using: &generator) }
        }
        return TokenSequence(ids: numbers(config.vocabularySize), typeIDs: numbers(max(config.typeRows, 1)))
    }
}

extension QuantizationPlan {
    /// The same with some groups of layers in fp32.
    func keeping(_ groups: some Sequence<LayerGroup>, of checkpoint: ModelCheckpoint) -> QuantizationPlan {
        var plan = self
        plan.kept = checkpoint.parameters.matrices(of: groups)
        return plan
    }
}
