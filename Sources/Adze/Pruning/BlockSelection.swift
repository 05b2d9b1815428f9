// Which blocks `prune --keep` keeps.

/// A rule that chooses encoder blocks.
public enum BlockSelection: Sendable, Equatable {
    /// The first N.
    case first(Int)
    /// The last N.
    case last(Int)
    /// Blocks 0, K, 2K, …
    case every(Int)
    /// Exactly these, in this order.
    case exactly([Int])

    /// Reads `first:N`, `last:N`, `every:K` or `0,2,5`; throws `BundleError.badSelection`.
    public init(_ text: String) throws(BundleError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, let number = Int(parts[1]), number > 0 {
            switch parts[0] {
            case "first": self = .first(number)
            case "last": self = .last(number)
            case "every": self = .every(number)
            default: throw .badSelection(text)
            }
        } else {
            let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            let blocks = numbers.compactMap { $0 }
            guard parts.count == 1, blocks.count == numbers.count, !blocks.isEmpty, blocks.allSatisfy({ $0 >= 0 }),
                Set(blocks).count == blocks.count
            else { throw .badSelection(text) }
            self = .exactly(blocks)
        }
    }

    /// The blocks that a model of `count` blocks keeps; may name blocks that do not exist.
    public func blocks(of count: Int) -> [Int] {
        switch self {
        case .first(let number): number <= count ? Array(0..<number) : [number - 1]
        case .last(let number): number <= count ? Array(count - number..<count) : [number - 1]
        case .every(let step): Array(stride(from: 0, to: count, by: step))
        case .exactly(let blocks): blocks
        }
    }
}
