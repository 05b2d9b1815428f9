// Reinitialisation of the pooler, which on some tasks fine-tunes better from new weights than from those of
// next-sentence pretraining. Not here: when that is asked for, see `Recipe.reinitialisesPooler`.

internal import AdzeBytes
public import AdzeKernels
internal import AdzeModels

extension ParameterLayout {
    /// Gives the pooler, where the layout has one, weights of deviation 0.02 and biases of 0, by the seed alone.
    ///
    /// Returns whether there is one.
    /// - Source: transformers `PreTrainedModel._init_weights`, with `initializer_range` 0.02.
    public func reinitialisePooler(_ weights: FloatBuffer, seed: UInt64) -> Bool {
        let pooler = entries.filter { $0.parameter.part == .pooler }
        guard let matrix = pooler.first(where: { $0.parameter.role == .weight }),
            let bias = pooler.first(where: { $0.parameter.role == .bias })
        else { return false }
        let generator = CounterGenerator(seed: seed)
        let values = generator.normals(count: matrix.range.count, deviation: 0.02, place: DrawingPlace.pooler)
        unsafe (weights.base + matrix.range.lowerBound).update(from: values, count: values.count)
        unsafe (weights.base + bias.range.lowerBound).update(repeating: 0, count: bias.range.count)
        return true
    }
}
