// What each scalar becomes under steps that look at one scalar at a time, in two levels, for the fast path. Not here:
// the loop over a text.

import Synchronization

/// The steps that need no charsmap.
enum PlainStep: UInt8 {
    case nfc, nfd, nfkc, nfkd, lowercase, stripAccents

    /// The form that it makes, if one.
    var form: UnicodeForm? {
        switch self {
        case .nfc: UnicodeForm(isCompatible: false, composes: true)
        case .nfd: UnicodeForm(isCompatible: false, composes: false)
        case .nfkc: UnicodeForm(isCompatible: true, composes: true)
        case .nfkd: UnicodeForm(isCompatible: true, composes: false)
        case .lowercase, .stripAccents: nil
        }
    }
}

/// What becomes of a scalar: nothing (all bits zero), or bytes of a pool.
struct MapEntry {
    enum Action: UInt32 {
        case same, mapped
        /// The neighbours matter.
        case irregular
        /// A mark: as `mapped`, if marks before it have no higher rank. Its rank is in the pool before its bytes.
        case ordered
    }

    static let same: UInt32 = 0
    static let irregular = Action.irregular.rawValue
    /// Longer strings and later ones are left to those who look them up.
    private static let lengthLimit = 1 << 8
    private static let offsetLimit = 1 << 21

    let raw: UInt32

    init(raw: UInt32) { self.raw = raw }

    /// An entry for a part of a pool; irregular where it does not fit.
    init(_ action: Action, _ part: Range<Int>, endsInMark: Bool = false) {
        let fits = part.count < Self.lengthLimit && part.lowerBound < Self.offsetLimit
        let flag: UInt32 = endsInMark ? 4 : 0
        raw = fits ? action.rawValue | flag | UInt32(part.count) << 3 | UInt32(part.lowerBound) << 11 : Self.irregular
    }

    var action: Action { Action(rawValue: raw & 3) ?? .irregular }
    /// Whether a mark after it may have to go before the end of its form.
    var endsInMark: Bool { raw & 4 != 0 }
    var part: Range<Int> { Int(raw >> 11)..<Int(raw >> 11) + Int(raw >> 3 & 0xFF) }
}

/// Entries for all scalars; pages without any are stored once.
struct ScalarMap: Sendable {
    private(set) var pages = [UInt16](repeating: 0, count: ScalarProperties.limit >> ScalarProperties.pageBits)
    private(set) var entries = [UInt32](repeating: 0, count: ScalarProperties.pageSize)
    /// What `mapped` and `ordered` entries become.
    private(set) var pool: [UInt8] = []
    /// For each byte what it becomes, itself or another of ASCII; 0x80 where it is not ASCII, or becomes more or less.
    private(set) var ascii = [UInt8](repeating: 0x80, count: 256)
    /// For each byte whether it is ASCII and becomes itself.
    private(set) var isSame = [Bool](repeating: false, count: 256)
    /// Whether an ASCII byte becomes another.
    private(set) var changesASCII = false

    private mutating func set(_ scalar: UInt32, _ raw: UInt32) {
        let page = Int(scalar >> UInt32(ScalarProperties.pageBits))
        if pages[page] == 0 {
            pages[page] = UInt16(entries.count >> ScalarProperties.pageBits)
            entries.append(contentsOf: repeatElement(MapEntry.same, count: ScalarProperties.pageSize))
        }
        entries[Self.place(pages[page], scalar)] = raw
    }

    @inline(__always)
    private static func place(_ page: UInt16, _ scalar: UInt32) -> Int {
        Int(page) << ScalarProperties.pageBits | Int(scalar) & (ScalarProperties.pageSize - 1)
    }

    /// The entry of a scalar below `ScalarProperties.limit`.
    @inline(__always)
    func entry(_ scalar: UInt32) -> UInt32 {
        entries[Self.place(pages[Int(scalar >> UInt32(ScalarProperties.pageBits))], scalar)]
    }

    private mutating func finish() {
        for byte in 0..<128 {
            let entry = MapEntry(raw: entry(UInt32(byte)))
            if entry.action == .same { ascii[byte] = UInt8(byte) }
            if entry.action == .mapped, entry.part.count == 1 { ascii[byte] = pool[entry.part.lowerBound] }
            isSame[byte] = ascii[byte] == UInt8(byte)
            if ascii[byte] < 0x80, !isSame[byte] { changesASCII = true }
        }
    }

    // MARK: - Without a charsmap

    private static let made = Mutex<[[PlainStep]: ScalarMap]>([:])

    /// The map of steps one after another, of which only the first may be a form; made once a process.
    static func shared(_ steps: [PlainStep]) -> ScalarMap {
        made.withLock { made in
            if let map = made[steps] { return map }
            let map = ScalarMap(steps)
            made[steps] = map
            return map
        }
    }

