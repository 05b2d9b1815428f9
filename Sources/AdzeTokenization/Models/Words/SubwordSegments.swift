// From a stretch of text between added tokens to the tokens of byte pairs or unigram: in one pass without offsets where the
// steps are the usual ones. Not here: the steps one by one, for offsets and for the unusual ones (+Steps).

/// A model of subwords behind a normalizer and a pre-tokenizer of steps. A class, so that a text copies one reference.
final class SubwordSegments: Sendable {
    let vocabulary: Vocabulary
    let model: SubwordModel
    let normalizer: StepNormalizer
    let preTokenizer: PreTokenizer
    let normalizedMatcher: AddedTokenMatcher
    let trimming: OffsetTrimming?
    private let plan: Plan

    /// The pre-tokenizers that have a pass of their own.
    private enum Plan {
        /// Words by GPT-2's rule, as bytes.
        case bytes(addsPrefixSpace: Bool)
        /// Words that begin with a character for a space, in a whole text or in what white space leaves.
        case metaspace(Metaspace, mark: [UInt8], afterWhiteSpace: Bool)
        /// Any other.
        case none
    }

    /// The cutter; `matcher` finds the added tokens that are matched in normalized text.
    init(
        _ vocabulary: Vocabulary, _ settings: TokenizerSettings, _ model: SubwordModel, _ matcher: AddedTokenMatcher
    ) {
        (self.vocabulary, self.model, normalizedMatcher) = (vocabulary, model, matcher)
        normalizer = StepNormalizer(settings.normalizer.steps)
        preTokenizer = settings.preTokenizer
        trimming = settings.trimming
        plan = Self.plan(settings.preTokenizer)
    }

    private static func plan(_ preTokenizer: PreTokenizer) -> Plan {
        let steps = preTokenizer.steps
        switch (steps.count, steps.last) {
        case (1, .byteLevel(let addsPrefixSpace, splits: true)?): return .bytes(addsPrefixSpace: addsPrefixSpace)
        case (1, .metaspace(let metaspace)?), (2, .metaspace(let metaspace)?):
            guard metaspace.splits, steps.count == 1 || steps[0] == .whiteSpace else { return .none }
            return .metaspace(metaspace, mark: metaspace.mark, afterWhiteSpace: steps.count == 2)
        default: return .none
        }
    }

    /// Appends the tokens of a segment, with their offsets where the number of its first scalar is given.
    ///
    /// - Complexity: O(n log n) in the bytes, for any text.
    func cut(
        _ bytes: Span<UInt8>, _ range: Range<Int>, firstScalar: Int?, _ scratch: inout WordScratch,
        into run: inout TokenRun
    ) {
        if firstScalar == nil, cutDirectly(bytes, range, &scratch, into: &run.ids) { return }
        cutByStep(
            bytes, range, firstScalar: firstScalar ?? (range.lowerBound == 0 ? 0 : 1), &scratch, into: &run,
            offsets: firstScalar != nil)
    }
}

// MARK: - The pass without offsets

extension SubwordSegments {
    /// Cuts a segment in one pass; false where its steps need more.
    private func cutDirectly(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ scratch: inout WordScratch, into ids: inout [Int32]
    ) -> Bool {
        if case .none = plan { return false }
        // Which word is the text's first depends on what the normalizer left of its start.
        if case .metaspace(let metaspace, _, _) = plan, metaspace.prefix == .first, range.lowerBound == 0 {
            return false
        }
        if normalizer.leavesUnchanged(bytes, range) {
            cutNormalized(bytes, range, &scratch, into: &ids)
            return true
        }
        var text = exchange(&scratch.normalized, with: [])
        defer { scratch.normalized = text }
        text.removeAll(keepingCapacity: true)
        guard normalizer.append(bytes, range, to: &text) else { return false }
        cutNormalized(text.span, 0..<text.count, &scratch, into: &ids)
        return true
    }

    private func cutNormalized(
        _ text: Span<UInt8>, _ range: Range<Int>, _ scratch: inout WordScratch, into ids: inout [Int32]
    ) {
        guard !normalizedMatcher.isEmpty else { return cutWords(text, range, &scratch, into: &ids) }
        normalizedMatcher.forEachPiece(in: text, range) { piece in
            if let id = piece.id { ids.append(id) } else { cutWords(text, piece.range, &scratch, into: &ids) }
        }
    }

