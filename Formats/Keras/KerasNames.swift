// From the names of Keras and TensorFlow to those of PyTorch's transformers, which the rest of Adze expects. Decides
// which of the known layouts a set of names has; the rules of each layout are in a file of their own. Not here: tensors.

/// What becomes of a tensor's elements when its name changes.
public enum TensorChange: Sendable, Equatable {
    /// Nothing.
    case none
    /// One dimension instead of several, the elements as they are.
    case flattened
    /// The first dimensions together are rows, the others columns; rows and columns change places.
    case transposed(rowDimensions: Int)
}

/// A tensor's name for PyTorch, and the change that its elements need.
public struct PyTorchName: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The change.
    public let change: TensorChange

    init(_ name: String, _ change: TensorChange = .none) {
        self.name = name
        self.change = change
    }
}

/// The layouts whose names are known.
public enum KerasLayout: String, Sendable, CaseIterable {
    /// TensorFlow models of transformers: `tf_model.h5`, its shards, Keras files that wrap such a model.
    case transformers = "transformers' TensorFlow models"
    /// The same models saved by variables instead of names: `layers/tf_bert_main_layer/…/vars/0`.
    case transformersVariables = "transformers' TensorFlow layers"
    /// keras-bert: `Encoder-1-MultiHeadSelfAttention`.
    case kerasBert = "keras-bert"
    /// KerasHub (once KerasNLP): `layers/transformer_encoder/…/vars/0`.
    case kerasHub = "KerasHub"
    /// None of them: names are paths, and nothing is changed.
    case other = "HDF5 paths"
}

/// The names of one file, or of all shards of one checkpoint.
public struct KerasNames: Sendable {
    /// The layout that the names show.
    public let layout: KerasLayout
    /// keras-bert leaves the classifier to the user; where one dense layer is left over, it is that.
    private let userClassifier: String?
    /// KerasHub's encoder may stand inside a classifier.
    private let encoderPrefix: String

    /// Looks for the table of word embeddings, which every encoder has.
    ///
    /// - Complexity: O(n) for n paths.
    public init(paths: some Sequence<String>) {
        let paths = paths.filter { !KerasNames.isOptimizer($0) }.map(KerasNames.levels)
        let prefix = KerasHubNames.encoderPrefix(paths) ?? ""
        let classifier = KerasBertNames.userClassifier(paths)
        func fits(_ layout: KerasLayout) -> Bool {
            paths.contains { path in
                let name = KerasNames.rename(path, layout, prefix, classifier)?.name
                return name?.hasSuffix("embeddings.word_embeddings.weight") ?? false
            }
        }
        layout = KerasLayout.allCases.first { $0 != .other && fits($0) } ?? .other
        encoderPrefix = prefix
        userClassifier = classifier
    }

    /// The name and change of a dataset; in an unknown layout, or for a part that no encoder has, the path with dots.
    public func renamed(_ path: String) -> PyTorchName {
        KerasNames.rename(KerasNames.levels(path), layout, encoderPrefix, userClassifier)
            ?? PyTorchName(KerasNames.dotted(path))
    }

    /// The path with dots for slashes. HDF5 parts paths by their bytes, whatever character joins a slash.
    static func dotted(_ path: String) -> String {
        var dotted = String.UnicodeScalarView()
        for scalar in path.unicodeScalars { dotted.append(scalar == "/" ? "." : scalar) }
        return String(dotted)
    }

    /// Whether a dataset is the optimizer's state: twice the size of the weights, and no use here.
    static func isOptimizer(_ path: String) -> Bool {
        path.hasPrefix("optimizer_weights/") || path.hasPrefix("optimizer/") || path.hasPrefix("_optimizer/")
    }

    /// The parts of a path, without the group that a full-model file keeps its weights in.
    private static func levels(_ path: String) -> [String] {
        let levels = path.unicodeScalars.split(separator: "/").map { String($0) }
        return levels.first == "model_weights" ? Array(levels.dropFirst()) : levels
    }

    private static func rename(
        _ levels: [String], _ layout: KerasLayout, _ encoderPrefix: String, _ userClassifier: String?
    ) -> PyTorchName? {
        switch layout {
        case .transformers: TransformersNames.rename(levels)
        case .transformersVariables: TransformersVariables.rename(levels)
        case .kerasBert: KerasBertNames.rename(levels, classifier: userClassifier)
        case .kerasHub: KerasHubNames.rename(levels, encoderPrefix: encoderPrefix)
        case .other: nil
        }
    }
}

/// The last part of a name as PyTorch calls it: TensorFlow's `kernel`, `gamma` and the like are all `weight`.
func parameterName(_ last: String) -> (name: String, isKernel: Bool)? {
    switch last {
    case "kernel": ("weight", true)
    case "embeddings", "gamma", "weight": ("weight", false)
    case "beta", "bias": ("bias", false)
    default: nil
    }
}

/// A part without the `:0` that TensorFlow puts behind a variable's name.
func withoutOutputNumber(_ part: String) -> String { part.hasSuffix(":0") ? String(part.dropLast(2)) : part }

/// `name` → 0, `name_3` → 3, for classes that Keras numbers; nil for anything else.
func ordinal(of part: String, named name: String) -> Int? {
    if part == name { return 0 }
    guard part.hasPrefix(name + "_"), let number = Int(part.dropFirst(name.count + 1)), number > 0,
        part == "\(name)_\(number)"
    else { return nil }
    return number
}
