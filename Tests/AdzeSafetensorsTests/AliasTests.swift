// Names that `__metadata__` gives to tensors of the file, as safetensors.torch.save_model leaves tied ones.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import Testing

@Suite struct AliasTests {
    private func aliased(
        _ metadata: [(String, String)], tensors names: [String] = ["a", "b"], count: Int = 2, fileSize: Int? = nil
    ) throws -> AliasedSafetensors? {
        let shape = try #require(Shape([count]))
        let infos = names.map { TensorInfo(name: $0, dtype: .float32, shape: shape) }
        let bytes = try SafetensorsWriter.bytes(tensors: infos, metadata: metadata) { info in
            Tensor(shape: shape, floats: [Float](repeating: info.name == "a" ? 1 : 2, count: count))
        }
        return try AliasedSafetensors(SafetensorsFile(bytes: bytes), fileSize: fileSize ?? bytes.count)
    }

    @Test func aNameOfATensorIsAnotherNameForIt() throws {
        let store = try #require(try aliased([("format", "pt"), ("c", "a"), ("d", "a")]))
        #expect(store.tensors.map(\.name) == ["a", "b", "c", "d"] && store.aliases == ["c": "a", "d": "a"])
        #expect(try store.load("d").floats() == [1, 1] && store.load("b").floats() == [2, 2])
    }

    @Test(arguments: [
        [("format", "pt")], [("a", "b")], [("c", "none")], [("c\n", "a")], [(String(repeating: "n", count: 1025), "a")],
        [("c", "d"), ("d", "c")],
    ]) func otherMetadataAreNoNames(_ metadata: [(String, String)]) throws {
        #expect(try aliased(metadata) == nil)
    }

    @Test func repetitionsOutOfProportionAreRefused() throws {
        let names = (0..<300).map { ("n\($0)", "a") }
        #expect(try aliased(names, count: 1000) != nil)
        #expect(throws: SafetensorsError.self) { try aliased(names, count: 1 << 18) }
    }
}
