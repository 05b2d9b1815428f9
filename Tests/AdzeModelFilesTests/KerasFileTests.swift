// HDF5, Keras archives and TensorFlow's safetensors through the opener: recognised by content, the same tensors as from
// PyTorch, the names of the source kept at hand.

import AdzeBytes
import AdzeModelFiles
import AdzeTensors
import AdzeTestSupport
import Foundation
import Testing

@Suite struct KerasFileTests {
    private func reference() throws -> any TensorStore {
        try WeightsFile(path: Fixtures.path("models/containers/safetensors/model.safetensors")).store
    }

    private func expectReference(_ store: any TensorStore) throws {
        let reference = try reference()
        #expect(Set(store.tensors.map(\.name)) == Set(reference.tensors.map(\.name)))
        for info in reference.tensors {
            #expect(try store.load(info.name) == reference.load(info.name), "\(info.name)")
        }
    }

    @Test(arguments: [
        ("transformers/tf_model.h5", WeightsFormat.hdf5), ("full-model.h5", .hdf5), ("keras-bert.h5", .hdf5),
        ("keras-hub.keras", .kerasArchive), ("safetensors-tf/model.safetensors", .safetensors),
    ])
    func bareFiles(file: String, format: WeightsFormat) throws {
        // Content decides.
        try withTemporaryFolder { folder in
            let path = folder + "/weights"
            try FileManager.default.copyItem(atPath: Fixtures.path("keras/" + file), toPath: path)
            let opened = try WeightsFile(path: path)
            #expect(opened.format == format)
            #expect(opened.notes.contains { $0.contains("as PyTorch has them") })
            try expectReference(opened.store)
            #expect(try RawWeights(path: path).store.tensors.allSatisfy { !$0.name.hasPrefix("bert.encoder.layer.0.") })
        }
    }

    @Test(arguments: ["transformers", "sharded", "safetensors-tf"]) func folders(name: String) throws {
        let opened = try OpenedModel(path: Fixtures.path("keras/" + name))
        try expectReference(opened.store)
        #expect(opened.sourceName(of: "classifier.weight").hasSuffix("classifier/kernel:0"))
        #expect(opened.sourceName(of: "no such") == "no such")
        #expect(!opened.notes.contains { $0.contains("not in") })
    }

    /// TensorFlow's MPNets have a pooler all of them.
    @Test(arguments: ["mpnet-masked", "mpnet-masked-safetensors"]) func foldersOfFamilies(name: String) throws {
        let reference = try WeightsFile(path: Fixtures.path("families/mpnet/masked/model.safetensors")).store
        let opened = try OpenedModel(path: Fixtures.path("keras/" + name))
        let pooler = Set(["mpnet.pooler.dense.weight", "mpnet.pooler.dense.bias"])
        #expect(Set(opened.store.tensors.map(\.name)) == pooler.union(reference.tensors.map(\.name)))
        for info in reference.tensors {
            #expect(try opened.store.load(info.name) == reference.load(info.name), "\(info.name)")
        }
        #expect(opened.sourceName(of: "lm_head.bias").hasSuffix("lm_head/bias:0"))
    }

    @Test func kerasHubsOptimizerIsLeftOut() throws {
        let opened = try WeightsFile(path: Fixtures.path("keras/keras-hub.keras"))
        let raw = try RawWeights(path: Fixtures.path("keras/keras-hub.keras"))
        #expect(raw.store.tensors.contains { $0.name == "optimizer.vars.0" })
        #expect(opened.notes.contains("2 tensors of the optimizer's state are passed over"))
    }

    /// `rescue` sees every dataset of a folder as it is, although the index of shards has other paths than they.
    @Test(arguments: ["transformers", "sharded"]) func rawFolders(name: String) throws {
        let raw = try RawWeights(path: Fixtures.path("keras/" + name))
        #expect(raw.store.tensors.count == 41)
        #expect(raw.store.tensors.allSatisfy { $0.name.hasSuffix(":0") })
    }

    /// A worker without a filter of system calls for all but the first shard: every way to a file says so.
    @Test func missingFilterIsSaid() throws {
        try withTemporaryFolder { folder in
            var options = WeightsOptions()
            options.hdf5WorkerPath = Fixtures.path("keras-workers/filter-for-the-first-shard.sh")
            let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
            for name in ["shard-1.h5", "shard-2.h5", "shard-3.h5"] {
                try Data(signature + [0, 0, 0, 0, 0, 0, 0, 0]).write(to: URL(filePath: folder + "/" + name))
            }
            let note = "HDF5 was read without a filter of system calls: 'limits only'"
            #expect(try RawWeights(path: folder + "/shard-1.h5", options: options).notes == [])
            #expect(try RawWeights(path: folder + "/shard-2.h5", options: options).notes == [note])
            #expect(try WeightsFile(path: folder + "/shard-2.h5", options: options).notes == [note])
            let index = #"{"metadata":{},"weight_map":{"w1":"shard-1.h5","w2":"shard-2.h5","w3":"shard-3.h5"}}"#
            try Data(index.utf8).write(to: URL(filePath: folder + "/tf_model.h5.index.json"))
            let raw = try RawWeights(path: folder, options: options)
            #expect(raw.store.tensors.map(\.name) == ["w1", "w2", "w3"])
            #expect(raw.notes.filter { $0 == note }.count == 1)
        }
    }

    private func line(_ path: String, worker: String? = nil) -> String {
        let error = #expect(throws: LocatedError.self) {
            var options = WeightsOptions()
            options.hdf5WorkerPath = worker
            _ = try OpenedModel(path: path, options: options)
        }
        return error.map { String($0.description.dropFirst(path.count + 2)) } ?? ""
    }

    @Test func refusals() throws {
        #expect(
            line(Fixtures.path("hdf5-hostile/user-block.h5"))
                == "this is an HDF5 file behind a user block of 512 bytes, which is not read; remove the block with h5unjam"
        )
        #expect(line(Fixtures.path("hdf5-hostile/virtual.h5")).hasPrefix("HDF5: '/x': a virtual dataset"))
        #expect(
            line(Fixtures.path("keras/keras-bert.h5"), worker: "/nowhere/adze-h5worker")
                .contains("missing at /nowhere/adze-h5worker"))
    }

    @Test func archivesWithoutReadableWeights() throws {
        func refusal(_ entries: [(String, [UInt8])]) throws -> String {
            let archive = ZipArchive(entries.map { ZipLie($0.0, $0.1) })
            return try withTemporaryFile(archive.bytes) { line($0) }
        }
        #expect(
            try refusal([("config.json", [0x7B, 0x7D]), ("model.weights.npz", [1])])
                == "Keras archive: its weights are in model.weights.npz; save the model with HDF5 weights")
        #expect(
            try refusal([("config.json", [0x7B, 0x7D]), ("model.weights.h5", [1, 2, 3])])
                == "Keras archive: model.weights.h5 is no HDF5 file")
    }
}
