// What a caller may state about a model that its files do not say.

public import AdzeKernels
public import AdzeModelFiles
public import AdzeModels

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Statements that complete or override what a model's files say.
public struct ModelOptions: Sendable {
    /// A `config.json` to use instead of the folder's, or for a bare file of weights.
    public var config: URL?
    /// A folder or file (`tokenizer.json`, `vocab.txt`) to take the tokenizer from.
    public var tokenizer: URL?
    /// The folder of a LoRA adapter, as PEFT saves it, that is merged into the weights.
    public var adapter: URL?
    /// What concerns the checkpoint: labels, a new head, the number of attention heads, the key of a nested one.
    public var checkpoint = CheckpointOptions()
    /// What concerns the files of weights: objects in pickles.
    public var weights = WeightsOptions()
    /// A well-known shape, such as `bert-base-cased`, that stands for configuration and casing.
    public var like: String?
    /// Who multiplies where the model runs or learns in fp32; nil for what suits the processor, which is ours but where it
    /// has no fma. In int8 our own kernels always.
    public var floatProducts: FloatProducts?
    /// The folder of WordNet's files, for models that clean texts by lemmas; nil for that of Debian's package.
    public var wordNet: URL?
    /// The program `adze-h5worker`, which reads HDF5; nil for the one beside the running executable.
    public var hdf5Worker: URL?

    /// Whether a `.adze` file's int8 weights are loaded beside its tokenizer, on so many threads, for a verb that runs in
    /// int8 whatever is said of the model; 0 is as many as there are processors, nil is not.
    package var threadsAhead: Int?

    // The same as paths, as the command line has them.
    package var configPath: String?
    package var tokenizerPath: String?
    package var adapterPath: String?
    package var wordNetPath: String?

    /// No statements.
    public init() {}
}

extension ModelOptions {
    /// The statements with every URL as a path; throws `LocationError`.
    func located() throws(LocationError) -> ModelOptions {
        var options = self
        if let config { options.configPath = try config.localPath }
        if let tokenizer { options.tokenizerPath = try tokenizer.localPath }
        if let adapter { options.adapterPath = try adapter.localPath }
        if let wordNet { options.wordNetPath = try wordNet.localPath }
        if let hdf5Worker { options.weights.hdf5WorkerPath = try hdf5Worker.localPath }
        return options
    }
}
