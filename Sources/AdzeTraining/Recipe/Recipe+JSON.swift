// A recipe as JSON: every key is written, but for a teacher's where there is none and for who multiplies where that is nobody
// but us; of keys that are not there the preset's values hold, and others are refused.

public import AdzeBytes
internal import AdzeKernels

extension Recipe {
    /// The recipe with every key, in a fixed order.
    public var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        func integer(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
        var object: JSONObject = [
            "preset": .string(preset.rawValue), "seed": .integer(Int(Int64(bitPattern: seed))),
            "maximumTokens": integer(maximumTokens), "truncation": longText.map { .string($0.rawValue) } ?? .null,
            "epochs": .integer(epochs), "batchSize": batchSize.map { .integer($0) } ?? .string(Recipe.byDepth),
            "accumulation": .integer(accumulation), "groupsByLength": .bool(groupsByLength),
            "optimizer": .string(adamW.variant.rawValue), "beta1": .number(adamW.beta1), "beta2": .number(adamW.beta2),
            "epsilon": .number(adamW.epsilon), "bodyLearningRate": .number(bodyLearningRate),
            "headLearningRate": .number(headLearningRate), "layerDecay": .number(layerDecay),
            "bodyWeightDecay": .number(bodyWeightDecay), "headWeightDecay": .number(headWeightDecay),
            "schedule": .string(schedule.rawValue), "warmup": .number(warmup), "slantedRatio": .number(slantedRatio),
            "clipping": number(clipping), "leavesRowsBehind": .bool(leavesRowsBehind),
            "hiddenDropout": number(hiddenDropout), "attentionDropout": number(attentionDropout),
            "classifierDropout": number(classifierDropout), "stages": .array(stages.map(\.json)),
            "reinitialisesPooler": .bool(reinitialisesPooler), "classWeights": classWeights.json,
            "focalGamma": number(focalGamma), "quantizeAware": .bool(quantizeAware), "metric": .string(metric),
            "keepsBest": .bool(keepsBest), "patience": integer(patience), "retries": .integer(retries),
        ]
        // Recipes without a teacher are as they were when there was none.
        if let teacherTemperature { object[Recipe.temperatureKey] = .number(teacherTemperature) }
        if let teacherWeight { object[Recipe.teacherWeightKey] = .number(teacherWeight) }
        // Our own products give the bits of recipes that were written when there were no others.
        if floatProducts == .openblas { object[Recipe.productsKey] = .string(FloatProducts.openblas.rawValue) }
        return .object(object)
    }

    /// What two recipes share iff they are equal, as 16 hexadecimal digits. It finds accidents, not forgeries.
    public var digest: String { contentDigest(Array(json.canonicalText.utf8)) }

    static let byDepth = "by-depth"
    private static let productsKey = "floatProducts"
    private static let temperatureKey = "teacherTemperature"
    private static let teacherWeightKey = "teacherWeight"

    /// Reads a recipe; the key `preset` says which values hold where a key is absent.
    ///
    /// Throws `RecipeError` for a key that no recipe has, and for a value of the wrong type or outside of its range.
    public init(json: JSONValue) throws(RecipeError) {
        guard let object = json.object else { throw .notAnObject(found: json.kindName) }
        let known =
            (Recipe().json.object?.keys ?? []) + [Recipe.productsKey, Recipe.temperatureKey, Recipe.teacherWeightKey]
        for key in object.keys where !known.contains(key) {
            throw .unknownKey(key, nearest: nearestName(to: key, in: known))
        }
        let reader = RecipeReader(object: object)
        self = try reader.name("preset", Preset.standard).recipe
        // All 64 bits are a seed; those beyond Int stand as the negative numbers of the same bits.
        seed = UInt64(bitPattern: Int64(try reader.integer("seed", Int(Int64(bitPattern: seed)), Int.min...Int.max)))
        try readTexts(reader)
        try readOptimizer(reader)
        try readRegularisation(reader)
        metric = try reader.string("metric", metric)
        keepsBest = try reader.bool("keepsBest", keepsBest)
        patience = try reader.optionalInteger("patience", patience, 1...1_000_000)
        retries = try reader.integer("retries", retries, 0...10)
    }

