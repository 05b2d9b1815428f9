// The model, normalizer and pre-tokenizer of subwords in the settings that a file keeps beside its tokens: merges and scores
// as bytes in base 64. Not here: the settings that all tokenizers have.

import AdzeBytes

/// Writes and reads what byte pairs and unigram have of their own.
enum SubwordDescription {
    static let type = "subwords"
    private static let file = "tokenizer settings"

    // MARK: - Writing

    /// The keys of the settings' own, for a model that is not WordPiece.
    static func json(_ settings: TokenizerSettings) -> JSONObject {
        let model: JSONValue? =
            switch settings.model {
            case .wordPiece: nil
            case .bytePairs(let model): json(model)
            case .unigram(let model): json(model)
            }
        guard let model else { return [:] }
        return [
            "type": .string(type), "model": model, "normalizer": SubwordJSON.json(settings.normalizer.steps),
            "preTokenizer": SubwordJSON.json(settings.preTokenizer.steps),
        ]
    }

    private static func json(_ model: BytePairs) -> JSONValue {
        var bytes: [UInt8] = []
        for merge in model.merges {
            append(UInt32(bitPattern: merge.left), to: &bytes)
            append(UInt32(bitPattern: merge.right), to: &bytes)
        }
        return .object([
            "type": .string("BPE"), "merges": .string(Base64Text.encode(bytes)),
            "unknownToken": model.unknownToken.map(JSONValue.string) ?? .null,
            "fusesUnknown": .bool(model.fusesUnknown), "fallsBackToBytes": .bool(model.fallsBackToBytes),
            "ignoresMerges": .bool(model.ignoresMerges), "continuingPrefix": .string(model.continuingPrefix),
            "wordSuffix": .string(model.wordSuffix),
        ])
    }

    private static func json(_ model: Unigram) -> JSONValue {
        let isSingle = model.scores.allSatisfy { Double(Float($0)) == $0 }
        var bytes: [UInt8] = []
        for score in model.scores {
            let bits = isSingle ? UInt64(Float(score).bitPattern) : score.bitPattern
            for index in 0..<(isSingle ? 4 : 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * index))) }
        }
        return .object([
            "type": .string("Unigram"), "scores": .string(Base64Text.encode(bytes)), "isSingle": .bool(isSingle),
            "unknownID": model.unknownID.map(JSONValue.integer) ?? .null,
            "fallsBackToBytes": .bool(model.fallsBackToBytes),
        ])
    }

    /// Seven bits a byte, the lowest first; the last byte has no upper bit.
    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        var number = number
        while number >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: number) | 0x80)
            number >>= 7
        }
        bytes.append(UInt8(number))
    }

    // MARK: - Reading

    /// Puts what `json` wrote into settings.
    static func apply(_ object: JSONObject, to settings: inout TokenizerSettings) throws(TokenizerError) {
        var normalizer = Normalizer.none
        normalizer.steps = try SubwordJSON.normalizer(object["normalizer"])
        settings.normalizer = normalizer
        settings.preTokenizer = .steps(try SubwordJSON.preTokenizer(object["preTokenizer"]))
        guard let model = object["model"]?.object else {
            throw unexpected("model", "an object", object["model"])
        }
        switch model["type"]?.string {
        case "BPE": settings.model = .bytePairs(try bytePairs(model))
        case "Unigram": settings.model = .unigram(try unigram(model))
        default: throw unexpected("model", "'BPE' or 'Unigram'", model["type"])
        }
    }

    private static func bytePairs(_ object: JSONObject) throws(TokenizerError) -> BytePairs {
        let bytes = try bytes(object, "merges")
        var (numbers, number, shift): ([Int32], UInt32, UInt32) = ([], 0, 0)
        for byte in bytes {
            guard shift < 28 else { throw unexpected("merges", "ids below 2^28", .string("more")) }
            number |= UInt32(byte & 0x7F) << shift
            shift += 7
            guard byte < 0x80 else { continue }
            numbers.append(Int32(number))
            (number, shift) = (0, 0)
        }
        guard shift == 0, numbers.count.isMultiple(of: 2), numbers.count / 2 <= BytePairs.mergeLimit else {
            throw unexpected("merges", "pairs of ids", .integer(numbers.count))
        }
        var model = BytePairs(
            merges: stride(from: 0, to: numbers.count, by: 2).map { BytePairs.Merge(numbers[$0], numbers[$0 + 1]) })
        if let unknown = object["unknownToken"], !unknown.isNull {
            model.unknownToken = try string(object, "unknownToken")
        }
        model.fusesUnknown = try bool(object, "fusesUnknown")
        model.fallsBackToBytes = try bool(object, "fallsBackToBytes")
        model.ignoresMerges = try bool(object, "ignoresMerges")
        model.continuingPrefix = try string(object, "continuingPrefix")
        model.wordSuffix = try string(object, "wordSuffix")
        return model
    }

    private static func unigram(_ object: JSONObject) throws(TokenizerError) -> Unigram {
        let bytes = try bytes(object, "scores")
        let size = try bool(object, "isSingle") ? 4 : 8
        guard bytes.count.isMultiple(of: size), bytes.count / size <= Vocabulary.countLimit else {
            throw unexpected("scores", "whole numbers of \(size) bytes", .integer(bytes.count))
        }
        var model = Unigram()
        model.scores.reserveCapacity(bytes.count / size)
        for start in stride(from: 0, to: bytes.count, by: size) {
            var bits: UInt64 = 0
            for index in 0..<size { bits |= UInt64(bytes[start + index]) << UInt64(8 * index) }
            model.scores.append(
                size == 4
                    ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))) : Double(bitPattern: bits))
        }
        if let id = object["unknownID"], !id.isNull {
            guard let number = id.integer else { throw unexpected("unknownID", "an id", id) }
            model.unknownID = number
        }
        model.fallsBackToBytes = try bool(object, "fallsBackToBytes")
        return model
    }

    private static func bytes(_ object: JSONObject, _ key: String) throws(TokenizerError) -> [UInt8] {
        guard let bytes = Base64Text.decode(try string(object, key)) else {
            throw unexpected(key, "base 64", .string("other characters"))
        }
        return bytes
    }

    private static func bool(_ object: JSONObject, _ key: String) throws(TokenizerError) -> Bool {
        guard let value = object[key]?.bool else { throw unexpected(key, "true or false", object[key]) }
        return value
    }

    private static func string(_ object: JSONObject, _ key: String) throws(TokenizerError) -> String {
        guard let value = object[key]?.string else { throw unexpected(key, "a string", object[key]) }
        return value
    }

    private static func unexpected(_ key: String, _ expected: String, _ found: JSONValue?) -> TokenizerError {
        .unexpected(file: file, key: key, expected: expected, found: found?.kindName ?? "none")
    }
}
