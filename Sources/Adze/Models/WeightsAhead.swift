// Weights that are loaded while the rest of a bundle, its tokenizer above all, is still being put together. Not here: what is
// loaded, which is `EncoderModel`, nor who takes it, which is `Engine`.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeNative
internal import AdzeThreads

/// A model on its way into memory.
///
/// Thread-safe. One that nobody takes is let go of when it has arrived.
final class WeightsAhead: Sendable {
    private let models: ReadAhead<EncoderModel>

    /// Starts to load a file's codes, on threads of its own; nil where the system has no thread to give.
    init?(_ checkpoint: ModelCheckpoint, _ native: NativeFile, products: FloatProducts?, threads: Int?) {
        let models = ReadAhead<EncoderModel>(.init(count: 1)) { _ in
            var model: EncoderModel? = try EncoderModel(
                checkpoint, quantized: NativeQuantizedStore(file: native, checkpoint: checkpoint),
                kernels: Kernels.chosen(products: products), pool: WorkerPool(threads: threads))
            return {
                defer { model = nil }
                return model
            }
        }
        guard let models else { return nil }
        self.models = models
    }

    /// The model, waiting for it; nil where it has been taken already. Throws what loading it throws.
    func take() throws -> EncoderModel? { try models.next()?.first }
}
