// The steps one by one over text that knows where each of its bytes came from. Not here: the forms, which are in
// `UnicodeForms.swift`.

/// Rewrites an aligned text from its start to its end, and keeps the sources as the reference does.
struct AlignedEdit {
    private let old: AlignedText
    /// The start of the next scalar of the old text.
    private var position = 0
    private(set) var result = AlignedText()

    init(_ old: AlignedText) {
        self.old = old
        result.bytes.reserveCapacity(old.bytes.count)
        result.sources.reserveCapacity(old.bytes.count)
    }

    /// Passes over scalars of the old text.
    mutating func skip(scalars count: Int) {
        for _ in 0..<count where position < old.bytes.count {
            position += decodeScalar(old.bytes.span, at: position).length
        }
    }

    /// Puts a scalar: beside the last one of the old text if `change` is 1, for the next one if it is 0, and for the
    /// next and −`change` more if it is less.
    mutating func put(_ scalar: UInt32, change: Int) {
        let source: Int32
        if change > 0 {
            source = position > 0 ? old.sources[position - 1] : -1
        } else {
            // The reference's changes never ask for more than there is.
            source = position < old.sources.count ? old.sources[position] : old.sources.last ?? -1
            skip(scalars: 1 - change)
        }
        encodeScalar(scalar) {
            result.bytes.append($0)
            result.sources.append(source)
        }
    }
}

extension StepNormalizer.Stage {
    /// The text after this stage, or nil where it has to be done step by step.
    func aligned(_ text: AlignedText) -> AlignedText? {
        switch self {
        case .map(let map): map.aligned(text, countsChanges: false)
        case .charsmap(_, let map): map.aligned(text, countsChanges: true)
        case .strip, .replace, .prepend, .slow: nil
        }
    }
}

extension ScalarMap {
    /// The text where no neighbours matter: all that a scalar becomes has its source.
    ///
    /// A charsmap's changes are counted (see `AlignedEdit.put`): where a scalar vanishes behind nothing, or behind one
    /// that was put beside another, the count goes wrong as in the reference, and nil is returned.
    fileprivate func aligned(_ text: AlignedText, countsChanges: Bool) -> AlignedText? {
        let bytes = text.bytes.span
        var result = AlignedText()
        result.bytes.reserveCapacity(bytes.count)
        result.sources.reserveCapacity(bytes.count)
        var lastRank: UInt8 = 0
        var isCounted = false
        var position = 0
        while position < bytes.count {
            let same = sameEnd(bytes, from: position, before: bytes.count)
            if same > position {
                result.bytes.append(contentsOf: text.bytes[position..<same])
                result.sources.append(contentsOf: text.sources[position..<same])
                (lastRank, isCounted, position) = (0, true, same)
                continue
            }
            let scalar = decodeScalar(bytes, at: position)
            let entry = MapEntry(raw: entry(scalar.value))
            let part = entry.part
            switch entry.action {
            case .same, .irregular: return nil
            case .mapped: lastRank = entry.endsInMark ? UInt8.max : 0
            case .ordered:
                guard pool[part.lowerBound - 1] >= lastRank else { return nil }
                lastRank = pool[part.lowerBound - 1]
            }
            if countsChanges {
                if part.isEmpty, !isCounted { return nil }
                if !part.isEmpty { isCounted = countScalars(pool.span, part) == 1 }
            }
            result.bytes.append(contentsOf: pool[part])
            result.sources.append(contentsOf: repeatElement(text.sources[position], count: part.count))
            position += scalar.length
        }
        return result
    }
}

extension NormalizerStep {
    /// The text after this step.
    func apply(_ text: AlignedText) -> AlignedText {
        switch self {
        case .nfc: return UnicodeForm(isCompatible: false, composes: true).apply(text)
        case .nfd: return UnicodeForm(isCompatible: false, composes: false).apply(text)
        case .nfkc: return UnicodeForm(isCompatible: true, composes: true).apply(text)
        case .nfkd: return UnicodeForm(isCompatible: true, composes: false).apply(text)
        case .lowercase: return Self.lowercased(text)
        case .stripAccents: return Self.filtered(text) { !ScalarRanges.marks.contains($0) }
        case .strip(let left, let right): return Self.stripped(text, left: left, right: right)
        case .replace(let pattern, let content):
            return Self.replaced(text, PatternMatcher(pattern), Array(content.utf8))
        case .prepend(let front): return Self.prepended(text, Array(front.utf8))
        case .precompiled(let charsmap): return charsmap.apply(text)
        }
    }

