// SentencePiece models: a file that is read gives pieces that lie in it, and the same ones when it is written again in
// the plainest way.

import AdzeBytes
import AdzeTokenization

extension FuzzTarget {
    /// `SentencePieceFile`. The input is a model.
    public static let sentencepiece = FuzzTarget("sentencepiece") { bytes in
        guard let file = try unlessRefused({ try SentencePieceFile(bytes, file: "spm.model") }) else { return }
        try require(!file.pieces.isEmpty, "a model without pieces was read")
        // A piece is at least two tags, two lengths and its text.
        let sizes = file.pieces.reduce(file.charsmap.count) { $0 + $1.text.count + 4 }
        try require(sizes <= bytes.count, "\(sizes) bytes of pieces and charsmap in \(bytes.count)")
        for piece in file.pieces {
            try require(!piece.text.isEmpty, "a piece without text was read")
            try require(piece.score.isFinite, "a score of \(piece.score) was read")
            try require(
                piece.text.elementsEqual(String(decoding: piece.text, as: UTF8.self).utf8), "a piece is not UTF-8")
        }
        try require(file.modelType == .unigram && !file.treatsWhiteSpaceAsSuffix, "another kind of model was read")
        try checkRewritten(file)
    }

    private static func checkRewritten(_ file: SentencePieceFile) throws {
        let written = SentencePieceWriter(file).bytes
        let again: SentencePieceFile
        do {
            again = try SentencePieceFile(written, file: "spm.model")
        } catch {
            throw Violation(description: "a written model is refused: \(error)")
        }
        try require(again == file, "the model changed when it was written")
        let longer = try SentencePieceFile(written + [0xA2, 0x06, 1, 0x21], file: "spm.model")
        try require(longer == file, "an unknown field changed the model")
    }
}

/// Writes every field that the reader reads, defaults too.
private struct SentencePieceWriter {
    private(set) var bytes: [UInt8] = []

    init(_ file: SentencePieceFile) {
        var trainer: [UInt8] = []
        Self.put(&trainer, 3, file.modelType.rawValue)
        Self.put(&trainer, 24, file.treatsWhiteSpaceAsSuffix ? 1 : 0)
        Self.put(&trainer, 35, file.byteFallback ? 1 : 0)
        for (field, id) in [(40, file.unknownID), (41, file.beginID), (42, file.endID), (43, file.paddingID)] {
            Self.put(&trainer, field, id)
        }
        var normalizer: [UInt8] = []
        Self.put(&normalizer, 1, file.normalizerName.utf8)
        Self.put(&normalizer, 2, file.charsmap)
        Self.put(&normalizer, 3, file.addsDummyPrefix ? 1 : 0)
        Self.put(&normalizer, 4, file.removesExtraWhiteSpace ? 1 : 0)
        Self.put(&normalizer, 5, file.escapesWhiteSpace ? 1 : 0)
        Self.put(&bytes, 2, trainer)
        Self.put(&bytes, 3, normalizer)
        var fields: [UInt8] = []
        for piece in file.pieces {
            fields.removeAll(keepingCapacity: true)
            Self.put(&fields, 1, piece.text)
            Self.put(&fields, 3, piece.kind.rawValue)
            fields.append(2 << 3 | 5)
            withUnsafeBytes(of: piece.score.bitPattern.littleEndian) { fields += $0 }
            Self.put(&bytes, 1, fields)
        }
    }

    private static func varint(_ out: inout [UInt8], _ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            out.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(rest))
    }

    private static func put(_ out: inout [UInt8], _ field: Int, _ value: Int) {
        varint(&out, UInt64(field << 3))
        varint(&out, UInt64(bitPattern: Int64(value)))
    }

    private static func put(_ out: inout [UInt8], _ field: Int, _ content: some Collection<UInt8>) {
        varint(&out, UInt64(field << 3 | 2))
        varint(&out, UInt64(content.count))
        out += content
    }
}
