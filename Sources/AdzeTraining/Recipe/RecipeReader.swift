// Typed reads of a recipe's keys. Not here: which keys there are.

internal import AdzeBytes

/// A JSON object whose values are asked for by type and range; an absent key gives the value that held before.
struct RecipeReader {
    let object: JSONObject

    func integer(_ key: String, _ absent: Int, _ range: ClosedRange<Int>) throws(RecipeError) -> Int {
        guard let value = object[key] else { return absent }
        guard let integer = value.integer else { throw wrongType(key, "an integer", value) }
        guard range.contains(integer) else {
            throw .outOfRange(key: key, value: "\(integer)", low: "\(range.lowerBound)", high: "\(range.upperBound)")
        }
        return integer
    }

    func optionalInteger(_ key: String, _ absent: Int?, _ range: ClosedRange<Int>) throws(RecipeError) -> Int? {
        guard let value = object[key] else { return absent }
        return value.isNull ? nil : try integer(key, 0, range)
    }

    func number(_ key: String, _ absent: Double, _ range: ClosedRange<Double>) throws(RecipeError) -> Double {
        guard let value = object[key] else { return absent }
        guard let number = value.number else { throw wrongType(key, "a number", value) }
        try check(key, number, range)
        return number
    }

    func optionalNumber(_ key: String, _ absent: Double?, _ range: ClosedRange<Double>) throws(RecipeError) -> Double? {
        guard let value = object[key] else { return absent }
        return value.isNull ? nil : try number(key, 0, range)
    }

    func bool(_ key: String, _ absent: Bool) throws(RecipeError) -> Bool {
        guard let value = object[key] else { return absent }
        guard let bool = value.bool else { throw wrongType(key, "true or false", value) }
        return bool
    }

    func string(_ key: String, _ absent: String) throws(RecipeError) -> String {
        guard let value = object[key] else { return absent }
        guard let string = value.string else { throw wrongType(key, "a string", value) }
        return string
    }

    func name<Name: RawRepresentable & CaseIterable>(
        _ key: String, _ absent: Name
    ) throws(RecipeError) -> Name where Name.RawValue == String {
        let text = try string(key, absent.rawValue)
        guard let name = Name(rawValue: text) else {
            throw .unknownName(key: key, value: text, known: Name.allCases.map(\.rawValue))
        }
        return name
    }

    func stages(_ absent: [Stage]) throws(RecipeError) -> [Stage] {
        let key = "stages"
        guard let value = object[key] else { return absent }
        guard let list = value.array, !list.isEmpty else { throw wrongType(key, "a list of stages", value) }
        var stages: [Stage] = []
        for (index, item) in list.enumerated() {
            guard let members = item.object, members.keys.sorted() == ["epoch", "trains"],
                let epoch = item["epoch"]?.integer, let trains = item["trains"].flatMap(TrainedDepth.init(json:))
            else {
                let expected = #"{"epoch": 0, "trains": "head", "all" or a number of blocks}"#
                throw .wrongType(key: key, expected: expected, found: item.kindName)
            }
            guard epoch > stages.last?.epoch ?? -1, index > 0 || epoch == 0 else { throw .stageOrder(index: index) }
            stages.append(Stage(epoch: epoch, trains: trains))
        }
        return stages
    }

    func classWeights(_ absent: ClassWeighting) throws(RecipeError) -> ClassWeighting {
        let key = "classWeights"
        guard let value = object[key] else { return absent }
        if let list = value.array {
            var weights: [Double] = []
            for item in list {
                guard let number = item.number else { throw wrongType(key, "numbers", item) }
                try check(key, number, 0...1e6)
                weights.append(number)
            }
            return .given(weights)
        }
        switch value.string {
        case "none": return .none
        case "balanced": return .balanced
        case let name?: throw .unknownName(key: key, value: name, known: ["none", "balanced", "a list of numbers"])
        case nil: throw wrongType(key, "none, balanced or a list of numbers", value)
        }
    }

    private func check(_ key: String, _ number: Double, _ range: ClosedRange<Double>) throws(RecipeError) {
        guard range.contains(number) else {
            throw .outOfRange(key: key, value: "\(number)", low: "\(range.lowerBound)", high: "\(range.upperBound)")
        }
    }

    private func wrongType(_ key: String, _ expected: String, _ value: JSONValue) -> RecipeError {
        .wrongType(key: key, expected: expected, found: value.kindName)
    }
}

extension TrainedDepth {
    /// Reads what `json` gives; nil for anything else.
    init?(json: JSONValue) {
        switch json {
        case .string("head"): self = .head
        case .string("all"): self = .all
        case .integer(let count) where count >= 0: self = count == 0 ? .head : .top(count)
        default: return nil
        }
    }
}
