// Every name on torch's own list of what a checkpoint may ask for is known here.

import AdzeTorch
import Testing

struct AllowListTests {
    /// `torch._weights_only_unpickler._get_allowed_globals()` of torch 2.13, element types, storages and tensor classes
    /// spelled out below.
    static let names = [
        "_codecs.encode", "builtins.bytearray", "builtins.complex", "builtins.set", "collections.Counter",
        "collections.OrderedDict", "torch.Size", "torch.Tensor", "torch._tensor._rebuild_from_type_v2",
        "torch._utils._rebuild_device_tensor_from_cpu_tensor", "torch._utils._rebuild_device_tensor_from_numpy",
        "torch._utils._rebuild_meta_tensor_no_storage", "torch._utils._rebuild_nested_tensor",
        "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
        "torch._utils._rebuild_qtensor", "torch._utils._rebuild_sparse_tensor", "torch._utils._rebuild_tensor",
        "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3",
        "torch._utils._rebuild_wrapper_subclass", "torch.device", "torch.nn.parameter.Parameter",
        "torch.per_channel_affine", "torch.per_channel_affine_float_qparams", "torch.per_channel_symmetric",
        "torch.per_tensor_affine", "torch.per_tensor_symmetric", "torch.serialization._get_layout",
        "torch.storage.TypedStorage", "torch.storage.UntypedStorage",
    ]

    static let types = [
        "bfloat16", "bits16", "bits1x8", "bits2x4", "bits4x2", "bits8", "bool", "complex128", "complex32", "complex64",
        "float16", "float32", "float4_e2m1fn_x2", "float64", "float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2",
        "float8_e5m2fnuz", "float8_e8m0fnu", "int1", "int16", "int2", "int3", "int32", "int4", "int5", "int6", "int64",
        "int7", "int8", "qint32", "qint8", "quint2x4", "quint4x2", "quint8", "uint1", "uint16", "uint2", "uint3",
        "uint32", "uint4", "uint5", "uint6", "uint64", "uint7", "uint8",
    ].map { "torch." + $0 }

    static let storages: [String] = {
        let plain = ["BFloat16", "Bool", "Byte", "Char", "Double", "Float", "Half", "Int", "Long", "Short"]
        let complex = ["ComplexDouble", "ComplexFloat"]
        let quantized = ["QInt32", "QInt8", "QUInt2x4", "QUInt4x2", "QUInt8"].map { "torch.\($0)Storage" }
        return ["torch.", "torch.cuda."].flatMap { module in
            (plain + complex).map { module + $0 + "Storage" } + plain.map { module + $0 + "Tensor" }
        } + quantized
            + ["torch.sparse.", "torch.cuda.sparse."].flatMap { module in
                plain.filter { $0 != "Bool" }.map { module + $0 + "Tensor" }
            }
    }()

    @Test func theListIsWhole() {
        #expect(Set(AllowListTests.names + AllowListTests.types + AllowListTests.storages).count == 144)
    }

    @Test(arguments: names + types + storages) func everyNameOfTorchsListIsKnown(_ whole: String) {
        let dot = whole.lastIndex(of: ".") ?? whole.startIndex
        let (module, name) = (String(whole[..<dot]), String(whole[whole.index(after: dot)...]))
        #expect(PickleGlobal(module: module, name: name) != nil)
    }
}
