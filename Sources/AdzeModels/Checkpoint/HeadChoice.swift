// Which head a checkpoint gets: the class that config.json names or the tensors show, its labels, its ties, or a new one
// that the user asks for.

internal import AdzeBytes
internal import AdzeTensors

/// What decides the head of a checkpoint.
struct HeadChoice {
    let family: any ModelFamily.Type
    let shape: EncoderShape
    let description: HeadDescription?
    let options: CheckpointOptions
    /// What a classifier of texts computes that is in the file, where that is not the family's own form.
    let form: HeadForm?

    /// The head of a kind over the tensors found. Throws for labels that do not fit, never for tensors that are absent:
    /// that is for the check of all parameters.
    func head(
        _ kind: HeadKind, map: inout ParameterMap, store: any TensorStore, notes: inout [String]
    ) throws -> Head {
        // One that cannot be read is there all the same, and refused when it is asked for.
        let pooler = ParameterPaths.pooler + ".weight"
        let hasPooler = map.source(of: pooler) != nil || map.unreadable[pooler] != nil
        if let labels = options.newHead {
            try checkLabels(labels)
            if options.newHeadForm == nil && family.classifierForm.readsPooler && !hasPooler {
                notes.append("the checkpoint has no pooler; a new, untrained one comes with the new head")
            }
            let new = ClassificationHead(labels: labels, problemType: options.newHeadProblem)
            return family.head(.classification(new), shape, form: options.newHeadForm, keepsPooler: hasPooler)
        }
        if options.labels != nil && !kind.hasLabels {
            throw ConfigError.noLabels(architecture: family.className(kind))
        }
        let task: HeadTask =
            switch kind {
            case .encoder: .encoder
            case .classification:
                .classification(
                    ClassificationHead(
                        labels: try labels(map: map, store: store, notes: &notes),
                        problemType: try description?.problemType()))
            case .tokenClassification:
                .tokenClassification(labels: try labels(map: map, store: store, notes: &notes))
            case .questionAnswering: .questionAnswering
            case .maskedLanguageModel: .maskedLanguageModel
            case .nextSentence: .nextSentence
            case .preTraining: .preTraining
            }
        guard kind == .maskedLanguageModel || kind == .preTraining else {
            return family.head(task, shape, form: form, keepsPooler: hasPooler)
        }
        let decoder = try map.settleDecoder(
            store, shape: shape, tied: try description?.tiesWordEmbeddings() ?? true)
        return family.head(task, shape, decoder: decoder, keepsPooler: hasPooler)
    }

    /// The names of a classifier's classes: stated, else the configuration's, else made up from the tensor's rows.
    private func labels(map: ParameterMap, store: any TensorStore, notes: inout [String]) throws -> [String] {
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
}

// MARK: - Classes that nothing names

extension HeadKind {
    /// The kind of head whose tensors these are, by the names of the parameters found.
    ///
    /// A head that fine-tuning makes comes before those of pretraining, which may be left over. A classifier reads the
    /// first token where its family's text classifiers have a layer for that and it is there, else every token.
    init(recognising names: Set<String>, _ family: any ModelFamily.Type) {
        func has(_ path: String) -> Bool { names.contains(path + ".weight") }
        let firstToken =
            switch family.classifierForm {
            case .transformed: ParameterPaths.transform
            case let form: form.readsPooler ? ParameterPaths.pooler : ParameterPaths.headDense
            }
        self =
            if has(ParameterPaths.answers) {
                .questionAnswering
            } else if has(ParameterPaths.classifier) {
                has(firstToken) || !names.isDisjoint(with: [ParameterPaths.firstRecurrent])
                    ? .classification : .tokenClassification
            } else if has(ParameterPaths.transform) {
                has(ParameterPaths.nextSentence) && has(ParameterPaths.pooler) ? .preTraining : .maskedLanguageModel
            } else if has(ParameterPaths.nextSentence) {
                .nextSentence
            } else {
                .encoder
            }
    }

    /// The kind of a checkpoint that names one.
    ///
    /// Sentence models are often an encoder alone under the class that it was pretrained as: no head of pretraining is
    /// missed there, and none is made up. One that is there in part, and a classifier's, is.
    func named(_ kind: HeadKind, _ family: any ModelFamily.Type, notes: inout [String]) -> HeadKind {
        guard self == .encoder, kind == .maskedLanguageModel || kind == .preTraining else { return kind }
        notes.append(
            "config.json names \(withArticle(family.className(kind))), yet the file has an encoder alone; taken for"
                + " \(withArticle(family.className(.encoder)))")
        return .encoder
    }

