// CamemBERT, as declarations: a RoBERTa of French. Not here: its tokenizer, which is another than RoBERTa's.
//
// Source: transformers configuration_camembert.py and modeling_camembert.py.

package enum Camembert: RobertaKind {
    package static let name = "CamemBERT"
    package static let modelTypes = ["camembert"]
    package static let stem = "Camembert"
}
