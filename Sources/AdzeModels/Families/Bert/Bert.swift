// BERT, as declarations: the family that all others are variations of.
//
// Source: transformers configuration_bert.py and modeling_bert.py.

package import AdzeBytes

package enum Bert: ModelFamily {
    package static let name = "BERT"
    package static let modelTypes = ["bert"]
    package static let classes = [
        FamilyClass("BertModel", .encoder), FamilyClass("BertForPreTraining", .preTraining),
        FamilyClass("BertForMaskedLM", .maskedLanguageModel),
        FamilyClass("BertForNextSentencePrediction", .nextSentence),
        FamilyClass("BertForSequenceClassification", .classification),
        FamilyClass("BertForTokenClassification", .tokenClassification),
        FamilyClass("BertForQuestionAnswering", .questionAnswering),
    ]
    package static let names = NameTable(
        prefix: "bert.", blocks: "encoder.layer.", body: NameTable.tables + [NameTable.types],
        block: NameTable.plainBlock,
        heads: NameTable.plainHeads, hasPooler: true, decoderBiasTwin: NameTable.secondDecoderBias)
    package static let classifierForm = HeadForm.pooled
    package static let vocabularyActivation = HeadActivation.feedForward
    package static let foreignKeys: [(key: String, own: String)] = [
        ("dim", "hidden_size"), ("n_layers", "num_hidden_layers"), ("n_heads", "num_attention_heads"),
        ("hidden_dim", "intermediate_size"),
    ]

    package static func advice(for className: String) -> String? {
        switch className {
        case "BertForMultipleChoice":
            "its classifier scores one choice at a time: name BertForSequenceClassification in config.json, with one label"
        case "BertLMHeadModel":
            "it reads from left to right, and this version reads whole texts; for words in the middle use a BertForMaskedLM"
        default: nil
        }
    }

    /// Values that transformers gives a default keep it (epsilon 1e-12, 512 positions, two types); shapes and the number
    /// of heads have none here.
    package static func shape(_ config: ConfigReader) throws(ConfigError) -> EncoderShape {
        try refuseOtherSettings(config)
        return try config.plainShape(modelType: "bert", typeRows: 2) { .absolute(rows: $0) }
    }

    package static func config(_ shape: EncoderShape) -> JSONObject { shape.plainConfig }
}
