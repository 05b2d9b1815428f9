// XLM-R, as declarations: a RoBERTa of many languages. Not here: its tokenizer, which is another than RoBERTa's.
//
// Source: transformers configuration_xlm_roberta.py and modeling_xlm_roberta.py.

package enum XLMRoberta: RobertaKind {
    package static let name = "XLM-R"
    package static let modelTypes = ["xlm-roberta"]
    package static let stem = "XLMRoberta"
}
