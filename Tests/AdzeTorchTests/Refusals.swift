// Checkpoints made of hostile parts, and how they are refused.

import AdzeBytes
import AdzeTensors
import AdzeTestSupport
import AdzeTorch
import AdzeZip

extension ZipArchive {
    /// A checkpoint of one pickle and its storages.
    init(_ pickle: [UInt8], _ storages: [(String, [UInt8])] = [("0", [UInt8](repeating: 1, count: 32))]) {
        self.init([ZipLie("m/data.pkl", pickle)] + storages.map { ZipLie("m/data/" + $0.0, $0.1) })
    }

    /// A sound checkpoint of one tensor, `w`.
    static var sound: ZipArchive { ZipArchive(Pickle.dictionary { $0.tensor() }) }
}

/// The error of reading the bytes as a checkpoint and loading every tensor, or nil where both work.
func refusal(of bytes: [UInt8]) throws -> TorchError? {
    try withTemporaryFile(bytes) { path in
        do {
            let store = try TorchCheckpoint(file: InputFile(path: path))
            for info in store.tensors where info.byteCount < 1 << 18 { _ = try store.load(info.name) }
            return nil
        } catch let error as TorchError {
            return error
        }
    }
}

extension TorchError {
    var zipFault: ZipFault? { if case .zip(.fault(let fault, _, _)) = self { fault } else { nil } }
    var archiveFault: ArchiveFault? { if case .archive(let fault, _, _) = self { fault } else { nil } }
    var pickleFault: PickleFault? { if case .pickle(let fault, _, _) = self { fault } else { nil } }
    var isTensorFault: Bool { if case .tensor = self { true } else { false } }
    var isLegacyFault: Bool { if case .legacy = self { true } else { false } }
    var isTarFault: Bool { if case .tar = self { true } else { false } }
    var isUnsupportedKind: Bool { if case .unsupportedKind = self { true } else { false } }
    var refusedName: String? { if case .nameRefused(let name, _, _) = self { name } else { nil } }
}