    private static func lowercased(_ text: AlignedText) -> AlignedText {
        var edit = AlignedEdit(text)
        forEachScalar(text.bytes.span) { scalar in
            guard ScalarProperties.shared.flags(scalar).contains(.mapped) else {
                edit.put(scalar, change: 0)
                return
            }
            var change = 0
            ScalarProperties.shared.lower(scalar) {
                edit.put($0, change: change)
                change = 1
            }
        }
        return edit.result
    }

    private static func filtered(_ text: AlignedText, _ keeps: (UInt32) -> Bool) -> AlignedText {
        var result = AlignedText()
        var position = 0
        while position < text.bytes.count {
            let scalar = decodeScalar(text.bytes.span, at: position)
            let end = position + scalar.length
            if keeps(scalar.value) {
                result.bytes.append(contentsOf: text.bytes[position..<end])
                result.sources.append(contentsOf: text.sources[position..<end])
            }
            position = end
        }
        return result
    }

    private static func stripped(_ text: AlignedText, left: Bool, right: Bool) -> AlignedText {
        let range = text.bytes.span.stripped(0..<text.bytes.count, left: left, right: right)
        return AlignedText(bytes: Array(text.bytes[range]), sources: Array(text.sources[range]))
    }

    private static func replaced(_ text: AlignedText, _ matcher: PatternMatcher, _ content: [UInt8]) -> AlignedText {
        let span = text.bytes.span
        var result = AlignedText()
        var position = 0
        while let match = matcher.next(span, from: position, before: span.count) {
            result.bytes.append(contentsOf: text.bytes[position..<match.lowerBound])
            result.sources.append(contentsOf: text.sources[position..<match.lowerBound])
            let source = match.upperBound > 0 ? text.sources[match.upperBound - 1] : -1
            result.bytes.append(contentsOf: content)
            result.sources.append(contentsOf: repeatElement(source, count: content.count))
            position = match.upperBound
            guard match.isEmpty else { continue }
            // An empty match: the next one is behind the next scalar.
            guard position < span.count else { return result }
            let end = position + decodeScalar(span, at: position).length
            result.bytes.append(contentsOf: text.bytes[position..<end])
            result.sources.append(contentsOf: text.sources[position..<end])
            position = end
        }
        result.bytes.append(contentsOf: text.bytes[position...])
        result.sources.append(contentsOf: text.sources[position...])
        return result
    }

    private static func prepended(_ text: AlignedText, _ front: [UInt8]) -> AlignedText {
        guard let source = text.sources.first else { return text }
        return AlignedText(
            bytes: front + text.bytes, sources: [Int32](repeating: source, count: front.count) + text.sources)
    }
}

extension Charsmap {
    /// The text with every cluster of less than six bytes looked up whole, and otherwise every scalar.
    fileprivate func apply(_ text: AlignedText) -> AlignedText {
        let span = text.bytes.span
        var changes: [(scalar: UInt32, change: Int)] = []
        changes.reserveCapacity(span.count)
        var position = 0
        while position < span.count {
            let end = GraphemeClusters.shared.end(span, from: position, before: span.count)
            if end - position < 6, let found = replacement(span, position..<end) {
                replace(countScalars(span, position..<end), by: found, &changes)
                position = end
            }
            while position < end {
                let scalar = decodeScalar(span, at: position)
                if let found = replacement(span, position..<position + scalar.length) {
                    replace(1, by: found, &changes)
                } else {
                    changes.append((scalar.value, 0))
                }
                position += scalar.length
            }
        }
        var edit = AlignedEdit(text)
        for (scalar, change) in changes { edit.put(scalar, change: change) }
        return edit.result
    }

    /// New scalars take the places of old ones; the last put so far, of these or from before, makes up for the rest.
    private func replace(_ oldCount: Int, by string: Range<Int>, _ changes: inout [(scalar: UInt32, change: Int)]) {
        let span = bytes.span
        let newCount = countScalars(span, string)
        var position = string.lowerBound
        for index in 0..<newCount {
            let scalar = decodeScalar(span, at: position)
            changes.append((scalar.value, index < oldCount ? 0 : 1))
            position += scalar.length
        }
        if newCount < oldCount, !changes.isEmpty { changes[changes.count - 1].change += newCount - oldCount }
    }
}
