// The name that was meant by one that is not there.

import AdzeBytes
import Testing

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("lable", "label"), ("lbel", "label"), ("labels", "label"), ("texr", "text"), ("txet", "text"),
        ("setnence", "sentence"),
    ])
    func oneSlipIsForgiven(typed: String, meant: String) {
        #expect(nearestName(to: typed, in: ["text", "label", "sentence"]) == meant)
    }

    @Test func whatIsFarFromAllIsNotMeant() {
        #expect(nearestName(to: "category", in: ["text", "label", "sentence"]) == nil)
        #expect(nearestName(to: "x", in: []) == nil)
        #expect(nearestName(to: "", in: ["a"]) == nil)
    }

    @Test func tiesGoToTheFirst() {
        #expect(nearestName(to: "caat", in: ["cart", "cast"]) == "cart")
    }
}
