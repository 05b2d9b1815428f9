// RoBERTa, as declarations, and what XLM-R and CamemBERT have of it, which is all but their names: a BERT whose positions
// begin after the padding's id, with a classifier of its own.
//
// Source: transformers configuration_roberta.py and modeling_roberta.py.

package import AdzeBytes
internal import AdzeKernels

package enum Roberta: RobertaKind {
    package static let name = "RoBERTa"
    package static let modelTypes = ["roberta"]
    package static let stem = "Roberta"
}

/// A family that is a RoBERTa under another name: transformers has the code of each, the same line by line, and calls the
/// encoder `roberta` in all of them.
package protocol RobertaKind: ModelFamily {
    /// What transformers' classes begin with.
    static var stem: String { get }
}

extension RobertaKind {
    package static var classes: [FamilyClass] {
        [
            FamilyClass(stem + "Model", .encoder), FamilyClass(stem + "ForMaskedLM", .maskedLanguageModel),
            FamilyClass(stem + "ForSequenceClassification", .classification),
            FamilyClass(stem + "ForTokenClassification", .tokenClassification),
            FamilyClass(stem + "ForQuestionAnswering", .questionAnswering),
        ]
    }
    package static var names: NameTable { .roberta }
    package static var classifierForm: HeadForm { .firstToken(FirstTokenLayer(activation: .tanh, dropsInput: true)) }
    package static var vocabularyActivation: HeadActivation { .gelu }
    package static var foreignKeys: [(key: String, own: String)] { Bert.foreignKeys }
    /// Without these keys the code takes 512 rows, two types and 1e-12, which no published model has.
    package static var published: JSONObject {
        ["max_position_embeddings": 514, "type_vocab_size": 1, "layer_norm_eps": 1e-5]
    }

    package static func advice(for className: String) -> String? {
        switch className {
        case stem + "ForMultipleChoice":
            "its classifier scores one choice at a time: train a \(stem)ForSequenceClassification with one label instead"
        case stem + "ForCausalLM":
            "it reads from left to right, and this version reads whole texts; for words in the middle use a \(stem)ForMaskedLM"
        default: nil
        }
    }

    /// The padding's id is also the row from which positions count: a text may have as many tokens as there are rows
    /// after it.
    package static func shape(_ config: ConfigReader) throws(ConfigError) -> EncoderShape {
        try refuseOtherSettings(config)
        var shape = try config.plainShape(modelType: modelTypes[0], typeRows: 2, padTokenID: 1) { .absolute(rows: $0) }
        let (rows, padID) = (shape.positions.rows, shape.padTokenID)
        guard padID < shape.vocabularySize else {
            throw .outOfRange(
                key: "pad_token_id", value: "\(padID)", low: "0", high: "\(shape.vocabularySize - 1)")
        }
        guard rows > padID + 1 else {
            throw .outOfRange(
                key: "max_position_embeddings", value: "\(rows)", low: "\(padID + 2)",
                high: "\(EncoderShape.Limits.positionRows.upperBound)")
        }
        shape.positions = .afterPadding(rows: rows, padID: padID)
        return shape
    }

    package static func config(_ shape: EncoderShape) -> JSONObject { shape.plainConfig }
}

extension NameTable {
    /// The names of RoBERTa and its kind.
    fileprivate static let roberta = NameTable(
        prefix: "roberta.", blocks: "encoder.layer.", body: tables + [types], block: plainBlock,
        heads: outputs + [
            Pair.layer(ParameterPaths.headDense, "classifier.dense"),
            Pair.layer(ParameterPaths.transform, "lm_head.dense"),
            Pair.layer(ParameterPaths.transformNorm, "lm_head.layer_norm"),
            Pair.parameter(ParameterPaths.decoder + ".weight", "lm_head.decoder.weight"),
            Pair.parameter(ParameterPaths.decoderBias, "lm_head.bias"),
        ],
        hasPooler: true, decoderBiasTwin: "lm_head.decoder.bias", outputBehindDense: "classifier.out_proj")
}
