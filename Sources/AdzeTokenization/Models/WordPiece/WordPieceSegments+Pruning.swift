// WordPiece as a model that can be cut down. Not here: which pieces stay.

import AdzeBytes

extension WordPieceSegments: PrunableModel {
    /// WordPiece takes the longest piece at each place, so that a piece which it never took cannot change what it takes: not
    /// by its absence either. A word that ends unknown depends on what was taken before the place where nothing fits: with
    /// shorter pieces there it might not end so.
    func cut(
        _ bytes: Span<UInt8>, _ range: Range<Int>, noting needed: inout PieceSet, into run: inout TokenRun
    ) {
        let mark = run.ids.count
        var buffer = wordBuffer
        cut(bytes, range, firstScalar: nil, &buffer, into: &run)
        var hasUnknown = false
        for id in run.ids[mark...] {
            needed.insert(id)
            hasUnknown = hasUnknown || id == unknownID
        }
        guard hasUnknown else { return }
        let text = AlignedNormalizer.normalize(bytes, range, firstSource: 0, normalizer).bytes
        let normalized = text.span
        let wordPiece = wordPiece()
        var (taken, ends): ([Int32], [Int]) = ([], [])
        normalizedMatcher.forEachPiece(in: normalized, 0..<normalized.count) { piece in
            guard piece.id == nil else { return }
            Self.forEachWord(of: normalized, piece.range) { word, scalars in
                guard scalars <= model.maximumWordLength else { return }
                _ = wordPiece.match(normalized, word, into: &taken, ends: &ends, wantsEnds: false)
            }
        }
        for id in taken { needed.insert(id) }
    }

    /// A piece begins a word as it stands, and continues one without the prefix. No word holds white space, and only one of
    /// a single scalar holds what is a word by itself; none that is cut is longer than the model allows.
    func readings(of id: Int) -> [PieceReading] {
        guard id < vocabulary.modelCount else { return [] }
        return [false, true].compactMap { continues in
            guard let text = text(of: id, continues: continues) else { return nil }
            let (scalars, count) = (scalars(of: text), text.count)
            guard count > 0, scalars.count <= model.maximumWordLength - (continues ? 1 : 0) else { return nil }
            let isWhole = !continues && scalars.count == 1
            guard scalars.allSatisfy({ action($0) == .word || isWhole && action($0) == .isolated }) else { return nil }
            return PieceReading(scalars: scalars, continues: continues)
        }
    }

    func character(of id: Int) -> UInt32? {
        guard id < vocabulary.modelCount else { return nil }
        for continues in [false, true] {
            if let text = text(of: id, continues: continues) {
                let scalars = scalars(of: text)
                if scalars.count == 1 { return scalars[0] }
            }
        }
        return nil
    }

    /// WordPiece knows its pieces by the vocabulary alone.
    func keeping(_ map: VocabularyMap) -> TokenModel { .wordPiece(model) }

    /// The bytes of a piece as it begins a word or continues one; nil where it does not.
    private func text(of id: Int, continues: Bool) -> ArraySlice<UInt8>? {
        let (token, prefix) = (vocabulary.utf8(id), Array(model.continuingPrefix.utf8))
        guard continues else { return token }
        return token.starts(with: prefix) ? token.dropFirst(prefix.count) : nil
    }

    /// The scalars of a piece. A prefix is whole scalars, so that what follows it is too.
    private func scalars(of text: ArraySlice<UInt8>) -> [UInt32] {
        var scalars: [UInt32] = []
        forEachScalar(text.span) { scalars.append($0) }
        return scalars
    }

    /// What the word splitter does with a scalar of normalized text.
    private func action(_ scalar: UInt32) -> ScalarAction {
        // The normalizer put spaces around an ideograph.
        let isSpaced = normalizer.separatesCJK && ScalarProperties.shared.flags(scalar).contains(.cjk)
        return isSpaced ? .isolated : ScalarTable.action(scalar)
    }
}
