// A model with all that belongs to it, checked: parameters, tokenizer, recipe for sentence vectors, where it came from.
// Weights are not loaded yet. Every verb of the command line starts here.

internal import AdzeBytes
public import AdzeHuggingFace
internal import AdzeKernels
public import AdzeModelFiles
public import AdzeModels
internal import AdzeNative
public import AdzeTokenization

/// A checked model on disk: `.adze` file, checkpoint file or model folder alike.
public struct ModelBundle: Sendable {
    /// What was opened.
    public let source: OpenedModel
    /// Configuration, head and parameters.
    public let checkpoint: ModelCheckpoint
    /// The tokenizer; nil where the files have none and none was named.
    public let tokenizer: Tokenizer?
    /// How sentence vectors are made, where the model says so.
    public let sentenceRecipe: SentenceRecipe?
    /// How texts are read, where the model says so.
    public let reading: TextReading
    /// What is made of the logits of a text, where the model says so.
    public let rule: AnswerRule
    /// What is made of a reranker's logit, where the model says so.
    public let rerankActivation: RerankActivation?
    /// What a user should hear of.
    public let notes: [String]
    /// Who multiplies in fp32; nil for what suits the processor.
    let floatProducts: FloatProducts?
    /// The folder of WordNet's files; nil for Debian's.
    let wordNetPath: String?
    /// What was done to what was opened, in its order; empty for a model as it lies on disk.
    let edits: [ModelEdit]
    /// The weights in int8 on their way into memory, of a model as it lies on disk; nil where nobody asked for them yet.
    let weightsAhead: WeightsAhead?
    /// The model before its vocabulary was cut down, where nothing else of it has changed since.
    let uncut: UncutModel?

    /// Opens a model and checks that its parts fit each other.
    ///
    /// Throws an `AdzeFailure` whose description is one line, `FloatProductsError` before anything is read. Of a tokenizer with more tokens than the embedding has rows,
    /// the last are left out where they were added to it, or where it is one; else it is refused here.
    package init(path: String, options: ModelOptions = ModelOptions()) throws {
        let options = try options.located()
        (floatProducts, wordNetPath) = (options.floatProducts, options.wordNetPath)
        if let floatProducts { _ = try FloatProducts.chosen(floatProducts, for: .best) }
        let source = try OpenedModel(path: path, options: options.weights)
        self.source = source
        uncut = nil
        do {
            var notes = source.notes
            let configuration = try ModelBundle.configuration(source, options, &notes)
            var checkpointOptions = options.checkpoint
            checkpointOptions.hasOurNames = source.native != nil
            let merged = try ModelBundle.merged(source, configuration, options, checkpointOptions)
            notes += merged?.notes ?? []
            edits = merged.map { [.adapted($0.facts)] } ?? []
            checkpoint = try ModelCheckpoint(
                store: merged?.store ?? source.store, configJSON: merged?.configJSON ?? configuration,
                options: checkpointOptions)
            notes += checkpoint.notes
            if merged == nil { try ModelBundle.checkHead(checkpoint, source, options) }
            weightsAhead = merged == nil ? ModelBundle.weightsAhead(checkpoint, source, options) : nil
            let modelType = checkpoint.config.modelType
            tokenizer = try ModelBundle.tokenizer(source, modelType, options)?.fitting(checkpoint.config)
            notes += tokenizer?.notes ?? ModelBundle.notes(onTokenizerOf: source)
            sentenceRecipe = try ModelBundle.recipe(source, checkpoint, &notes)
            reading = try ModelBundle.reading(configuration, checkpoint, tokenizer)
            rule = try ModelBundle.rule(
                merged == nil ? configuration : nil, checkpoint, source, options, &notes)
            rerankActivation =
                checkpoint.head.labels?.count == 1 ? try RerankActivation.read(configuration, source.folder) : nil
            self.notes = notes
        } catch let error as any AdzeFailure {
            throw LocatedError(path: path, underlying: error)
        }
    }

    /// The tokenizer; throws `BundleError.noTokenizer` where there is none.
    public func requireTokenizer() throws -> Tokenizer {
        guard let tokenizer else { throw LocatedError(path: source.path, underlying: BundleError.noTokenizer) }
        return tokenizer
    }

    /// The error for a model whose head is asked for and that has none.
    var noClassifier: BundleError {
        checkpoint.headLeftOut.map { .headLeftOut(architecture: $0.architecture, tensor: $0.tensor) } ?? .noClassifier
    }

