// Laws of the map from old ids to new ones.

import AdzeBytes
import Testing

@Suite struct VocabularyMapTests {
    @Test func idsCloseUpInTheirOrder() {
        let map = VocabularyMap(keeping: [7, 2, 3, 2, 9], of: 11)
        #expect(map.kept == [2, 3, 7, 9] && map.count == 4 && map.oldCount == 11 && !map.keepsAll)
        #expect((0..<11).map { map[$0] } == [nil, nil, 0, 1, nil, nil, nil, 2, nil, 3, nil])
        #expect(map.dropped == [0, 1, 4, 5, 6, 8, 10])
        #expect(map.runs == [2..<4, 7..<8, 9..<10])
    }

    @Test func whatWasNoIdBecomesNone() {
        let map = VocabularyMap(keeping: 0..<3, of: 3)
        #expect(map.keepsAll && map[-1] == nil && map[3] == nil && map[.max] == nil && map.runs == [0..<3])
    }

    @Test func nothingIsAMapToo() {
        let map = VocabularyMap(keeping: [], of: 0)
        #expect(map.count == 0 && map.keepsAll && map.runs.isEmpty)
    }
}
