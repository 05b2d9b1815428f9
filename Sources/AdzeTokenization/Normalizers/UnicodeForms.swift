// Unicode's four normalization forms as the reference has them, which are those of an old version of Unicode, with the
// source of every byte. Not here: the fast path, whose tables are made by asking this.

/// A set of scalars as ascending ranges.
struct ScalarRanges: Sendable {
    /// Combining marks, those that `StripAccents` removes.
    static let marks = ScalarRanges(FormData.marks)

    let ranges: [Range<UInt32>]

    /// Reads runs of (distance, length).
    init(_ text: StaticString) {
        var reader = Base36Reader(text)
        var ranges: [Range<UInt32>] = []
        var start = 0
        while let distance = reader.next(), let length = reader.next() {
            start += distance
            ranges.append(UInt32(start)..<UInt32(start + length))
            start += length
        }
        self.ranges = ranges
    }

    /// - Complexity: O(log ranges).
    func contains(_ scalar: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= scalar { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= scalar
    }
}

/// One of the forms.
struct UnicodeForm: Sendable {
    let isCompatible: Bool
    let composes: Bool

    /// One scalar of a text on its way: what it is, and how it relates to the scalars before (see `AlignedEdit.put`).
    private struct Piece {
        var scalar: UInt32
        var change: Int
        var rank: UInt8 = 0
    }

    /// The text in this form.
    func apply(_ text: AlignedText) -> AlignedText {
        var pieces = decomposed(text)
        if composes { pieces = Self.composed(pieces) }
        var edit = AlignedEdit(text)
        for piece in pieces { edit.put(piece.scalar, change: piece.change) }
        return edit.result
    }

    /// Calls `body` with each scalar of the full decomposition of one, in order.
    func decompose(_ scalar: UInt32, _ body: (UInt32) -> Void) {
        if isCompatible, FormTables.shared.compatibility(scalar, body) { return }
        ScalarProperties.shared.decompose(scalar, body)
    }

    private func decomposed(_ text: AlignedText) -> [Piece] {
        let tables = FormTables.shared
        let properties = ScalarProperties.shared
        var pieces: [Piece] = []
        pieces.reserveCapacity(text.bytes.count)
        var runStart = 0
        func append(_ part: UInt32, change: Int, rank: UInt8) {
            if rank == 0 {
                Self.sort(&pieces, from: runStart)
                runStart = pieces.count + 1
            }
            pieces.append(Piece(scalar: part, change: change, rank: rank))
        }
        forEachScalar(text.bytes.span) { scalar in
            let isPlain = !properties.flags(scalar).contains(.mapped)
            if scalar < 0x80 || isPlain && !(isCompatible && tables.hasCompatibility(scalar)) {
                append(scalar, change: 0, rank: 0)
                return
            }
            var change = 0
            decompose(scalar) {
                append($0, change: change, rank: properties.rank($0))
                change = 1
            }
        }
        Self.sort(&pieces, from: runStart)
        return pieces
    }

    /// Whether a text can be put into the form scalar by scalar, as far as one scalar tells.
    enum Neighbours {
        /// It begins with a starter that joins nothing before it.
        case ignored
        /// It stays as it is behind a mark of this rank or a lower one, and has this rank itself.
        case ordered(rank: UInt8)
        case matter
    }

    /// What the scalar before one has to do with it.
    func neighbours(_ scalar: UInt32) -> Neighbours {
        var first: UInt32?
        var count = 0
        decompose(scalar) {
            first = first ?? $0
            count += 1
        }
        guard let first else { return .matter }
        if composes, FormTables.shared.seconds.contains(first) { return .matter }
        let rank = ScalarProperties.shared.rank(first)
        if rank == 0 { return .ignored }
        return count == 1 && first == scalar ? .ordered(rank: rank) : .matter
    }

    /// The form of a single scalar.
    func scalars(_ scalar: UInt32) -> [UInt32] {
        var parts: [UInt32] = []
        decompose(scalar) { parts.append($0) }
        guard composes, parts.count > 1 else { return parts }
        let pieces = parts.map { Piece(scalar: $0, change: 0, rank: ScalarProperties.shared.rank($0)) }
        return Self.composed(pieces).map(\.scalar)
    }

    /// Puts a run of marks in the order of their ranks; those of one rank stay as they are.
    private static func sort(_ pieces: inout [Piece], from start: Int) {
        guard pieces.count - start > 1 else { return }
        let run = Array(pieces[start...])
        let order = run.indices.sorted { (run[$0].rank, $0) < (run[$1].rank, $1) }
        for (place, index) in order.enumerated() { pieces[start + place] = run[index] }
    }

