// What a caller may state about a model that its files do not say.

public import AdzeKernels
internal import AdzeModelFiles
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
    /// The names of the labels, in the order of the classifier's rows.
    public var labels: [String]?
    /// The number of attention heads, where there is no configuration.
    public var headCount: Int?
    /// The key under which a nested checkpoint keeps the model.
    public var key: String?
    /// A well-known shape, such as `bert-base-cased`, that stands for configuration and casing.
    public var like: String?
    /// Whether inert values take the place of what a pickle asks for beyond data; nothing is called either way.
    public var ignoresObjects = false
    /// A new classifier with these labels, in place of any that is there.
    public var newHead: [String]?
    /// What the logits of a new classifier mean.
    public var newHeadProblem = ProblemType.singleLabel
    /// The seed of a new classifier.
    public var seed: UInt64 = 0
    /// Who multiplies where the model runs or learns in fp32; nil for what suits the processor, which is ours but where it
    /// has no fma. In int8 our own kernels always.
    public var floatProducts: FloatProducts?
    /// The program `adze-h5worker`, which reads HDF5; nil for the one beside the running executable.
    public var hdf5Worker: URL?

    // The same as paths, as the command line has them.
    package var configPath: String?
    package var tokenizerPath: String?
    package var hdf5WorkerPath: String?

    /// No statements.
    public init() {}
}

extension ModelOptions {
    /// The statements with every URL as a path; throws `LocationError`.
    func located() throws(LocationError) -> ModelOptions {
        var options = self
        if let config { options.configPath = try config.localPath }
        if let tokenizer { options.tokenizerPath = try tokenizer.localPath }
        if let hdf5Worker { options.hdf5WorkerPath = try hdf5Worker.localPath }
        return options
    }

    /// What concerns the weights' files.
    var weights: WeightsOptions {
        var options = WeightsOptions()
        options.ignoresObjects = ignoresObjects
        options.hdf5WorkerPath = hdf5WorkerPath
        return options
    }
}
