// What each step of a pre-tokenizer makes of a text. Not here: the passes that do the usual steps at once.

extension PreTokenizer {
    /// The words of a text, step by step; none is empty.
    func words(of text: AlignedText) -> [AlignedText] {
        var pieces = text.bytes.isEmpty ? [] : [text]
        for step in steps { pieces = pieces.flatMap { step.pieces(of: $0) } }
        return pieces
    }
}

extension PreTokenizerStep {
    /// What the step makes of a text that is not empty.
    fileprivate func pieces(of text: AlignedText) -> [AlignedText] {
        switch self {
        case .whiteSpace:
            return text.split(.removed) { $0.matches { WordClasses.shared[$0] == .space } }
        case .metaspace(let metaspace): return metaspace.pieces(of: text)
        case .byteLevel(let addsPrefixSpace, let splits):
            var text = text
            if addsPrefixSpace, text.bytes[0] != 0x20 { text.prepend([0x20]) }
            return splits ? text.split(.isolated) { $0.words(.gpt2) } : [text]
        case .digits(let each):
            return text.split(each ? .isolated : .contiguous) {
                $0.matches { WordClasses.shared[$0] == .number }
            }
        case .punctuation(let behavior):
            return text.split(behavior) { text in
                text.matches { ScalarProperties.shared.flags($0).contains(.punctuation) }
            }
        case .split(let pattern, let behavior, let inverted):
            return text.split(behavior) { text in
                var matches =
                    switch pattern {
                    case .text(let content): text.occurrences(of: Array(content.utf8))
                    case .rule(let rule): text.words(rule)
                    }
                if inverted { for index in matches.indices { matches[index].isMatch.toggle() } }
                return matches
            }
        }
    }
}

extension Metaspace {
    fileprivate func pieces(of text: AlignedText) -> [AlignedText] {
        let mark = mark
        var marked = AlignedText()
        for (byte, source) in zip(text.bytes, text.sources) {
            marked.bytes += byte == 0x20 ? mark : [byte]
            marked.sources += repeatElement(source, count: byte == 0x20 ? mark.count : 1)
        }
        let isPrefixed =
            switch prefix {
            case .always: true
            case .first: (marked.sources.first ?? 0) <= 0
            case .never: false
            }
        if isPrefixed, !marked.bytes.starts(with: mark) { marked.prepend(mark) }
        return splits ? marked.split(.mergedWithNext) { $0.occurrences(of: mark) } : [marked]
    }
}

/// A stretch of a text that a pattern matches, or one between two of these.
private typealias Match = (range: Range<Int>, isMatch: Bool)

extension AlignedText {
    /// Puts a text in front, which stands where the first character does.
    fileprivate mutating func prepend(_ text: [UInt8]) {
        guard let first = sources.first else { return }
        bytes.insert(contentsOf: text, at: 0)
        sources.insert(contentsOf: repeatElement(first, count: text.count), at: 0)
    }

    /// The text in pieces at its matches, which cover it; empty pieces are left out.
    fileprivate func split(_ behavior: SplitBehavior, _ matches: (AlignedText) -> [Match]) -> [AlignedText] {
        let matches = matches(self)
        var ranges: [Range<Int>] = []
        var wasMatch = false
        switch behavior {
        case .isolated: ranges = matches.map(\.range)
        case .removed: ranges = matches.filter { !$0.isMatch }.map(\.range)
        case .contiguous:
            for match in matches {
                Self.add(match.range, joining: match.isMatch == wasMatch, &ranges)
                wasMatch = match.isMatch
            }
        case .mergedWithPrevious:
            for match in matches {
                Self.add(match.range, joining: match.isMatch && !wasMatch, &ranges)
                wasMatch = match.isMatch
            }
        case .mergedWithNext:
            for match in matches.reversed() {
                if match.isMatch, !wasMatch, let last = ranges.popLast() {
                    ranges.append(match.range.lowerBound..<last.upperBound)
                } else {
                    ranges.append(match.range)
                }
                wasMatch = match.isMatch
            }
            ranges.reverse()
        }
        return ranges.filter { !$0.isEmpty }.map { self[$0] }
    }

    private static func add(_ range: Range<Int>, joining: Bool, _ ranges: inout [Range<Int>]) {
        if joining, let last = ranges.popLast() {
            ranges.append(last.lowerBound..<range.upperBound)
        } else {
            ranges.append(range)
        }
    }

    /// Each scalar of a kind as a match, and what is between them.
    fileprivate func matches(_ isMatch: (UInt32) -> Bool) -> [Match] {
        let text = bytes.span
        var matches: [Match] = []
        var (position, start) = (0, 0)
        while position < text.count {
            let scalar = decodeScalar(text, at: position)
            let next = position + scalar.length
            if isMatch(scalar.value) {
                if start < position { matches.append((start..<position, false)) }
                matches.append((position..<next, true))
                start = next
            }
            position = next
        }
        if start < position { matches.append((start..<position, false)) }
        return matches
    }

    /// Each occurrence of a text from the left as a match, and what is between them.
    fileprivate func occurrences(of pattern: [UInt8]) -> [Match] {
        guard !pattern.isEmpty else { return [(0..<bytes.count, false)] }
        var matches: [Match] = []
        var (position, start) = (0, 0)
        while position + pattern.count <= bytes.count {
            guard bytes[position] == pattern[0], bytes[position..<position + pattern.count].elementsEqual(pattern)
            else {
                position += 1
                continue
            }
            if start < position { matches.append((start..<position, false)) }
            position += pattern.count
            matches.append((position - pattern.count..<position, true))
            start = position
        }
        if start < bytes.count { matches.append((start..<bytes.count, false)) }
        return matches
    }

    /// What a rule matches, and what is between.
    fileprivate func words(_ rule: WordRule) -> [Match] {
        switch rule {
        case .gpt2:
            let text = bytes.span
            let classes = WordClasses.shared
            var words = GPT2Words(text, 0..<text.count, classes: classes.table)
            var matches: [Match] = []
            while let word = words.next() { matches.append((word, true)) }
            return matches
        case .whiteSpaceRuns:
            var runs: [Match] = []
            for match in matches({ WordClasses.shared[$0] == .space }) {
                if match.isMatch, let last = runs.last, last.isMatch {
                    runs[runs.count - 1].range = last.range.lowerBound..<match.range.upperBound
                } else {
                    runs.append(match)
                }
            }
            return runs
        case .eachDigit: return matches { WordClasses.shared[$0] == .number }
        }
    }
}
