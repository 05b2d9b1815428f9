// From raw bytes to token ids: one pass with a table for text as it comes, and a slower aligned pass for offsets and
// for the rare text that needs it. Not here: special tokens around the text, truncation.

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
    let settings: TokenizerSettings
    let vocabulary: Vocabulary
    private let table: ScalarTable
    private let rawMatcher: AddedTokenMatcher
    private let normalizedMatcher: AddedTokenMatcher
    /// Added tokens that no text gives, each with the one that it gets instead: the same after normalization.
    let twins: [(token: AddedToken, taken: AddedToken)]
    private let continuation: UInt32?
    private let unknownID: Int32
    /// The id of each ASCII scalar as a word of its own.
    private let asciiIDs: [Int32]

    init(_ vocabulary: Vocabulary, _ settings: TokenizerSettings, unknownID: Int) throws(TokenizerError) {
        self.vocabulary = vocabulary
        self.settings = settings
        self.unknownID = Int32(unknownID)
        table = ScalarTable.shared(settings)
        let matchers = try AddedTokenMatchers(settings)
        (rawMatcher, normalizedMatcher, twins) = (matchers.raw, matchers.normalized, matchers.twins)
        let walker = vocabulary.trie.walker
        var node: UInt32? = ByteTrie.root
        for byte in settings.continuingPrefix.utf8 {
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

    /// Cuts valid UTF-8 into tokens.
    ///
    /// - Complexity: O(n) in the bytes, for any text.
    func cut(_ bytes: Span<UInt8>, offsets: Bool) -> TokenRun {
        var run = TokenRun()
        run.ids.reserveCapacity(bytes.count / 4)
        var word = [UInt8](repeating: 0, count: 4 * settings.maximumWordLength)
        let places = offsets ? ScalarPlaces(bytes) : nil
        rawMatcher.forEachPiece(in: bytes, 0..<bytes.count) { piece in
            if let id = piece.id {
                run.ids.append(id)
                if let places {
                    run.offsets.append(
                        places.scalars(
                            before: piece.range.lowerBound, bytes)..<places.scalars(
                                before: piece.range.upperBound, bytes))
                    run.endWord()
                }
            } else if offsets || !normalizedMatcher.isEmpty {
                let first = places?.scalars(before: piece.range.lowerBound, bytes) ?? 0
                cutAligned(bytes, piece.range, firstScalar: first, into: &run, offsets: offsets)
            } else {
                let mark = run.ids.count
                if !cutDirectly(bytes, piece.range, &word, into: &run.ids) {
                    run.ids.removeLast(run.ids.count - mark)
                    cutAligned(bytes, piece.range, firstScalar: 0, into: &run, offsets: false)
                }
            }
        }
        return run
    }

    @_lifetime(borrow self)
    private func wordPiece() -> WordPiece {
        WordPiece(
            trie: vocabulary.trie.walker, continuation: continuation, modelCount: vocabulary.modelCount,
            unknownID: unknownID)
    }
}

// MARK: - The table-driven pass

extension TextCutter {
    /// Cuts a piece in one pass; false where it has a mark that needs the aligned pass.
    private func cutDirectly(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ buffer: inout [UInt8], into ids: inout [Int32]
    ) -> Bool {
        let ascii = table.ascii.span
        let pages = table.pages.span
        let entries = table.entries.span
        let isolatedIDs = asciiIDs.span
        var word = WordBuffer(limit: settings.maximumWordLength, bytes: buffer.mutableSpan)
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
        _ offset: Int, _ word: inout WordBuffer, _ wordPiece: borrowing WordPiece, into ids: inout [Int32]
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
    mutating func flush(_ wordPiece: borrowing WordPiece, into ids: inout [Int32]) {
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

extension TextCutter {
    /// Cuts a piece step by step, knowing the source of every byte.
    private func cutAligned(
        _ bytes: Span<UInt8>, _ range: Range<Int>, firstScalar: Int, into run: inout TokenRun, offsets: Bool
    ) {
        let text = AlignedNormalizer.normalize(bytes, range, firstSource: firstScalar, settings)
        let normalized = text.bytes.span
        let sources = text.sources.span
        normalizedMatcher.forEachPiece(in: normalized, 0..<normalized.count) { piece in
            guard let id = piece.id else {
                cutWords(normalized, sources, piece.range, into: &run, offsets: offsets)
                return
            }
            run.ids.append(id)
            guard offsets else { return }
            run.offsets.append(Self.sourceRange(sources, piece.range))
            run.endWord()
        }
    }

    /// Splits normalized text at white space and punctuation, and cuts the words.
    private func cutWords(
        _ text: Span<UInt8>, _ sources: Span<Int32>, _ range: Range<Int>, into run: inout TokenRun, offsets: Bool
    ) {
        var ends: [Int] = []
        let wordPiece = wordPiece()
        var start = range.lowerBound
        var scalars = 0
        func flush(_ end: Int) {
            guard scalars > 0 else { return }
            if scalars > settings.maximumWordLength {
                run.ids.append(unknownID)
                ends.append(end)
            } else {
                wordPiece.cut(text, start..<end, into: &run.ids, ends: &ends, wantsEnds: true)
            }
            if offsets {
                var from = start
                for end in ends {
                    run.offsets.append(Self.sourceRange(sources, from..<end))
                    from = end
                }
                run.endWord()
            }
            ends.removeAll(keepingCapacity: true)
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
