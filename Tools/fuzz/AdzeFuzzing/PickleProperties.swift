// PyTorch's pickles: whatever they say, the tensors of a checkpoint that opens are what it describes, and survive being
// written again.

import AdzeBytes
import AdzeTensors
import AdzeTorch

extension FuzzTarget {
    /// `TorchCheckpoint` and `TorchWriter`.
    ///
    /// The input is a checkpoint in the legacy format, or else the number of storages, the length of each as a u16, and
    /// a pickle, which are made into an archive with correct checksums.
    public static let pickle = FuzzTarget("pickle") { bytes in
        if bytes.first == 0x80 {
            let scratch = try ScratchFile(bytes)
            return try checkCheckpoint(scratch.path)
        }
        try withScratchPath { path in
            try writeArchive(archive(bytes), to: path)
            try checkCheckpoint(path)
        }
    }

    private static func archive(_ recipe: [UInt8]) -> [(String, [UInt8])] {
        // At most 32 storages of less than 4 KiB: what the harness makes is no part of the test.
        let count = min(Int(recipe.first ?? 0), (recipe.count - 1) / 2, 32)
        var contents: [(String, [UInt8])] = [("archive/data.pkl", Array(recipe.dropFirst(1 + 2 * max(count, 0))))]
        contents.append(("archive/byteorder", Array("little".utf8)))
        for storage in 0..<max(count, 0) {
            let length = Int(recipe[1 + 2 * storage]) | Int(recipe[2 + 2 * storage] & 0x0F) << 8
            let content = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ storage) }
            contents.append(("archive/data/\(storage)", content))
        }
        contents.append(("archive/version", Array("3\n".utf8)))
        return contents
    }

    private static func checkCheckpoint(_ path: String) throws {
        guard let checkpoint = try unlessRefused({ try TorchCheckpoint(file: try InputFile(path: path)) }) else {
            return
        }
        let names = checkpoint.tensors.map(\.name) + checkpoint.unsupported.map(\.name)
        try require(Set(names).count == names.count, "two tensors have one name")
        for (name, reason) in checkpoint.unsupported {
            try requireOneLine(reason)
            try require(try unlessRefused { try checkpoint.load(name) } == nil, "an unsupported tensor was read")
        }
        var store = MemoryTensorStore()
        for info in checkpoint.tensors {
            let tensor = try checkpoint.load(info.name)
            try require(
                tensor.dtype == info.dtype && tensor.shape == info.shape && tensor.bytes.count == info.byteCount,
                "\(quoted(info.name)) is not what its description says")
            store.add(info.name, tensor)
        }
        let byName = checkpoint.tensorsByName
        for (alias, owner) in checkpoint.aliases {
            try require(byName[alias] != nil && byName[owner] != nil, "\(quoted(alias)) is an alias of nothing")
        }
        if checkpoint.tensors.count <= 64 { try checkRewritten(checkpoint, store) }
    }

    private static func checkRewritten(_ checkpoint: TorchCheckpoint, _ store: MemoryTensorStore) throws {
        try withScratchPath { path in
            guard try unlessRefused({ try TorchWriter.write(checkpoint, to: path, replacing: true) }) != nil else {
                return
            }
            let again = try TorchCheckpoint(file: try InputFile(path: path))
            try require(again.tensors == checkpoint.tensors, "the tensors changed when they were written")
            for info in again.tensors {
                try require(
                    try again.load(info.name) == store.load(info.name), "elements changed when they were written")
            }
        }
    }
}
