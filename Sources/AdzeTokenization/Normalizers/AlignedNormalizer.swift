// The normalizer done step by step, with the source of every byte kept: it serves offsets, added tokens that match
// in normalized text, and the rare marks that need reordering. It also says what each scalar becomes on its own, from
// which the fast path's table is made. Not here: the fast path.

/// Normalized text as UTF-8, and for each byte the index of the scalar that it came from.
struct AlignedText {
    var bytes: [UInt8] = []
    var sources: [Int32] = []
}

/// Clean-up, CJK spacing, decomposition, mark removal and lower-casing, in the reference's order, over one piece.
struct AlignedNormalizer {
    private let rules: Normalizer
    private let decomposes: Bool
    private let properties = ScalarProperties.shared
    /// A run of scalars of non-zero rank that await their order: rank, scalar, whether it begins its source scalar.
    private var pending: [(rank: UInt8, scalar: UInt32, begins: Bool)] = []
    /// The sources of those in `pending` that begin one.
    private var pendingSources: [Int32] = []
    private var lastSource: Int32 = 0
    /// Whether a mark was kept that has a rank, so that neighbours may reorder.
    private(set) var keptRankedMark = false
    /// What has been normalized so far; complete after `finish`.
    private(set) var result = AlignedText()

    init(_ rules: Normalizer) {
        self.rules = rules
        decomposes = rules.effectivelyStripsAccents
    }

    /// Normalizes a range of valid UTF-8 whose first scalar has the index `firstSource`.
    static func normalize(
        _ bytes: Span<UInt8>, _ range: Range<Int>, firstSource: Int, _ rules: Normalizer
    ) -> AlignedText {
        var normalizer = AlignedNormalizer(rules)
        normalizer.result.bytes.reserveCapacity(range.count)
        normalizer.result.sources.reserveCapacity(range.count)
        var position = range.lowerBound
        var source = firstSource
        while position < range.upperBound {
            let scalar = decodeScalar(bytes, at: position)
            normalizer.append(scalar.value, source: Int32(truncatingIfNeeded: source))
            position += scalar.length
            source += 1
        }
        normalizer.finish()
        return normalizer.result
    }

    mutating func append(_ scalar: UInt32, source: Int32) {
        let flags = properties.flags(scalar)
        var scalar = scalar
        if rules.cleansText {
            if flags.contains(.dropped) { return }
            if flags.contains(.blanked) { scalar = 0x20 }
        }
        let spaced = rules.separatesCJK && flags.contains(.cjk)
        if spaced { decompose(0x20, begins: true, source: source) }
        decompose(scalar, begins: !spaced, source: source)
        if spaced { decompose(0x20, begins: false, source: source) }
    }

    mutating func finish() { flush() }

    /// Forgets the piece, for another one.
    mutating func restart() {
        result.bytes.removeAll(keepingCapacity: true)
        result.sources.removeAll(keepingCapacity: true)
        pending.removeAll(keepingCapacity: true)
        pendingSources.removeAll(keepingCapacity: true)
        (lastSource, keptRankedMark) = (0, false)
    }

    /// One scalar before decomposition; `begins` is false for one that was put in beside its source.
    private mutating func decompose(_ scalar: UInt32, begins: Bool, source: Int32) {
        guard decomposes, scalar >= 0x80, properties.flags(scalar).contains(.mapped) else {
            place(scalar, begins: begins, source: source)
            return
        }
        var parts: [UInt32] = []
        properties.decompose(scalar) { parts.append($0) }
        for (index, part) in parts.enumerated() { place(part, begins: begins && index == 0, source: source) }
    }

    /// One scalar after decomposition: starters go straight on, marks wait until their run is complete.
    private mutating func place(_ scalar: UInt32, begins: Bool, source: Int32) {
        let rank = decomposes && properties.flags(scalar).contains(.mapped) ? properties.rank(scalar) : 0
        guard rank != 0 else {
            flush()
            if begins { lastSource = source }
            keep(scalar)
            return
        }
        pending.append((rank, scalar, begins))
        if begins { pendingSources.append(source) }
    }

    /// Sorts the waiting marks by rank. The reference hands out sources in the order after sorting: so do we.
    private mutating func flush() {
        guard !pending.isEmpty else { return }
        let order = pending.indices.sorted { (pending[$0].rank, $0) < (pending[$1].rank, $1) }
        var next = 0
        for index in order {
            if pending[index].begins {
                lastSource = pendingSources[next]
                next += 1
            }
            keep(pending[index].scalar)
            if !properties.flags(pending[index].scalar).contains(.nonspacing) { keptRankedMark = true }
        }
        pending.removeAll(keepingCapacity: true)
        pendingSources.removeAll(keepingCapacity: true)
    }

    /// The last two steps: marks out, letters down.
    private mutating func keep(_ scalar: UInt32) {
        let flags = properties.flags(scalar)
        if decomposes, flags.contains(.nonspacing) { return }
        if rules.lowercases, flags.contains(.mapped) {
            var parts: [UInt32] = []
            properties.lower(scalar) { parts.append($0) }
            for part in parts { write(part) }
        } else {
            write(scalar)
        }
    }

    private mutating func write(_ scalar: UInt32) {
        encodeScalar(scalar) {
            result.bytes.append($0)
            result.sources.append(lastSource)
        }
    }
}
