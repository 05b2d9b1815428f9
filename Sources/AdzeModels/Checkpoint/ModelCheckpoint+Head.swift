// Which head a checkpoint gets: the class that config.json names or the tensors show, its labels, its ties, or a new one
// that the user asks for.

internal import AdzeBytes
internal import AdzeTensors

extension ModelCheckpoint {
    /// The head of a class over the tensors found. Throws for labels that do not fit, never for tensors that are absent:
    /// that is for the check of all parameters.
    static func head(
        _ architecture: BertArchitecture, _ description: HeadDescription?, map: inout ParameterMap,
        config: EncoderShape, store: any TensorStore, options: CheckpointOptions, notes: inout [String]
    ) throws -> Head {
        // One that cannot be read is there all the same, and refused when it is asked for.
        let pooler = ParameterPaths.pooler + ".weight"
        let hasPooler = map.source(of: pooler) != nil || map.unreadable[pooler] != nil
        if let labels = options.newHead {
            try checkLabels(labels)
            if !hasPooler { notes.append("the checkpoint has no pooler; a new, untrained one comes with the new head") }
            return .classification(ClassificationHead(labels: labels, problemType: options.newHeadProblem))
        }
        if options.labels != nil && !architecture.hasLabels {
            throw ConfigError.noLabels(architecture: architecture.rawValue)
        }
        func labels() throws -> [String] {
            try ModelCheckpoint.labels(description, map: map, store: store, options: options, notes: &notes)
        }
        func decoder() throws -> VocabularyDecoder {
            try map.settleDecoder(store, config: config, tied: try description?.tiesWordEmbeddings() ?? true)
        }
        switch architecture {
        case .model: return .encoder(hasPooler: hasPooler)
        case .sequenceClassification:
            return .classification(
                ClassificationHead(labels: try labels(), problemType: try description?.problemType()))
        case .tokenClassification: return .tokenClassification(labels: try labels())
        case .questionAnswering: return .questionAnswering
        case .maskedLanguageModel: return .maskedLanguageModel(try decoder(), hasPooler: hasPooler)
        case .nextSentence: return .nextSentence
        case .preTraining: return .preTraining(try decoder())
        }
    }

    /// The class of a checkpoint that names none, and what a user must hear of it.
    ///
    /// A classifier of texts and one of tokens that kept its pooler have the same tensors: what else is said of the head
    /// decides, its labels last. Where nothing does, texts are classified, as most do.
    static func unnamed(
        _ found: BertArchitecture, _ description: HeadDescription?, labels: [String]?, notes: inout [String]
    ) throws(ConfigError) -> BertArchitecture {
        switch found {
        case .model: return found
        case .sequenceClassification: break
        default:
            notes.append("no class is named; the tensors are those of a \(found.rawValue)")
            return found
        }
        // Only a classifier of texts has a problem type.
        if try description?.problemType() != nil { return found }
        let (texts, tokens) = (BertArchitecture.sequenceClassification, BertArchitecture.tokenClassification)
        var names = labels
        if names == nil { names = try description?.labels() }
        if let names, looksLikeTags(names) {
            notes.append(
                "no class is named; the labels are tags, such as \(quoted(names.first { $0 != "O" } ?? "O")), so the"
                    + " model labels tokens (\(tokens.rawValue)); if it labels texts, name \(texts.rawValue) under"
                    + " architectures in config.json")
            return tokens
        }
        notes.append(
            "no class is named; taken for a classifier of texts (\(texts.rawValue)); if it labels tokens, name"
                + " \(tokens.rawValue) under architectures in config.json")
        return texts
    }

    /// Whether labels are those of a tagger: `O` beside some, or nothing but, of `B-PER`, `I-PER` and their like.
    static func looksLikeTags(_ labels: [String]) -> Bool {
        func isTag(_ label: String) -> Bool {
            let bytes = Array(label.utf8.prefix(3))
            guard bytes.count == 3, bytes[1] == UInt8(ascii: "-") || bytes[1] == UInt8(ascii: "_") else { return false }
            // Beginning, inside, last or end, single or unit.
            return "BILESU".utf8.contains(bytes[0])
        }
        let tags = labels.filter(isTag).count
        return tags > 1 && (tags == labels.count || labels.contains("O"))
    }

    /// The names of a classifier's classes: stated, else the configuration's, else made up from the tensor's rows.
    private static func labels(
        _ description: HeadDescription?, map: ParameterMap, store: any TensorStore, options: CheckpointOptions,
        notes: inout [String]
    ) throws -> [String] {
        let shape = map.source(of: ParameterPaths.classifier + ".weight").flatMap { store.info($0)?.shape }
        // A classifier that is no matrix is refused with its shape, not counted.
        let classes = shape.flatMap { $0.rank == 2 && $0[0] > 0 ? $0[0] : nil }
        if let classes, !labelCounts.contains(classes) { throw ConfigError.classCount(classes) }
        let labels: [String]
        if let stated = try options.labels ?? description?.labels() {
            labels = stated
            if options.labels == nil, description?.hasNumbersForLabels == true {
                notes.append(
                    "id2label has numbers for names; the labels are called \(stated.prefix(3).joined(separator: ", "))…"
                )
            }
        } else {
            // transformers leaves id2label out of a configuration of two unnamed labels.
            labels = (0..<(classes ?? 2)).map { "LABEL_\($0)" }
            notes.append(
                "the labels have no names; they are called \(labels.prefix(3).joined(separator: ", "))… (--labels)")
        }
        if let classes, classes != labels.count { throw ConfigError.labelCount(labels: labels.count, classes: classes) }
        try checkLabels(labels)
        return labels
    }

    /// A parameter of the head that is made because the user asked for it: weights from N(0, 0.02), biases zero.
    static func newHeadTensor(_ parameter: Parameter, map: ParameterMap, options: CheckpointOptions) -> Tensor? {
        guard options.newHead != nil else { return nil }
        let isClassifier = parameter.name.hasPrefix(ParameterPaths.classifier + ".")
        // Half a pooler is a damaged one, and refused.
        let isMissingPooler =
            parameter.name.hasPrefix(ParameterPaths.pooler)
            && [".weight", ".bias"].map { ParameterPaths.pooler + $0 }
                .allSatisfy { map.source(of: $0) == nil && map.unreadable[$0] == nil }
        guard isClassifier || isMissingPooler else { return nil }
        guard parameter.shape.rank == 2 else {
            return Tensor(shape: parameter.shape, floats: [Float](repeating: 0, count: parameter.shape.count))
        }
        var normal = NormalGenerator(seed: options.seed &+ (isClassifier ? 0 : 1))
        return Tensor(shape: parameter.shape, floats: (0..<parameter.shape.count).map { _ in normal.next() * 0.02 })
    }
}
