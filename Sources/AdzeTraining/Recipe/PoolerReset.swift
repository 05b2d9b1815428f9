// New weights for the pooler, which fine-tunes from pretrained next-sentence weights less well than from fresh ones on
// some tasks. Not here: when that is asked for, see `Recipe.reinitialisesPooler`.

public import AdzeKernels

extension ParameterLayout {
    /// Gives the pooler, where the layout has one, weights of deviation 0.02 and biases of 0, by the seed alone.
    ///
    /// Returns whether there is one.
    /// - Source: transformers `BertPreTrainedModel._init_weights`, with `initializer_range` 0.02.
    public func reinitialisePooler(_ weights: FloatBuffer, seed: UInt64) -> Bool {
        guard let matrix = entry("pooler.dense.weight"), let bias = entry("pooler.dense.bias") else { return false }
        let generator = CounterGenerator(seed: seed)
        let values = generator.normals(count: matrix.range.count, deviation: 0.02, place: DrawingPlace.pooler)
        (weights.base + matrix.range.lowerBound).update(from: values, count: values.count)
        (weights.base + bias.range.lowerBound).update(repeating: 0, count: bias.range.count)
        return true
    }
}
