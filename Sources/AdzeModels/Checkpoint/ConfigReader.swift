// Typed access to the members of a config.json. Not here: which members a family has.

package import AdzeBytes
internal import AdzeKernels

/// Typed access to the members of a `config.json`.
package struct ConfigReader {
    /// The file's object.
    package let json: JSONValue

    func integer(_ key: String, _ range: ClosedRange<Int>, default fallback: Int? = nil) throws(ConfigError) -> Int {
        guard let value = json[key], !value.isNull else {
            guard let fallback else {
                throw .missing(key: key, nearest: nearestName(to: key, in: json.object?.keys ?? []))
            }
            return fallback
        }
        guard let integer = value.integer else {
            throw .wrongType(key: key, expected: "a whole number", found: value.kindName)
        }
        guard range.contains(integer) else {
            throw .outOfRange(key: key, value: "\(integer)", low: "\(range.lowerBound)", high: "\(range.upperBound)")
        }
        return integer
    }

    func number(_ key: String, _ range: ClosedRange<Double>, default fallback: Double) throws(ConfigError) -> Double {
        guard let value = json[key], !value.isNull else { return fallback }
        guard let number = value.number else {
            throw .wrongType(key: key, expected: "a number", found: value.kindName)
        }
        guard range.contains(number) else {
            throw .outOfRange(key: key, value: "\(number)", low: "\(range.lowerBound)", high: "\(range.upperBound)")
        }
        return number
    }

    func flag(_ key: String, default fallback: Bool) throws(ConfigError) -> Bool {
        guard let value = json[key], !value.isNull else { return fallback }
        guard let flag = value.bool else {
            throw .wrongType(key: key, expected: "true or false", found: value.kindName)
        }
        return flag
    }

    func activation(_ key: String) throws(ConfigError) -> Activation {
        guard let value = json[key], !value.isNull else { return .gelu }
        guard let name = value.string else {
            throw .wrongType(key: key, expected: "a string", found: value.kindName)
        }
        guard let known = ConfigReader.activations.first(where: { $0.0 == name }) else {
            throw .unsupportedSetting(
                key: key, value: name, supported: ConfigReader.activations.map(\.0).joined(separator: ", "))
        }
        return known.1
    }

    func checkHeads(_ heads: Int, hidden: Int) throws(ConfigError) {
        guard hidden % heads == 0 else { throw .headsDoNotDivide(hidden: hidden, heads: heads) }
    }

    static let prunedHeadsKey = "pruned_heads"

    /// The heads that blocks have lost: an object of lists by the block's number, whose numbers are those of the whole
    /// model; one that stands twice is lost once, as in transformers.
    func prunedHeads(layers: Int, heads: Int) throws(ConfigError) -> PrunedHeads {
        let key = ConfigReader.prunedHeadsKey
        guard let value = json[key], !value.isNull else { return PrunedHeads() }
        guard let object = value.object else {
            throw .wrongType(key: key, expected: "an object of lists by block", found: value.kindName)
        }
        var lost: Set<AttentionHead> = []
        for (name, list) in object {
            guard let block = Int(name), "\(block)" == name else {
                throw .prunedBlock(name, expected: "the number of a block")
            }
            guard (0..<layers).contains(block) else {
                throw .prunedBlock(name, expected: layers > 0 ? "a block from 0 to \(layers - 1)" : "no block")
            }
            guard let items = list.array else {
                throw .prunedBlock(name, expected: "a list of heads, found \(list.kindName)")
            }
            for item in items {
                guard let number = item.integer, (0..<heads).contains(number) else {
                    throw .prunedBlock(
                        name,
                        expected: "heads from 0 to \(heads - 1), found "
                            + (item.integer.map { "\($0)" } ?? item.kindName))
                }
                lost.insert(AttentionHead(block: block, number: number))
            }
        }
        let pruned = PrunedHeads(lost)
        for block in pruned.blocks where pruned.numbers(ofBlock: block).count == heads {
            throw .prunedBlock("\(block)", expected: "a head that is left, found all \(heads) in the list")
        }
        return pruned
    }

    private static let activations: [(String, Activation)] = [
        ("gelu", .gelu), ("gelu_new", .geluTanh), ("relu", .relu), ("gelu_python", .gelu),
        ("gelu_pytorch_tanh", .geluTanh), ("gelu_fast", .geluTanh),
    ]

    static func name(of activation: Activation) -> String {
        activations.first { $0.1 == activation }?.0 ?? activation.rawValue
    }
}
