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
    private let segments: WordPieceSegments
    private let trimsOffsets: Bool
    /// Added tokens that no text gives, each with the one that it gets instead: the same after normalization.
    let twins: [(token: AddedToken, taken: AddedToken)]

    init(_ vocabulary: Vocabulary, _ settings: TokenizerSettings, unknownID: Int) throws(TokenizerError) {
        let matchers = try AddedTokenMatchers(settings)
        (rawMatcher, twins) = (matchers.raw, matchers.twins)
        trimsOffsets = settings.trimsOffsets
        switch (settings.model, settings.preTokenizer) {
        case (.wordPiece(let model), .whiteSpaceAndPunctuation):
            segments = WordPieceSegments(
                vocabulary, model, settings.normalizer, matchers.normalized, unknownID: unknownID,
                trimsOffsets: settings.trimsOffsets)
        }
    }

    /// The model, as one that can be cut down.
    var model: any PrunableModel { segments }

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
        var run = TokenRun()
        run.ids.reserveCapacity(bytes.count / 4)
        var buffer = segments.wordBuffer
        let places = offsets ? ScalarPlaces(bytes) : nil
        rawMatcher.forEachPiece(in: bytes, 0..<bytes.count) { piece in
            let first = places?.scalars(before: piece.range.lowerBound, bytes)
            guard let id = piece.id else {
                segments.cut(bytes, piece.range, firstScalar: first, &buffer, into: &run)
                return
            }
            run.ids.append(id)
            guard let places, let first else { return }
            let range = first..<places.scalars(before: piece.range.upperBound, bytes)
            run.offsets.append(trimsOffsets ? range.trimmed(of: whiteSpace(around: piece.range, bytes)) : range)
            run.endWord()
        }
        return run
    }
}

extension Range<Int> {
    /// The range without so many at its start, and then at its end, as far as there are.
    func trimmed(of ends: (leading: Int, trailing: Int)) -> Range<Int> {
        let start = Swift.min(lowerBound + ends.leading, upperBound)
        return start..<Swift.max(start, upperBound - ends.trailing)
    }
}

/// How many scalars of white space a stretch of valid UTF-8 begins and ends with.
func whiteSpace(around range: Range<Int>, _ bytes: Span<UInt8>) -> (leading: Int, trailing: Int) {
    func isWhiteSpace(_ scalar: UInt32) -> Bool { ScalarProperties.shared.flags(scalar).contains(.whitespace) }
    var (leading, trailing) = (0, 0)
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end {
        let scalar = decodeScalar(bytes, at: start)
        guard isWhiteSpace(scalar.value) else { break }
        start += scalar.length
        leading += 1
    }
    while end > start {
        let scalar = decodeScalar(bytes, before: end)
        guard isWhiteSpace(scalar.value) else { break }
        end -= scalar.length
        trailing += 1
    }
    return (leading, trailing)
}
