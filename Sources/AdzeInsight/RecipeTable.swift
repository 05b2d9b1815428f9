// A run's recipe as a person would type it: options of `adze finetune` with their values. Not here: what they mean, which
// `adze help finetune` says.

internal import AdzeBytes

/// The recipe of a log as options.
enum RecipeTable {
    /// An option, or a key that no option has, and its value; a flag has none.
    typealias Entry = (name: String, value: String)

    /// The most characters of a value.
    private static let valueLimit = 200
    /// The most entries of a table: no recipe of ours has as many.
    private static let entryLimit = 200

    /// Keys whose values are typed as they are.
    private static let options: [String: String] = [
        "preset": "--preset", "seed": "--seed", "maximumTokens": "--max-length", "truncation": "--long",
        "epochs": "--epochs", "batchSize": "--batch-size", "accumulation": "--accumulate", "optimizer": "--optimizer",
        "bodyLearningRate": "--lr", "headLearningRate": "--head-lr", "layerDecay": "--layer-decay",
        "schedule": "--schedule", "warmup": "--warmup", "clipping": "--clip", "hiddenDropout": "--dropout",
        "attentionDropout": "--attention-dropout", "classifierDropout": "--classifier-dropout",
        "focalGamma": "--focal", "teacherTemperature": "--temperature", "teacherWeight": "--teacher-weight",
        "metric": "--metric", "patience": "--patience",
        "floatProducts": "--fp32-products",
    ]

    /// Flags, and the value of the key for which they stand.
    private static let flags: [String: (option: Entry, value: Bool)] = [
        "reinitialisesPooler": (("--reinit", "pooler"), true), "quantizeAware": (("--quantize-aware", ""), true),
        "keepsBest": (("--keep-last", ""), false),
    ]

    /// What a run was told, in the recipe's order. What says nothing, such as a patience that there is not, is left out.
    /// - Parameter labels: the names of the labels, in the model's order.
    static func entries(_ recipe: JSONObject, labels: [String]) -> [Entry] {
        var entries: [Entry] = []
        for (key, value) in recipe where entries.count < entryLimit {
            guard let entry = entry(key, value, recipe, labels) else { continue }
            entries.append((entry.name, cut(entry.value)))
        }
        return entries
    }

    /// The entries as a table.
    static func markup(_ recipe: JSONObject, labels: [String]) -> Markup {
        let rows = entries(recipe, labels: labels).map { name, value in
            Markup.element(
                "tr", [:],
                .element("td", [:], .element("code", words: name))
                    + .element("td", ["class": "label"], .element("code", words: value)))
        }
        return .element(
            "div", ["class": "scroll"],
            .element("table", ["class": "rows recipe"], .element("tbody", [:], rows.joined())))
    }

    private static func entry(_ key: String, _ value: JSONValue, _ recipe: JSONObject, _ labels: [String]) -> Entry? {
        switch (key, value) {
        case ("clipping", .null): return ("--clip", "0")
        case (_, .null): return nil
        // The depth of the model decides; nobody typed it.
        case ("batchSize", .string): return nil
        case ("bodyWeightDecay", _) where value == recipe["headWeightDecay"]: return ("--weight-decay", typed(value))
        case ("headWeightDecay", _) where value == recipe["bodyWeightDecay"]: return nil
        case ("retries", .integer(let count)): return count > 0 ? ("--retry", "") : nil
        case ("stages", _): return stages(value).map { ("--unfreeze", $0) } ?? (key, typed(value))
        case ("classWeights", .array(let weights)) where weights.count == labels.count && labels.count <= 20:
            return ("--class-weights", zip(labels, weights).map { "\($0)=\(typed($1))" }.joined(separator: ","))
        case ("classWeights", .array(let weights)): return ("--class-weights", counted(weights.count, "weight"))
        case ("classWeights", _): return ("--class-weights", typed(value))
        default: break
        }
        if let flag = flags[key], let isOn = value.bool { return isOn == flag.value ? flag.option : nil }
        return (options[key] ?? key, typed(value))
    }

    /// `head,4,all`: what each epoch trains, the last for all that follow; nil for what `--unfreeze` cannot say.
    private static func stages(_ value: JSONValue) -> String? {
        var words: [String] = []
        for stage in value.array ?? [] {
            guard let epoch = stage["epoch"]?.integer, (words.count...words.count + 100).contains(epoch),
                let trains = stage["trains"]
            else { return nil }
            while let last = words.last, words.count < epoch { words.append(last) }
            words.append(typed(trains))
        }
        return words.isEmpty ? nil : words.joined(separator: ",")
    }

    /// A value as one types it: `2e-5`, `32`, `head`.
    private static func typed(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): return text
        case .number(let number):
            if let whole = Int(exactly: number), whole.magnitude < 1_000_000 { return "\(whole)" }
            return "\(number)".replacing("e-0", with: "e-").replacing("e+", with: "e")
        default: return value.text
        }
    }

    private static func cut(_ text: String) -> String {
        text.count > valueLimit ? String(text.prefix(valueLimit)) + "…" : text
    }
}
