// Which examples make which batch in which epoch: a function of the recipe and the lengths alone. Not here: running them.

internal import AdzeBytes

/// The order of a run's examples.
struct EpochPlan: Sendable {
    let lengths: [Int]
    let seed: UInt64
    let batchSize: Int
    let accumulation: Int
    let epochs: Int
    let groupsByLength: Bool

    /// Batches whose texts are sorted by length together: enough to find neighbours, and few enough that a text meets
    /// others in every epoch.
    private var groupedBatches: Int { max(1, min(50, batchesPerEpoch / 4)) }

    var batchesPerEpoch: Int { (lengths.count + batchSize - 1) / batchSize }
    var stepsPerEpoch: Int { (batchesPerEpoch + accumulation - 1) / accumulation }
    var totalSteps: Int { stepsPerEpoch * epochs }

    /// The steps of an epoch: each has the indices of its batches' examples.
    ///
    /// Grouped, the shuffled order is cut into runs of up to 50 batches, each run sorted by length (equal ones stay in their
    /// order), and the batches shuffled again. The last batch may be short.
    /// - Complexity: O(n log n).
    func steps(epoch: Int) -> [[[Int]]] {
        let generator = CounterGenerator(seed: seed)
        var order = generator.permutation(count: lengths.count, epoch: epoch)
        if groupsByLength {
            let run = batchSize * groupedBatches
            order = EpochPlan.pieces(order, of: run).flatMap { piece in
                piece.enumerated().sorted { a, b in
                    let (first, second) = (lengths[a.element], lengths[b.element])
                    return first == second ? a.offset < b.offset : first > second
                }.map(\.element)
            }
        }
        var batches = EpochPlan.pieces(order, of: batchSize)
        if groupsByLength {
            let places = generator.permutation(count: batches.count, epoch: epoch, place: DrawingPlace.batches)
            batches = places.map { batches[$0] }
        }
        return stride(from: 0, to: batches.count, by: accumulation).map {
            Array(batches[$0..<min($0 + accumulation, batches.count)])
        }
    }

    private static func pieces(_ list: [Int], of size: Int) -> [[Int]] {
        stride(from: 0, to: list.count, by: size).map { Array(list[$0..<min($0 + size, list.count)]) }
    }
}
