// What a family of models declares: how its config.json becomes a shape, what its tensors are called, which of
// transformers' classes are run and what their heads compute. Not here: anything that runs.

package import AdzeBytes
internal import AdzeKernels
package import AdzeTensors

/// A family of encoders, as declarations alone.
package protocol ModelFamily: Sendable {
    /// How people call it.
    static var name: String { get }
    /// The values of config.json's `model_type` that are it.
    static var modelTypes: [String] { get }
    /// transformers' classes that are run, in the order in which messages list them.
    static var classes: [FamilyClass] { get }
    /// The class of a classifier that reads every position; transformers has none.
    static var studyClass: String { get }
    /// What its tensors are called.
    static var names: NameTable { get }
    /// What the head of a text classifier computes.
    static var classifierForm: HeadForm { get }
    /// The activation before a vocabulary projection; nil for the feed-forward's.
    static var vocabularyActivation: HeadActivation { get }
    /// Keys by which other families call what this one calls otherwise.
    static var foreignKeys: [(key: String, own: String)] { get }
    /// How much of the unevenness of query's, key's and value's input moves into their weights for codes of 8 bits.
    static var attentionMigration: MigrationStrength { get }
    /// Why transformers cannot run a model that lacks some attention heads; nil where it can.
    static var prunedHeadsProblem: String? { get }
    /// What the config.json of its published models has besides sizes, where transformers would take other values.
    static var published: JSONObject { get }

    /// The shape that a config.json describes.
    static func shape(_ config: ConfigReader) throws(ConfigError) -> EncoderShape
    /// The members of a config.json for a shape, as transformers writes them.
    static func config(_ shape: EncoderShape) -> JSONObject
    /// Members of a config.json that tensors show beside the sizes that all families have, given those found under our names.
    static func members(shownBy shape: (String) -> Shape?) -> JSONObject
    /// What to do with a class that is not run; nil where there is nothing better than the list of those that are.
    static func advice(for className: String) -> String?
}

extension ModelFamily {
    package static func advice(for className: String) -> String? { nil }
    package static var attentionMigration: MigrationStrength { .half }
    package static var prunedHeadsProblem: String? { nil }
    package static var published: JSONObject { [:] }
    package static func members(shownBy shape: (String) -> Shape?) -> JSONObject { [:] }
}

/// The activation before a vocabulary projection.
package enum HeadActivation: Sendable {
    case feedForward
    /// GELU with the error function, whatever the configuration says.
    case gelu
}

/// A class of transformers and the kind of head that it is.
package struct FamilyClass: Sendable {
    package let name: String
    package let kind: HeadKind

    package init(_ name: String, _ kind: HeadKind) { (self.name, self.kind) = (name, kind) }
}

extension ModelFamily {
    /// The class of a kind of head; the encoder's own where the family has none of the kind.
    package static func className(_ kind: HeadKind) -> String {
        classes.first { $0.kind == kind }?.name ?? classes.first { $0.kind == .encoder }?.name ?? name
    }

    /// The head that serves a task in this family.
    ///
    /// `form` is a text classifier's where it has not the family's own; `decoder` is where a masked language model has its vocabulary's weights; `keepsPooler` says of a head that reads
    /// none whether the model has one all the same.
    package static func head(
        _ task: HeadTask, _ shape: EncoderShape, form: HeadForm? = nil, decoder: VocabularyDecoder = .tied,
        keepsPooler: Bool = false
    ) -> Head {
        func vocabulary() -> VocabularyLayer {
            let own = vocabularyActivation == .gelu ? .gelu : shape.activation
            let activation = shape.headTransform?.activation ?? own
            return VocabularyLayer(decoder: decoder, activation: activation)
        }
        let form: HeadForm =
            switch task {
            case .encoder: .none
            case .classification: form ?? shape.headTransform.map(HeadForm.transformed) ?? classifierForm(shape)
            case .tokenClassification, .questionAnswering:
                shape.headTransform.map { .transformed($0.reading(.every)) } ?? .tokens
            case .maskedLanguageModel: .vocabulary(vocabulary())
            case .nextSentence: .pooled
            case .preTraining: .vocabularyAndPooled(vocabulary())
            }
        let isKept = keepsPooler && (task == .encoder || task == .maskedLanguageModel || form.isOurs)
        return Head(
            task: task, form: form, hasPooler: form.readsPooler || isKept,
            architectureName: form.isOurs ? studyClass : className(task.kind))
    }

    /// What a text classifier's head computes in a shape that may say what its first layer's activation is.
    private static func classifierForm(_ shape: EncoderShape) -> HeadForm {
        guard case .firstToken(var layer) = classifierForm, let activation = shape.firstTokenActivation else {
            return classifierForm
        }
        layer.activation = activation
        return .firstToken(layer)
    }

