// A table of words and nothing above it, as declarations: the baseline of the study, whose program calls it SimpleRNN. An
// LSTM reads the words' rows; there are no positions, no normalisation and no blocks.
//
// Source: Macar 2019, "comparatively-finetuning-bert", `SimpleRNN`: nn.Embedding, LSTM, linear.

package import AdzeBytes
internal import AdzeKernels
internal import AdzeTensors

package enum WordTable: ModelFamily {
    package static let name = "word table"
    package static let modelTypes = ["simple-rnn"]
    /// transformers has none; the study's own is `studyClass`.
    package static let classes: [FamilyClass] = []
    package static let studyClass = "SimpleRNN"
    package static let names = NameTable(
        prefix: "", blocks: "encoder.layer.", body: [NameTable.words("embedding.weight")], block: [],
        heads: [NameTable.classifier], hasPooler: false, decoderBiasTwin: nil)
    package static let classifierForm = HeadForm.recurrent(RecurrentLayer())
    package static let vocabularyActivation = HeadActivation.feedForward
    package static let foreignKeys: [(key: String, own: String)] = []

    /// The tokens of a text are limited by nothing in the weights: to 512 where nothing is said, as in the study.
    package static func shape(_ config: ConfigReader) throws(ConfigError) -> EncoderShape {
        try refuseOtherSettings(config)
        typealias Limits = EncoderShape.Limits
        let size = try config.integer("hidden_size", Limits.hiddenSize)
        return EncoderShape(
            wordTable: try config.integer("vocab_size", Limits.vocabularySize), size: size,
            tokenLimit: try config.integer("max_position_embeddings", Limits.positionRows, default: 512),
            padTokenID: try config.integer("pad_token_id", 0...Limits.vocabularySize.upperBound, default: 0),
            dropout: try config.number("classifier_dropout", 0...1, default: 0.2))
    }

    package static func config(_ shape: EncoderShape) -> JSONObject {
        [
            "model_type": .string(shape.modelType), "vocab_size": .integer(shape.vocabularySize),
            "hidden_size": .integer(shape.hiddenSize), "max_position_embeddings": .integer(shape.tokenLimit),
            "pad_token_id": .integer(shape.padTokenID),
            "classifier_dropout": .number(shape.dropout.classifier ?? 0),
        ]
    }
}

extension EncoderShape {
    /// A table of words alone; the sizes of blocks, of which there are none, are the least there are.
    init(wordTable vocabularySize: Int, size: Int, tokenLimit: Int, padTokenID: Int, dropout: Double) {
        self.init(
            modelType: WordTable.modelTypes[0], vocabularySize: vocabularySize, embeddingSize: size, hiddenSize: size,
            layerCount: 0, headCount: 1, intermediateSize: 1, activation: .gelu,
            positions: .none(tokenLimit: tokenLimit), relativeBias: nil, typeRows: 0, layerNormEpsilon: 0,
            padTokenID: padTokenID, dropout: Dropout(hidden: 0, attention: 0, classifier: dropout),
            normalizesEmbeddings: false, padTokenLearns: true)
    }
}

extension ModelCheckpoint {
    /// Refuses a new table of words of too many columns, or of none; throws `HeadFormError.tableSize`.
    package static func checkWordTable(size: Int) throws(HeadFormError) {
        guard RecurrentLayer.sizes.contains(size) else { throw .tableSize(size) }
    }

    /// A new table of words in place of a model's encoder, for the same token ids, under a head that `replacingHead`
    /// makes.
    ///
    /// Values have mean 0 and variance 1, as PyTorch's tables begin. The classifier's dropout is the study's. Throws
    /// `HeadFormError.tableSize`.
    /// - Complexity: O(V · size).
    package func withWordTable(size: Int, seed: UInt64) throws(HeadFormError) -> ModelCheckpoint {
        try ModelCheckpoint.checkWordTable(size: size)
        let shape = EncoderShape(
            wordTable: config.vocabularySize, size: size, tokenLimit: config.tokenLimit,
            padTokenID: config.padTokenID, dropout: 0.2)
        var normal = NormalGenerator(seed: seed)
        var store = MemoryTensorStore()
        let table = Shape(shape.vocabularySize, size)
        store.add(
            ParameterPaths.wordEmbeddings, Tensor(shape: table, floats: (0..<table.count).map { _ in normal.next() }))
        return ModelCheckpoint(config: shape, head: WordTable.head(.encoder, shape), store: store)
    }
}
