// What a written label means: names, positions, the usual other names, and what is refused.

import AdzeData
import Testing

@Suite struct LabelTests {
    func table(_ names: String...) throws -> LabelTable { try LabelTable(names) }

    @Test func aNameIsItself() throws {
        let table = try table("ham", "spam", "é")
        #expect(table.index(of: "spam") == 1 && table.index(of: "é") == 2 && table.count == 3)
        #expect(table.index(of: "Spam") == nil && table.index(of: " spam") == nil && table.index(of: "") == nil)
    }

    @Test func wholeNumbersArePositions() throws {
        let table = try table("ham", "spam")
        #expect(table.index(of: "0") == 0 && table.index(of: "1") == 1 && table.index(of: "LABEL_1") == 1)
        for label in [
            "2", "-1", "01", "+1", "1.0", " 1", "LABEL_2", "LABEL_01", "label_1", "LABEL_", "99999999999999999999",
        ] {
            #expect(table.index(of: label) == nil, "\(label)")
        }
        #expect(try self.table("LABEL_0", "LABEL_1").index(of: "1") == 1)
    }

    /// Stars from 1 to 5 are names: read as positions they would all be off by one.
    @Test func numbersThatAreNamesAreNoPositions() throws {
        let table = try table("1", "2", "3")
        #expect(table.index(of: "1") == 0 && table.index(of: "3") == 2)
        #expect(table.index(of: "0") == nil && table.index(of: "LABEL_1") == nil)
        let stars = try self.table("1 star", "2 stars", "3 stars")
        #expect(stars.index(of: "1") == nil && stars.index(of: "2 stars") == 1)
        #expect(try self.table("reset", "2fa").index(of: "1") == 1)
    }

    @Test func foldersOfReviews() throws {
        #expect(try table("POSITIVE", "NEGATIVE").index(of: "pos") == 0)
        #expect(try table("negative", "neutral", "positive").index(of: "pos") == 2)
        #expect(try table("LABEL_0", "LABEL_1").index(of: "neg") == 0)
        #expect(try table("LABEL_0", "LABEL_1").index(of: "pos") == 1)
        #expect(try table("LABEL_0", "LABEL_1", "LABEL_2").index(of: "pos") == nil)
        #expect(try table("ham", "spam").index(of: "neg") == nil)
        #expect(try table("pos", "positive").index(of: "pos") == 0)
    }

    @Test func theNearestIgnoresCaseFirst() throws {
        let table = try table("card_arrival", "card_linking", "PIN")
        #expect(table.nearest(to: "Card_Linking") == "card_linking" && table.nearest(to: "pin") == "PIN")
        #expect(table.nearest(to: "card_arival") == "card_arrival" && table.nearest(to: "zebra") == nil)
    }

    @Test func twoLabelsOfOneName() {
        #expect(throws: DataError.repeatedLabel("a")) { try LabelTable(["a", "b", "a"]) }
    }
}
