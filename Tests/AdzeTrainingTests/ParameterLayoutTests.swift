// Where parameters lie in the flat array.

import AdzeTensors
import AdzeTraining
import Testing

@Suite struct ParameterLayoutTests {
    @Test func parametersBeginOnCacheLinesAndKeepTheirOrder() {
        let layout = ParameterLayout([
            (name: "a", shape: Shape(3, 5)), (name: "b", shape: Shape(16)), (name: "c", shape: Shape(1)),
        ])
        #expect(layout.entries.map(\.range) == [0..<15, 16..<32, 32..<33])
        #expect(layout.count == 48)
        #expect(layout.entry("b")?.range == 16..<32)
        #expect(layout.entry("d") == nil)
    }
}