    private init(_ steps: [PlainStep]) {
        let properties = ScalarProperties.shared
        let form = steps.first?.form
        for (page, flags) in properties.uniformPages.enumerated() where flags == nil {
            let first = UInt32(page << ScalarProperties.pageBits)
            for scalar in first..<first + UInt32(ScalarProperties.pageSize) {
                let isHangul = scalar &- ScalarProperties.hangulBase < ScalarProperties.hangulCount
                // Syllables are in composed form already, and have no case.
                if isHangul, form?.composes ?? true { continue }
                if properties.flags(scalar).contains(.mapped) { add(scalar, steps) }
            }
        }
        if steps.contains(.stripAccents) {
            for range in ScalarRanges.marks.ranges { for scalar in range { add(scalar, steps) } }
        }
        if let form, form.composes { for scalar in FormTables.shared.seconds.sorted() { add(scalar, steps) } }
        if let form, form.isCompatible { for scalar in FormTables.shared.compatibilitySources { add(scalar, steps) } }
        finish()
    }

    private mutating func add(_ scalar: UInt32, _ steps: [PlainStep]) {
        guard entry(scalar) == MapEntry.same else { return }
        var scalars = [scalar]
        var rank: UInt8?
        var endsInMark = false
        for (index, step) in steps.enumerated() {
            if let form = step.form {
                // The order of marks is nothing to those who remove them: all that have a rank are among `marks`.
                let isOrderless = !form.composes && index + 1 < steps.count && steps[index + 1] == .stripAccents
                switch form.neighbours(scalar) {
                case .matter: if !isOrderless { return set(scalar, MapEntry.irregular) }
                case .ordered(let own): if !isOrderless { rank = own }
                case .ignored: break
                }
                scalars = form.scalars(scalar)
                endsInMark = !isOrderless && ScalarProperties.shared.rank(scalars.last ?? 0) != 0
            } else if step == .lowercase {
                var lower: [UInt32] = []
                for scalar in scalars { ScalarProperties.shared.lower(scalar) { lower.append($0) } }
                scalars = lower
            } else {
                scalars.removeAll { ScalarRanges.marks.contains($0) }
            }
        }
        guard rank != nil || scalars != [scalar] else { return }
        if let rank { pool.append(rank) }
        let start = pool.count
        for scalar in scalars { encodeScalar(scalar) { pool.append($0) } }
        set(scalar, MapEntry(rank == nil ? .mapped : .ordered, start..<pool.count, endsInMark: endsInMark).raw)
    }

    // MARK: - With a charsmap

    /// Scalars that join the one before or after them into a cluster are irregular, and so is the carriage return.
    private static let clusters = ScalarMap(joining: GraphemeClusters.shared)

    private init(joining clusters: GraphemeClusters) {
        set(0x0D, MapEntry.irregular)
        for range in clusters.joining { for scalar in range { set(scalar, MapEntry.irregular) } }
    }

    /// The map of a charsmap; its pool is the charsmap's bytes.
    init(_ charsmap: Charsmap) {
        self = Self.clusters
        pool = charsmap.bytes
        // The first bytes of scalars of each length, the bits in them, and the least scalar: longer ways to write one
        // that has a shorter are not UTF-8.
        let leads: [(bytes: ClosedRange<UInt8>, mask: UInt8, least: UInt32)] = [
            (0x01...0x7F, 0x7F, 0), (0xC2...0xDF, 0x1F, 0x80), (0xE0...0xEF, 0x0F, 0x800), (0xF0...0xF4, 0x07, 0x10000),
        ]
        for (more, lead) in leads.enumerated() {
            for byte in lead.bytes {
                add(charsmap, charsmap.root, byte, UInt32(byte & lead.mask), more: more, least: lead.least)
            }
        }
        finish()
    }

    /// Follows the keys by one byte; `bits` are those of the scalar so far, of which `more` bytes are missing.
    private mutating func add(
        _ charsmap: Charsmap, _ node: Charsmap.Node, _ byte: UInt8, _ bits: UInt32, more: Int, least: UInt32
    ) {
        guard let next = charsmap.next(node, byte) else { return }
        if let value = next.value {
            // A key that ends within a scalar counts for all that begin with it.
            let first = max(bits << UInt32(6 * more), least)
            let end = min((bits + 1) << UInt32(6 * more), UInt32(ScalarProperties.limit))
            guard first < end, let string = charsmap.string(at: value) else { return }
            for scalar in first..<end where entry(scalar) != MapEntry.irregular {
                set(scalar, MapEntry(.mapped, string).raw)
            }
        } else if more > 0 {
            for byte in UInt8(0x80)...0xBF {
                add(charsmap, next, byte, bits << 6 | UInt32(byte & 0x3F), more: more - 1, least: least)
            }
        }
    }
}
