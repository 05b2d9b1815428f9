// A SentencePiece model, the file that ends in `.model` or `.spm`: its pieces, and what its trainer and its normalizer
// say. Follows `sentencepiece_model.proto` of https://github.com/google/sentencepiece. Not here: protobuf's encoding, and
// the tokenizer that a family makes of the pieces.

import AdzeBytes

/// What a SentencePiece model of the kind Unigram says; a key that is absent has the value that the format gives it.
package struct SentencePieceFile: Sendable, Equatable {
    /// What a piece is there for.
    package enum Kind: Int, Sendable {
        case normal = 1
        case unknown, control, userDefined, unused, byte
    }

    /// One entry of the vocabulary.
    package struct Piece: Sendable, Equatable {
        /// UTF-8, at least one byte; a part of the file's bytes.
        package var text: ArraySlice<UInt8>
        /// Finite.
        package var score: Float = 0
        package var kind = Kind.normal
    }

    /// How pieces are chosen.
    package enum ModelType: Int, Sendable {
        case unigram = 1
        case bpe, word, char

        /// As the reference writes it.
        var name: String {
            switch self {
            case .unigram: "Unigram"
            case .bpe: "BPE"
            case .word: "WORD"
            case .char: "CHAR"
            }
        }
    }

    /// In the order of the ids, at least one; a text may stand in it twice.
    package private(set) var pieces: [Piece] = []

    // MARK: - What the trainer says

    /// Always `unigram`: the others are refused.
    package private(set) var modelType = ModelType.unigram
    /// Whether characters that no piece has are cut into pieces of bytes.
    package private(set) var byteFallback = false
    /// Always false: the other is refused.
    package private(set) var treatsWhiteSpaceAsSuffix = false
    /// The piece of unknown text. The ids are as the file has them: −1 is none, and none need be a piece's.
    package private(set) var unknownID = 0
    /// The piece at a text's start.
    package private(set) var beginID = 1
    /// The piece at a text's end.
    package private(set) var endID = 2
    /// The piece of padding.
    package private(set) var paddingID = -1

    // MARK: - What the normalizer says

    /// For instance `nmt_nfkc`; empty where the file has none.
    package private(set) var normalizerName = ""
    /// The table of replacements, empty where nothing is replaced; not checked here.
    package private(set) var charsmap: ArraySlice<UInt8> = []
    /// Whether a text gets a space at its start.
    package private(set) var addsDummyPrefix = true
    /// Whether white space at a text's ends goes, and a run of it inside counts once.
    package private(set) var removesExtraWhiteSpace = true
    /// Whether a space is written as U+2581.
    package private(set) var escapesWhiteSpace = true

    /// Reads a model; `file` is named in errors.
    ///
    /// Fields of other numbers are passed over; a field that stands twice has its last value, and a trainer or normalizer
    /// that does has the fields of both. Throws `TokenizerError`: `.unsupported` for the model types BPE, WORD and CHAR
    /// and for white space as suffix, `.tooManyTokens` for more pieces than `Vocabulary.countLimit`, `.unexpected` for
    /// what is damaged.
    /// - Complexity: O(n) in the bytes, which the pieces share.
    package init(_ bytes: [UInt8], file: String) throws(TokenizerError) {
        var reader = ProtobufReader(bytes[...], file: file)
        while let field = try reader.next() {
            switch field.number {
            case 1: try addPiece(field.bytes("pieces"), file)
            case 2: try readTrainer(field.bytes("trainer_spec"), file)
            case 3: try readNormalizer(field.bytes("normalizer_spec"), file)
            default: continue
            }
        }
        guard modelType == .unigram else {
            throw .unsupported(
                file: file, part: "model type", name: modelType.name,
                supported: "only Unigram is; use the tokenizer.json of this model, if it has one")
        }
        guard !treatsWhiteSpaceAsSuffix else {
            throw .unsupported(
                file: file, part: "key", name: "treat_whitespace_as_suffix",
                supported: "only pieces with the space in front are")
        }
        guard !pieces.isEmpty else {
            throw .unexpected(
                file: file, key: "pieces", expected: "at least one piece",
                found: "none in \(bytes.count) bytes; fetch the file again")
        }
    }

    private mutating func addPiece(_ bytes: ArraySlice<UInt8>, _ file: String) throws(TokenizerError) {
        let id = pieces.count
        guard id < Vocabulary.countLimit else {
            throw .tooManyTokens(file: file, count: id + 1, limit: Vocabulary.countLimit)
        }
        var piece = Piece(text: [])
        var reader = ProtobufReader(bytes, file: file)
        while let field = try reader.next() {
            switch field.number {
            case 1: piece.text = try field.bytes("pieces[\(id)].piece")
            case 2: piece.score = try field.float("pieces[\(id)].score")
            case 3:
                let number = try field.integer("pieces[\(id)].type")
                guard let kind = Kind(rawValue: number) else {
                    throw .unexpected(
                        file: file, key: "pieces[\(id)].type", expected: "a type from 1 to 6", found: "\(number)")
                }
                piece.kind = kind
            default: continue
            }
        }
        guard !piece.text.isEmpty else {
            throw .unexpected(
                file: file, key: "pieces[\(id)].piece", expected: "at least one character", found: "none")
        }
        guard (try? UTF8Span(validating: piece.text.span)) != nil else {
            throw .unexpected(file: file, key: "pieces[\(id)].piece", expected: "UTF-8", found: "other bytes")
        }
        guard piece.score.isFinite else {
            throw .unexpected(
                file: file, key: "pieces[\(id)].score", expected: "a finite number", found: "\(piece.score)")
        }
        pieces.append(piece)
    }

    private mutating func readTrainer(_ bytes: ArraySlice<UInt8>, _ file: String) throws(TokenizerError) {
        var reader = ProtobufReader(bytes, file: file)
        while let field = try reader.next() {
            switch field.number {
            case 3:
                let number = try field.integer("model_type")
                guard let type = ModelType(rawValue: number) else {
                    throw .unexpected(file: file, key: "model_type", expected: "1 (Unigram)", found: "\(number)")
                }
                modelType = type
            case 24: treatsWhiteSpaceAsSuffix = try field.flag("treat_whitespace_as_suffix")
            case 35: byteFallback = try field.flag("byte_fallback")
            case 40: unknownID = try field.integer("unk_id")
            case 41: beginID = try field.integer("bos_id")
            case 42: endID = try field.integer("eos_id")
            case 43: paddingID = try field.integer("pad_id")
            default: continue
            }
        }
    }

    private mutating func readNormalizer(_ bytes: ArraySlice<UInt8>, _ file: String) throws(TokenizerError) {
        var reader = ProtobufReader(bytes, file: file)
        while let field = try reader.next() {
            switch field.number {
            case 1: normalizerName = String(decoding: try field.bytes("normalizer_spec.name"), as: UTF8.self)
            case 2: charsmap = try field.bytes("precompiled_charsmap")
            case 3: addsDummyPrefix = try field.flag("add_dummy_prefix")
            case 4: removesExtraWhiteSpace = try field.flag("remove_extra_whitespaces")
            case 5: escapesWhiteSpace = try field.flag("escape_whitespaces")
            default: continue
            }
        }
    }
}
