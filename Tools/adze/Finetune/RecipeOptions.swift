// The options that make a recipe: a preset or a file, and what is said beside it.

public import Adze
public import ArgumentParser

/// Options of a recipe; what is not given is the preset's.
struct RecipeOptions: ParsableArguments {
    /// What the help calls the defaults.
    private static let standard = Recipe()

    /// A help text with a default of the preset `standard`.
    private static func help(_ text: String, _ standard: some Any, _ valueName: String) -> ArgumentHelp {
        ArgumentHelp("\(text); default: \(standard).", valueName: valueName)
    }

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A known recipe; the defaults below are those of standard; default: standard.", valueName: "NAME"))
    var preset: Preset?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A recipe as JSON, as --log writes it; - is standard input; default: --preset.", valueName: "FILE"),
        completion: .file())
    var recipe: String?

    @Option(name: .long, help: help("How often every example is seen", standard.epochs, "N"))
    var epochs: Int?

    @Option(name: .long, help: help("Examples of a batch", standard.batchSize ?? 0, "N"))
    var batchSize: Int?

    @Option(name: .long, help: help("Batches whose gradients make one step", standard.accumulation, "N"))
    var accumulate: Int?

    @Option(
        name: .long,
        help: help("The peak learning rate of the body", standard.bodyLearningRate, "RATE"))
    var lr: Double?

    @Option(
        name: .long,
        help: help(
            "The peak learning rate of the head", "--lr, else \(standard.headLearningRate)", "RATE"))
    var headLr: Double?

    @Option(name: .long, help: help("Factor of the rate for each block further down", standard.layerDecay, "F"))
    var layerDecay: Double?

    @Option(name: .long, help: help("Decay of all matrices", standard.bodyWeightDecay, "X"))
    var weightDecay: Double?

    @Option(name: .long, help: help("How the rates change over the run", standard.schedule.rawValue, "HOW"))
    var schedule: Schedule?

    @Option(name: .long, help: help("The share of all steps that the rate rises for", standard.warmup, "SHARE"))
    var warmup: Double?

    @Option(
        name: .long,
        help: help("The greatest norm of a step's gradients, 0 clips nothing", standard.clipping ?? 0, "NORM"))
    var clip: Double?

    @Option(name: .long, help: help("Whose AdamW", AdamWVariant.torch.rawValue, "ADAMW"))
    var optimizer: AdamWVariant?

    @Option(name: .long, help: ArgumentHelp("Dropout of hidden states; default: the model's.", valueName: "RATE"))
    var dropout: Double?

    @Option(name: .long, help: ArgumentHelp("Dropout of attention; default: the model's.", valueName: "RATE"))
    var attentionDropout: Double?

    @Option(name: .long, help: ArgumentHelp("Dropout before the classifier; default: the model's.", valueName: "RATE"))
    var classifierDropout: Double?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Leave the N lowest blocks and the embeddings as they are; body: all of them; default: 0, all is trained.",
            valueName: "N"))
    var freeze: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What each epoch trains, the last for all that follow, such as head,4,all; default: all.", valueName: "A,B")
    )
    var unfreeze: String?

    @Option(
        name: .long, help: ArgumentHelp("New weights to begin with: pooler; default: none.", valueName: "PART"),
        completion: .list(["pooler"]))
    var reinit: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "balanced, none, or weights by label such as spam=3,ham=1; default: none.", valueName: "WEIGHTS"),
        completion: .list(["balanced", "none"]))
    var classWeights: String?

    @Option(name: .long, help: ArgumentHelp("Focal loss with this γ; default: cross entropy.", valueName: "GAMMA"))
    var focal: Double?

    @Option(
        name: .long,
        help: help("What logits are divided by where a --teacher teaches", Recipe.standardTemperature, "T"))
    var temperature: Double?

    @Option(
        name: .long,
        help: help("The --teacher's share of the loss, 0 to 1", Recipe.standardTeacherWeight, "W"))
    var teacherWeight: Double?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The score that chooses the best epoch: accuracy, macro-f1, weighted-f1, mcc, micro-f1, samples-f1, "
                + "subset-accuracy, pearson, spearman, loss; default: \(standard.metric), of numbers pearson.",
            valueName: "NAME"))
    var metric: String?

    @Option(
        name: .long,
        help: ArgumentHelp("End after so many epochs without a better score; default: never.", valueName: "N"))
    var patience: Int?

    @Flag(name: .long, help: "Keep the last epoch, not the best.")
    var keepLast = false

    @Flag(name: .long, help: "Start again at a lower rate, twice at most, where training collapses.")
    var retry = false

    @Flag(name: .long, help: "Train on int8-rounded weights and activations, so that the int8 file loses nothing.")
    var quantizeAware = false

    @Option(
        name: .long,
        help: ArgumentHelp("What all random numbers follow from; default: \(standard.seed).", valueName: "N"))
    var seed: UInt64?

    @Option(name: .long, help: ArgumentHelp("The most tokens of an input; default: the model's.", valueName: "N"))
    var maxLength: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What happens to long texts: head, tail, head+tail, window; default: head, or what the "
                + "model's files say.", valueName: "HOW"),
        completion: .list(LongTextOptions.names))
    var long: String?

    func validate() throws {
        if preset != nil, recipe != nil { throw ValidationError("--preset or --recipe, not both") }
        if freeze != nil, unfreeze != nil { throw ValidationError("--freeze or --unfreeze, not both") }
        if let reinit, reinit != "pooler" { throw ValidationError("--reinit \(quoted(reinit)): expected pooler") }
        if let seed, seed > UInt64(Int.max) { throw ValidationError("--seed must be at most \(Int.max)") }
        _ = try longText()
        _ = try stages(layerCount: 1)
        _ = try weights()
    }

    /// The recipe for a model of so many blocks; throws `RecipeError` for values that no recipe has.
    func recipe(layerCount: Int) throws -> Recipe {
        var recipe = try base()
        func set<Value>(_ value: Value?, _ path: WritableKeyPath<Recipe, Value>) {
            if let value { recipe[keyPath: path] = value }
        }
        set(seed, \.seed)
        set(epochs, \.epochs)
        set(accumulate, \.accumulation)
        set(lr, \.bodyLearningRate)
        set(headLr ?? lr, \.headLearningRate)
        set(layerDecay, \.layerDecay)
        set(weightDecay, \.bodyWeightDecay)
        set(weightDecay, \.headWeightDecay)
        set(schedule, \.schedule)
        set(warmup, \.warmup)
        set(try longText(), \.longText)
        set(try stages(layerCount: layerCount), \.stages)
        set(metric, \.metric)
        if let batchSize { recipe.batchSize = batchSize }
        if let maxLength { recipe.maximumTokens = maxLength }
        if let clip { recipe.clipping = clip == 0 ? nil : clip }
        if let optimizer { recipe.adamW = AdamW(optimizer) }
        if let dropout { recipe.hiddenDropout = dropout }
        if let attentionDropout { recipe.attentionDropout = attentionDropout }
        if let classifierDropout { recipe.classifierDropout = classifierDropout }
        if let focal { recipe.focalGamma = focal }
        if let temperature { recipe.teacherTemperature = temperature }
        if let teacherWeight { recipe.teacherWeight = teacherWeight }
        if let patience { recipe.patience = patience }
        if classWeights != nil { recipe.classWeights = .none }
        if reinit != nil { recipe.reinitialisesPooler = true }
        if keepLast { recipe.keepsBest = false }
        if retry { recipe.retries = 2 }
        if quantizeAware { recipe.quantizeAware = true }
        // The reader of recipes knows what each number may be; that our products were asked for is not in its JSON.
        let products = recipe.floatProducts
        recipe = try read(recipe.json)
        recipe.floatProducts = products
        return recipe
    }

    /// The recipe of a JSON that options have gone into: a number out of its range is said of the option that gave it.
    private func read(_ json: JSONValue) throws -> Recipe {
        do {
            return try Recipe(json: json)
        } catch {
            guard case .outOfRange(let key, let value, let low, let high) = error, let option = option(of: key) else {
                throw error
            }
            throw ValidationError("\(option) \(value): expected \(low) to \(high)")
        }
    }

    /// The option that a recipe's key was set by; nil where none was given.
    private func option(of key: String) -> String? {
        let options: [String: (name: String, isGiven: Bool)] = [
            "epochs": ("--epochs", epochs != nil), "batchSize": ("--batch-size", batchSize != nil),
            "accumulation": ("--accumulate", accumulate != nil), "bodyLearningRate": ("--lr", lr != nil),
            "headLearningRate": (headLr != nil ? "--head-lr" : "--lr", (headLr ?? lr) != nil),
            "layerDecay": ("--layer-decay", layerDecay != nil),
            "bodyWeightDecay": ("--weight-decay", weightDecay != nil),
            "headWeightDecay": ("--weight-decay", weightDecay != nil), "warmup": ("--warmup", warmup != nil),
            "clipping": ("--clip", clip != nil), "hiddenDropout": ("--dropout", dropout != nil),
            "attentionDropout": ("--attention-dropout", attentionDropout != nil),
            "classifierDropout": ("--classifier-dropout", classifierDropout != nil),
            "focalGamma": ("--focal", focal != nil), "teacherTemperature": ("--temperature", temperature != nil),
            "teacherWeight": ("--teacher-weight", teacherWeight != nil), "patience": ("--patience", patience != nil),
            "maximumTokens": ("--max-length", maxLength != nil), "seed": ("--seed", seed != nil),
        ]
        return options[key].flatMap { $0.isGiven ? $0.name : nil }
    }

    private func base() throws -> Recipe {
        guard let path = recipe else { return (preset ?? .standard).recipe }
        let limit = 1 << 20
        let bytes = try InputFile.readAll(path: path, limit: limit) {
            InputError(path: path, underlying: JSONError.tooLarge(bytes: $0, limit: limit))
        }
        do {
            return try Recipe(json: parseJSON(bytes))
        } catch let error as any AdzeFailure {
            throw InputError(path: path, underlying: error)
        }
    }

    /// The weights of the labels; nil where nothing is said of them, or `none`.
    func weights() throws -> ClassWeights? {
        switch classWeights {
        case nil, "none": return nil
        case "balanced": return .balanced
        case .some(let text):
            return .given(
                try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
                    guard let sign = part.lastIndex(of: "="), let weight = Float(part[part.index(after: sign)...]),
                        weight > 0, weight.isFinite
                    else {
                        throw ValidationError(
                            "--class-weights \(quoted(part)): expected balanced, none or LABEL=WEIGHT,… of positive weights"
                        )
                    }
                    return ClassWeights.Given(trimmed(part[..<sign]), weight)
                })
        }
    }

    private func longText() throws -> Recipe.LongText? {
        switch long {
        case nil: nil
        case "head": .head
        case "tail": .tail
        case "head+tail": .headAndTail
        case "window": .windows
        case .some(let name):
            throw ValidationError("--long \(quoted(name)): expected head, tail, head+tail or window")
        }
    }

    private func stages(layerCount: Int) throws -> [Stage]? {
        if let freeze {
            if freeze == "body" { return [Stage(epoch: 0, trains: .head)] }
            guard let count = Int(freeze), count >= 0 else {
                throw ValidationError("--freeze \(quoted(freeze)): expected a number of blocks, or body")
            }
            return [Stage(epoch: 0, trains: count == 0 ? .all : count >= layerCount ? .head : .top(layerCount - count))]
        }
        return try unfreeze.map { text in
            try text.split(separator: ",", omittingEmptySubsequences: false).enumerated().map { epoch, part in
                switch part {
                case "head": return Stage(epoch: epoch, trains: .head)
                case "all": return Stage(epoch: epoch, trains: .all)
                default:
                    guard let count = Int(part), count > 0 else {
                        throw ValidationError("--unfreeze \(quoted(text)): expected head, numbers of blocks, all")
                    }
                    return Stage(epoch: epoch, trains: .top(count))
                }
            }
        }
    }
}

extension Preset: ExpressibleByArgument {}
extension Schedule: ExpressibleByArgument {}
extension AdamWVariant: ExpressibleByArgument {}
