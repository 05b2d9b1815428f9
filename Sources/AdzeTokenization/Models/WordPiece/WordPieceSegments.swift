// From a stretch of text between added tokens to word pieces: normalizing, splitting and cutting in one pass with a
// table for text as it comes, and in a slower aligned pass for offsets and for the rare text that needs it.

/// WordPiece behind a normalizer, for words between white space and punctuation.
struct WordPieceSegments: Sendable {
    let vocabulary: Vocabulary
    let model: WordPiece
    let normalizer: Normalizer
    private let table: ScalarTable
    let normalizedMatcher: AddedTokenMatcher
    private let continuation: UInt32?
    let unknownID: Int32
    private let trimming: OffsetTrimming?
    /// The id of each ASCII scalar as a word of its own.
    private let asciiIDs: [Int32]

    /// The cutter; `matcher` finds the added tokens that are matched in normalized text.
    init(
        _ vocabulary: Vocabulary, _ model: WordPiece, _ normalizer: Normalizer, _ matcher: AddedTokenMatcher,
        unknownID: Int, trimming: OffsetTrimming?
    ) {
        self.vocabulary = vocabulary
        self.model = model
        self.normalizer = normalizer
        self.unknownID = Int32(unknownID)
        self.trimming = trimming
        table = ScalarTable.shared(normalizer)
        normalizedMatcher = matcher
        let walker = vocabulary.trie.walker
        var node: UInt32? = ByteTrie.root
        for byte in model.continuingPrefix.utf8 {
            if let current = node {
                let next = walker.step(current, byte)
                node = next == 0 ? nil : next
            }
        }
        continuation = node
        asciiIDs = (0..<128).map { (byte: UInt8) -> Int32 in
            guard let id = vocabulary.trie.value(of: CollectionOfOne(byte)), id < vocabulary.modelCount else {
                return Int32(unknownID)
            }
            return id
        }
    }

    /// Room for the bytes of the longest word, for all segments of a text.
    var wordBuffer: [UInt8] { [UInt8](repeating: 0, count: 4 * model.maximumWordLength) }

    /// Appends the tokens of a segment, with their offsets where the number of its first scalar is given.
    ///
    /// - Complexity: O(n) in the bytes, for any text.
    @inline(__always)
    func cut(
        _ bytes: Span<UInt8>, _ range: Range<Int>, firstScalar: Int?, _ buffer: inout [UInt8],
        into run: inout TokenRun
    ) {
        if let firstScalar {
            return cutAligned(bytes, range, firstScalar: firstScalar, into: &run, offsets: true)
        }
        let mark = run.ids.count
        if normalizedMatcher.isEmpty, cutDirectly(bytes, range, &buffer, into: &run.ids) { return }
        run.ids.removeLast(run.ids.count - mark)
        cutAligned(bytes, range, firstScalar: 0, into: &run, offsets: false)
    }

    @_lifetime(borrow self)
    func wordPiece() -> WordPieceCutter {
        WordPieceCutter(
            trie: vocabulary.trie.walker, continuation: continuation, modelCount: vocabulary.modelCount,
            unknownID: unknownID)
    }
}

// MARK: - The table-driven pass

extension WordPieceSegments {
    /// Cuts a piece in one pass; false where it has a mark that needs the aligned pass.
    private func cutDirectly(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ buffer: inout [UInt8], into ids: inout [Int32]
    ) -> Bool {
        let ascii = table.ascii.span
        let pages = table.pages.span
        let entries = table.entries.span
        let isolatedIDs = asciiIDs.span
        var word = WordBuffer(limit: model.maximumWordLength, bytes: buffer.mutableSpan)
        let wordPiece = wordPiece()
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = bytes[position]
            if byte < 0x80 {
                position += 1
                let action = ascii[Int(byte)]
                if action < 0x80 {
                    word.append(action)
                } else if action != ScalarTable.asciiDrop {
                    word.flush(wordPiece, into: &ids)
                    if action == ScalarTable.asciiIsolated { ids.append(isolatedIDs[Int(byte)]) }
                }
                continue
            }
            let scalar = decodeScalar(bytes, at: position)
            let page = Int(pages[Int(scalar.value) >> ScalarTable.pageBits]) << ScalarTable.pageBits
            let entry = entries[page + Int(scalar.value) & (ScalarTable.pageSize - 1)]
            switch ScalarAction(rawValue: entry & 7) {
            case .word: word.append(bytes, position..<position + scalar.length)
            case .drop: break
            case .space: word.flush(wordPiece, into: &ids)
            case .isolated:
                word.flush(wordPiece, into: &ids)
                word.append(bytes, position..<position + scalar.length)
                word.flush(wordPiece, into: &ids)
            case .mapped: appendMapped(Int(entry >> 3), &word, wordPiece, into: &ids)
            case .hangul:
                ScalarProperties.shared.decompose(scalar.value) { word.append(scalar: $0) }
            case .irregular, nil: return false
            }
            position += scalar.length
        }
        word.flush(wordPiece, into: &ids)
        return true
    }

    private func appendMapped(
        _ offset: Int, _ word: inout WordBuffer, _ wordPiece: borrowing WordPieceCutter, into ids: inout [Int32]
    ) {
        let pool = table.pool.span
        var position = offset + 1
        for _ in 0..<Int(pool[offset]) {
            let action = ScalarAction(rawValue: UInt32(pool[position]))
            let range = position + 2..<position + 2 + Int(pool[position + 1])
            if action != .word { word.flush(wordPiece, into: &ids) }
            if action != .space { word.append(pool, range) }
            if action == .isolated { word.flush(wordPiece, into: &ids) }
            position = range.upperBound
        }
    }
}