    private mutating func readTexts(_ reader: RecipeReader) throws(RecipeError) {
        maximumTokens = try reader.optionalInteger("maximumTokens", maximumTokens, 3...1_000_000)
        if let value = reader.object["truncation"] {
            longText = value.isNull ? nil : try reader.name("truncation", .head)
        }
        epochs = try reader.integer("epochs", epochs, 1...100_000)
        if let value = reader.object["batchSize"] {
            batchSize = value == .string(Recipe.byDepth) ? nil : try reader.integer("batchSize", 1, 1...65_536)
        }
        accumulation = try reader.integer("accumulation", accumulation, 1...65_536)
        groupsByLength = try reader.bool("groupsByLength", groupsByLength)
    }

    private mutating func readOptimizer(_ reader: RecipeReader) throws(RecipeError) {
        // A new variant brings its own ε, unless that is given too.
        let variant = try reader.name("optimizer", adamW.variant)
        if variant != adamW.variant { adamW = AdamW(variant, beta1: adamW.beta1, beta2: adamW.beta2) }
        adamW.beta1 = try reader.number("beta1", adamW.beta1, 0...0.9999999)
        adamW.beta2 = try reader.number("beta2", adamW.beta2, 0...0.9999999)
        adamW.epsilon = try reader.number("epsilon", adamW.epsilon, 1e-15...1)
        bodyLearningRate = try reader.number("bodyLearningRate", bodyLearningRate, 0...1000)
        headLearningRate = try reader.number("headLearningRate", headLearningRate, 0...1000)
        layerDecay = try reader.number("layerDecay", layerDecay, 0.01...1)
        bodyWeightDecay = try reader.number("bodyWeightDecay", bodyWeightDecay, 0...100)
        headWeightDecay = try reader.number("headWeightDecay", headWeightDecay, 0...100)
        schedule = try reader.name("schedule", schedule)
        warmup = try reader.number("warmup", warmup, 0...1)
        slantedRatio = try reader.number("slantedRatio", slantedRatio, 1...1e6)
        clipping = try reader.optionalNumber("clipping", clipping, 1e-9...1e9)
        leavesRowsBehind = try reader.bool("leavesRowsBehind", leavesRowsBehind)
    }

    private mutating func readRegularisation(_ reader: RecipeReader) throws(RecipeError) {
        hiddenDropout = try reader.optionalNumber("hiddenDropout", hiddenDropout, 0...0.99)
        attentionDropout = try reader.optionalNumber("attentionDropout", attentionDropout, 0...0.99)
        classifierDropout = try reader.optionalNumber("classifierDropout", classifierDropout, 0...0.99)
        stages = try reader.stages(stages)
        reinitialisesPooler = try reader.bool("reinitialisesPooler", reinitialisesPooler)
        classWeights = try reader.classWeights(classWeights)
        focalGamma = try reader.optionalNumber("focalGamma", focalGamma, 0...100)
        teacherTemperature = try reader.optionalNumber(Recipe.temperatureKey, teacherTemperature, 0.1...100)
        teacherWeight = try reader.optionalNumber(Recipe.teacherWeightKey, teacherWeight, 0...1)
        quantizeAware = try reader.bool("quantizeAware", quantizeAware)
        if reader.object[Recipe.productsKey] != nil {
            floatProducts = try reader.name(Recipe.productsKey, FloatProducts.ours)
        }
    }
}

/// 16 hexadecimal digits of XXH64.
func contentDigest(_ bytes: [UInt8]) -> String { unsafe bytes.withUnsafeBytes { unsafe hexDigits(xxh64($0)) } }

extension TrainedDepth {
    /// `"head"`, `"all"`, or the number of blocks.
    var json: JSONValue {
        switch self {
        case .head: .string("head")
        case .top(let count): .integer(count)
        case .all: .string("all")
        }
    }
}

extension Stage {
    fileprivate var json: JSONValue { .object(["epoch": .integer(epoch), "trains": trains.json]) }
}

extension ClassWeighting {
    fileprivate var json: JSONValue {
        switch self {
        case .none: .string("none")
        case .balanced: .string("balanced")
        case .given(let weights): .array(weights.map { .number($0) })
        }
    }
}