    /// The most tokens of one input: the tokenizer's own limit where it states one, never more than the positions.
    public var maximumLength: Int { ModelBundle.maximumLength(checkpoint, tokenizer) }

    private static func maximumLength(_ checkpoint: ModelCheckpoint, _ tokenizer: Tokenizer?) -> Int {
        min(tokenizer?.maximumLength ?? checkpoint.config.tokenLimit, checkpoint.config.tokenLimit)
    }

    /// The members of a `config.json` of the model.
    var configMembers: JSONObject {
        var members = checkpoint.configMembers
        if !reading.isEmpty { members[TextReading.configKey] = .object(reading.json) }
        if !rule.isEmpty {
            members[AnswerRule.configKey] = .object(rule.json(labels: checkpoint.head.labels ?? []))
        }
        if let rerankActivation {
            members[RerankActivation.configKey] = .object([RerankActivation.member: .string(rerankActivation.path)])
        }
        return members
    }
}

// MARK: - Parts

extension ModelBundle {
    private static func configuration(
        _ source: OpenedModel, _ options: ModelOptions, _ notes: inout [String]
    ) throws -> JSONValue? {
        if let name = options.like {
            guard let known = EncoderShape.wellKnown(name) else {
                throw BundleError.unknownShape(name, nearest: nearestName(to: name, in: EncoderShape.wellKnownNames))
            }
            return .object(known.shape.json)
        }
        if let path = options.configPath { return try readJSON(path) }
        if let native = source.native { return native.metadata.config }
        if let configuration = source.configuration { return configuration }
        let beside = splitPath(source.path).folder + "/config.json"
        if options.checkpoint.headCount == nil && pathExists(beside) { throw BundleError.configBeside(beside) }
        return nil
    }

    /// Refuses a native file whose header tells of another head than its configuration.
    private static func checkHead(
        _ checkpoint: ModelCheckpoint, _ source: OpenedModel, _ options: ModelOptions
    ) throws(BundleError) {
        guard let native = source.native, options.checkpoint.newHead == nil, options.configPath == nil,
            options.like == nil,
            let kind = native.metadata.head?["kind"]?.string, kind != checkpoint.head.task.kind.rawValue
        else { return }
        throw .otherHead(kind: kind, architecture: checkpoint.head.architectureName)
    }

    /// The model with the adapter that the options name; nil where they name none.
    private static func merged(
        _ source: OpenedModel, _ configuration: JSONValue?, _ options: ModelOptions, _ checkpoint: CheckpointOptions
    ) throws -> Adapter.Merged? {
        guard let path = options.adapterPath else { return nil }
        // Codes alone are no weights to add to.
        if source.native?.store == .int8 { throw BundleError.adapterOfInt8 }
        let adapter = try AdapterFolder.open(path, options: options.weights)
        do {
            return try adapter.merged(into: source.store, configJSON: configuration, options: checkpoint)
        } catch let error as AdapterError {
            throw LocatedError(path: path, underlying: error)
        }
    }

    private static func weightsAhead(
        _ checkpoint: ModelCheckpoint, _ source: OpenedModel, _ options: ModelOptions
    ) -> WeightsAhead? {
        guard let threads = options.threadsAhead, let native = source.native, native.hasInt8 else { return nil }
        return WeightsAhead(
            checkpoint, native, products: options.floatProducts, threads: threads == 0 ? nil : max(1, threads))
    }

    private static func tokenizer(
        _ source: OpenedModel, _ modelType: String, _ options: ModelOptions
    ) throws -> Tokenizer? {
        if let path = options.tokenizerPath {
            var files = try TokenizerFiles(path: path)
            // A vocab.txt says nothing of its frames: they are those of the model that it is named for.
            if files.modelType == nil, files[.json] == nil { files.modelType = modelType }
            try applyCasing(of: options.like, to: &files)
            do {
                return try Tokenizer(files: files)
            } catch {
                throw LocatedError(path: path, underlying: error)
            }
        }
        if let native = source.native {
            guard let settings = native.metadata.tokenizer else { return nil }
            return try Tokenizer(utf8: native.vocabularyBytes() ?? [], settings: settings)
        }
        guard let folder = source.folder else { return nil }
        var files = try TokenizerFiles(folder)
        guard files.hasTokens else { return nil }
        try applyCasing(of: options.like, to: &files)
        return try Tokenizer(files: files)
    }

