// What can be wrong with a config.json. Each case is one line that names the key.

public import AdzeBytes

/// A `config.json` that is incomplete, contradicts itself, or describes a model that is not run here.
public enum ConfigError: AdzeFailure, Equatable {
    case missing(key: String, nearest: String?)
    case wrongType(key: String, expected: String, found: String)
    case outOfRange(key: String, value: String, low: String, high: String)
    case headsDoNotDivide(hidden: Int, heads: Int)
    case prunedBlock(String, expected: String)
    case unsupportedFamily(String, nearest: String?)
    /// The model is a class of its own, whose code lies beside it.
    case ownCode(String)
    case unsupportedClass(String, advice: String?, known: [String])
    case contradiction(modelType: String, className: String, family: String)
    case foreignKey(String, family: String, own: String)
    case unsupportedSetting(key: String, value: String, supported: String)
    case head(HeadFormError)
    case labelKeys(expected: Int, found: String)
    case duplicateLabel(String)
    case noLabels(architecture: String)
    case labelCount(labels: Int, classes: Int)
    case classCount(Int)
    case tensorSize(what: String, value: Int, low: Int, high: Int)
    case needsConfig
    /// Layers share blocks, and how many there are is in no tensor.
    case needsLayerCount

    /// One line: the key, what was expected and found, what to do.
    public var description: String {
        switch self {
        case .missing(let key, let nearest):
            "config.json has no \(quoted(key))"
                + (nearest.map { "; did \(quoted($0)) mean it?" } ?? ", and it cannot be told from the weights; add it")
        case .wrongType(let key, let expected, let found):
            "config.json: \(quoted(key)): expected \(expected), found \(found)"
        case .outOfRange(let key, let value, let low, let high):
            "config.json: \(quoted(key)) is \(value); expected \(low) to \(high)"
        case .headsDoNotDivide(let hidden, let heads):
            "a hidden_size of \(hidden) is not a multiple of \(heads) heads; correct num_attention_heads in config.json, or --heads"
        case .prunedBlock(let name, let expected):
            "config.json: 'pruned_heads', block \(quoted(name)): expected \(expected)"
        case .unsupportedFamily(let name, let nearest):
            "config.json: model_type \(quoted(name)) is not supported; "
                + (Families.substitutes[name].map { $0 + "; " } ?? nearest.map { "did you mean \(quoted($0))? " } ?? "")
                + "this version runs "
                + Families.all.map { "\($0.name) (\(quotedList($0.modelTypes)))" }.joined(separator: ", ")
        case .ownCode(let name):
            "config.json: 'auto_map' says that the model is \(quoted(name, limit: 80)), code of its own, which is never run; take "
                + "a model of a class that transformers has"
        case .unsupportedClass(let name, let advice, let known):
            "config.json: architecture \(quoted(name)) is not supported; " + (advice.map { $0 + "; " } ?? "")
                + "this version runs " + known.joined(separator: ", ")
        case .contradiction(let type, let className, let family):
            "config.json: model_type \(quoted(type)) and architecture \(quoted(className)), which is one of \(family),"
                + " contradict each other; correct the one that is wrong"
        case .foreignKey(let key, let family, let own):
            "config.json: \(quoted(key)) means nothing to \(withArticle(family)), which reads \(quoted(own)); rename the"
                + " key if the model is one, or correct model_type"
        case .unsupportedSetting(let key, let value, let supported):
            "config.json: \(quoted(key)) is \(quoted(value)), which is not supported; supported: \(supported)"
        case .head(let error): "config.json: \(quoted(HeadForm.configKey)): \(error.description)"
        case .labelKeys(let expected, let found):
            "config.json: id2label must have the keys 0 to \(expected - 1), found \(found)"
        case .duplicateLabel(let label): "the label \(quoted(label)) is given twice; labels must differ"
        case .noLabels(let architecture):
            "\(withArticle(architecture)) has no labels to name; leave --labels out, or ask for a new classifier with --new-head"
        case .labelCount(let labels, let classes):
            "\(labels) labels do not fit a classifier of \(classes) classes; pass --labels with \(classes) names"
        case .classCount(let count):
            "a classifier of \(count) classes; expected \(labelCounts.lowerBound) to \(labelCounts.upperBound)"
        case .tensorSize(let what, let value, let low, let high):
            "the tensors show a \(what) of \(value); expected \(low) to \(high)"
        case .needsLayerCount:
            "the weights alone do not say how many layers run the blocks that they share; pass --config FILE or --like NAME"
        case .needsConfig:
            "the weights alone do not say how many attention heads there are; pass --config FILE, --heads N or --like NAME"
        }
    }
}
