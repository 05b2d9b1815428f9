// The fast path: steps that see one scalar at a time by tables, and the others only where they find something to do.
// Not here: the tables (+Maps) and patterns (+Matching).

extension StepNormalizer {
    /// What is done to a text at once.
    enum Stage: Sendable {
        case map(ScalarMap)
        case charsmap(Charsmap, ScalarMap)
        case strip(left: Bool, right: Bool)
        case replace(PatternMatcher, [UInt8])
        case prepend([UInt8])
        /// Not done here.
        case slow

        /// The stages of steps, each with its steps; neighbours that see single scalars become one.
        static func stages(_ steps: [NormalizerStep]) -> [(stage: Stage, steps: [NormalizerStep])] {
            var stages: [(stage: Stage, steps: [NormalizerStep])] = []
            var waiting: [NormalizerStep] = []
            func endWaiting() {
                if !waiting.isEmpty { stages.append((.map(ScalarMap.shared(waiting.compactMap(\.plain))), waiting)) }
                waiting = []
            }
            for step in steps {
                let plain = step.plain
                if plain == nil || plain?.form != nil { endWaiting() }
                if plain == nil { stages.append((step.stage, [step])) } else { waiting.append(step) }
            }
            endWaiting()
            return stages
        }

        /// Whether it leaves a range of valid UTF-8 as it is, as far as is quickly known.
        func leavesUnchanged(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
            switch self {
            case .map(let map), .charsmap(_, let map):
                map.sameEnd(bytes, from: range.lowerBound, before: range.upperBound) == range.upperBound
            case .strip(let left, let right): bytes.stripped(range, left: left, right: right) == range
            case .replace(let matcher, let content):
                matcher.nextChange(bytes, from: range.lowerBound, before: range.upperBound, content) == nil
            case .prepend(let front): range.isEmpty || front.isEmpty
            case .slow: range.isEmpty
            }
        }

        /// Appends what becomes of a range, or returns false and may have appended a part.
        func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to out: inout [UInt8]) -> Bool {
            switch self {
            case .map(let map): return map.append(bytes, range, to: &out)
            case .charsmap(let charsmap, let map): return map.append(bytes, range, charsmap, to: &out)
            case .strip(let left, let right):
                out.append(bytes, bytes.stripped(range, left: left, right: right))
            case .replace(let matcher, let content):
                var position = range.lowerBound
                while let match = matcher.nextChange(bytes, from: position, before: range.upperBound, content) {
                    out.append(bytes, position..<match.lowerBound)
                    out.append(contentsOf: content)
                    position = match.upperBound
                }
                out.append(bytes, position..<range.upperBound)
            case .prepend(let front):
                if !range.isEmpty { out.append(contentsOf: front) }
                out.append(bytes, range)
            case .slow: return false
            }
            return true
        }
    }
}

extension NormalizerStep {
    fileprivate var plain: PlainStep? {
        switch self {
        case .nfc: .nfc
        case .nfd: .nfd
        case .nfkc: .nfkc
        case .nfkd: .nfkd
        case .lowercase: .lowercase
        case .stripAccents: .stripAccents
        case .strip, .replace, .prepend, .precompiled: nil
        }
    }

    fileprivate var stage: StepNormalizer.Stage {
        switch self {
        case .nfc, .nfd, .nfkc, .nfkd, .lowercase, .stripAccents, .replace(.text(""), _): .slow
        case .strip(let left, let right): .strip(left: left, right: right)
        case .replace(let pattern, let content): .replace(PatternMatcher(pattern), Array(content.utf8))
        case .prepend(let front): .prepend(Array(front.utf8))
        case .precompiled(let charsmap): .charsmap(charsmap, ScalarMap(charsmap))
        }
    }
}

extension [UInt8] {
    /// Appends a part of other bytes.
    @inline(__always)
    mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        if range.count < 8 {
            for index in range { append(bytes[index]) }
            return
        }
        unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

extension ScalarMap {
    /// The end of the scalars from `position` on that stay as they are.
    func sameEnd(_ bytes: Span<UInt8>, from start: Int, before end: Int) -> Int {
        let isSame = isSame.span
        let pages = pages.span
        let entries = entries.span
        var position = start
        while true {
            while position < end, isSame[Int(bytes[position])] { position += 1 }
            guard position < end, bytes[position] >= 0x80 else { return position }
            let scalar = decodeScalar(bytes, at: position)
            let page = Int(pages[Int(scalar.value >> UInt32(ScalarProperties.pageBits))])
            let place = page << ScalarProperties.pageBits | Int(scalar.value) & (ScalarProperties.pageSize - 1)
            guard entries[place] == MapEntry.same else { return position }
            position += scalar.length
        }
    }

