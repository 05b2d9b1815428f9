// The forms in which torch has spelled a tensor over the years, each read as the same tensor.

import AdzeBytes
import AdzeTensors
import AdzeTestSupport
import AdzeTorch
import Testing

struct RebuildTests {
    /// Eight floats, 0 to 7.
    private static let floats = (0..<8).flatMap { little(Int(Float($0).bitPattern), 4) }

    private func read(_ pickle: [UInt8]) throws -> TorchCheckpoint {
        try withTemporaryFile(ZipArchive(pickle, [("0", RebuildTests.floats)]).bytes) { path in
            try TorchCheckpoint(file: InputFile(path: path))
        }
    }

    private func values(_ pickle: [UInt8]) throws -> [Float] { try read(pickle).load("w").floats() }

    @Test func firstVersion() throws {
        let pickle = Pickle.dictionary {
            $0.global("torch._utils", "_rebuild_tensor").op("(").storage().int(2).tuple([2, 2]).tuple([1, 3]).op("t")
                .op("R")
        }
        #expect(try values(pickle) == [2, 5, 3, 6])
    }

    @Test(arguments: ["R", "\u{81}"]) func parameterOfATensor(_ opcode: String) throws {
        let made = UInt8(opcode.unicodeScalars.first?.value ?? 0)
        let pickle = Pickle.dictionary {
            $0.global("torch.nn.parameter", "Parameter").op("(").tensor(sizes: [2]).op(0x88).op("t").op(made)
                .op("}").op("b")
        }
        #expect(try values(pickle) == [0, 1])
    }

    @Test func tensorOfASubclass() throws {
        let pickle = Pickle.dictionary {
            $0.global("torch._tensor", "_rebuild_from_type_v2").op("(").global("torch._utils", "_rebuild_tensor_v2")
                .global("torch.nn.parameter", "Parameter").op("(").storage().int(6).tuple([2]).tuple([1]).op(0x89).op(
                    "}"
                )
                .op("t").op("}").op("t").op("R")
        }
        #expect(try values(pickle) == [6, 7])
    }

    @Test func orderedDictionaryOfPythonTwo() throws {
        let pickle = Pickle().global("collections", "OrderedDict").op("]").op("(").op("]").op("(").text("w")
            .tensor(sizes: [1]).op("e").op("e").op(0x85).op("R").op(".")
        #expect(try values(pickle.bytes) == [0])
    }

    @Test func stringsOfPythonTwo() throws {
        let short = { (text: String) in [0x55, UInt8(text.utf8.count)] + Array(text.utf8) }
        let pickle = Pickle.dictionary {
            $0.global("torch._utils", "_rebuild_tensor_v2").op("(").op("(").raw(short("storage"))
                .global("torch", "FloatStorage").raw(short("0")).raw(short("cuda:0")).op("I").raw(Array("8\n".utf8))
                .op("t").op("Q").int(0).tuple([1]).tuple([1]).op("I").raw(Array("00\n".utf8)).op("}").op("t").op("R")
        }
        #expect(try values(pickle) == [0])
    }

    @Test func sizesAsTorchSize() throws {
        let pickle = Pickle.dictionary {
            $0.global("torch._utils", "_rebuild_tensor_v2").op("(").storage().int(0).global("torch", "Size").tuple([
                2, 1,
            ])
            .op(0x85).op("R").tuple([1, 1]).op(0x89).op("}").op("t").op("R")
        }
        #expect(try read(pickle).tensors == [TensorInfo(name: "w", dtype: .float32, shape: Shape(2, 1))])
    }

    @Test func negatedBitIsNotReadAsIfItWereNot() throws {
        let pickle = { (bit: UInt8) in
            Pickle.dictionary {
                $0.global("torch._utils", "_rebuild_tensor_v2").op("(").storage().int(0).tuple([1]).tuple([1]).op(0x89)
                    .op("}")
                    .op("}").text("neg").op(bit).op("s").op("t").op("R")
            }
        }
        #expect(try read(pickle(0x88)).unsupported.map(\.name) == ["w"])
        #expect(try read(pickle(0x89)).tensors.map(\.name) == ["w"])
    }

    /// What a TPU's tensors are saved as: data, type, device, whether it wants a gradient.
    @Test func tensorOfADeviceWithoutStorages() throws {
        func saved(as dtype: String) -> [UInt8] {
            Pickle.dictionary {
                $0.global("torch._utils", "_rebuild_device_tensor_from_cpu_tensor").op("(").tensor(sizes: [3])
                    .global("torch", dtype).text("xla:0").op(0x89).op("t").op("R")
            }
        }
        #expect(try values(saved(as: "float32")) == [0, 1, 2])
        let other = try read(saved(as: "bfloat16"))
        #expect(other.tensors.isEmpty && other.unreadable["w"]?.contains("converted to another type") == true)
    }

    @Test(arguments: [
        ("_rebuild_qtensor", "dequantize()"), ("_rebuild_sparse_tensor", "to_dense()"),
        ("_rebuild_nested_tensor", "to_padded_tensor"), ("_rebuild_meta_tensor_no_storage", "no elements"),
        ("_rebuild_device_tensor_from_numpy", "after cpu()"), ("_rebuild_wrapper_subclass", "a plain torch.Tensor"),
    ]) func tensorsThatAreNotReadSayWhatToDo(_ function: String, _ advice: String) throws {
        let bare = Pickle.dictionary { $0.global("torch._utils", function).op(")").op("R") }
        let inSubclass = Pickle.dictionary {
            $0.global("torch._tensor", "_rebuild_from_type_v2").op("(").global("torch._utils", function)
                .global("torch.nn.parameter", "Parameter").op(")").op("}").op("t").op("R")
        }
        for pickle in [bare, inSubclass] {
            let store = try read(pickle)
            #expect(store.tensors.isEmpty && store.unreadable["w"]?.contains(advice) == true)
            #expect(throws: TorchError.self) { try store.load("w") }
        }
    }

    @Test func sparseStridesReadLittle() throws {
        // Elements five megabytes apart, in a file that is mostly holes.
        let count = 4 << 20
        let pickle = Pickle.dictionary { $0.tensor(count: count, offset: 1, sizes: [2, 3], strides: [5, 1_300_000]) }
        var storage = [UInt8](repeating: 0, count: count * 4)
        for (index, place) in [1, 1_300_001, 2_600_001, 6, 1_300_006, 2_600_006].enumerated() {
            storage.replaceSubrange(place * 4..<place * 4 + 4, with: little(Int(Float(index + 1).bitPattern), 4))
        }
        try withTemporaryFile(ZipArchive(pickle, [("0", storage)]).bytes) { path in
            let found = try TorchCheckpoint(file: InputFile(path: path)).load("w").floats()
            #expect(found == [1, 2, 3, 4, 5, 6])
        }
    }

    @Test func aTransposedMatrixOfManyWindows() throws {
        let (rows, columns) = (800, 700)
        let pickle = Pickle.dictionary {
            $0.tensor(type: "LongStorage", count: rows * columns, sizes: [columns, rows], strides: [1, columns])
        }
        let storage = (0..<rows * columns).flatMap { little($0, 8) }
        try withTemporaryFile(ZipArchive(pickle, [("0", storage)]).bytes) { path in
            let tensor = try TorchCheckpoint(file: InputFile(path: path)).load("w")
            let found = tensor.bytes.withUnsafeBytes { Array($0.bindMemory(to: Int64.self)) }
            let expected = (0..<columns * rows).map { Int64($0 % rows * columns + $0 / rows) }
            #expect(found == expected)
        }
    }
}
