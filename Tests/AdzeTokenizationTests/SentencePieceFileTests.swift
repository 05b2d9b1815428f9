// The reader of SentencePiece models: what it takes from a file, what it refuses and in which words. Not here: the
// tokenizers that families make of the pieces.

import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

/// Protobuf's encoding, as far as a test needs it.
enum Wire {
    static func varint(_ value: UInt64) -> [UInt8] {
        var out: [UInt8] = []
        var rest = value
        while rest > 0x7F {
            out.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return out + [UInt8(rest)]
    }

    static func number(_ field: UInt64, _ value: Int) -> [UInt8] {
        varint(field << 3) + varint(UInt64(bitPattern: Int64(value)))
    }

    static func run(_ field: UInt64, _ bytes: [UInt8]) -> [UInt8] {
        varint(field << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    static func run(_ field: UInt64, _ text: String) -> [UInt8] { run(field, Array(text.utf8)) }

    static func float(_ field: UInt64, _ value: Float) -> [UInt8] {
        varint(field << 3 | 5) + withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }

    static func piece(_ text: String, _ score: Float? = nil, type: Int? = nil) -> [UInt8] {
        run(1, run(1, text) + (score.map { float(2, $0) } ?? []) + (type.map { number(3, $0) } ?? []))
    }
}

@Suite struct SentencePieceFileTests {
    private func read(_ parts: [UInt8]...) throws -> SentencePieceFile {
        try SentencePieceFile(parts.flatMap(\.self), file: "spm.model")
    }

    private func refusal(_ parts: [UInt8]...) -> String? {
        do {
            _ = try SentencePieceFile(parts.flatMap(\.self), file: "spm.model")
            return nil
        } catch {
            return error.description
        }
    }

    private func ids(of file: SentencePieceFile) -> [Int] {
        [file.unknownID, file.beginID, file.endID, file.paddingID]
    }

    private let piece = Wire.piece("a", -1)

    @Test func everythingThatAFileSays() throws {
        let trainer =
            Wire.number(3, 1) + Wire.number(24, 0) + Wire.number(35, 1) + Wire.number(40, 3) + Wire.number(41, -1)
            + Wire.number(42, 1) + Wire.number(43, 0)
        let normalizer =
            Wire.run(1, "nmt_nfkc") + Wire.run(2, [1, 2, 0, 255]) + Wire.number(3, 0) + Wire.number(4, 0)
            + Wire.number(5, 0)
        let pieces =
            Wire.piece("<unk>", 0, type: 2) + Wire.piece("<s>", type: 3) + Wire.piece("▁a", -1.5)
            + Wire.piece("[X]", 0, type: 4) + Wire.piece("é", -2, type: 5) + Wire.piece("<0x0A>", -3, type: 6)
        let file = try read(pieces, Wire.run(2, trainer), Wire.run(3, normalizer))
        #expect(
            file.pieces.map { String(decoding: $0.text, as: UTF8.self) } == [
                "<unk>", "<s>", "▁a", "[X]", "é", "<0x0A>",
            ])
        #expect(file.pieces.map(\.score) == [0, 0, -1.5, 0, -2, -3])
        #expect(file.pieces.map(\.kind) == [.unknown, .control, .normal, .userDefined, .unused, .byte])
        #expect(file.modelType == .unigram && !file.treatsWhiteSpaceAsSuffix && file.byteFallback)
        #expect(ids(of: file) == [3, -1, 1, 0])
        #expect(file.normalizerName == "nmt_nfkc" && file.charsmap == [1, 2, 0, 255])
        #expect(!file.addsDummyPrefix && !file.removesExtraWhiteSpace && !file.escapesWhiteSpace)
    }

    @Test func whatIsAbsentIsAsTheFormatHasIt() throws {
        let file = try read(Wire.piece("a"))
        #expect(file.pieces.map { Array($0.text) } == [[0x61]])
        #expect(file.pieces[0].score == 0 && file.pieces[0].kind == .normal)
        #expect(file.modelType == .unigram && !file.byteFallback && !file.treatsWhiteSpaceAsSuffix)
        #expect(ids(of: file) == [0, 1, 2, -1])
        #expect(file.normalizerName.isEmpty && file.charsmap.isEmpty)
        #expect(file.addsDummyPrefix && file.removesExtraWhiteSpace && file.escapesWhiteSpace)
    }

    @Test func unknownFieldsOfEveryWireTypeArePassedOver() throws {
        let unknown =
            Wire.number(100, -1) + Wire.run(101, "x") + Wire.float(102, .nan) + Wire.varint(103 << 3 | 1)
            + [UInt8](repeating: 0xFF, count: 8) + Wire.number((1 << 29) - 1, 0)
        let plain = try read(piece, Wire.run(2, Wire.number(35, 1)), Wire.run(3, Wire.number(3, 0)))
        let inPiece = Wire.run(1, unknown + Wire.run(1, "a") + unknown + Wire.float(2, -1))
        #expect(
            try read(
                unknown, inPiece, Wire.run(2, unknown + Wire.number(35, 1)), Wire.run(3, Wire.number(3, 0) + unknown))
                == plain)
    }

    @Test func theLastOfRepeatedFieldsCountsAndMessagesMerge() throws {
        let file = try read(
            Wire.run(
                1, Wire.run(1, "b") + Wire.float(2, -9) + Wire.number(3, 3) + Wire.run(1, "a") + Wire.float(2, -1)),
            Wire.run(2, Wire.number(40, 5) + Wire.number(35, 1)), Wire.run(3, Wire.run(1, "x")),
            Wire.run(2, Wire.number(40, 6)), Wire.run(3, Wire.number(5, 0)))
        #expect(file.pieces.map { Array($0.text) } == [[0x61]])
        #expect(file.pieces[0].score == -1 && file.pieces[0].kind == .control)
        #expect(file.unknownID == 6 && file.byteFallback)
        #expect(file.normalizerName == "x" && !file.escapesWhiteSpace)
        // A type that is refused alone is not where another follows it.
        #expect(try read(piece, Wire.run(2, Wire.number(3, 2)), Wire.run(2, Wire.number(3, 1))).modelType == .unigram)
    }

    @Test func aPieceMayStandTwice() throws {
        #expect(try read(piece, Wire.piece("b"), piece).pieces.count == 3)
    }

    @Test(arguments: [(2, "BPE"), (3, "WORD"), (4, "CHAR")])
    func otherModelTypesAreRefusedByName(type: Int, name: String) {
        #expect(
            refusal(piece, Wire.run(2, Wire.number(3, type)))
                == "spm.model: the model type '\(name)' is not supported; only Unigram is; use the tokenizer.json of "
                + "this model, if it has one")
    }

