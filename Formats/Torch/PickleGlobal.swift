// The allow-list: every name that a checkpoint may ask for. A name is a label for data here; there is nothing behind it
// that could be called. Source: torch/_weights_only_unpickler.py, `_get_allowed_globals`.

internal import AdzeTensors

/// A name of the allow-list.
package enum PickleGlobal: Sendable, Equatable {
    case orderedDict, defaultDict, counter
    /// A Python type that a `defaultdict` names as its default, or that makes a plain value.
    case builtin(Builtin)
    case rebuildTensor, rebuildTensorV2, rebuildTensorV3
    case rebuildParameter, rebuildParameterWithState, rebuildFromType
    /// Functions that rebuild tensors which we list but do not read.
    case rebuildUnsupported(UnsupportedRebuild)
    /// A tensor of a device that keeps no storages (a TPU), which was saved as that of the processor.
    case rebuildFromCPUTensor
    case parameter, tensor, size, device, getLayout
    case codecsEncode
    case storage(TorchElement)
    case dtype(TorchElement)
    case quantizationScheme
    case numpyScalar, numpyDType, numpyReconstruct, numpyArray
    /// A class of `torch.FloatTensor`'s kind, which tar archives name beside each tensor.
    case tensorType
    /// A class that does nothing but hold values: command-line arguments, hyper-parameters, paths.
    case holder

    package enum Builtin: String, Sendable, Equatable, CaseIterable {
        case dict, list, tuple, set, frozenset, int, float, bool, str, bytes, bytearray, complex
        // What protocol 2 calls int and str.
        case long, unicode
    }

    package enum UnsupportedRebuild: String, Sendable, Equatable, CaseIterable {
        case quantized = "_rebuild_qtensor"
        case sparse = "_rebuild_sparse_tensor"
        case sparseCSR = "_rebuild_sparse_csr_tensor"
        case nested = "_rebuild_nested_tensor"
        case meta = "_rebuild_meta_tensor_no_storage"
        case numpy = "_rebuild_device_tensor_from_numpy"
        case wrapper = "_rebuild_wrapper_subclass"

        var reason: String {
            switch self {
            case .quantized: "a quantized tensor; save it after dequantize()"
            case .sparse, .sparseCSR: "a sparse tensor; save it after to_dense()"
            case .nested: "a nested tensor; save it after to_padded_tensor(0.0)"
            case .meta: "a tensor of the meta device, which has no elements; load the weights before saving"
            case .numpy: "a device's tensor kept as a numpy array; save it after cpu()"
            case .wrapper: "a tensor of a class of its own, which has no elements here; save it as a plain torch.Tensor"
            }
        }
    }

    /// The entry of the allow-list for a name, or nil: then the name is refused.
    package init?(module: String, name: String) {
        switch module {
        case "collections":
            switch name {
            case "OrderedDict": self = .orderedDict
            case "defaultdict": self = .defaultDict
            case "Counter": self = .counter
            default: return nil
            }
        case "builtins", "__builtin__":
            guard let builtin = Builtin(rawValue: name) else { return nil }
            self = .builtin(builtin)
        case "argparse":
            guard name == "Namespace" else { return nil }
            self = .holder
        case "pathlib", "pathlib._local":
            guard ["PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath"].contains(name) else { return nil }
            self = .holder
        case "pytorch_lightning.utilities.parsing", "lightning.pytorch.utilities.parsing",
            "lightning_fabric.utilities.data", "lightning.fabric.utilities.data":
            guard name == "AttributeDict" else { return nil }
            self = .holder
        case "_codecs":
            guard name == "encode" else { return nil }
            self = .codecsEncode
        default:
            if module.hasPrefix("numpy") {
                self.init(numpyModule: module, name: name)
            } else {
                self.init(torchModule: module, name: name)
            }
        }
    }

    private init?(numpyModule module: String, name: String) {
        switch (module, name) {
        case ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"): self = .numpyScalar
        case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"):
            self = .numpyReconstruct
        case ("numpy.core.numeric", "_frombuffer"), ("numpy._core.numeric", "_frombuffer"):
            self = .numpyReconstruct
        case ("numpy", "dtype"): self = .numpyDType
        case ("numpy", "ndarray"): self = .numpyArray
        default: return nil
        }
    }

    private init?(torchModule module: String, name: String) {
        switch (module, name) {
        case ("torch._utils", "_rebuild_tensor"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensorV2
        case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTensorV3
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch._utils", "_rebuild_parameter_with_state"): self = .rebuildParameterWithState
        case ("torch._tensor", "_rebuild_from_type_v2"): self = .rebuildFromType
        case ("torch._utils", "_rebuild_device_tensor_from_cpu_tensor"): self = .rebuildFromCPUTensor
        case ("torch._utils", _):
            guard let unsupported = UnsupportedRebuild(rawValue: name) else { return nil }
            self = .rebuildUnsupported(unsupported)
        case ("torch.nn.parameter", "Parameter"): self = .parameter
        case ("torch", "Tensor"): self = .tensor
        case ("torch", "Size"): self = .size
        case ("torch", "device"): self = .device
        case ("torch.serialization", "_get_layout"): self = .getLayout
        // On torch's list, and in no file that it writes: a storage is named by its element type.
        case ("torch.storage", "TypedStorage"): self = .tensorType
        case ("torch.sparse", _), ("torch.cuda.sparse", _):
            guard name.hasSuffix("Tensor"), PickleGlobal.storages[name.dropLast(6) + "Storage"] != nil else {
                return nil
            }
            self = .rebuildUnsupported(.sparse)
        case ("torch.storage", "UntypedStorage"), ("torch.storage", "_UntypedStorage"), ("torch", "UntypedStorage"):
            self = .storage(.untyped)
        case ("torch", _), ("torch.cuda", _):
            if let element = PickleGlobal.storages[name] {
                self = .storage(element)
            } else if module == "torch", let element = PickleGlobal.dtypes[name] {
                self = .dtype(element)
            } else if module == "torch", PickleGlobal.schemes.contains(name) {
                self = .quantizationScheme
            } else if name.hasSuffix("Tensor"), PickleGlobal.storages[name.dropLast(6) + "Storage"] != nil {
                self = .tensorType
            } else {
                return nil
            }
        default: return nil
        }
    }

    private static let schemes: Set<String> = [
        "per_tensor_affine", "per_tensor_symmetric", "per_channel_affine", "per_channel_symmetric",
        "per_channel_affine_float_qparams",
    ]

    private static let storages: [String: TorchElement] = [
        "DoubleStorage": .dtype(.float64), "FloatStorage": .dtype(.float32), "HalfStorage": .dtype(.float16),
        "BFloat16Storage": .dtype(.bfloat16), "LongStorage": .dtype(.int64), "IntStorage": .dtype(.int32),
        "ShortStorage": .dtype(.int16), "CharStorage": .dtype(.int8), "ByteStorage": .dtype(.uint8),
        "BoolStorage": .dtype(.bool), "ComplexFloatStorage": .foreign(.complex64),
        "ComplexDoubleStorage": .foreign(.complex128), "QInt8Storage": .foreign(.qint8),
        "QUInt8Storage": .foreign(.quint8), "QInt32Storage": .foreign(.qint32),
        "QUInt4x2Storage": .foreign(.quint4x2), "QUInt2x4Storage": .foreign(.quint2x4),
    ]

    private static let dtypes: [String: TorchElement] = {
        // Torch names its types as `DType` does.
        var names = Dictionary(uniqueKeysWithValues: DType.allCases.map { ($0.rawValue, TorchElement.dtype($0)) })
        for element in ForeignElement.allCases { names[element.rawValue] = .foreign(element) }
        return names
    }()

    /// What to call the name in a message.
    package var name: String {
        switch self {
        case .orderedDict: "OrderedDict"
        case .defaultDict: "defaultdict"
        case .counter: "Counter"
        case .builtin(let builtin): builtin.rawValue
        case .rebuildTensor: "_rebuild_tensor"
        case .rebuildTensorV2: "_rebuild_tensor_v2"
        case .rebuildTensorV3: "_rebuild_tensor_v3"
        case .rebuildParameter: "_rebuild_parameter"
        case .rebuildParameterWithState: "_rebuild_parameter_with_state"
        case .rebuildFromType: "_rebuild_from_type_v2"
        case .rebuildUnsupported(let function): function.rawValue
        case .rebuildFromCPUTensor: "_rebuild_device_tensor_from_cpu_tensor"
        case .parameter: "Parameter"
        case .tensor: "Tensor"
        case .size: "Size"
        case .device: "device"
        case .getLayout: "_get_layout"
        case .codecsEncode: "_codecs.encode"
        case .storage: "a storage type"
        case .dtype(.dtype(let dtype)): "torch.\(dtype.rawValue)"
        case .dtype(.foreign(let element)): "torch.\(element.rawValue)"
        case .dtype(.untyped): "a dtype"
        case .quantizationScheme: "a quantization scheme"
        case .numpyScalar: "numpy.scalar"
        case .numpyDType: "numpy.dtype"
        case .numpyReconstruct: "numpy._reconstruct"
        case .numpyArray: "numpy.ndarray"
        case .tensorType: "a tensor type"
        case .holder: "a holder of values"
        }
    }
}
