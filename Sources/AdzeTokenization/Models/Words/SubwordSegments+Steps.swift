// The same step by step, with the source of every byte known: for offsets, and for pre-tokenizers without a pass of their
// own. Not here: what a step does.

extension SubwordSegments {
    /// Cuts a segment whose first scalar has a number in the text.
    func cutByStep(
        _ bytes: Span<UInt8>, _ range: Range<Int>, firstScalar: Int, _ scratch: inout WordScratch,
        into run: inout TokenRun, offsets: Bool
    ) {
        let text = normalizer.aligned(bytes, range, firstSource: firstScalar)
        let normalized = text.bytes.span
        normalizedMatcher.forEachPiece(in: normalized, 0..<normalized.count) { piece in
            guard let id = piece.id else {
                for word in preTokenizer.words(of: text[piece.range]) {
                    cut(word, &scratch, into: &run, offsets: offsets)
                }
                return
            }
            run.ids.append(id)
            guard offsets else { return }
            let range = text.sourceRange(piece.range)
            run.offsets.append(
                trimming?.trimmed(range, normalized, piece.range, isFirst: run.ids.count == 1) ?? range)
            run.endWord()
        }
    }

    /// Appends the tokens of a word.
    private func cut(_ word: AlignedText, _ scratch: inout WordScratch, into run: inout TokenRun, offsets: Bool) {
        let mark = run.ids.count
        var places: [Range<Int>] = []
        let text = word.bytes.span
        model.cut(text, 0..<text.count, &scratch, into: &run.ids, places: &places, wantsPlaces: offsets)
        guard offsets else { return }
        for (index, place) in places.enumerated() {
            let range = word.sourceRange(place)
            let token = vocabulary.utf8(Int(run.ids[mark + index]))
            run.offsets.append(
                trimming?.trimmed(range, token.span, 0..<token.count, isFirst: mark + index == 0) ?? range)
        }
        run.endWord()
    }
}

extension AlignedText {
    /// A part of the text.
    subscript(range: Range<Int>) -> AlignedText {
        AlignedText(bytes: Array(bytes[range]), sources: Array(sources[range]))
    }

    /// From the source of the first byte to that of the last; what comes before everything has no length.
    func sourceRange(_ range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty else { return 0..<0 }
        let first = max(0, Int(sources[range.lowerBound]))
        return first..<max(first, Int(sources[range.upperBound - 1]) + 1)
    }
}

/// How the offsets of tokens leave out white space, as RobertaProcessing and ByteLevel do it.
struct OffsetTrimming: Sendable, Equatable {
    /// Whether the one space that the first token begins with stays, since it was put there.
    var keepsFirstSpace = false

    /// The range of a token without the white space that its text begins and ends with.
    func trimmed(_ range: Range<Int>, _ text: Span<UInt8>, _ place: Range<Int>, isFirst: Bool) -> Range<Int> {
        var ends = whiteSpace(around: place, text, byteSpaces: true)
        if keepsFirstSpace, isFirst || range.lowerBound == 0, ends.leading == 1 { ends.leading = 0 }
        return range.trimmed(of: ends)
    }
}
