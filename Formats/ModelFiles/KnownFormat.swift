// Formats that people have and that are not read, told by their first bytes, so that the refusal can name them.

internal import AdzeKeras

/// A format that is recognised and not read.
struct KnownFormat {
    /// What the file is.
    let what: String
    /// What to do instead.
    let advice: String

    /// The format of a file with this head, or nil.
    init?(head: [UInt8]) {
        if let (_, what, advice) = KnownFormat.signatures.first(where: { head.starts(with: $0.0) }) {
            (self.what, self.advice) = (what, advice)
        } else if KnownFormat.isTextPickle(head) {
            (what, advice) = ("a bare pickle of protocol 0 or 1, it seems", KnownFormat.saveAgain)
        } else {
            return nil
        }
    }

    private static let saveAgain = "save the model's state_dict with torch.save"

    private static let signatures: [([UInt8], String, String)] = [
        (Array(HDF5Signature.bytes.prefix(4)), "a damaged HDF5 file", "fetch it again without converting line ends"),
        (Array("GGUF".utf8), "a GGUF file", "convert from the original checkpoint instead"),
        ([0x93] + Array("NUMPY".utf8), "a numpy array (.npy)", "save a state_dict of tensors with torch.save"),
        ([0x1F, 0x8B], "a gzip archive", "unpack it first"),
        ([0x78, 0x01], "a zlib stream, perhaps of joblib", saveAgain),
        ([0x78, 0x5E], "a zlib stream, perhaps of joblib", saveAgain),
        ([0x78, 0x9C], "a zlib stream, perhaps of joblib", saveAgain),
        ([0x78, 0xDA], "a zlib stream, perhaps of joblib", saveAgain),
        ([0x42, 0x5A, 0x68], "a bzip2 archive", "unpack it first"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "an xz archive", "unpack it first"),
        ([0x28, 0xB5, 0x2F, 0xFD], "a zstd archive", "unpack it first"),
        ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive", "unpack it first"),
        (Array("version https://git-lfs".utf8), "a git-lfs pointer", "fetch the file itself with git lfs pull"),
        ([0x80, 0x02], "a bare pickle", saveAgain),
        ([0x80, 0x03], "a bare pickle", saveAgain),
        ([0x80, 0x04], "a bare pickle, perhaps of joblib", saveAgain),
        ([0x80, 0x05], "a bare pickle, perhaps of joblib", saveAgain),
        ([0x08], "an ONNX graph, it seems", "convert from the original checkpoint instead"),
    ]

    /// Whether the bytes begin as a pickle without a PROTO opcode does: with a name to import, with a string, or with a
    /// mark or an empty container and an opcode that can follow it.
    private static func isTextPickle(_ head: [UInt8]) -> Bool {
        guard let first = head.first else { return false }
        switch first {
        case UInt8(ascii: "c"):
            // `cmodule\nname\n`: both plain identifiers.
            let lines = head.dropFirst().split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
            return lines.count == 3 && lines[0...1].allSatisfy { line in !line.isEmpty && line.allSatisfy(isName) }
        case UInt8(ascii: "S"), UInt8(ascii: "V"):
            // `S'text'\n` and `Vtext\n`, each usually remembered at once: `p0\n`; or the next string follows.
            let lines = head.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
            guard lines.count == 3 else { return false }
            let isQuoted = lines[0].count >= 3 && [0x22, 0x27].contains(lines[0][1]) && lines[0].last == lines[0][1]
            let second = Array(lines[1])
            let isRemembered = second.count >= 2 && second[0] == 0x70 && second[1...].allSatisfy { 0x30...0x39 ~= $0 }
            return first == UInt8(ascii: "S") ? isQuoted : isRemembered
        case UInt8(ascii: "("):
            guard head.count > 1 else { return false }
            return "dltciIVSUXKJ(".utf8.contains(head[1])
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            guard head.count > 1 else { return false }
            return "q.p(".utf8.contains(head[1])
        default: return false
        }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x2E: true
        default: false
        }
    }
}