    /// The kind of a checkpoint that names none, and what a user must hear of it.
    ///
    /// A classifier of texts and one of tokens that kept its pooler have the same tensors: what else is said of the head
    /// decides, its labels last. Where nothing does, texts are classified, as most do. A classifier with a first layer of
    /// its own is one of texts.
    func unnamed(
        _ family: any ModelFamily.Type, _ description: HeadDescription?, labels: [String]?, notes: inout [String]
    ) throws(ConfigError) -> HeadKind {
        if self == .encoder { return self }
        if case .transformed = family.classifierForm, self == .classification {
            notes.append(
                "no class is named, and the tensors are those of \(withArticle(family.className(.classification))) and of"
                    + " classes that read every token alike; taken for the first; if it is another, name it under"
                    + " architectures in config.json")
            return self
        }
        guard self == .classification, family.classifierForm.readsPooler else {
            notes.append("no class is named; the tensors are those of \(withArticle(family.className(self)))")
            return self
        }
        // Only a classifier of texts has a problem type.
        if try description?.problemType() != nil { return self }
        let (texts, tokens) = (family.className(.classification), family.className(.tokenClassification))
        var names = labels
        if names == nil { names = try description?.labels() }
        if let names, HeadKind.looksLikeTags(names) {
            notes.append(
                "no class is named; the labels are tags, such as \(quoted(names.first { $0 != "O" } ?? "O")), so the"
                    + " model labels tokens (\(tokens)); if it labels texts, name \(texts) under architectures in"
                    + " config.json")
            return .tokenClassification
        }
        notes.append(
            "no class is named; taken for a classifier of texts (\(texts)); if it labels tokens, name \(tokens) under"
                + " architectures in config.json")
        return self
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
}

// MARK: - New heads

/// The layers of a head that is made because the user asks for it.
struct NewHead {
    let seed: UInt64
    let form: HeadForm
    /// What the last layer reads.
    let depth: Int

    /// A parameter of the new head: weights from N(0, 0.02), scales of a normalisation one, biases zero; nil for what the
    /// checkpoint has to bring.
    ///
    /// A transform that other heads of the model have too stays as it was learnt, as transformers has it.
    /// Heads that read every position begin as PyTorch's `Linear` and `LSTM` do, as in the study: thousands of inputs with
    /// weights of 0.02 would be far from any answer.
    func tensor(_ parameter: Parameter, map: ParameterMap, isWanted: Bool) -> Tensor? {
        guard isWanted else { return nil }
        // Half a pooler is a damaged one, and refused.
        let isMissingPooler =
            parameter.part == .pooler
            && [".weight", ".bias"].map { ParameterPaths.pooler + $0 }
                .allSatisfy { map.source(of: $0) == nil && map.unreadable[$0] == nil }
        guard parameter.part == .head || isMissingPooler else { return nil }
        if NewHead.keeps(parameter.name, form), map.source(of: parameter.name) != nil { return nil }
        if form.isOurs && parameter.part == .head { return uniform(parameter) }
        guard parameter.role == .weight else {
            let value: Float = parameter.role == .normScale ? 1 : 0
            return Tensor(shape: parameter.shape, floats: [Float](repeating: value, count: parameter.shape.count))
        }
        // A matrix as large as a pooler has numbers of its own.
        let isLast = parameter.part == .head && parameter.group == nil
        var normal = NormalGenerator(seed: seed &+ (isLast ? 0 : 1))
        return Tensor(shape: parameter.shape, floats: (0..<parameter.shape.count).map { _ in normal.next() * 0.02 })
    }

    /// Whether a new head of a form takes a parameter from the checkpoint where it is there.
    static func keeps(_ name: String, _ form: HeadForm) -> Bool {
        guard case .transformed = form else { return false }
        return ParameterPaths.isOfTransform(name)
    }

    /// Values from -b to b, b being one over the root of a layer's inputs, or of an LSTM's size.
    private func uniform(_ parameter: Parameter) -> Tensor {
        let inputs: Int
        switch (parameter.role, form) {
        case (let role, .recurrent(let layer)) where role.isRecurrent: inputs = layer.size
        default: inputs = depth
        }
        let bound = 1 / Float(inputs).squareRoot()
        // Each parameter has numbers of its own, whatever stands beside it.
        var generator = SplitMix64(seed: parameter.name.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
        let values = (0..<parameter.shape.count).map { _ in
            (Float(generator.next() >> 40) * 0x1p-23 - 1) * bound
        }
        return Tensor(shape: parameter.shape, floats: values)
    }
}