    @Test func otherRefusalsSayWhatAndWhere() {
        let again = "; the file is damaged or of another kind, fetch it again"
        #expect(
            refusal(piece, Wire.run(2, Wire.number(24, 1)))
                == "spm.model: the key 'treat_whitespace_as_suffix' is not supported; only pieces with the space in "
                + "front are")
        #expect(
            refusal(piece, Wire.run(2, Wire.number(3, 5)))
                == "spm.model: 'model_type': expected 1 (Unigram), found 5")
        #expect(
            refusal() == "spm.model: 'pieces': expected at least one piece, found none in 0 bytes; fetch the file again"
        )
        #expect(
            refusal(Wire.run(2, []), Wire.run(3, []))
                == "spm.model: 'pieces': expected at least one piece, found none in 4 bytes; fetch the file again")
        #expect(
            refusal(piece, Wire.run(1, []))
                == "spm.model: 'pieces[1].piece': expected at least one character, found none")
        #expect(
            refusal(Wire.run(1, Wire.run(1, [0xC0, 0xAF])))
                == "spm.model: 'pieces[0].piece': expected UTF-8, found other bytes")
        #expect(
            refusal(piece, Wire.piece("b", type: 7))
                == "spm.model: 'pieces[1].type': expected a type from 1 to 6, found 7")
        #expect(
            refusal(Wire.piece("b", .nan)) == "spm.model: 'pieces[0].score': expected a finite number, found nan")
        #expect(
            refusal(Wire.piece("b", -.infinity)) == "spm.model: 'pieces[0].score': expected a finite number, found -inf"
        )
        #expect(
            refusal(Wire.number(1, 0)) == "spm.model: 'pieces': expected a run of bytes, found a varint")
        #expect(
            refusal(Array("version https://git-lfs.github.com/spec/v1\n".utf8))
                == "spm.model: 'byte 0': expected wire type 0, 1, 2 or 5, found 6\(again)")
    }

    @Test(
        arguments: [
            // A group's start and end, the types that are none, and field 0.
            ([0x0B], "'byte 0': expected wire type 0, 1, 2 or 5, found 3"),
            ([0x0C], "'byte 0': expected wire type 0, 1, 2 or 5, found 4"),
            ([0x0F], "'byte 0': expected wire type 0, 1, 2 or 5, found 7"),
            ([0x02, 0], "'byte 0': expected a field's number from 1 to 536870911, found 0"),
            (
                [0x80, 0x80, 0x80, 0x80, 0x10, 0],
                "'byte 0': expected a field's number from 1 to 536870911, found 536870912"
            ),
            // Varints that do not end, that are too long, and that are too large.
            ([0x80], "'byte 0': expected a varint, found the message's end"),
            ([0x50, 0xFF], "'byte 1': expected a varint, found the message's end"),
            (
                [0x50] + [UInt8](repeating: 0x80, count: 10) + [0],
                "'byte 1': expected a varint of 64 bits, found a longer one"
            ),
            (
                [0x50] + [UInt8](repeating: 0xFF, count: 9) + [2],
                "'byte 1': expected a varint of 64 bits, found a longer one"
            ),
            // Lengths past the end: by one, by gigabytes, and beyond what an Int holds.
            ([0x0A, 2, 0x0A], "'byte 1': expected 2 bytes, found 1"),
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "'byte 1': expected 4294967295 bytes, found 0"),
            (
                [0x0A] + [UInt8](repeating: 0xFF, count: 9) + [1, 0],
                "'byte 1': expected 18446744073709551615 bytes, found 1"
            ),
            // A piece that ends inside one of its fields, though the file goes on.
            ([0x0A, 3, 0x0A, 2, 0x61, 0x61], "'byte 3': expected 2 bytes, found 1"),
            ([0x0A, 2, 0x15, 0, 0, 0, 0], "'byte 3': expected 4 bytes, found 1"),
            ([0x51, 0, 0, 0, 0, 0, 0, 0], "'byte 1': expected 8 bytes, found 7"),
        ] as [([UInt8], String)])
    func damageIsFoundWhereItIs(bytes: [UInt8], expected: String) {
        #expect(
            refusal(bytes) == "spm.model: \(expected); the file is damaged or of another kind, fetch it again")
    }

    @Test func knownFieldsHaveTheirWireType() {
        let wrong = Wire.run(1, Wire.run(1, "a") + Wire.number(2, 1))
        #expect(refusal(wrong) == "spm.model: 'pieces[0].score': expected four bytes, found a varint")
        #expect(
            refusal(Wire.run(1, Wire.run(1, "a") + Wire.run(3, "a")))
                == "spm.model: 'pieces[0].type': expected a varint, found a run of bytes")
        #expect(
            refusal(piece, Wire.run(2, Wire.float(35, 1)))
                == "spm.model: 'byte_fallback': expected a varint, found four bytes")
        #expect(
            refusal(piece, Wire.run(3, Wire.number(2, 1)))
                == "spm.model: 'precompiled_charsmap': expected a run of bytes, found a varint")
        #expect(
            refusal(piece, Wire.run(2, Wire.varint(40 << 3 | 1) + [UInt8](repeating: 0, count: 8)))
                == "spm.model: 'unk_id': expected a varint, found eight bytes")
    }

    /// An int32 is written as 64 bits, of which protobuf keeps the low 32.
    @Test func numbersKeepTheirLowBits() throws {
        #expect(try read(piece, Wire.run(2, Wire.number(43, 1 << 32 | 7))).paddingID == 7)
        #expect(try read(piece, Wire.run(2, Wire.number(40, Int(Int32.min)))).unknownID == Int(Int32.min))
        #expect(try read(piece, Wire.run(2, Wire.number(35, 1 << 40))).byteFallback)
    }

    @Test func everyCutAndEveryTurnedBitIsReadOrRefused() throws {
        let file =
            piece + Wire.piece("▁b", -2, type: 4)
            + Wire.run(2, Wire.number(3, 1) + Wire.number(43, -1) + Wire.run(99, "xyz"))
            + Wire.run(3, Wire.run(1, "nfkc") + Wire.run(2, [0, 0, 0, 0]) + Wire.number(3, 1))
        for length in 0..<file.count {
            for bit in 0..<8 {
                var damaged = file
                damaged[length] ^= 1 << UInt8(bit)
                for bytes in [damaged, Array(damaged.prefix(length + 1)), Array(damaged.suffix(length + 1))] {
                    do {
                        let read = try SentencePieceFile(bytes, file: "spm.model")
                        #expect(read.pieces.reduce(0) { $0 + $1.text.count + 4 } <= bytes.count)
                    } catch {
                        #expect(!error.description.contains("\n"))
                    }
                }
            }
        }
    }

    /// A model of the library, beside what the library itself says of it.
    @Test func modelsOfTheReference() throws {
        let golden = try parseJSON(Fixtures.bytes("tokenizer/sentencepiece.json"))
        let models = try #require(golden["models"]?.object)
        #expect(models.count > 5)
        for (name, model) in models {
            let bytes = [UInt8](try #require(Data(base64Encoded: model["base64"]?.string ?? "")))
            if let refused = model["refused"]?.string {
                let error = #expect(throws: TokenizerError.self) { try SentencePieceFile(bytes, file: "spm.model") }
                #expect(error?.description.contains(refused) == true, "\(name): \(error?.description ?? "")")
                continue
            }
            let file = try SentencePieceFile(bytes, file: "spm.model")
            let pieces = try #require(model["pieces"]?.array)
            #expect(file.pieces.count == pieces.count, "\(name)")
            for (piece, expected) in zip(file.pieces, pieces) {
                #expect(String(decoding: piece.text, as: UTF8.self) == expected.array?[0].string)
                #expect(Double(piece.score) == expected.array?[1].number)
                #expect(piece.kind.rawValue == expected.array?[2].integer)
            }
            #expect(file.byteFallback == (model["byte_fallback"]?.bool), "\(name)")
            #expect(
                ids(of: file)
                    == (model["ids"]?.array ?? []).compactMap(\.integer), "\(name)")
            #expect(file.normalizerName == model["normalizer"]?.string, "\(name)")
            #expect(file.charsmap.count == model["charsmap_bytes"]?.integer, "\(name)")
            #expect(
                [file.addsDummyPrefix, file.removesExtraWhiteSpace, file.escapesWhiteSpace]
                    == (model["spaces"]?.array ?? []).compactMap(\.bool), "\(name)")
        }
    }

    @Test(
        .enabled(if: Fixtures.shared != nil),
        arguments: [
            ("albert/30k-clean.model", 30_000), ("deberta-v3/spm.model", 128_000),
            ("sentencepiece/test_ja_model.model", 8000), ("sentencepiece/test_model.model", 1000),
            ("barthez/sentencepiece.bpe.model", nil), ("blink-elq/sentencepiece.bpe.model", nil),
            ("keras-hub/deberta_v3_test_vocab.spm", nil), ("marian-nmt/vocab.joint.spm", nil),
        ] as [(String, Int?)])
    func realModels(path: String, count: Int?) throws {
        let shared = try #require(Fixtures.shared)
        let bytes = [UInt8](try Data(contentsOf: shared.appending(path: "peerfiles/tokenizer/" + path)))
        let file = try? SentencePieceFile(bytes, file: "spm.model")
        #expect(file?.pieces.count == count)
        #expect(file.map { $0.charsmap.count > 200_000 } ?? true)
    }
}
