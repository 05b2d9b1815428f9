// The bias that attention has by the distance of two tokens, in training: the run of values of a step, and the way back
// from gradients by distance to those of the table of buckets. Not here: attention itself.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

extension TrainingModel {
    /// The bias as the table has it now, for sequences of up to `longest` tokens; nil where attention has none.
    func distanceBias(longest: Int) -> DistanceBias? {
        guard let bias = config.relativeBias, let place = places.relativeBias else { return nil }
        return unsafe DistanceBias(
            bias, table: UnsafePointer(weights.base) + place, headCount: config.headCount, tokenLimit: longest)
    }
}

/// Gradients by distance, a run for each sequence and head of the whole model: each is written by the piece of work that computes it, and
/// block after block is added to it.
final class DistanceGradients {
    private var sums = GrowableBuffer()
    private var width = 0

    /// Room for a batch, all zero.
    func clear(_ batch: PackedBatch, _ config: EncoderShape, _ bias: DistanceBias) {
        width = 2 * bias.tokenLimit - 1
        let count = batch.sequenceCount * config.headCount * width
        sums.reserve(count)
        unsafe sums.buffer.base.update(repeating: 0, count: count)
    }

    /// Where the sum of distance 0 of the `pair`-th pair of sequence and head of the whole model lies.
    func center(_ pair: Int) -> UnsafeMutablePointer<Float> { unsafe sums.buffer.base + pair * width + width / 2 }
}

extension EncoderPass {
    /// Adds the gradients by distance to those of the table: a head's column sequence after sequence, near distances of
    /// keys before a query first, so that each sum has one order.
    func addDistanceGradients() {
        guard let bias = config.relativeBias, let place = places.relativeBias, let distanceBias else { return }
        let (heads, longest) = (config.headCount, distanceBias.tokenLimit)
        let buckets = (1 - longest...longest - 1).map(bias.bucket)
        nonisolated(unsafe) let (target, distances) = unsafe (model.gradients.base + place, workspace.distances)
        pool.forEach(heads) { head in
            for sequence in 0..<batch.sequenceCount {
                let (reach, sums) = unsafe (
                    batch.tokens(of: sequence).count - 1, distances.center(sequence * heads + head)
                )
                for distance in -reach...reach {
                    unsafe target[buckets[distance + longest - 1] * heads + head] += sums[distance]
                }
            }
        }
    }
}
