// Which files of a folder are taken, in which order, and how a folder without them is refused.

import AdzeBytes
import AdzeHuggingFace
import AdzeTestSupport
import Foundation
import Testing

@Suite struct ModelFolderTests {
    let configuration = ["config.json": #"{"model_type":"bert"}"#]

    func index(_ shards: String...) -> String {
        let map = shards.enumerated().map { #""t\#($0)":"\#($1)""# }.joined(separator: ",")
        return #"{"metadata":{"total_size":1},"weight_map":{\#(map)}}"#
    }

    func chosen(_ files: [String: String]) throws -> (name: String, notes: [String]) {
        try withFolder(files) { path in
            let folder = try ModelFolder(path: path)
            return (folder.weights.name, folder.notes)
        }
    }

    @Test func weightsInTheOrderOfTransformers() throws {
        var files = configuration.with([
            "model.safetensors": "", "model.safetensors.index.json": index("a.safetensors"), "a.safetensors": "",
            "pytorch_model.bin": "", "pytorch_model.bin.index.json": index("a.bin"), "a.bin": "",
            "tf_model.h5": "", "tf_model.h5.index.json": index("a.h5"), "a.h5": "",
        ])
        let order = [
            "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
            "tf_model.h5", "tf_model.h5.index.json",
        ]
        for (number, name) in order.enumerated() {
            let (found, notes) = try chosen(files)
            #expect(found == name)
            // What is passed over is said, with each name.
            #expect(notes.count == (number == order.count - 1 ? 0 : 1))
            for other in order[(number + 1)...] { #expect(notes.first?.contains(other) == true) }
            files[name] = nil
        }
    }

    @Test(arguments: ["weights.safetensors", "weights.bin", "best.pt", "best.pth", "model.h5", "a.hdf5", "a.keras"])
    func singleFileOfAnotherName(_ name: String) throws {
        #expect(try chosen(configuration.with([name: ""])).name == name)
    }

    @Test func trainersLeftoversAreNoWeights() throws {
        let files = configuration.with([
            "best.pt": "", "training_args.bin": "", "optimizer.pt": "", "scheduler.pt": "", "rng_state.pth": "",
            "rng_state_0.pth": "", "scaler.pt": "", ".hidden.pt": "",
        ])
        #expect(try chosen(files).name == "best.pt")
    }

    @Test func safetensorsGoBeforePickles() throws {
        #expect(
            try chosen(configuration.with(["a.safetensors": "", "a.bin": "", "b.bin": ""])).name == "a.safetensors")
    }

    @Test func severalFilesOfOtherNames() throws {
        #expect(
            try refusal(configuration.with(["a.pt": "", "b.bin": ""])) == .ambiguousWeights(["a.pt", "b.bin"]))
    }

    @Test func noConfiguration() throws {
        guard case .noConfiguration(_, found: ["model.safetensors"]) = try refusal(["model.safetensors": ""]) else {
            return #expect(Bool(false), "accepted or another error")
        }
    }

    @Test func noWeights() throws {
        guard case .noWeights(_, found: ["config.json"], unreadable: []) = try refusal(configuration) else {
            return #expect(Bool(false), "accepted or another error")
        }
    }

    @Test(arguments: ["flax_model.msgpack", "adapter_model.safetensors"])
    func weightsThatCannotBeReadYet(_ name: String) throws {
        guard case .noWeights(_, _, unreadable: [name]) = try refusal(configuration.with([name: ""])) else {
            return #expect(Bool(false), "accepted or another error")
        }
        #expect(try chosen(model.with([name: ""])).notes.first?.contains(name) == true)
    }

    @Test func folderThatIsNone() throws {
        try withTemporaryFile([]) { (path: String) throws in
            #expect(throws: HuggingFaceError.notAFolder(path: path)) { try ModelFolder(path: path) }
            #expect(throws: FileError.notFound(path: path + "x")) { try ModelFolder(path: path + "x") }
        }
    }

    @Test func configurationThatIsNoObject() throws {
        #expect(
            try refusal(model.with(["config.json": "[]"]))
                == .field(file: "config.json", field: "the file", expected: "an object", found: "a list of 0"))
    }

    @Test func configurationThatIsNoJSON() throws {
        guard case .json("config.json", .unexpected) = try refusal(model.with(["config.json": "{"])) else {
            return #expect(Bool(false), "accepted or another error")
        }
    }

    @Test func configurationBomb() throws {
        let bomb = String(repeating: "[", count: 1_000_000)
        guard case .json("config.json", .tooDeep) = try refusal(model.with(["config.json": bomb])) else {
            return #expect(Bool(false), "accepted or another error")
        }
    }

