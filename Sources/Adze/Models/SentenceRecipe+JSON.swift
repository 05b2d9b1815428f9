// The recipe for sentence vectors as the native file's header keeps it.

internal import AdzeBytes
internal import AdzeHuggingFace

extension SentenceRecipe {
    /// The recipe as JSON.
    var json: JSONValue {
        var object: JSONObject = [
            "poolings": .array(poolings.map { .string($0.rawValue) }), "normalize": .bool(normalize),
            "lowercaseFirst": .bool(lowercaseFirst),
        ]
        if let maximumSequenceLength { object["maximumSequenceLength"] = .integer(maximumSequenceLength) }
        if let defaultPrompt { object["defaultPrompt"] = .string(defaultPrompt) }
        return .object(object)
    }

    /// Reads what `json` wrote; throws `BundleError.badSentenceRecipe`.
    init(json: JSONValue) throws(BundleError) {
        let names = json["poolings"]?.array ?? []
        let poolings = names.compactMap { $0.string.flatMap(SentencePooling.init(rawValue:)) }
        guard (1...64).contains(names.count), poolings.count == names.count else {
            throw .badSentenceRecipe(key: "poolings")
        }
        guard let normalize = json["normalize"]?.bool else { throw .badSentenceRecipe(key: "normalize") }
        guard let lowercaseFirst = json["lowercaseFirst"]?.bool else { throw .badSentenceRecipe(key: "lowercaseFirst") }
        if let length = json["maximumSequenceLength"] {
            guard let integer = length.integer, (1...1_000_000).contains(integer) else {
                throw .badSentenceRecipe(key: "maximumSequenceLength")
            }
        }
        if let prompt = json["defaultPrompt"], prompt.string == nil { throw .badSentenceRecipe(key: "defaultPrompt") }
        self.init(
            poolings: poolings, normalize: normalize, maximumSequenceLength: json["maximumSequenceLength"]?.integer,
            lowercaseFirst: lowercaseFirst, defaultPrompt: json["defaultPrompt"]?.string)
    }
}