    private func cutWords(
        _ text: Span<UInt8>, _ range: Range<Int>, _ scratch: inout WordScratch, into ids: inout [Int32]
    ) {
        switch plan {
        case .bytes(let addsPrefixSpace):
            guard addsPrefixSpace, !range.isEmpty, text[range.lowerBound] != 0x20 else {
                return cutBytes(text, range, &scratch, into: &ids)
            }
            var spaced = exchange(&scratch.text, with: [])
            spaced.removeAll(keepingCapacity: true)
            spaced.append(0x20)
            spaced.append(text, range)
            cutBytes(spaced.span, 0..<spaced.count, &scratch, into: &ids)
            scratch.text = spaced
        case .metaspace(let metaspace, let mark, let afterWhiteSpace):
            var words = exchange(&scratch.text, with: [])
            var starts = exchange(&scratch.starts, with: [])
            words.removeAll(keepingCapacity: true)
            starts.removeAll(keepingCapacity: true)
            if afterWhiteSpace {
                Self.writeWords(text, range, mark, prefixes: metaspace.prefix == .always, &words, &starts)
            } else {
                Self.writeMarked(text, range, mark, prefixes: metaspace.prefix == .always, &words, &starts)
            }
            let span = words.span
            for index in starts.indices {
                let end = index + 1 < starts.count ? starts[index + 1] : span.count
                model.cut(span, starts[index]..<end, &scratch, into: &ids)
            }
            (scratch.text, scratch.starts) = (words, starts)
        case .none: break
        }
    }

    private func cutBytes(
        _ text: Span<UInt8>, _ range: Range<Int>, _ scratch: inout WordScratch, into ids: inout [Int32]
    ) {
        let classes = WordClasses.shared
        var words = GPT2Words(text, range, classes: classes.table)
        while let word = words.next() { model.cut(text, word, &scratch, into: &ids) }
    }

    /// Writes a text with a mark for each space, one before it unless it begins with one, and where its words begin.
    private static func writeMarked(
        _ text: Span<UInt8>, _ range: Range<Int>, _ mark: [UInt8], prefixes: Bool, _ words: inout [UInt8],
        _ starts: inout [Int]
    ) {
        guard !range.isEmpty else { return }
        starts.append(0)
        if prefixes, text[range.lowerBound] != 0x20, !holds(text, range.lowerBound, range.upperBound, mark) {
            words.append(contentsOf: mark)
        }
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = text[position]
            if byte == 0x20 {
                if !words.isEmpty { starts.append(words.count) }
                words.append(contentsOf: mark)
            } else {
                if byte == mark[0], !words.isEmpty, holds(text, position, range.upperBound, mark) {
                    starts.append(words.count)
                }
                words.append(byte)
            }
            position += 1
        }
    }

    /// Writes the words between white space, each with a mark before it unless it begins with one; those with a mark inside
    /// are several.
    private static func writeWords(
        _ text: Span<UInt8>, _ range: Range<Int>, _ mark: [UInt8], prefixes: Bool, _ words: inout [UInt8],
        _ starts: inout [Int]
    ) {
        let shared = WordClasses.shared
        let classes = shared.table
        var (position, isInWord) = (range.lowerBound, false)
        while position < range.upperBound {
            let byte = text[position]
            let length: Int
            let isSpace: Bool
            if byte < 0x80 {
                (length, isSpace) = (1, byte == 0x20 || byte &- 9 < 5)
            } else {
                let scalar = decodeScalar(text, at: position)
                (length, isSpace) = (scalar.length, classes[scalar.value] == .space)
            }
            if isSpace {
                isInWord = false
            } else {
                let isMark = byte == mark[0] && holds(text, position, range.upperBound, mark)
                if !isInWord || isMark { starts.append(words.count) }
                if !isInWord, prefixes, !isMark { words.append(contentsOf: mark) }
                isInWord = true
                for offset in 0..<length { words.append(text[position + offset]) }
            }
            position += length
        }
    }

    private static func holds(_ text: Span<UInt8>, _ position: Int, _ end: Int, _ mark: [UInt8]) -> Bool {
        guard position + mark.count <= end else { return false }
        for index in mark.indices where text[position + index] != mark[index] { return false }
        return true
    }
}
