// Byte pairs and unigram as models that can be cut down. Not here: which pieces stay.

import AdzeBytes

extension SubwordSegments: PrunableModel {
    /// Of byte pairs a word needs its symbols and all that its merges make on the way: each merge that it takes is the one of
    /// lowest rank among those that could be taken, and stays so among fewer. Of unigram it needs the pieces of its best
    /// way, which loses to none where others are gone, as long as the lowest score, from which that of unknown characters
    /// follows, stays.
    func cut(_ bytes: Span<UInt8>, _ range: Range<Int>, noting needed: inout PieceSet, into run: inout TokenRun) {
        var scratch = WordScratch(cached: false)
        scratch.pairs.notesMade = true
        let text = normalizer.aligned(bytes, range, firstSource: range.lowerBound == 0 ? 0 : 1)
        let normalized = text.bytes.span
        if case .unigram(let cutter) = model { needed.insert(cutter.lowestPiece) }
        normalizedMatcher.forEachPiece(in: normalized, 0..<normalized.count) { piece in
            if let id = piece.id {
                run.ids.append(id)
                needed.insert(id)
                return
            }
            for word in preTokenizer.words(of: text[piece.range]) {
                let (mark, span) = (run.ids.count, word.bytes.span)
                var places: [Range<Int>] = []
                model.cut(span, 0..<span.count, &scratch, into: &run.ids, places: &places, wantsPlaces: false)
                for id in run.ids[mark...] { needed.insert(id) }
                for id in scratch.pairs.made { needed.insert(id) }
            }
        }
    }

    /// None: what a piece can be part of is not told by its characters alone.
    func readings(of id: Int) -> [PieceReading] { [] }

    /// A byte's token counts as one of ASCII, so that any text can still be written.
    func character(of id: Int) -> UInt32? {
        guard id < vocabulary.modelCount else { return nil }
        var scalars: [UInt32] = []
        forEachScalar(vocabulary.utf8(id).span) { scalars.append($0) }
        if let mark = preTokenizer.metaspace?.replacement.value, scalars.count == 2, scalars[0] == mark {
            scalars.removeFirst()
        }
        if preTokenizer.givesBytes { return scalars.count == 1 && ByteAlphabet.byte(scalars[0]) != nil ? 0 : nil }
        return scalars.count == 1 ? scalars[0] : nil
    }

    func keeping(_ map: VocabularyMap) -> TokenModel {
        switch model {
        case .bytePairs(let cutter):
            var model = cutter.model
            model.merges = cutter.keptMerges(map)
            return .bytePairs(model)
        case .unigram(let cutter):
            var model = cutter.model
            model.scores = map.kept.filter { $0 < vocabulary.modelCount }.map { model.scores[$0] }
            model.unknownID = model.unknownID.flatMap { map[$0] }
            return .unigram(model)
        }
    }
}
