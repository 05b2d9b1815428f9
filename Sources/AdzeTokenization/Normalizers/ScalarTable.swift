// What each scalar becomes under one normalizer, in two levels, for the fast path. Made by running the
// step-by-step normalizer over single scalars. Not here: texts in which neighbours matter (`irregular` scalars).

import Synchronization

/// What the fast path does with a scalar.
enum ScalarAction: UInt32 {
    /// A letter that stays as it is.
    case word = 0
    /// Nothing is left of it.
    case drop
    /// The word before it ends.
    case space
    /// A word of its own, unchanged.
    case isolated
    /// Becomes the sequence in the pool at the payload.
    case mapped
    /// A Hangul syllable, to be taken apart.
    case hangul
    /// May change places with its neighbours: the piece goes to the step-by-step normalizer.
    case irregular
}

/// Actions for all scalars; pages that are alike are stored once.
struct ScalarTable: Sendable {
    static let pageBits = ScalarProperties.pageBits
    static let pageSize = ScalarProperties.pageSize
    private(set) var pages: [UInt16] = []
    /// Payload in the upper 29 bits, action in the lower 3.
    private(set) var entries: [UInt32] = []
    /// Sequences: a count, then for each scalar its action (word, space, isolated), its length and its UTF-8.
    private(set) var pool: [UInt8] = []
    /// The actions of ASCII: a byte of the word below 0x80, else one of the three below.
    private(set) var ascii = [UInt8](repeating: 0, count: 128)

    static let asciiDrop: UInt8 = 0x80
    static let asciiSpace: UInt8 = 0x81
    static let asciiIsolated: UInt8 = 0x82
    private let rules: Normalizer

    /// What a table depends on.
    private struct Key: Hashable {
        let cleansText, separatesCJK, stripsAccents, lowercases: Bool
    }

    private static let made = Mutex<[Key: ScalarTable]>([:])

    /// The table of a normalizer, made once a process.
    static func shared(_ rules: Normalizer) -> ScalarTable {
        let key = Key(
            cleansText: rules.cleansText, separatesCJK: rules.separatesCJK,
            stripsAccents: rules.effectivelyStripsAccents, lowercases: rules.lowercases)
        return made.withLock { made in
            if let table = made[key] { return table }
            let table = ScalarTable(rules)
            made[key] = table
            return table
        }
    }

    private init(_ rules: Normalizer) {
        self.rules = rules
        var uniform: [UInt8: UInt16] = [:]
        var normalizer = AlignedNormalizer(rules)
        for (number, flags) in ScalarProperties.shared.uniformPages.enumerated() {
            if let flags, let page = uniform[flags.rawValue] {
                pages.append(page)
                continue
            }
            let page = UInt16(entries.count >> Self.pageBits)
            pages.append(page)
            if let flags {
                uniform[flags.rawValue] = page
                entries.append(contentsOf: repeatElement(unmappedAction(flags).rawValue, count: Self.pageSize))
            } else {
                for scalar in 0..<Self.pageSize {
                    entries.append(entry(UInt32(number << Self.pageBits + scalar), &normalizer))
                }
            }
        }
        for scalar in 0..<128 { ascii[scalar] = asciiAction(UInt8(scalar)) }
    }

    private mutating func entry(_ scalar: UInt32, _ normalizer: inout AlignedNormalizer) -> UInt32 {
        let flags = ScalarProperties.shared.flags(scalar)
        guard flags.contains(.mapped) else { return unmappedAction(flags).rawValue }
        let isHangul = scalar &- ScalarProperties.hangulBase < ScalarProperties.hangulCount
        if isHangul {
            return (rules.effectivelyStripsAccents ? ScalarAction.hangul : .word).rawValue
        }
        normalizer.restart()
        normalizer.append(scalar, source: 0)
        normalizer.finish()
        if normalizer.keptRankedMark { return ScalarAction.irregular.rawValue }
        let offset = pool.count
        let own = appendSequence(normalizer.result.bytes.span, of: scalar)
        guard let own else { return UInt32(offset) << 3 | ScalarAction.mapped.rawValue }
        // What an action alone says needs no sequence.
        pool.removeLast(pool.count - offset)
        return own.rawValue
    }

    /// Appends the sequence that a scalar becomes to the pool; returns the action that says all of it, where one does.
    private mutating func appendSequence(_ bytes: Span<UInt8>, of scalar: UInt32) -> ScalarAction? {
        let offset = pool.count
        pool.append(0)
        var (position, count, spaces, ownPlace) = (0, 0, 0, -1)
        var last = ScalarAction.drop
        while position < bytes.count {
            let decoded = decodeScalar(bytes, at: position)
            last = Self.action(decoded.value)
            pool.append(UInt8(last.rawValue))
            pool.append(UInt8(decoded.length))
            for place in position..<position + decoded.length { pool.append(bytes[place]) }
            if last == .space { spaces += 1 }
            if decoded.value == scalar { ownPlace = count }
            position += decoded.length
            count += 1
        }
        pool[offset] = UInt8(count)
        if count == 0 { return .drop }
        if spaces == count { return .space }
        if count == 1, ownPlace == 0 { return last }
        // Between two spaces, a word of its own.
        return count == 3 && spaces == 2 && ownPlace == 1 ? .isolated : nil
    }

    /// What becomes of a scalar that neither decomposes nor has another case.
    private func unmappedAction(_ flags: ScalarFlags) -> ScalarAction {
        if rules.cleansText, flags.contains(.dropped) { return .drop }
        if rules.cleansText, flags.contains(.blanked) { return .space }
        if rules.effectivelyStripsAccents, flags.contains(.nonspacing) { return .drop }
        if flags.contains(.whitespace) { return .space }
        let isAlone = flags.contains(.punctuation) || rules.separatesCJK && flags.contains(.cjk)
        return isAlone ? .isolated : .word
    }

    /// What the word splitter does with a normalized scalar.
    static func action(_ scalar: UInt32) -> ScalarAction {
        let flags = ScalarProperties.shared.flags(scalar)
        if flags.contains(.whitespace) { return .space }
        return flags.contains(.punctuation) ? .isolated : .word
    }

    private func asciiAction(_ byte: UInt8) -> UInt8 {
        let entry = entries[Int(pages[0]) << Self.pageBits + Int(byte)]
        switch ScalarAction(rawValue: entry & 7) {
        case .drop: return Self.asciiDrop
        case .space: return Self.asciiSpace
        case .isolated: return Self.asciiIsolated
        // A capital maps to one small letter: count 1, action, length 1, the letter.
        case .mapped: return pool[Int(entry >> 3) + 3]
        default: return byte
        }
    }
}
