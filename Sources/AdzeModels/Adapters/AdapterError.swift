// What can be wrong with an adapter, alone and over a base. Each case is one line.

public import AdzeBytes
public import AdzeTensors

/// An adapter that is damaged, of a kind that is not merged, or of another model than the base.
public enum AdapterError: AdzeFailure, Equatable {
    /// The folder lacks a file.
    case missingFile(String)
    /// A key of adapter_config.json is absent or of another type.
    case badKey(String, expected: String, found: String)
    /// A kind of adapter, or a setting, whose change is no sum of low-rank products.
    case unsupported(key: String, value: String, supported: String)
    /// A tensor that is none of a LoRA adapter's.
    case foreignTensor(String)
    /// One of a layer's two matrices is missing.
    case half(layer: String, missing: String)
    /// Matrices of another rank than adapter_config.json states.
    case otherRank(layer: String, stated: Int, found: Int)
    /// The base has no such weight.
    case noSuchWeight(String, nearest: String?)
    /// The base is a file of ours, which keeps this layer in parts.
    case joinedInBase(String)
    /// A layer of the task's own, which was new when the adapter was made and is in neither.
    case unsavedLayer(String)
    /// Two tensors of the adapter are of one weight.
    case twice(String)
    /// The base's weight is no floating-point number.
    case noFloats(name: String, type: String)
    /// The base's weight has another shape.
    case otherShape(name: String, base: Shape, adapter: Shape)
    /// It changes nothing.
    case empty
    /// The classifier that the adapter's task needs is not in it.
    case noHead(task: String, weight: String)

    /// The request of a kind that is not merged is a usage error; all else is bad data.
    public var kind: FailureKind {
        switch self {
        case .missingFile: .missingInput
        default: .badData
        }
    }

    /// One line: what, where, expected and found, what to do.
    public var description: String {
        switch self {
        case .missingFile(let name):
            "there is no \(name); an adapter is a folder with adapter_config.json and adapter_model.safetensors, as PEFT saves it"
        case .badKey(let key, let expected, let found):
            "adapter_config.json: \(quoted(key)): expected \(expected), found \(found)"
        case .unsupported(let key, let value, let supported):
            "adapter_config.json: \(quoted(key)) is \(quoted(value)), which is not merged here; supported: \(supported); "
                + "merge it with PEFT's merge_and_unload() and convert what that saves"
        case .foreignTensor(let name):
            "the adapter's tensor \(quoted(name)) is none of a LoRA adapter's: expected lora_A and lora_B of a layer, or a "
                + "weight that the base has too"
        case .half(let layer, let missing):
            "the adapter has half of a change for \(quoted(layer)): \(missing) is missing; the file is not whole"
        case .otherRank(let layer, let stated, let found):
            "the adapter's matrices for \(quoted(layer)) are of rank \(found), adapter_config.json says \(stated); the two are "
                + "not of one adapter"
        case .noSuchWeight(let name, let nearest):
            "the adapter changes \(quoted(name)), which the base does not have"
                + (nearest.map { " (it has \(quoted($0)))" } ?? "") + "; the adapter is of another model"
        case .joinedInBase(let name):
            "the adapter changes \(quoted(name)), of which a .adze file has the parts; merge it into the model folder that the "
                + "file was made of"
        case .unsavedLayer(let name):
            "the adapter changes \(quoted(name)), which was new when it was made and is neither in it nor in the base; save it "
                + "with modules_to_save"
        case .twice(let name): "the adapter has two changes of \(quoted(name)); expected one"
        case .noFloats(let name, let type):
            "the adapter changes \(quoted(name)), whose elements in the base are \(type); expected floating-point weights"
        case .otherShape(let name, let base, let adapter):
            "the adapter changes \(quoted(name)) as a matrix of \(adapter), in the base it is one of \(base); the adapter is of "
                + "another model"
        case .empty: "the adapter has no tensors of any layer; save it again"
        case .noHead(let task, let weight):
            "the adapter is for \(task), yet it has no \(quoted(weight)), which PEFT saves with it; save it with "
                + "modules_to_save, or ask for a new classifier with --new-head"
        }
    }
}
