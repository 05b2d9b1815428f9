// Lists and lines keep to a length that a person reads.

import AdzeBytes
import Testing

@Suite struct ListingTests {
    @Test func listsNameTheFirstAndCountTheRest() {
        #expect(quotedList([String]()) == "nothing")
        #expect(quotedList(["a", "b\n"]) == "'a', 'b\\u{a}'")
        #expect(quotedList((0..<100).map(String.init), limit: 2) == "'0', '1' and 98 more")
    }

    @Test func longLinesKeepTheirStartAndTheirEnd() {
        #expect(clipped("short") == "short")
        let long = "path: " + String(repeating: "é", count: 100_000) + "; do this"
        let line = clipped(long)
        #expect(line.unicodeScalars.count == lineLimit && line.hasPrefix("path: é") && line.hasSuffix("é; do this"))
        #expect(clipped(String(repeating: "é", count: lineLimit)).unicodeScalars.count == lineLimit)
    }

    /// A hint is looked for as long as it is worth: ten thousand names of 250 letters took seconds.
    @Test func nearestNamesAreLookedForWithinABudget() {
        let names = (0..<10_000).map { String(repeating: "x", count: 240) + "\($0)" }
        #expect(nearestName(to: String(repeating: "x", count: 240) + "5", in: names) != nil)
        #expect(nearestName(to: "weigth", in: (0..<1000).map { "w\($0)" } + ["weight"]) == "weight")
    }
}
