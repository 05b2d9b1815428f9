// When a page's figures were made, how long that took, and by which version. The caller gives them: a page reads no
// clock, so that the same facts give the same page.

/// What a page says of its making.
public struct PageFacts: Sendable, Equatable {
    var date: String?
    var duration: String?
    var version: String?

    /// Facts that are not known are left out.
    /// - Parameters:
    ///   - date: the time in UTC, as `2026-11-27T02:54:00Z`.
    ///   - seconds: how long the work took.
    ///   - version: of Adze.
    public init(date: String? = nil, seconds: Double? = nil, version: String? = nil) {
        self.date = date.map(PageFacts.readable)
        duration = seconds.map { "took " + PageFacts.duration($0) }
        self.version = version
    }

    /// The facts in one line.
    var line: String {
        [date, duration, version.map { "Adze " + PageFacts.short($0) }].compactMap(\.self).joined(separator: ", ")
    }

    /// `2026-11-27T02:54:00Z` as `2026-11-27 02:54 UTC`; anything else in short, as it is.
    static func readable(_ time: String) -> String {
        let pattern = "0000-00-00T00:00:00Z"
        let fits =
            time.utf8.count == pattern.utf8.count
            && zip(time.utf8, pattern.utf8).allSatisfy { found, expected in
                expected == UInt8(ascii: "0") ? (0x30...0x39).contains(found) : found == expected
            }
        return fits ? "\(time.prefix(10)) \(time.dropFirst(11).prefix(5)) UTC" : short(time)
    }

    /// Seconds as `0.8 s`, `2 min 5 s` or `3 h 20 min`.
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return Figure.short(seconds) + " s" }
        if seconds < 9.95 { return Figure.fixed(seconds, 1) + " s" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    private static func short(_ text: String) -> String { text.count > 40 ? String(text.prefix(40)) + "…" : text }
}
