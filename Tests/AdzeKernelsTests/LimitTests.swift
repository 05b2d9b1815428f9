// The loops that measure a processor's limit do all that they say: none of their steps is skipped or shared.

import Testing

@testable import AdzeKernels

@Suite struct LimitTests {
    @Test(arguments: InstructionSet.available, [0, 1, 7, 1000])
    func everyProductIsCounted(set: InstructionSet, steps: Int) {
        let kernels = Kernels(set)
        let int8 = kernels.runInt8Limit(steps: steps), float = kernels.runFloatLimit(steps: steps)
        #expect(int8.done == int8.counted && float.done == float.counted)
        #expect((int8.done > 0) == (steps > 0) && (float.done > 0) == (steps > 0))
    }
}
