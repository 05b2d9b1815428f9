// The names of a BERT's parameters, spelled once, and their shapes. They are transformers' names without the `bert.`
// prefix. All dense weights are (out, in). Not here: the other spellings that sources use, see `ParameterMap`.

public import AdzeTensors

/// A parameter that a model must have.
public struct Parameter: Sendable, Equatable {
    /// Our name.
    public let name: String
    /// The shape that the configuration asks for.
    public let shape: Shape
}

package enum ParameterPaths {
    package static let wordEmbeddings = "embeddings.word_embeddings.weight"
    package static let positionEmbeddings = "embeddings.position_embeddings.weight"
    package static let typeEmbeddings = "embeddings.token_type_embeddings.weight"
    package static let embeddingNorm = "embeddings.LayerNorm"
    package static let pooler = "pooler.dense"
    /// Of texts, or of tokens.
    package static let classifier = "classifier"
    /// Start and end of an answer, for each token.
    package static let answers = "qa_outputs"
    package static let transform = "cls.predictions.transform.dense"
    package static let transformNorm = "cls.predictions.transform.LayerNorm"
    package static let decoder = "cls.predictions.decoder"
    /// The decoder's bias, which is tied to nothing of the encoder's and always stands here.
    package static let decoderBias = "cls.predictions.bias"
    package static let nextSentence = "cls.seq_relationship"

    /// The parameters that only heads have, the pooler apart; with the other name of the decoder's bias.
    package static let headNames = Set(
        [classifier, answers, transform, transformNorm, decoder, nextSentence].flatMap {
            [$0 + ".weight", $0 + ".bias"]
        }
            + [decoderBias])

    /// The block that a name of ours belongs to, or nil.
    package static func blockIndex(_ name: String) -> Int? { ParameterMap.blockIndex(name)?.index }

    package static func block(_ index: Int) -> BlockPaths { BlockPaths(prefix: "encoder.layer.\(index).") }
}

/// The sixteen parameters of one encoder block.
package struct BlockPaths {
    package let prefix: String
    package var query: String { prefix + "attention.self.query" }
    package var key: String { prefix + "attention.self.key" }
    package var value: String { prefix + "attention.self.value" }
    package var attentionOutput: String { prefix + "attention.output.dense" }
    package var attentionNorm: String { prefix + "attention.output.LayerNorm" }
    package var intermediate: String { prefix + "intermediate.dense" }
    package var output: String { prefix + "output.dense" }
    package var outputNorm: String { prefix + "output.LayerNorm" }
}

extension EncoderShape {
    /// Every parameter of a model with this head, in the order in which transformers lists them.
    public func parameters(head: Head) -> [Parameter] {
        var list = [
            Parameter(name: ParameterPaths.wordEmbeddings, shape: Shape(vocabularySize, hiddenSize)),
            Parameter(name: ParameterPaths.positionEmbeddings, shape: Shape(maximumPositions, hiddenSize)),
            Parameter(name: ParameterPaths.typeEmbeddings, shape: Shape(typeVocabularySize, hiddenSize)),
        ]
        func norm(_ path: String) {
            list.append(Parameter(name: path + ".weight", shape: Shape(hiddenSize)))
            list.append(Parameter(name: path + ".bias", shape: Shape(hiddenSize)))
        }
        func dense(_ path: String, out: Int, in depth: Int) {
            list.append(Parameter(name: path + ".weight", shape: Shape(out, depth)))
            list.append(Parameter(name: path + ".bias", shape: Shape(out)))
        }
        norm(ParameterPaths.embeddingNorm)
        for index in 0..<layerCount {
            let paths = ParameterPaths.block(index)
            for path in [paths.query, paths.key, paths.value, paths.attentionOutput] {
                dense(path, out: hiddenSize, in: hiddenSize)
            }
            norm(paths.attentionNorm)
            dense(paths.intermediate, out: intermediateSize, in: hiddenSize)
            dense(paths.output, out: hiddenSize, in: intermediateSize)
            norm(paths.outputNorm)
        }
        if head.hasPooler { dense(ParameterPaths.pooler, out: hiddenSize, in: hiddenSize) }
        if let labels = head.labels { dense(ParameterPaths.classifier, out: labels.count, in: hiddenSize) }
        if case .questionAnswering = head { dense(ParameterPaths.answers, out: 2, in: hiddenSize) }
        if let decoder = head.decoder {
            list.append(Parameter(name: ParameterPaths.decoderBias, shape: Shape(vocabularySize)))
            dense(ParameterPaths.transform, out: hiddenSize, in: hiddenSize)
            norm(ParameterPaths.transformNorm)
            if decoder == .separate {
                let shape = Shape(vocabularySize, hiddenSize)
                list.append(Parameter(name: ParameterPaths.decoder + ".weight", shape: shape))
            }
        }
        if head.predictsNextSentence { dense(ParameterPaths.nextSentence, out: 2, in: hiddenSize) }
        return list
    }

    /// The number of weights of a model with this head.
    public func parameterCount(head: Head) -> Int { parameters(head: head).reduce(0) { $0 + $1.shape.count } }
}
