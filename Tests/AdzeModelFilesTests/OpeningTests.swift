// Opening by content: which reader a file gets, that every container gives the same tensors, and what is said of others.

import AdzeBytes
import AdzeHuggingFace
import AdzeModelFiles
import AdzeTensors
import AdzeTestSupport
import Foundation
import Testing

@Suite struct OpeningTests {
    /// Containers of the same fp32 values, and what their names carry in front.
    static let containers: [(name: String, format: WeightsFormat, prefix: String)] = [
        ("safetensors", .safetensors, ""), ("sharded", .safetensors, ""), ("torch-zip", .torchZip, ""),
        ("torch-legacy", .torchLegacy, ""), ("torch-nested", .torchZip, "state_dict.module."),
        ("torch-compiled", .torchZip, "_orig_mod."),
    ]

    func open(_ container: String) throws -> OpenedModel {
        try OpenedModel(path: Fixtures.path("models/containers/" + container))
    }

    @Test(arguments: containers.map(\.name)) func everyContainerHasTheSameTensors(name: String) throws {
        let (_, format, prefix) = try #require(Self.containers.first { $0.name == name })
        let (plain, opened) = (try open("safetensors"), try open(name))
        #expect(opened.format == format)
        #expect(opened.configuration?["model_type"] == "bert")
        #expect(opened.unreadable.isEmpty)
        let names = opened.store.tensors.map(\.name).filter { $0.hasPrefix(prefix) }
        #expect(Set(names) == Set(plain.store.tensors.map { prefix + $0.name }))
        for info in plain.store.tensors {
            #expect(try opened.store.load(prefix + info.name) == plain.store.load(info.name), "\(info.name)")
        }
    }

    @Test(arguments: [("fp16", DType.float16), ("bf16", .bfloat16)])
    func shortFloatsKeepTheirType(name: String, dtype: DType) throws {
        let (plain, short) = (try open("safetensors"), try open(name))
        #expect(short.store.tensors.allSatisfy { $0.dtype == dtype })
        for info in short.store.tensors {
            let (a, b) = (try short.store.load(info.name).floats(), try plain.store.load(info.name).floats())
            #expect(zip(a, b).allSatisfy { ($0 - $1).magnitude <= 0x1p-8 * max($1.magnitude, 0x1p-10) }, "\(info.name)")
        }
    }

    @Test(arguments: [
        ("safetensors/model.safetensors", "weights.bin"), ("torch-zip/pytorch_model.bin", "model.safetensors"),
        ("torch-legacy/pytorch_model.bin", "model.adze"), ("torch-nested/checkpoint.pt", "no extension"),
    ]) func contentDecidesWhateverTheNameSays(file: String, lie: String) throws {
        let honest = Fixtures.path("models/containers/" + file)
        try withTemporaryFolder { folder in
            let path = folder + "/" + lie
            try FileManager.default.copyItem(atPath: honest, toPath: path)
            let (a, b) = (try WeightsFile(path: honest), try WeightsFile(path: path))
            #expect(a.format == b.format)
            #expect(a.store.tensors == b.store.tensors)
            #expect(b.byteCount == a.byteCount)
        }
    }

    /// The header's length stands first: none of its values may look like another format's signature.
    @Test(arguments: [8, 0x280, 0x8B1F]) func headerLengthsThatLookLikeSignatures(length: Int) throws {
        var header = Array(#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#.utf8)
        if length < header.count { header = Array("{}".utf8) }
        header += [UInt8](repeating: 0x20, count: length - header.count)
        let bytes = withUnsafeBytes(of: UInt64(length).littleEndian) { Array($0) } + header
        let format = try withTemporaryFile(bytes) { try WeightsFile(path: $0).format }
        #expect(format == .safetensors)
    }
}

@Suite struct RefusalTests {
    /// The one line for a file of these bytes, without its path.
    func refusal(_ bytes: [UInt8]) throws -> String {
        try withTemporaryFile(bytes) { path in
            do {
                _ = try WeightsFile(path: path)
                Issue.record("the file was opened")
                return ""
            } catch let error as any AdzeFailure {
                let line = error.description
                #expect(line.hasPrefix(path + ": "))
                #expect(!line.contains("\n") && error.kind == .badData)
                #expect(line.components(separatedBy: path).count == 2, "the path stands there once")
                return String(line.dropFirst(path.count + 2))
            }
        }
    }

