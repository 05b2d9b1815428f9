// Errors of a model folder. File names are relative to the folder, whose path is in the message only where the folder
// itself is at fault.

public import AdzeBytes

/// A refusal by the reader of model folders.
public enum HuggingFaceError: AdzeFailure, Equatable {
    /// The path is no folder.
    case notAFolder(path: String)
    /// The folder has no `config.json`.
    case noConfiguration(path: String, found: [String])
    /// No file in the folder is known as weights.
    case noWeights(path: String, found: [String], unreadable: [String])
    /// Several files could be the weights, and none has the usual name.
    case ambiguousWeights([String])
    /// A file is larger than is read.
    case tooLarge(file: String, size: Int, limit: Int)
    /// A file is no JSON that we take.
    case json(file: String, JSONError)
    /// A field is missing, or of the wrong kind.
    case field(file: String, field: String, expected: String, found: String)
    /// A name in a file leads outside of the folder, or could.
    case unsafeName(file: String, name: String)
    /// The index of shards names none.
    case emptyIndex(file: String)
    /// A shard of the index is not in the folder.
    case missingShard(file: String, shard: String)
    /// A sentence model has a module that is not computed here.
    case unsupportedModule(type: String)
    /// The modules of a sentence model stand in an order that is not computed here.
    case moduleOrder(found: [String])
    /// A sentence model pools in a way that the library does not have.
    case unknownPooling(file: String, mode: String, nearest: String?)
    /// The sentence model excludes its prompt from the pooling, which is not computed here.
    case promptOutsidePooling(file: String)
    /// The sentence model's encoder is in another folder than the one that was chosen for the weights.
    case encoderElsewhere(folder: String, chosen: String)

    /// A folder without its parts is a missing input; all else is bad data.
    public var kind: FailureKind {
        switch self {
        case .notAFolder, .noConfiguration, .noWeights, .missingShard: .missingInput
        default: .badData
        }
    }

    /// The refusal in one line.
    public var description: String {
        switch self {
        case .notAFolder(let path): "\(path): expected a model folder, found a file"
        case .noConfiguration(let path, let found):
            "\(path): "
                + (found.contains("adapter_config.json")
                    ? "an adapter, and no model; convert the model that it was trained on, with --adapter \(path)"
                    : "expected a config.json, found \(quotedList(found)); pass the folder that save_pretrained wrote")
        case .noWeights(let path, let found, let unreadable) where unreadable.isEmpty:
            "\(path): expected model.safetensors, pytorch_model.bin or tf_model.h5, found \(quotedList(found));"
                + " download the weights"
        case .noWeights(let path, _, let unreadable):
            "\(path): expected model.safetensors, pytorch_model.bin or tf_model.h5, found \(quotedList(unreadable)),"
                + " which cannot be read yet; save the whole model as safetensors"
        case .ambiguousWeights(let files):
            "expected one file of weights, found \(quotedList(files)); rename the right one to model.safetensors"
                + " or pytorch_model.bin, or pass it by its own path"
        case .tooLarge(let file, let size, let limit): "\(file): \(size) bytes; at most \(limit) are read"
        case .json(let file, let error): "\(file): \(error)"
        case .field(let file, let field, let expected, let found):
            "\(file): \(field): expected \(expected), found \(found)"
        case .unsafeName(let file, let name):
            "\(file): \(quoted(name)) is no plain file name; names with a path are refused"
        case .emptyIndex(let file): "\(file): expected tensors in weight_map, found none"
        case .missingShard(let file, let shard):
            "\(file): the shard \(quoted(shard)) is missing from the folder; download it"
        default: sentenceDescription
        }
    }

    private var sentenceDescription: String {
        switch self {
        case .unsupportedModule(let type):
            "modules.json: the module \(quoted(type)) is not supported; Transformer, Pooling and Normalize are"
        case .moduleOrder(let found):
            "modules.json: expected Transformer, Pooling and perhaps Normalize, found \(quotedList(found))"
        case .unknownPooling(let file, let mode, let nearest):
            "\(file): unknown pooling_mode \(quoted(mode))" + (nearest.map { "; the nearest is \(quoted($0))" } ?? "")
        case .promptOutsidePooling(let file):
            "\(file): include_prompt is false and the model has a default prompt; pooling without the prompt's tokens"
                + " is not supported"
        case .encoderElsewhere(let folder, let chosen):
            "modules.json: the Transformer module is in \(quoted(folder)), the weights were found in \(quoted(chosen))"
        default: ""
        }
    }
}
