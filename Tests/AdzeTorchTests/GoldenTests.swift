// Checkpoints that torch wrote give what torch reads in them: names, types, shapes and every byte.

import AdzeBytes
import AdzeTensors
import AdzeTestSupport
import AdzeTorch
import Foundation
import Testing

/// A tensor of golden.json.
struct GoldenTensor: Equatable, CustomStringConvertible {
    let name: String
    let dtype: String
    let shape: [Int]
    let checksum: String

    var description: String { "\(name) \(dtype) \(shape) \(checksum)" }
}

/// What torch reads in each fixture, by file name.
func goldenTensors(_ path: String) throws -> [String: [GoldenTensor]] {
    let text = try [UInt8](Data(contentsOf: URL(filePath: path)))
    var golden: [String: [GoldenTensor]] = [:]
    for (file, entries) in try #require(try parseJSON(text).object) {
        golden[file] = try (try #require(entries.array)).map { entry in
            let fields = try #require(entry.array)
            return GoldenTensor(
                name: try #require(fields[0].string), dtype: try #require(fields[1].string),
                shape: try (try #require(fields[2].array)).map { try #require($0.integer) },
                checksum: try #require(fields[3].string))
        }
    }
    return golden
}

/// What we read in a checkpoint, in the same terms.
func readTensors(_ store: some TensorStore) throws -> [GoldenTensor] {
    try store.tensors.map { info in
        let tensor = try store.load(info.name)
        #expect(tensor.shape == info.shape && tensor.dtype == info.dtype)
        var checksum = CRC32()
        tensor.bytes.withUnsafeBytes { checksum.update($0) }
        let digits = String(checksum.value, radix: 16)
        return GoldenTensor(
            name: info.name, dtype: info.dtype.rawValue, shape: info.shape.dimensions,
            checksum: String(repeating: "0", count: 8 - digits.count) + digits)
    }
}

func checkpoint(_ name: String, ignoringObjects: Bool = false) throws -> TorchCheckpoint {
    try TorchCheckpoint(file: InputFile(path: Fixtures.path("torch/" + name)), ignoringObjects: ignoringObjects)
}

struct GoldenTests {
    static let files = (try? goldenTensors(Fixtures.path("torch/golden.json")).keys.sorted()) ?? []
    /// Those that hold objects of classes: `ObjectTests` reads them.
    static let filesOfObjects: Set<String> = ["objects.pt", "module.pt", "module_legacy.pt"]
    static let plainFiles = files.filter { !filesOfObjects.contains($0) }

    private func container(_ file: String) -> TorchContainer {
        file.hasSuffix("_legacy.pt") ? .legacy : file.hasSuffix("_tar.pt") ? .tar : .zip
    }

    @Test func everyFixtureHasGoldenData() { #expect(GoldenTests.files.count == 27) }

    @Test(arguments: plainFiles) func tensorsAreWhatTorchReads(_ file: String) throws {
        let golden = try #require(try goldenTensors(Fixtures.path("torch/golden.json"))[file])
        let store = try checkpoint(file)
        #expect(try readTensors(store) == golden)
        #expect(store.container == container(file))
    }

    @Test(arguments: plainFiles) func ignoringObjectsChangesNothingWhereThereAreNone(_ file: String) throws {
        let store = try checkpoint(file, ignoringObjects: true)
        #expect(try readTensors(store) == readTensors(checkpoint(file)))
        #expect(store.ignoredNames.isEmpty)
    }

    @Test(arguments: ["tied.pt", "tied_legacy.pt"]) func tiedWeightsAreAliases(_ file: String) throws {
        let store = try checkpoint(file)
        #expect(
            store.aliases == ["decoder.weight": "embeddings.weight", "again.weight": "embeddings.weight"])
        #expect(try store.load("again.weight") == store.load("embeddings.weight"))
    }

    @Test(arguments: ["views.pt", "views_legacy.pt"]) func viewsOfOneStorageAreNotAliases(_ file: String) throws {
        #expect(try checkpoint(file).aliases.isEmpty)
    }

    @Test(arguments: ["lightning.pt", "lightning_legacy.pt", "protocol4.pt"])
    func whatIsNoTensorIsListed(_ file: String) throws {
        let scalars = Dictionary(
            uniqueKeysWithValues: try checkpoint(file).scalars.map { ($0.name, $0.text) })
        #expect(scalars["epoch"] == "3")
        #expect(scalars["pytorch-lightning_version"] == "2.1.0")
        #expect(scalars["hyper_parameters.name"] == "bért")
        #expect(scalars["hyper_parameters.betas.1"] == "0.999")
        #expect(scalars["hyper_parameters.dtype"] == "torch.float16")
        #expect(scalars["lr_schedulers.0.milestones.10"] == "1")
        #expect(scalars["lr_schedulers.0.T"] == "None")
        #expect(scalars["optimizer_states.0.param_groups.0.lr"] == "0.01")
    }

    @Test func scalarsKeepTheirValues() throws {
        let scalars = try checkpoint("nested.pt").scalars
        #expect(
            scalars.map { "\($0.name)=\($0.text)" } == [
                "flags.True=1", "flags.none=None", "flags.float=0.5", "flags.big=1152921504606846976",
                "flags.negative=-7", "flags.text=a\nb",
            ])
    }

    @Test(arguments: ["trainer.pt", "trainer_legacy.pt"]) func whatTrainersPutBesideTheWeights(_ file: String) throws {
        let store = try checkpoint(file)
        #expect(store.tensors.map(\.name) == ["w"])
        #expect(
            store.scalars.map { "\($0.name)=\($0.text)" } == [
                "best=0.8125", "step=-3", "half=0.5", "flag=True", "name=a numpy value", "array=numpy.ndarray",
                "counts.seen=12", "names.0=only", "raw=bytes", "none=bytes", "more=bytes", "complex=complex",
                "device=torch.device", "wide=an integer of 13 bytes", "infinite=inf", "(a, 1)=pair",
            ])
    }

    @Test func whatCannotBeReadIsNamedAndTheRestIsRead() throws {
        let store = try checkpoint("unsupported.pt")
        #expect(store.tensors.map(\.name) == ["good", "alsoGood"])
        #expect(store.unsupported.map(\.name) == ["complex", "quantized", "sparse", "fp8"])
        #expect(store.unsupported[0].reason.contains("complex64"))
        #expect(store.unsupported[3].reason.contains("float8_e4m3fn"))
        for (name, reason) in store.unsupported {
            #expect(throws: TorchError.unsupportedTensor(name: name, reason: reason)) { try store.load(name) }
        }
    }

    @Test func aMistypedNameGetsTheNearest() throws {
        let store = try checkpoint("tied.pt")
        #expect(throws: TorchError.missing(MissingTensor(name: "copy.wieght", nearest: "copy.weight"))) {
            try store.load("copy.wieght")
        }
    }

    @Test func containersAreRecognisedByTheirFirstBytes() throws {
        for file in GoldenTests.files {
            let head = Array(try Fixtures.bytes("torch/" + file).prefix(TorchContainer.headLength))
            #expect(TorchContainer(head: head) == container(file))
        }
        #expect(TorchContainer(head: Array("{\"a\": 1}".utf8)) == nil)
        #expect(TorchContainer(head: []) == nil)
        var tar = [UInt8](repeating: 0, count: 512)
        tar.replaceSubrange(257..<262, with: Array("ustar".utf8))
        #expect(TorchContainer(head: tar) == .tar)
    }

    @Test func loadingFromManyThreadsGivesTheSame() async throws {
        let store = try checkpoint("views.pt")
        let expected = try readTensors(store)
        let fresh = try checkpoint("views.pt")
        try await withThrowingTaskGroup(of: [GoldenTensor].self) { group in
            for _ in 0..<8 { group.addTask { try readTensors(fresh) } }
            for try await found in group { #expect(found == expected) }
        }
    }
}