    /// What is said where a folder has no tokenizer that is read.
    private static func notes(onTokenizerOf source: OpenedModel) -> [String] {
        let foreign = source.folder?.foreignTokenizerFiles ?? []
        guard source.native == nil, !foreign.isEmpty else { return [] }
        return ["\(foreign.joined(separator: ", ")): the tokenizer is of a kind that is not read; the model has none"]
    }

    /// A well-known name says whether a bare `vocab.txt` is cased.
    private static func applyCasing(of like: String?, to files: inout TokenizerFiles) throws {
        guard files[.config] == nil, files[.json] == nil, let like, let known = EncoderShape.wellKnown(like) else {
            return
        }
        let settings: JSONObject = ["do_lower_case": .bool(known.lowercases)]
        files[.config] = Array(JSONValue.object(settings).text.utf8)
    }

    private static func recipe(
        _ source: OpenedModel, _ checkpoint: ModelCheckpoint, _ notes: inout [String]
    ) throws -> SentenceRecipe? {
        if let native = source.native { return try native.metadata.head?["sentence"].map(SentenceRecipe.init(json:)) }
        guard checkpoint.head.classification == nil, let folder = source.folder else { return nil }
        return try folder.sentenceRecipe()
    }
}

extension ModelBundle {
    private static func reading(
        _ configuration: JSONValue?, _ checkpoint: ModelCheckpoint, _ tokenizer: Tokenizer?
    ) throws(TextReadingError) -> TextReading {
        guard let value = configuration?[TextReading.configKey] else { return TextReading() }
        return try TextReading(json: value).fitted(
            to: checkpoint, tokenizer, limit: maximumLength(checkpoint, tokenizer))
    }

    /// The rule that the configuration tells, where labels, head and tokenizer are those that it was measured with.
    private static func rule(
        _ configuration: JSONValue?, _ checkpoint: ModelCheckpoint, _ source: OpenedModel, _ options: ModelOptions,
        _ notes: inout [String]
    ) throws(AnswerRuleError) -> AnswerRule {
        guard let value = configuration?[AnswerRule.configKey] else { return AnswerRule() }
        let isOther =
            options.checkpoint.newHead != nil || options.checkpoint.labels != nil
            || source.native != nil && options.tokenizerPath != nil
        guard !isOther else {
            notes.append(AnswerRule.droppedNote)
            return AnswerRule()
        }
        return try AnswerRule(json: value, labels: checkpoint.head.labels ?? []).fitted(to: checkpoint)
    }
}

/// Reads a JSON file of at most 16 MB.
func readJSON(_ path: String) throws -> JSONValue {
    let limits = JSONLimits()
    let bytes = try InputFile.readAll(path: path, limit: limits.bytes) {
        LocatedError(path: path, underlying: JSONError.tooLarge(bytes: $0, limit: limits.bytes))
    }
    do {
        return try parseJSON(bytes, limits: limits)
    } catch {
        throw LocatedError(path: path, underlying: error)
    }
}

// MARK: - Changing

/// A step from the model that was opened to the one at hand.
enum ModelEdit: Sendable {
    /// Some blocks of so many were kept.
    case kept(blocks: [Int], of: Int)
    /// Some attention heads were dropped, by their blocks then and their numbers in the whole model.
    case dropped(heads: PrunedHeads)
    /// A new table of words of so many columns took the encoder's place.
    case newWordTable(size: Int)
    /// So many words were added to the vocabulary.
    case addedTokens(Int)
    /// So many pieces of the vocabulary were kept of so many.
    case keptPieces(Int, of: Int, VocabularyChoice.Grounds)
    /// An adapter was merged; what a header says of it.
    case adapted(JSONObject)
    /// It became a classifier by a prompt.
    case prompted(Prompt)
    /// The weights were trained; what a header says of it.
    case finetuned(JSONObject)
}

extension ModelBundle {
    /// The model with only some encoder blocks, in the order given; throws `CheckpointError`.
    public func keeping(blocks: [Int]) throws(CheckpointError) -> ModelBundle {
        ModelBundle(
            self, checkpoint: try checkpoint.keeping(blocks: blocks), tokenizer: tokenizer,
            edit: .kept(blocks: blocks, of: checkpoint.config.layerCount))
    }

