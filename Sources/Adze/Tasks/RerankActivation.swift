// What is made of a reranker's one logit: the function that its folder names, by the Python path under which
// sentence-transformers keeps it. Not here: the reranker.

internal import AdzeBytes
internal import AdzeHuggingFace

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// A function from a reranker's logit to its score.
///
/// - Source: sentence-transformers 6.2, `CrossEncoder._parse_model_config` and `get_default_activation_fn`.
public enum RerankActivation: Sendable, Equatable {
    /// The logit itself.
    case identity
    /// Between 0 and 1; what a model of one logit gets where its files name none.
    case sigmoid
    /// Between -1 and 1.
    case tanh
    /// One that is not computed here, by its path.
    case other(String)

    /// The key in `config.json` that versions 4 and 5 write, and the member of it.
    static let configKey = "sentence_transformers"
    static let member = "activation_fn"
    /// The key of versions before.
    static let oldKey = "sbert_ce_default_activation_function"

    private static let paths: [(RerankActivation, String)] = [
        (.identity, "torch.nn.modules.linear.Identity"), (.sigmoid, "torch.nn.modules.activation.Sigmoid"),
        (.tanh, "torch.nn.modules.activation.Tanh"),
    ]

    /// The function of a path; nil for one that is not PyTorch's own, which the reference does not trust either.
    init?(path: String) {
        guard path.hasPrefix("torch.") else { return nil }
        let name = path.split(separator: ".").last.map(String.init) ?? ""
        switch name {
        case "Identity": self = .identity
        case "Sigmoid": self = .sigmoid
        case "Tanh": self = .tanh
        default: self = .other(path)
        }
    }

    /// The path, as a configuration has it.
    var path: String {
        if case .other(let path) = self { return path }
        return Self.paths.first { $0.0 == self }?.1 ?? ""
    }

    /// What the files of a model say: `config_sentence_transformers.json` first, then the keys of `config.json`; nil where
    /// they say nothing that is trusted.
    static func read(_ configuration: JSONValue?, _ folder: ModelFolder?) throws -> RerankActivation? {
        let named =
            try folder?.crossEncoderActivation() ?? configuration?[configKey]?[member]?.string
            ?? configuration?[oldKey]?.string
        return named.flatMap(RerankActivation.init(path:))
    }

    /// The score of a logit; of `other` the logit.
    func callAsFunction(_ logit: Double) -> Double {
        switch self {
        case .identity, .other: logit
        case .sigmoid: 1 / (1 + exp(-logit))
        case .tanh: tanhOf(logit)
        }
    }
}

/// The function, under a name that the case does not hide.
private func tanhOf(_ value: Double) -> Double { tanh(value) }

/// Why a model does not rerank.
public enum RerankError: AdzeFailure, Equatable {
    /// It has another number of outputs than one.
    case outputs(Int)
    /// Its files name a function that is not computed here.
    case activation(String)

    /// Bad data: another model is needed.
    public var kind: FailureKind { .badData }

    /// One line.
    public var description: String {
        switch self {
        case .outputs(let count):
            "the model has \(count) outputs; a reranker has one, which scores how well a text answers a query; classify with "
                + "adze predict"
        case .activation(let path):
            "the model's scores are \(quoted(path, limit: 80)) of its logit; only Identity, Sigmoid and Tanh of torch.nn are "
                + "computed; name one of these as activation_fn in config_sentence_transformers.json"
        }
    }
}
