// The dropout kernel against the generator that defines its draws.

import AdzeBytes
import AdzeKernels
import AdzeTraining
import Testing

@Suite struct DropoutKernelTests {
    @Test(arguments: InstructionSet.available)
    func kernelKeepsWhatTheGeneratorKeeps(set: InstructionSet) throws {
        let generator = CounterGenerator(seed: 0xFEDC_BA98_7654_3210)
        for (first, rate) in [(0, Float(0.1)), (3, 0.5), (61, 0.9), ((1 << 34) - 200, 0.25)] {
            let (step, place): (UInt64, UInt32) = ((1 << 32) + 5, 17)
            let draw = try #require(DropoutDraw(seed: generator.seed, step: step, place: place, rate: rate))
            let values = FloatBuffer([Float](repeating: 1, count: 190))
            let view = values.matrix(rows: 1, columns: 190)
            Kernels(set).dropout(draw, view, view, first: first, pitch: 190)
            for (index, value) in values.values(0..<190).enumerated() {
                let keeps = generator.keeps(element: first + index, place: place, step: step, rate: rate)
                #expect((value != 0) == keeps)
            }
        }
    }
}