    /// The model without some attention heads, by their numbers in the whole model; throws `CheckpointError`.
    public func dropping(heads: [AttentionHead]) throws(CheckpointError) -> ModelBundle {
        guard !heads.isEmpty else { return self }
        return ModelBundle(
            self, checkpoint: try checkpoint.dropping(heads: heads), tokenizer: tokenizer,
            edit: .dropped(heads: PrunedHeads(heads)))
    }

    /// The model with only some encoder blocks, or none, under a new classifier with the labels of its own.
    ///
    /// `form` nil is the family's own; one that reads padding reads up to `length` tokens, nil being as many as the model
    /// takes. Throws `CheckpointError`.
    func keeping(blocks: [Int], newHead form: HeadForm?, length: Int?, seed: UInt64) throws -> ModelBundle {
        let kept = try checkpoint.keepingAny(blocks: blocks)
        return ModelBundle(
            self, checkpoint: try kept.replacingHead(newHead(form, length: length, seed: seed)), tokenizer: tokenizer,
            edit: .kept(blocks: blocks, of: checkpoint.config.layerCount))
    }

    /// A new table of words of `size` columns in place of the encoder, under a new classifier with the labels of its own:
    /// the baseline of the study, which knows nothing but the tokenizer.
    ///
    /// Throws `HeadFormError.tableWithoutSequence` for a form that does not read every position, `.tableSize`, and
    /// `CheckpointError`.
    func withNewWordTable(size: Int, newHead form: HeadForm?, length: Int?, seed: UInt64) throws -> ModelBundle {
        guard let form, form.isOurs else {
            throw HeadFormError.tableWithoutSequence(form?.specification ?? "pooler")
        }
        let table = try checkpoint.withWordTable(size: size, seed: seed)
        return ModelBundle(
            self, checkpoint: try table.replacingHead(newHead(form, length: length, seed: seed)), tokenizer: tokenizer,
            edit: .newWordTable(size: size))
    }

    /// Whether all weights are new.
    var isNewWordTable: Bool { edits.contains { if case .newWordTable = $0 { true } else { false } } }

    private func newHead(_ form: HeadForm?, length: Int?, seed: UInt64) throws -> CheckpointOptions {
        guard let head = checkpoint.head.classification else { throw noClassifier }
        var options = CheckpointOptions()
        (options.newHead, options.newHeadProblem) = (head.labels, head.problemType ?? .singleLabel)
        (options.newHeadForm, options.newHeadLength, options.seed) = (form, length, seed)
        return options
    }

    /// The model with other parameters or another tokenizer, and what it is told of that.
    init(
        _ old: ModelBundle, checkpoint: ModelCheckpoint, tokenizer: Tokenizer?, edit: ModelEdit,
        uncut: UncutModel? = nil
    ) {
        // A rule holds for the very answers that it was measured on.
        self.init(
            old, checkpoint: checkpoint, tokenizer: tokenizer, reading: old.reading, rule: AnswerRule(),
            edits: old.edits + [edit], uncut: uncut)
    }

    /// The same model, whose texts are read in another way; a rule that was measured on the old one is dropped.
    init(_ old: ModelBundle, reading: TextReading) {
        self.init(
            old, checkpoint: old.checkpoint, tokenizer: old.tokenizer, reading: reading,
            rule: reading == old.reading ? old.rule : AnswerRule(), edits: old.edits, uncut: old.uncut)
    }

    /// The same model, whose answers are given by another rule.
    init(_ old: ModelBundle, rule: AnswerRule) {
        self.init(
            old, checkpoint: old.checkpoint, tokenizer: old.tokenizer, reading: old.reading, rule: rule,
            edits: old.edits, uncut: old.uncut)
    }

    private init(
        _ old: ModelBundle, checkpoint: ModelCheckpoint, tokenizer: Tokenizer?, reading: TextReading,
        rule: AnswerRule, edits: [ModelEdit], uncut: UncutModel?
    ) {
        source = old.source
        self.checkpoint = checkpoint
        self.tokenizer = tokenizer
        sentenceRecipe = old.sentenceRecipe
        self.reading = reading.limited(to: ModelBundle.maximumLength(checkpoint, tokenizer))
        self.rule = rule
        rerankActivation = checkpoint.head.labels?.count == 1 ? old.rerankActivation : nil
        notes = old.notes
        (floatProducts, wordNetPath) = (old.floatProducts, old.wordNetPath)
        weightsAhead = edits.isEmpty ? old.weightsAhead : nil
        self.edits = edits
        self.uncut = uncut
    }
}