    /// Joins starters with what follows them and is not blocked by another mark.
    private static func composed(_ pieces: [Piece]) -> [Piece] {
        var result: [Piece] = []
        result.reserveCapacity(pieces.count)
        var starter: Int?
        var lastRank: UInt8?
        for piece in pieces {
            guard let index = starter else {
                if piece.rank == 0 { starter = result.count }
                result.append(piece)
                continue
            }
            let isBlocked = lastRank.map { $0 >= piece.rank } ?? false
            let first = result[index]
            if !isBlocked, let pair = FormTables.shared.compose(first.scalar, piece.scalar) {
                result[index] = Piece(scalar: pair, change: first.change + piece.change - 1)
                continue
            }
            if piece.rank == 0 {
                starter = result.count
                lastRank = nil
            } else {
                lastRank = piece.rank
            }
            result.append(piece)
        }
        return result
    }
}

/// The tables of the forms, decoded once.
struct FormTables: Sendable {
    static let shared = FormTables()

    /// Sources ascending; the decomposition of each is `pool[ends[index - 1]..<ends[index]]`.
    private var sources: [UInt32] = []
    private var ends: [Int32] = []
    private var pool: [UInt32] = []
    /// First and second scalar, each in 32 bits, to the composite.
    private var pairs: [UInt64: UInt32] = [:]
    /// Every scalar that is the second of a pair, Hangul's among them.
    private(set) var seconds: Set<UInt32> = Set(0x1161...0x1175).union(0x11A8...0x11C2)

    private init() {
        readCompatibility()
        var reader = Base36Reader(FormData.compositions)
        var composite = 0
        while let distance = reader.next(), let first = reader.next(), let second = reader.next() {
            composite += distance
            let parts = (UInt32(composite + Self.unzigzag(first)), UInt32(composite + Self.unzigzag(second)))
            pairs[UInt64(parts.0) << 32 | UInt64(parts.1)] = UInt32(composite)
            seconds.insert(parts.1)
        }
    }

    private mutating func readCompatibility() {
        var reader = Base36Reader(FormData.compatibility)
        var start = 0
        while let distance = reader.next(), let step = reader.next(), let count = reader.next(),
            let length = reader.next()
        {
            start += distance
            var target = start
            var first: [Int] = []
            for _ in 0..<length {
                target += Self.unzigzag(reader.next() ?? 0)
                first.append(target)
            }
            for index in 0..<count {
                sources.append(UInt32(start + index * step))
                for part in first { pool.append(UInt32(part + index * step)) }
                ends.append(Int32(pool.count))
            }
        }
    }

    private static func unzigzag(_ value: Int) -> Int { value & 1 == 0 ? value >> 1 : -((value + 1) >> 1) }

    /// Every scalar whose compatibility decomposition is not the canonical one, ascending.
    var compatibilitySources: [UInt32] { sources }

    /// Whether a scalar's compatibility decomposition is not the canonical one.
    func hasCompatibility(_ scalar: UInt32) -> Bool { index(scalar) != nil }

    /// Calls `body` with each scalar of the compatibility decomposition; false if it is the canonical one.
    func compatibility(_ scalar: UInt32, _ body: (UInt32) -> Void) -> Bool {
        guard let index = index(scalar) else { return false }
        for place in Int(index == 0 ? 0 : ends[index - 1])..<Int(ends[index]) { body(pool[place]) }
        return true
    }

    private func index(_ scalar: UInt32) -> Int? {
        guard scalar >= 0x80 else { return nil }
        var low = 0
        var high = sources.count
        while low < high {
            let middle = (low + high) / 2
            if sources[middle] < scalar { low = middle + 1 } else { high = middle }
        }
        return low < sources.count && sources[low] == scalar ? low : nil
    }

    /// What two scalars compose to, if anything.
    func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
        // No second is below: most pairs are letters.
        if second < 0x300 { return nil }
        if second &- 0x1161 < 21, first &- 0x1100 < 19 {
            return ScalarProperties.hangulBase + ((first - 0x1100) * 21 + second - 0x1161) * 28
        }
        let syllable = first &- ScalarProperties.hangulBase
        if second &- 0x11A8 < 27, syllable < ScalarProperties.hangulCount, syllable % 28 == 0 {
            return first + second - 0x11A7
        }
        return pairs[UInt64(first) << 32 | UInt64(second)]
    }
}