/// The word being collected: its bytes as long as it is not too long, and its scalars.
private struct WordBuffer: ~Copyable, ~Escapable {
    private let limit: Int
    private var bytes: MutableSpan<UInt8>
    private var length = 0
    private var scalars = 0

    /// `bytes` must have room for four bytes a scalar of `limit`.
    @_lifetime(copy bytes)
    init(limit: Int, bytes: consuming MutableSpan<UInt8>) {
        self.limit = limit
        self.bytes = bytes
    }

    @inline(__always)
    mutating func append(_ ascii: UInt8) {
        if scalars < limit {
            bytes[length] = ascii
            length += 1
        }
        scalars += 1
    }

    @inline(__always)
    mutating func append(_ source: Span<UInt8>, _ range: Range<Int>) {
        if scalars < limit {
            for index in range {
                bytes[length] = source[index]
                length += 1
            }
        }
        scalars += 1
    }

    mutating func append(scalar: UInt32) {
        var encoded: [UInt8] = []
        encodeScalar(scalar) { encoded.append($0) }
        append(encoded.span, 0..<encoded.count)
    }

    /// Ends the word, if there is one.
    @inline(__always)
    mutating func flush(_ wordPiece: borrowing WordPieceCutter, into ids: inout [Int32]) {
        guard scalars > 0 else { return }
        if scalars > limit {
            ids.append(wordPiece.unknownID)
        } else {
            var ends: [Int] = []
            wordPiece.cut(bytes.span, 0..<length, into: &ids, ends: &ends, wantsEnds: false)
        }
        length = 0
        scalars = 0
    }
}

// MARK: - The aligned pass

extension WordPieceSegments {
    /// Cuts a piece step by step, knowing the source of every byte.
    private func cutAligned(
        _ bytes: Span<UInt8>, _ range: Range<Int>, firstScalar: Int, into run: inout TokenRun, offsets: Bool
    ) {
        let text = AlignedNormalizer.normalize(bytes, range, firstSource: firstScalar, normalizer)
        let normalized = text.bytes.span
        let sources = text.sources.span
        normalizedMatcher.forEachPiece(in: normalized, 0..<normalized.count) { piece in
            guard let id = piece.id else {
                cutWords(normalized, sources, piece.range, into: &run, offsets: offsets)
                return
            }
            run.ids.append(id)
            guard offsets else { return }
            let range = Self.sourceRange(sources, piece.range)
            run.offsets.append(
                trimming?.trimmed(range, normalized, piece.range, isFirst: run.ids.count == 1) ?? range)
            run.endWord()
        }
    }

    /// Splits normalized text at white space and punctuation, and cuts the words.
    private func cutWords(
        _ text: Span<UInt8>, _ sources: Span<Int32>, _ range: Range<Int>, into run: inout TokenRun, offsets: Bool
    ) {
        var ends: [Int] = []
        let wordPiece = wordPiece()
        Self.forEachWord(of: text, range) { word, scalars in
            if scalars > model.maximumWordLength {
                run.ids.append(unknownID)
                ends.append(word.upperBound)
            } else {
                wordPiece.cut(text, word, into: &run.ids, ends: &ends, wantsEnds: true)
            }
            if offsets {
                var from = word.lowerBound
                for end in ends {
                    run.offsets.append(Self.sourceRange(sources, from..<end))
                    from = end
                }
                run.endWord()
            }
            ends.removeAll(keepingCapacity: true)
        }
    }

    /// Calls `body` with the words of normalized text and the number of scalars of each.
    static func forEachWord(of text: Span<UInt8>, _ range: Range<Int>, _ body: (Range<Int>, Int) -> Void) {
        var start = range.lowerBound
        var scalars = 0
        func flush(_ end: Int) {
            if scalars > 0 { body(start..<end, scalars) }
            scalars = 0
        }
        var position = range.lowerBound
        while position < range.upperBound {
            let scalar = decodeScalar(text, at: position)
            let action = ScalarTable.action(scalar.value)
            let next = position + scalar.length
            if action != .word {
                flush(position)
                start = position
            }
            if action == .space {
                start = next
            } else {
                scalars += 1
            }
            if action == .isolated {
                flush(next)
                start = next
            }
            position = next
        }
        flush(position)
    }

    /// From the source of the first byte to that of the last.
    private static func sourceRange(_ sources: Span<Int32>, _ range: Range<Int>) -> Range<Int> {
        let first = Int(sources[range.lowerBound])
        return first..<max(first, Int(sources[range.upperBound - 1])) + 1
    }
}
