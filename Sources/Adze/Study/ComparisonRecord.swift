// What one run of a comparison came to, and its file. Not here: means over seeds, which are `ComparisonTable`'s.

public import AdzeBytes

/// What one run came to.
public struct ComparisonRecord: Sendable, Equatable {
    /// The model that was trained.
    public let configuration: ComparisonConfiguration
    /// The seed.
    public let seed: UInt64
    /// The score of the development set at each epoch, in fp32; NaN where it is undefined.
    public let scores: [Double]
    /// The epoch whose weights were kept, from 1.
    public let epoch: Int
    /// The score of the kept weights in int8.
    public let int8Score: Double
    /// Weights of the model.
    public let parameters: Int
    /// Bytes that int8 inference reads.
    public let bytes: Int
    /// Texts of the development set that int8 classifies in a second; a measurement.
    public let textsPerSecond: Double
    /// Seconds that training took; nil for a run that was interrupted.
    public let seconds: Double?

    /// The score of the kept weights in fp32.
    public var score: Double { scores.indices.contains(epoch - 1) ? scores[epoch - 1] : .nan }

    init(
        _ configuration: ComparisonConfiguration, seed: UInt64, scores: [Double], epoch: Int, int8Score: Double,
        parameters: Int, bytes: Int, textsPerSecond: Double, seconds: Double?
    ) {
        (self.configuration, self.seed, self.scores, self.epoch) = (configuration, seed, scores, epoch)
        (self.int8Score, self.parameters, self.bytes) = (int8Score, parameters, bytes)
        (self.textsPerSecond, self.seconds) = (textsPerSecond, seconds)
    }
}

extension ComparisonRecord {
    /// The record as an object.
    public var json: JSONObject {
        var json: JSONObject = [
            "blocks": .array(configuration.blocks.map { .integer($0) }), "head": .string(configuration.head),
            "seed": .integer(Int(seed)), "scores": .array(scores.map { .finite($0) }), "epoch": .integer(epoch),
            "int8Score": .finite(int8Score), "parameters": .integer(parameters), "bytes": .integer(bytes),
            "textsPerSecond": .finite(textsPerSecond), "seconds": .finite(seconds),
        ]
        if let size = configuration.wordTableSize { json["wordTable"] = .integer(size) }
        return json
    }

    /// Reads what `json` makes; nil for anything else.
    init?(json value: JSONValue) {
        func numbers(_ key: String) -> [Double]? {
            value[key]?.array.map { $0.map { $0.number ?? .nan } }
        }
        guard let blocks = value["blocks"]?.array?.map(\.integer), blocks.allSatisfy({ $0 != nil }),
            let head = value["head"]?.string, let seed = value["seed"]?.integer, seed >= 0,
            let scores = numbers("scores"), let epoch = value["epoch"]?.integer, scores.indices.contains(epoch - 1),
            let parameters = value["parameters"]?.integer, let bytes = value["bytes"]?.integer
        else { return nil }
        self.init(
            ComparisonConfiguration(
                blocks: blocks.compactMap { $0 }, head: head, wordTableSize: value["wordTable"]?.integer),
            seed: UInt64(seed), scores: scores,
            epoch: epoch, int8Score: value["int8Score"]?.number ?? .nan, parameters: parameters, bytes: bytes,
            textsPerSecond: value["textsPerSecond"]?.number ?? .nan, seconds: value["seconds"]?.number)
    }
}
