// The one classifier that every fixture holds, and opening files with the worker that was built beside the tests.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Testing

@testable import AdzeKeras

enum Keras {
    /// The program that this build made.
    static func worker() throws -> HDF5Worker { try HDF5Worker.besideExecutable() }

    /// Opens a file of `Tests/Fixtures/keras`.
    static func open(_ name: String) throws -> KerasCheckpoint { try open(path: Fixtures.path("keras/" + name)) }

    static func open(path: String) throws -> KerasCheckpoint {
        try open(path: path, size: InputFile(path: path).size)
    }

    /// Opens a file that its opener took for one of this size.
    static func open(path: String, size: Int) throws -> KerasCheckpoint {
        try KerasCheckpoint(path: path, size: size, worker: worker())
    }

    /// The classifier as PyTorch's transformers saved it.
    static func reference() throws -> SafetensorsFile {
        try SafetensorsFile(
            file: InputFile(path: Fixtures.path("models/containers/safetensors/model.safetensors")))
    }

    /// Expects every tensor of the reference whose name begins so, and nothing else, to the bit.
    static func expectReference(
        _ store: any TensorStore, prefix: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let reference = try reference()
        let wanted = reference.tensors.map(\.name).filter { $0.hasPrefix(prefix) && !$0.hasSuffix("position_ids") }
        #expect(store.tensors.map(\.name).sorted() == wanted.sorted(), sourceLocation: sourceLocation)
        for name in wanted {
            #expect(try store.load(name) == reference.load(name), "\(name)", sourceLocation: sourceLocation)
        }
    }

    /// Expects every tensor of a folder of `Tests/Fixtures/families`, and nothing else, to the bit.
    ///
    /// PyTorch's encoder alone has names without a prefix. TensorFlow's MPNets all have a pooler.
    static func expectFamily(_ store: any TensorStore, _ family: String, _ model: String) throws {
        let path = Fixtures.path("families/\(family)/\(model)/model.safetensors")
        let reference = try SafetensorsFile(file: InputFile(path: path))
        let encoder = ["xlm-roberta", "camembert"].contains(family) ? "roberta" : family
        let prefix = model == "base" ? encoder + "." : ""
        let pooler = ["weight", "bias"].map { "mpnet.pooler.dense.\($0)" }
        let wanted = reference.tensors.map { prefix + $0.name } + (family == "mpnet" && model != "base" ? pooler : [])
        #expect(store.tensors.map(\.name).sorted() == wanted.sorted())
        for info in reference.tensors {
            #expect(try store.load(prefix + info.name) == reference.load(info.name), "\(info.name)")
        }
    }

    /// Sends a file in memory, which must be refused.
    static func refusal(_ bytes: [UInt8]) throws -> KerasError? {
        let worker = try worker()
        return #expect(throws: KerasError.self) { try KerasCheckpoint(bytes: bytes, worker: worker) }
    }
}
