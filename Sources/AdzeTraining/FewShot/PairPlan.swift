// How the pairs of a few labelled texts are shared out to steps. Not here: which texts make pairs, which is `GroupSampling`'s and
// `PairSampling`'s.

/// How a run meets the pairs of its texts.
public enum PairPlan: Sendable, Equatable {
    /// So many steps, each over all pairs among about as many texts as a batch has, two of each of two labels at least.
    case groups(steps: Int)
    /// At most so many pairs, each once and as many in a step as a batch has: SetFit's way.
    case pairs(limit: Int)

    /// The pairs of each step; none where there are none of a kind.
    ///
    /// - Complexity: O(texts met), or O(pairs) where each is met once.
    public func steps(labels: [Int], batchSize: Int, seed: UInt64) -> PairSteps {
        precondition(batchSize > 0, "a step has pairs")
        switch self {
        case .groups(let count):
            let sampling = GroupSampling(labels: labels, size: batchSize)
            return PairSteps(form: .groups(sampling, sampling.groups(count, seed: seed)))
        case .pairs(let limit):
            return PairSteps(form: .batches(PairSampling(labels: labels).pairs(limit: limit, seed: seed), batchSize))
        }
    }
}

/// The pairs of each step of a run, as many of one kind as of the other; those of groups are made when they are asked for.
public struct PairSteps: Sendable {
    fileprivate enum Form {
        case groups(GroupSampling, [[Int]])
        case batches([TextPair], Int)
    }

    fileprivate let form: Form

    /// Steps.
    public var count: Int {
        switch form {
        case .groups(_, let groups): groups.count
        case .batches(let pairs, let size): pairs.count / size + (pairs.count.isMultiple(of: size) ? 0 : 1)
        }
    }

    /// Pairs of all steps; those that come again are counted again.
    public var pairCount: Int {
        switch form {
        case .groups(let sampling, let groups): groups.reduce(0) { $0 + sampling.pairCount(of: $1) }
        case .batches(let pairs, _): pairs.count
        }
    }

    /// The pairs of a step, counted from 0.
    public subscript(step: Int) -> [TextPair] {
        switch form {
        case .groups(let sampling, let groups): sampling.pairs(of: groups[step])
        case .batches(let pairs, let size): Array(pairs[(step * size)...].prefix(size))
        }
    }
}