    /// Appends ASCII from `position` on, as it becomes, up to what needs an entry; returns where that is.
    private func appendASCII(
        _ bytes: Span<UInt8>, from start: Int, before end: Int, to out: inout [UInt8]
    ) -> Int {
        let ascii = ascii.span
        var position = start
        while position < end, ascii[Int(bytes[position])] < 0x80 { position += 1 }
        let base = out.count - start
        out.append(contentsOf: repeatElement(0, count: position - start))
        var target = out.mutableSpan
        for index in start..<position { target[base + index] = ascii[Int(bytes[index])] }
        return position
    }

    /// The map of steps without a charsmap; false where marks have to change places or may join.
    fileprivate func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to out: inout [UInt8]) -> Bool {
        let end = range.upperBound
        var position = range.lowerBound
        /// The rank that a mark must have at least to stay where it is.
        var lastRank: UInt8 = 0
        while position < end {
            let same = sameEnd(bytes, from: position, before: end)
            if same > position {
                out.append(bytes, position..<same)
                lastRank = 0
                position = same
                guard position < end else { return true }
            }
            if changesASCII, bytes[position] < 0x80, ascii[Int(bytes[position])] < 0x80 {
                position = appendASCII(bytes, from: position, before: end, to: &out)
                lastRank = 0
                continue
            }
            let scalar = decodeScalar(bytes, at: position)
            let entry = MapEntry(raw: entry(scalar.value))
            switch entry.action {
            case .same, .irregular: return false
            case .mapped: lastRank = entry.endsInMark ? UInt8.max : 0
            case .ordered:
                let rank = pool[entry.part.lowerBound - 1]
                guard rank >= lastRank else { return false }
                lastRank = rank
            }
            out.append(pool.span, entry.part)
            position += scalar.length
        }
        return true
    }

    /// The map of a charsmap; false where a mark follows Hangul, of which one would have to look further back.
    fileprivate func append(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ charsmap: Charsmap, to out: inout [UInt8]
    ) -> Bool {
        let end = range.upperBound
        var position = range.lowerBound
        /// The scalar before `position`, unless a cluster is known to have ended there, and where its bytes begin in
        /// `out`.
        var last: (start: Int, out: Int)?
        while position < end {
            let same = sameEnd(bytes, from: position, before: end)
            if same > position {
                out.append(bytes, position..<same)
                let length = decodeScalar(bytes, before: same).length
                last = (same - length, out.count - length)
                position = same
                guard position < end else { return true }
            }
            let scalar = decodeScalar(bytes, at: position)
            let entry = MapEntry(raw: entry(scalar.value))
            if entry.action == .mapped {
                last = (position, out.count)
                out.append(pool.span, entry.part)
                position += scalar.length
                continue
            }
            if let before = last, GraphemeClusters.shared.kind(scalar.value).joinsBefore {
                let kind = GraphemeClusters.shared.kind(decodeScalar(bytes, at: before.start).value)
                if kind.isHangul { return false }
                if !kind.isControl {
                    out.removeLast(out.count - before.out)
                    position = before.start
                }
            }
            position = charsmap.appendCluster(bytes, from: position, before: end, to: &out)
            last = nil
        }
        return true
    }
}

extension Charsmap {
    /// Appends what becomes of the cluster that begins at `start`; returns its end.
    fileprivate func appendCluster(
        _ text: Span<UInt8>, from start: Int, before limit: Int, to out: inout [UInt8]
    ) -> Int {
        let end = GraphemeClusters.shared.end(text, from: start, before: limit)
        if end - start < 6, let found = replacement(text, start..<end) {
            out.append(bytes.span, found)
            return end
        }
        var position = start
        while position < end {
            let next = position + decodeScalar(text, at: position).length
            if let found = replacement(text, position..<next) {
                out.append(bytes.span, found)
            } else {
                out.append(text, position..<next)
            }
            position = next
        }
        return end
    }
}
