// From raw bytes to token ids: added tokens are found, and what is between them is left to the cutter of the model. Not
// here: special tokens around the text, truncation.

/// The tokens of one text, without any frame.
struct TokenRun {
    var ids: [Int32] = []
    /// Ranges of scalars in the raw text, where asked for.
    var offsets: [Range<Int>] = []
    /// The number of each token's word, from 0, where offsets are asked for.
    var words: [Int] = []

    /// Ends a word: the tokens since the last one are its.
    mutating func endWord() {
        words.append(contentsOf: repeatElement((words.last ?? -1) + 1, count: ids.count - words.count))
    }
}

/// All that cutting a text needs, made once for a tokenizer.
struct TextCutter: Sendable {
    private let rawMatcher: AddedTokenMatcher
    private let segments: Segments
    private let scratches = ScratchPool()
    private let trimming: OffsetTrimming?
    /// Added tokens that no text gives, each with the one that it gets instead: the same after normalization.
    let twins: [(token: AddedToken, taken: AddedToken)]

    init(_ vocabulary: Vocabulary, _ settings: TokenizerSettings, unknownID: Int?) throws(TokenizerError) {
        let matchers = try AddedTokenMatchers(settings)
        (rawMatcher, twins) = (matchers.raw, matchers.twins)
        trimming = settings.trimming
        func subwords(_ model: SubwordModel) -> Segments {
            .subwords(SubwordSegments(vocabulary, settings, model, matchers.normalized))
        }
        switch settings.model {
        case .wordPiece(let model):
            segments = .wordPiece(
                WordPieceSegments(
                    vocabulary, model, settings.normalizer, matchers.normalized, unknownID: unknownID ?? 0,
                    trimming: settings.trimming))
        case .bytePairs(let model):
            segments = subwords(
                .bytePairs(
                    try BytePairCutter(model, vocabulary, cutsBytes: settings.preTokenizer.givesBytes)))
        case .unigram(let model): segments = subwords(.unigram(try UnigramCutter(model, vocabulary)))
        }
    }

    /// What cuts the text between added tokens.
    private enum Segments: Sendable {
        case wordPiece(WordPieceSegments)
        case subwords(SubwordSegments)
    }

    /// The model, as one that can be cut down.
    var model: any PrunableModel {
        switch segments {
        case .wordPiece(let segments): segments
        case .subwords(let segments): segments
        }
    }

    /// Cuts valid UTF-8 into tokens without offsets, and notes the pieces that this depends on.
    ///
    /// - Complexity: O(n) in the bytes, for any text.
    func cut(_ bytes: Span<UInt8>, noting needed: inout PieceSet) -> [Int32] {
        var run = TokenRun()
        let model = model
        rawMatcher.forEachPiece(in: bytes, 0..<bytes.count) { piece in
            if let id = piece.id {
                run.ids.append(id)
            } else {
                model.cut(bytes, piece.range, noting: &needed, into: &run)
            }
        }
        return run.ids
    }

    /// Cuts valid UTF-8 into tokens.
    ///
    /// - Complexity: O(n) in the bytes, for any text.
    func cut(_ bytes: Span<UInt8>, offsets: Bool) -> TokenRun {
        switch segments {
        case .wordPiece(let segments):
            var buffer = segments.wordBuffer
            return cut(bytes, offsets: offsets) { range, first, run in
                segments.cut(bytes, range, firstScalar: first, &buffer, into: &run)
            }
        case .subwords(let segments):
            return scratches.with { scratch in
                cut(bytes, offsets: offsets) { range, first, run in
                    segments.cut(bytes, range, firstScalar: first, &scratch, into: &run)
                }
            }
        }
    }

    /// Cuts valid UTF-8 into added tokens and what `body` makes of the ranges between them, given the number of each range's
    /// first scalar where offsets are asked for.
    @inline(__always)
    private func cut(
        _ bytes: Span<UInt8>, offsets: Bool, _ body: (Range<Int>, Int?, inout TokenRun) -> Void
    ) -> TokenRun {
        var run = TokenRun()
        run.ids.reserveCapacity(bytes.count / 4)
        let places = offsets ? ScalarPlaces(bytes) : nil
        rawMatcher.forEachPiece(in: bytes, 0..<bytes.count) { piece in
            let first = places?.scalars(before: piece.range.lowerBound, bytes)
            guard let id = piece.id else { return body(piece.range, first, &run) }
            run.ids.append(id)
            guard let places, let first else { return }
            let range = first..<places.scalars(before: piece.range.upperBound, bytes)
            run.offsets.append(
                trimming?.trimmed(range, bytes, piece.range, isFirst: run.ids.count == 1) ?? range)
            run.endWord()
        }
        return run
    }
}

extension Range<Int> {
    /// The range without so many at its start, and then at its end, as far as there are.
    func trimmed(of ends: (leading: Int, trailing: Int)) -> Range<Int> {
        let start = Swift.min(lowerBound + ends.leading, upperBound)
        return start..<(upperBound < ends.trailing ? upperBound : Swift.max(start, upperBound - ends.trailing))
    }
}

/// How many scalars of white space a stretch of valid UTF-8 begins with, and how many it ends with: all of them are both.
///
/// With `byteSpaces` the character counts that stands for a space in byte-level tokens.
func whiteSpace(
    around range: Range<Int>, _ bytes: Span<UInt8>, byteSpaces: Bool = false
) -> (leading: Int, trailing: Int) {
    func isWhiteSpace(_ scalar: UInt32) -> Bool {
        ScalarProperties.shared.flags(scalar).contains(.whitespace) || byteSpaces && scalar == 0x120
    }
    var (leading, trailing) = (0, 0)
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end {
        let scalar = decodeScalar(bytes, at: start)
        guard isWhiteSpace(scalar.value) else { break }
        start += scalar.length
        leading += 1
    }
    while end > range.lowerBound {
        let scalar = decodeScalar(bytes, before: end)
        guard isWhiteSpace(scalar.value) else { break }
        end -= scalar.length
        trailing += 1
    }
    return (leading, trailing)
}
