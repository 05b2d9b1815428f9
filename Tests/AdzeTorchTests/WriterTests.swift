// What we write, we read: the same names, types, shapes, bytes and ties, and always the same file.

import AdzeBytes
import AdzeTensors
import AdzeTestSupport
import AdzeTorch
import AdzeZip
import Foundation
import Testing

struct WriterTests {
    private func written(_ store: some TensorStore, _ path: String) throws -> TorchCheckpoint {
        try TorchWriter.write(store, to: path, replacing: true)
        return try TorchCheckpoint(file: InputFile(path: path))
    }

    @Test(arguments: ["dtypes.pt", "views.pt", "tied.pt", "parallel.pt", "lightning.pt", "views_legacy.pt"])
    func whatIsWrittenIsReadAgain(_ file: String) throws {
        let source = try checkpoint(file)
        try withTemporaryFolder { folder in
            let copy = try written(source, folder + "/copy.bin")
            let (found, expected) = (try readTensors(copy), try readTensors(source))
            #expect(found == expected)
            // Transposed views of one storage stop sharing; whole ties stay.
            #expect(copy.aliases == source.aliases)
        }
    }

    @Test func theSameTensorsGiveTheSameBytes() throws {
        try withTemporaryFolder { folder in
            let first = try written(checkpoint("tied.pt"), folder + "/first.bin")
            _ = try written(first, folder + "/second.bin")
            let (a, b) = (folder + "/first.bin", folder + "/second.bin")
            let (left, right) = (try Data(contentsOf: URL(filePath: a)), try Data(contentsOf: URL(filePath: b)))
            #expect(left == right)
        }
    }

    @Test func tiedWeightsAreWrittenOnce() throws {
        try withTemporaryFolder { folder in
            let tensor = Tensor(shape: Shape(1000), floats: [Float](repeating: 1, count: 1000))
            let info = TensorInfo(name: "a", dtype: .float32, shape: tensor.shape)
            let tied = TensorInfo(name: "b", dtype: .float32, shape: tensor.shape)
            var loads = 0
            try TorchWriter.write([info, tied], aliases: ["b": "a"], to: folder + "/x", replacing: false) { _ in
                loads += 1
                return tensor
            }
            let file = try InputFile(path: folder + "/x")
            #expect(loads == 1 && file.size < 6000)
            #expect(try TorchCheckpoint(file: file).aliases == ["b": "a"])
        }
    }

    @Test func recordsAreAlignedTo64Bytes() throws {
        try withTemporaryFolder { folder in
            _ = try written(checkpoint("dtypes.pt"), folder + "/x")
            let directory = try ZipDirectory(file: InputFile(path: folder + "/x"))
            #expect(directory.entries.count == 18)
            #expect(directory.entries.allSatisfy { $0.offset.isMultiple(of: 64) })
        }
    }

    @Test func anEmptyStoreIsAnEmptyDictionary() throws {
        try withTemporaryFolder { folder in
            let copy = try written(MemoryTensorStore(), folder + "/x")
            #expect(copy.tensors.isEmpty)
        }
    }

    @Test func largeSizesAndLongNamesSurvive() throws {
        var store = MemoryTensorStore()
        let name = String(repeating: "é", count: 400)
        store.add(name, Tensor(dtype: .uint8, shape: Shape(70_000), bytes: [UInt8](repeating: 7, count: 70_000)))
        store.add("empty", Tensor(dtype: .uint16, shape: Shape(100_000, 0, 300), bytes: []))
        try withTemporaryFolder { folder in
            let copy = try written(store, folder + "/x")
            #expect(copy.tensors == store.tensors)
            let (found, expected) = (try copy.load(name), try store.load(name))
            #expect(found == expected)
        }
    }

    @Test func aFailingLoadLeavesNothingBehind() throws {
        struct Stop: Error {}
        try withTemporaryFolder { folder in
            let info = TensorInfo(name: "a", dtype: .float32, shape: Shape(2))
            #expect(throws: Stop.self) {
                try TorchWriter.write([info], to: folder + "/x", replacing: false) { _ in throw Stop() }
            }
            let left = try folderEntries(folder)
            #expect(left.isEmpty)
        }
    }
}
