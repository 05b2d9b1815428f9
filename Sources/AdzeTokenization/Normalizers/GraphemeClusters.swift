// Where extended grapheme clusters end, as far as SentencePiece's rules can tell. Swift's own characters are not asked:
// their Unicode version differs. Not here: flags of two regional indicators, which are always too long to be looked up.

/// What a scalar is to the scalars beside it; the order is that of `make_unicode_forms.py`.
enum ClusterClass: UInt8 {
    case other, carriageReturn, lineFeed, control
    /// Joins what is before it; `foreignExtend` ends a conjunct, `linker` makes one, `joiner` is U+200D.
    case extend, foreignExtend, linker, joiner, spacingMark
    /// Joins what is after it.
    case prepend
    /// Hangul: parts of syllables, and syllables without and with a final consonant.
    case leading, vowel, trailing, syllable, closedSyllable
    case pictograph
    /// Joins a consonant before it if a linker is between.
    case consonant

    /// Whether it belongs to the scalar before it, unless that is a control.
    var joinsBefore: Bool {
        switch self {
        case .extend, .foreignExtend, .linker, .joiner, .spacingMark: true
        default: false
        }
    }

    /// Whether no mark joins it.
    var isControl: Bool { self == .control || self == .carriageReturn || self == .lineFeed }

    /// Whether it may belong to a syllable of several scalars.
    var isHangul: Bool {
        switch self {
        case .leading, .vowel, .trailing, .syllable, .closedSyllable: true
        default: false
        }
    }
}

/// Every scalar's class, in two levels; pages of which all are `other` are stored once.
struct GraphemeClusters: Sendable {
    /// The one copy, decoded on first use.
    static let shared = GraphemeClusters()

    private var pages = [UInt16](repeating: 0, count: ScalarProperties.limit >> ScalarProperties.pageBits)
    private var classes = [ClusterClass](repeating: .other, count: ScalarProperties.pageSize)
    /// The scalars that join any neighbour, before or after, ascending.
    private(set) var joining: [Range<UInt32>] = []

    private init() {
        var reader = Base36Reader(FormData.clusterClasses)
        var start: UInt32 = 0
        while let distance = reader.next(), let length = reader.next(), let value = reader.next() {
            start += UInt32(distance)
            guard let kind = ClusterClass(rawValue: UInt8(value)) else { preconditionFailure("a class of the table") }
            let run = start..<start + UInt32(length)
            for scalar in run {
                let isClosed = kind == .syllable && (scalar - ScalarProperties.hangulBase) % 28 != 0
                set(scalar, isClosed ? .closedSyllable : kind)
            }
            if kind.joinsBefore || kind == .prepend { joining.append(run) }
            start = run.upperBound
        }
    }

    private mutating func set(_ scalar: UInt32, _ kind: ClusterClass) {
        let page = Int(scalar >> UInt32(ScalarProperties.pageBits))
        if pages[page] == 0 {
            pages[page] = UInt16(classes.count >> ScalarProperties.pageBits)
            classes.append(contentsOf: repeatElement(.other, count: ScalarProperties.pageSize))
        }
        classes[Int(pages[page]) << ScalarProperties.pageBits + Int(scalar) & (ScalarProperties.pageSize - 1)] = kind
    }

    /// The class of a scalar below `ScalarProperties.limit`.
    func kind(_ scalar: UInt32) -> ClusterClass {
        let page = Int(pages[Int(scalar >> UInt32(ScalarProperties.pageBits))])
        return classes[page << ScalarProperties.pageBits + Int(scalar) & (ScalarProperties.pageSize - 1)]
    }

    /// Where the cluster ends that begins at `start`, a place before `end`; both are starts of scalars of valid UTF-8.
    func end(_ bytes: Span<UInt8>, from start: Int, before end: Int) -> Int {
        var scalar = decodeScalar(bytes, at: start)
        var state = State(kind(scalar.value))
        var position = start + scalar.length
        while position < end {
            scalar = decodeScalar(bytes, at: position)
            let next = kind(scalar.value)
            guard state.joins(next) else { break }
            state.take(next)
            position += scalar.length
        }
        return position
    }

    /// What of a cluster's scalars so far decides whether another one belongs to it.
    private struct State {
        private enum Picture { case none, picture, joined }
        private enum Conjunct { case none, consonant, linked }
        private var last: ClusterClass
        private var picture = Picture.none
        private var conjunct = Conjunct.none

        init(_ first: ClusterClass) {
            last = first
            take(first)
        }

        mutating func take(_ kind: ClusterClass) {
            last = kind
            switch kind {
            case .pictograph: picture = .picture
            case .extend, .foreignExtend, .linker: if picture == .joined { picture = .none }
            case .joiner: picture = picture == .picture ? .joined : .none
            default: picture = .none
            }
            switch kind {
            case .consonant: conjunct = .consonant
            case .linker: if conjunct == .consonant { conjunct = .linked }
            case .extend, .joiner: break
            default: conjunct = .none
            }
        }

        func joins(_ next: ClusterClass) -> Bool {
            switch (last, next) {
            case (.carriageReturn, .lineFeed): true
            case (.carriageReturn, _), (.lineFeed, _), (.control, _): false
            case (_, .carriageReturn), (_, .lineFeed), (_, .control): false
            case (_, .extend), (_, .foreignExtend), (_, .linker), (_, .joiner), (_, .spacingMark): true
            case (.prepend, _): true
            case (.leading, .leading), (.leading, .vowel), (.leading, .syllable), (.leading, .closedSyllable): true
            case (.syllable, .vowel), (.syllable, .trailing), (.vowel, .vowel), (.vowel, .trailing): true
            case (.closedSyllable, .trailing), (.trailing, .trailing): true
            case (.joiner, .pictograph): picture == .joined
            case (_, .consonant): conjunct == .linked
            default: false
            }
        }
    }
}