    @Test func emptyFile() throws { #expect(try refusal([]) == "the file is empty") }

    @Test func otherFormatsAreNamed() throws {
        let rest = [UInt8](repeating: 0, count: 64)
        func refused(_ start: [UInt8]) throws -> String { try refusal(start + rest) }
        #expect(
            try refused([0x89, 0x48, 0x44, 0x46, 0x0A, 0x1A, 0x0A])
                == "this is a damaged HDF5 file, which is not read; fetch it again without converting line ends")
        #expect(
            try refused(Array("GGUF".utf8))
                == "this is a GGUF file, which is not read; convert from the original checkpoint instead")
        #expect(try refused([0x1F, 0x8B, 8]) == "this is a gzip archive, which is not read; unpack it first")
        #expect(try refused([0x28, 0xB5, 0x2F, 0xFD]) == "this is a zstd archive, which is not read; unpack it first")
        #expect(
            try refusal(Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n".utf8))
                == "this is a git-lfs pointer, which is not read; fetch the file itself with git lfs pull")
    }

    @Test(arguments: [
        ("\u{80}\u{3}}q\u{0}.", "a bare pickle"), ("\u{80}\u{4}\u{95}", "joblib"), ("(dp0\n.", "a bare pickle"),
        ("(lp0\nI1\na.", "a bare pickle"), ("}q\u{0}.", "a bare pickle"), ("Vos\np0\n0.", "a bare pickle"),
        ("S'os'\nS'x'\n", "a bare pickle"),
        ("ccollections\nOrderedDict\n)R.", "a bare pickle"),
        ("\u{93}NUMPY\u{1}\u{0}", "numpy"), ("\u{78}\u{9C}\u{3}", "joblib"),
    ])
    func picklesAndNumpyFilesAreNamed(_ content: String, _ word: String) throws {
        let line = try refusal(content.unicodeScalars.map { UInt8($0.value) })
        #expect(line.contains(word) && line.contains("torch.save"), "\(line)")
    }

    @Test(arguments: ["call me\nlater\n", "(hello)", "c", "(", "{", "cos\n", "Start\nhere\n", "Vital\npages\n", "S\n"])
    func textsAreNoPickles(_ text: String)
        throws
    {
        #expect(try refusal(Array(text.utf8)).hasPrefix("not a model file"))
    }

    @Test func unknownContentShowsItsFirstBytes() throws {
        #expect(
            try refusal([0xDE, 0xAD, 0, 1, 2])
                == "not a model file: expected .adze, safetensors, PyTorch or HDF5 content, found 5 bytes that begin with "
                + "de ad 00 01 02")
        _ = try refusal(Array("{\"a\": 1}".utf8))
        _ = try refusal(Array("PK\u{3}\u{4}".utf8))
        _ = try refusal(Array("ADZE\r\n\u{1A}\n".utf8))
    }

    @Test func missingFileIsSaidOnce() throws {
        let error = #expect(throws: FileError.self) { try OpenedModel(path: "/nowhere/model.adze") }
        let line = LocatedError(path: "/nowhere/model.adze", underlying: try #require(error)).description
        #expect(line.components(separatedBy: "/nowhere/model.adze").count == 2)
    }

    @Test func aLocatedErrorIsNotLocatedAgain() {
        let inner = LocatedError(path: "a.bin", underlying: ModelFileError.unrecognized(head: [], size: 0))
        #expect(inner.description == "a.bin: the file is empty")
        #expect(LocatedError(path: "folder", underlying: inner).description == "a.bin: the file is empty")
        #expect(LocatedError(path: "folder", underlying: inner).kind == .badData)
    }
}