    /// The name that the study gives such a class for BERT.
    package static var studyClass: String {
        let name = className(.encoder)
        return "FineTuned" + (name.hasSuffix("Model") ? String(name.dropLast(5)) : name)
    }

    /// The kind of head of a class, the study's among them and the name that stands for an encoder alone; nil for a class
    /// that is not run.
    package static func kind(ofClass name: String) -> HeadKind? {
        if name == studyClass { return .classification }
        return classes.first { $0.name == name }?.kind ?? (name == className(.encoder) ? .encoder : nil)
    }
}

/// The families that are run.
package enum Families {
    /// All of them.
    package static let all: [any ModelFamily.Type] = [
        Bert.self, DistilBert.self, Electra.self, MPNet.self, Roberta.self, XLMRoberta.self, Camembert.self,
        Albert.self, DebertaV2.self, ModernBert.self, WordTable.self,
    ]

    /// The family that the others vary; taken where nothing tells.
    package static var plain: any ModelFamily.Type { all[0] }

    /// The family of a `model_type`, or nil.
    package static func family(ofType type: String) -> (any ModelFamily.Type)? {
        all.first { $0.modelTypes.contains(type) }
    }

    /// The family of a shape.
    package static func family(of shape: EncoderShape) -> any ModelFamily.Type {
        guard let family = family(ofType: shape.modelType) else {
            preconditionFailure("shapes are made by families: \(shape.modelType)")
        }
        return family
    }

    /// The family that has a class; nil for a class that is not run.
    static func owner(ofClass name: String) -> (any ModelFamily.Type)? { all.first { $0.kind(ofClass: name) != nil } }

    /// What to take in place of a model that looks like one of ours and is none, by its `model_type`.
    static let substitutes = [
        "bart":
            "BART has a decoder, and its classifier reads that; take a RoBERTa for the same task, as roberta-large-mnli",
        "deberta":
            "DeBERTa's first version is another model than its second and third, which are run; take a deberta-v3",
        "xlnet": "XLNet reads texts by permutations; take a RoBERTa for the same task",
        "longformer": "Longformer attends in windows of its own; take a RoBERTa, and --long window for long texts",
    ]

    /// The family that a config.json names by `model_type`, else by its class; nil where it names none.
    ///
    /// Throws `ConfigError` for a name that is not run, and for two that contradict each other.
    static func named(by json: JSONValue) throws(ConfigError) -> (any ModelFamily.Type)? {
        guard json.object != nil else {
            throw .wrongType(key: "config.json", expected: "an object", found: json.kindName)
        }
        let className = json["architectures"]?.array?.first?.string
        let owner = className.flatMap(owner(ofClass:))
        guard let value = json["model_type"], !value.isNull else { return owner }
        guard let type = value.string else {
            throw .wrongType(key: "model_type", expected: "a string", found: value.kindName)
        }
        guard let family = family(ofType: type) else {
            throw .unsupportedFamily(type, nearest: nearestName(to: type, in: all.flatMap { $0.modelTypes }))
        }
        if let className, let owner, owner != family {
            throw .contradiction(modelType: type, className: className, family: owner.name)
        }
        return family
    }
}

/// What a family's shapes may share.
extension ModelFamily {
    /// Refuses settings that no family of ours has, code that a model brings along, and keys that mean nothing to this one.
    static func refuseOtherSettings(
        _ config: ConfigReader, positionTypes: [String] = ["absolute"]
    ) throws(ConfigError) {
        if let type = config.json["position_embedding_type"]?.string, !positionTypes.contains(type) {
            throw .unsupportedSetting(key: "position_embedding_type", value: type, supported: "absolute")
        }
        for key in ["is_decoder", "add_cross_attention", "is_encoder_decoder"]
        where config.json[key]?.bool == true {
            throw .unsupportedSetting(key: key, value: "true", supported: "false")
        }
        if let code = config.json["auto_map"]?.object?.first(where: { $0.key.hasPrefix("AutoModel") }) {
            throw .ownCode(code.value.string ?? code.key)
        }
        for (key, own) in foreignKeys {
            guard let value = config.json[key], !value.isNull, config.json[own].map(\.isNull) ?? true else { continue }
            throw .foreignKey(key, family: name, own: own)
        }
    }
}

/// A name with the article that it is said with.
package func withArticle(_ name: String) -> String {
    // MPNet and XLM-R are said letter by letter.
    let isSpelled = name.hasPrefix("MPN") || name.hasPrefix("XLM")
    let isVowel = isSpelled || "AEIO".contains { name.first == $0 }
    return (isVowel ? "an " : "a ") + name
}
