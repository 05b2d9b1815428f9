// Where parameters lie in the flat array.

import AdzeModels
import AdzeTensors
import AdzeTraining
import Testing

@Suite struct ParameterLayoutTests {
    @Test func parametersBeginOnCacheLinesAndKeepTheirOrder() {
        let layout = ParameterLayout([
            Parameter(name: "a", shape: Shape(3, 5), part: .head, role: .weight),
            Parameter(name: "b", shape: Shape(16), part: .head, role: .bias),
            Parameter(name: "c", shape: Shape(1), part: .head, role: .bias),
        ])
        #expect(layout.entries.map(\.range) == [0..<15, 16..<32, 32..<33])
        #expect(layout.count == 48)
        #expect(layout.entry("b")?.range == 16..<32)
        #expect(layout.entry("d") == nil)
    }
}