    @Test func configurationThatIsTooLarge() throws {
        try withFolder(model) { (path: String) throws in
            #expect(truncate(path + "/config.json", 1 << 40) == 0)
            #expect(throws: HuggingFaceError.tooLarge(file: "config.json", size: 1 << 40, limit: 16 << 20)) {
                try ModelFolder(path: path)
            }
        }
    }

    @Test func pipeInPlaceOfAFile() throws {
        try withFolder(model) { (path: String) throws in
            #expect(mkfifo(path + "/vocab.txt", 0o644) == 0)
            #expect(throws: FileError.notARegularFile(path: path + "/vocab.txt", found: "a pipe")) {
                try ModelFolder(path: path).tokenizerFiles()
            }
        }
    }

    @Test func tokenizerFilesAsTheyAre() throws {
        let files = model.with([
            "vocab.txt": "[PAD]\na", "tokenizer_config.json": "{}", "added_tokens.json": "not JSON",
        ])
        try withFolder(files) { path in
            let found = try ModelFolder(path: path + "/").tokenizerFiles()
            #expect(
                found == [
                    .vocabulary: Array("[PAD]\na".utf8), .config: Array("{}".utf8),
                    .addedTokens: Array("not JSON".utf8),
                ])
        }
    }

    @Test func pathOfAFile() throws {
        try withFolder(model) { (path: String) throws in
            #expect(try ModelFolder(path: path).path(of: "x") == path + "/x")
            #expect(try ModelFolder(path: path + "/").path(of: "x") == path + "/x")
        }
    }

    @Test func shardsOfAnIndex() throws {
        let files = configuration.with([
            "model.safetensors.index.json": index("b.safetensors", "a.safetensors", "b.safetensors"),
            "a.safetensors": "", "b.safetensors": "",
        ])
        try withFolder(files) { path in
            let folder = try ModelFolder(path: path)
            #expect(folder.weights.files == ["a.safetensors", "b.safetensors"])
            guard case .sharded(let index) = folder.weights else { return #expect(Bool(false), "not sharded") }
            #expect(index.weightMap.map(\.tensor) == ["t0", "t1", "t2"])
            #expect(index.weightMap.map(\.shard) == ["b.safetensors", "a.safetensors", "b.safetensors"])
        }
    }

    @Test func missingShard() throws {
        let name = "pytorch_model.bin.index.json"
        #expect(
            try refusal(configuration.with([name: index("a.bin", "b.bin"), "a.bin": ""]))
                == .missingShard(file: name, shard: "b.bin"))
    }

    @Test(.enabled(if: Fixtures.shared != nil))
    func folderOfARealModel() throws {
        let path = try #require(Fixtures.shared).appending(path: "models/minilm-l6-sst2").path(percentEncoded: false)
        let folder = try ModelFolder(path: path)
        #expect(folder.weights == .file("model.safetensors"))
        #expect(folder.configuration["model_type"]?.string == "bert")
        #expect(try folder.tokenizerFiles()[.json]?.isEmpty == false)
        #expect(try folder.sentenceRecipe() == nil)
    }
}

@Suite struct ShardIndexTests {
    func refusal(_ text: String) -> HuggingFaceError? {
        do throws(HuggingFaceError) {
            _ = try ShardIndex(Array(text.utf8), file: "i")
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("../x", "../x"), ("/etc/passwd", "/etc/passwd"), ("a/b", "a/b"), (#"a\\b"#, #"a\b"#), ("..", ".."), (".", "."),
        ("", ""), (#"a\u0000"#, "a\0"), (#"a\n"#, "a\n"),
    ])
    func shardThatIsNoPlainName(written: String, name: String) {
        #expect(refusal(#"{"weight_map":{"t":"\#(written)"}}"#) == .unsafeName(file: "i", name: name))
    }

    @Test func mapThatIsNone() {
        #expect(
            refusal("{}") == .field(file: "i", field: "weight_map", expected: "an object", found: "nothing"))
        #expect(refusal(#"{"weight_map":{}}"#) == .emptyIndex(file: "i"))
        #expect(
            refusal(#"{"weight_map":{"t":1}}"#)
                == .field(
                    file: "i", field: "weight_map key 't'", expected: "a file name", found: "the number 1"))
    }

    @Test func tensorNamedTwice() {
        guard case .json("i", .duplicateKey("t", _)) = refusal(#"{"weight_map":{"t":"a","t":"b"}}"#) else {
            return #expect(Bool(false), "accepted or another error")
        }
    }
}