@Suite struct FolderTests {
    @Test func safetensorsWinOverPicklesAndItIsSaid() throws {
        try withTemporaryFolder { folder in
            for (from, to) in [
                ("safetensors/config.json", "config.json"), ("safetensors/model.safetensors", "model.safetensors"),
                ("torch-zip/pytorch_model.bin", "pytorch_model.bin"),
            ] {
                try FileManager.default.copyItem(
                    atPath: Fixtures.path("models/containers/" + from), toPath: folder + "/" + to)
            }
            let opened = try OpenedModel(path: folder)
            #expect(opened.format == .safetensors)
            #expect(opened.notes == ["model.safetensors is read; pytorch_model.bin beside it is not"])
        }
    }

    @Test func aFolderWithoutWeightsIsNamedOnce() throws {
        try withTemporaryFolder { folder in
            try Data(#"{"model_type":"bert"}"#.utf8).write(to: URL(filePath: folder + "/config.json"))
            do {
                _ = try OpenedModel(path: folder)
                Issue.record("the folder was opened")
            } catch let error as any AdzeFailure {
                #expect(error.kind == .missingInput)
                #expect(error.description.components(separatedBy: folder).count == 2)
                #expect(error.description.hasPrefix(folder + ": expected model.safetensors"))
            }
        }
    }

    @Test func aDamagedShardIsNamed() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/sharded"
            try FileManager.default.copyItem(atPath: Fixtures.path("models/containers/sharded"), toPath: path)
            let shard = path + "/model-00002-of-00003.safetensors"
            try Data("nothing".utf8).write(to: URL(filePath: shard))
            let error = #expect(throws: LocatedError.self) { try OpenedModel(path: path) }
            #expect(error?.description.hasPrefix(shard + ": not a model file") == true)
        }
    }
}

@Suite struct RawWeightsTests {
    private func names(_ path: String) throws -> [String] {
        try RawWeights(path: path).store.tensors.map(\.name).sorted()
    }

    @Test func everyContainerHasTheSameTensors() throws {
        let expected = try names(Fixtures.path("models/containers/safetensors"))
        #expect(expected.count > 20)
        for container in ["sharded", "torch-zip", "torch-legacy"] {
            #expect(try names(Fixtures.path("models/containers/" + container)) == expected)
        }
    }

    @Test func whatIsBesideTheTensorsIsCounted() throws {
        let raw = try RawWeights(path: Fixtures.path("torch/nested.pt"))
        #expect(raw.otherValueCount == 6 && raw.format == .torchZip && raw.unreadable.isEmpty)
        #expect(raw.metadata.map(\.0) == ["format"] && raw.metadata.map(\.1) == ["pt"])
        #expect(try RawWeights(path: Fixtures.path("torch/unsupported.pt")).unreadable.count == 4)
        #expect(try RawWeights(path: Fixtures.path("torch/old_tar.pt")).format == .torchTar)
    }

    @Test func shardsThatSayTheSameSayItTogether() throws {
        let one = try RawWeights(path: Fixtures.path("models/containers/safetensors")).metadata
        let sharded = try RawWeights(path: Fixtures.path("models/containers/sharded")).metadata
        #expect(!one.isEmpty && one.elementsEqual(sharded, by: ==))
    }

    @Test func ignoredNamesAreNoted() throws {
        let path = Fixtures.path("torch/module.pt")
        #expect(throws: LocatedError.self) { try RawWeights(path: path) }
        var options = WeightsOptions()
        options.ignoresObjects = true
        let raw = try RawWeights(path: path, options: options)
        #expect(raw.ignoredNames.first == "__main__.Small" && raw.notes.contains { $0.contains("'__main__.Small'") })
    }
}
