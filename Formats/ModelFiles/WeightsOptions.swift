// What opening a file of weights may need to know beyond its content.

internal import AdzeKeras

/// Which tensors of a file a store has.
///
/// Only a format whose own form is not that of our models tells them apart: a Keras file for models has its kernels
/// transposed and renamed and its optimizer left out, and for `all` every dataset under the names of its groups.
public enum TensorScope: Sendable {
    /// Those that a model can have, as models expect them.
    case model
    /// Every tensor, exactly as the file has it, nested names joined by `.`.
    case all
}

/// How a file of weights is opened.
public struct WeightsOptions: Sendable {
    /// Whether a pickle that asks for more than data is read all the same; see `TorchCheckpoint`.
    public var ignoresObjects = false
    /// The program that reads HDF5; nil for `adze-h5worker` beside the running executable.
    package var hdf5WorkerPath: String?
    /// Which tensors the store has.
    var scope: TensorScope = .model
    /// The names of the whole checkpoint, where the file is a shard of one with names of TensorFlow.
    var names: KerasNames?

    /// Objects are refused, and HDF5 is read by the program beside our own.
    public init() {}

    func worker() throws(KerasError) -> HDF5Worker {
        if let hdf5WorkerPath { return HDF5Worker(path: hdf5WorkerPath) }
        return try HDF5Worker.besideExecutable()
    }
}
