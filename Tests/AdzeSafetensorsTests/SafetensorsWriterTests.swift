// The writer: the reference library's bytes, and files that read back whole.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Testing

@Suite struct SafetensorsWriterTests {
    func some(_ name: String, _ dtype: DType = .float32, _ dimensions: Int...) -> TensorInfo {
        TensorInfo(name: name, dtype: dtype, shape: Shape(dimensions) ?? Shape(0))
    }

    func zeros(_ info: TensorInfo) -> Tensor {
        Tensor(dtype: info.dtype, shape: info.shape, bytes: [UInt8](repeating: 0, count: info.byteCount))
    }

    @Test func bytesOfTheReferenceLibrary() throws {
        let golden = try Fixtures.bytes("safetensors/readable.safetensors")
        let source = try SafetensorsFile(bytes: golden)
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<10 {
            let shuffled = source.tensors.shuffled(using: &generator)
            let bytes = try SafetensorsWriter.bytes(tensors: shuffled, metadata: source.metadata) {
                try source.load($0.name)
            }
            #expect(bytes == golden)
        }
    }

    @Test func fileIsTheBytesInMemory() throws {
        let golden = try Fixtures.bytes("safetensors/readable.safetensors")
        let source = try SafetensorsFile(bytes: golden)
        try withTemporaryFolder { folder in
            let path = folder + "/out.safetensors"
            try SafetensorsWriter.write(
                to: path, replacing: false, tensors: source.tensors, metadata: source.metadata
            ) { try source.load($0.name) }
            let file = try InputFile(path: path)
            #expect(try file.read(at: 0, count: file.size) == golden)
            #expect(throws: FileError.exists(path: path)) {
                try SafetensorsWriter.write(to: path, replacing: false, tensors: []) { zeros($0) }
            }
        }
    }

    @Test func nothingIsTheReferencesEmptyFile() throws {
        let bytes = try SafetensorsWriter.bytes(tensors: []) { zeros($0) }
        #expect(bytes == [8, 0, 0, 0, 0, 0, 0, 0] + Array("{}      ".utf8))
    }

    @Test func failedLoadLeavesNothing() throws {
        try withTemporaryFolder { (folder: String) throws in
            #expect(throws: MissingTensor(name: "a", nearest: nil)) {
                try SafetensorsWriter.write(to: folder + "/out", replacing: false, tensors: [some("a", .float32, 2)]) {
                    throw MissingTensor(name: $0.name, nearest: nil)
                }
            }
            #expect(try folderEntries(folder).isEmpty)
        }
    }

    @Test func refusesWhatNoReaderTakes() throws {
        #expect(throws: SafetensorsError.duplicateName("a")) {
            try SafetensorsLayout(tensors: [some("a"), some("a", .int8)])
        }
        #expect(throws: SafetensorsError.name("__metadata__", reason: "reserved")) {
            try SafetensorsLayout(tensors: [some("__metadata__")])
        }
        #expect(throws: SafetensorsError.name("a\0", reason: "control characters are refused")) {
            try SafetensorsLayout(tensors: [some("a\0")])
        }
        #expect(throws: SafetensorsError.metadata(key: "k", found: "the key twice")) {
            try SafetensorsLayout(tensors: [], metadata: [("k", ""), ("k", "")])
        }
        let large = Int.max / 16
        #expect(throws: SafetensorsError.self) {
            try SafetensorsLayout(tensors: (0..<3).map { some("\($0)", .float64, large / 2, 2) })
        }
    }

    /// The reader takes them for two keys, as JSON does.
    @Test func metadataKeysAreToldApartByTheirBytes() throws {
        let metadata = [("\u{E9}", "1"), ("e\u{301}", "2")]
        let bytes = try SafetensorsWriter.bytes(tensors: [], metadata: metadata) { zeros($0) }
        let read = try SafetensorsFile(bytes: bytes).metadata
        #expect(read.map { Array($0.0.utf8) } == metadata.map { Array($0.0.utf8) })
        #expect(read.map(\.1) == ["1", "2"])
    }

    /// A file that no reader would open is not written.
    @Test func headerLongerThanIsRead() throws {
        let metadata = [("k", String(repeating: "x", count: 100))]
        #expect(try SafetensorsLayout(tensors: [], metadata: metadata, limit: 128).header.count == 8 + 128)
        #expect(throws: SafetensorsError.headerTooLong(length: 128, limit: 127)) {
            try SafetensorsLayout(tensors: [], metadata: metadata, limit: 127)
        }
    }

    @Test func tensorThatIsNotTheAnnouncedOne() throws {
        #expect(
            throws: SafetensorsError.wrongTensor(name: "a", expected: "float32 (2)", found: "int32 (2)")
        ) {
            try SafetensorsWriter.bytes(tensors: [some("a", .float32, 2)]) { _ in zeros(some("a", .int32, 2)) }
        }
        #expect(
            throws: SafetensorsError.wrongTensor(name: "a", expected: "float32 (2)", found: "float32 (3)")
        ) {
            try SafetensorsWriter.bytes(tensors: [some("a", .float32, 2)]) { _ in
                zeros(some("a", .float32, 3))
            }
        }
    }

    /// Random names, shapes, types and metadata: what is written reads back equal, header aligned to 8 bytes.
    @Test(arguments: 0..<20)
    func writtenReadsBack(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var store = MemoryTensorStore()
        for index in 0..<Int.random(in: 0...12, using: &generator) {
            let name = ["é", "\"", "\\", "日本", "a/b", "x.y", " "].randomElement(using: &generator) ?? ""
            let dimensions = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                Int.random(in: 0...4, using: &generator)
            }
            let dtype = DType.allCases.randomElement(using: &generator) ?? .bool
            let shape = try #require(Shape(dimensions))
            let bytes = (0..<shape.count * dtype.size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            store.add("\(name)\(index)", Tensor(dtype: dtype, shape: shape, bytes: bytes))
        }
        let metadata = (0..<Int.random(in: 0...3, using: &generator)).map { ("key\($0)", "\u{1}\n\"é\u{7F}\($0)") }
        let bytes = try SafetensorsWriter.bytes(tensors: store.tensors, metadata: metadata) {
            try store.load($0.name)
        }
        let read = try SafetensorsFile(bytes: bytes)
        #expect(Set(read.tensors.map(\.name)) == Set(store.tensors.map(\.name)))
        #expect(read.metadata.map(\.0) == metadata.map(\.0) && read.metadata.map(\.1) == metadata.map(\.1))
        for info in store.tensors { #expect(try read.load(info.name) == store.load(info.name)) }
        #expect(bytes[0] % 8 == 0)
    }
}
