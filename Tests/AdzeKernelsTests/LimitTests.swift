// The loops that measure a processor's limit do all that they say: none of their steps is skipped or shared.

import Testing

@testable import AdzeKernels

@Suite struct LimitTests {
    @Test(arguments: InstructionSet.available, [0, 1, 7, 1000])
    func everyProductIsCounted(set: InstructionSet, steps: Int) {
        for limit in Kernels(set).limits {
            let (done, counted) = limit.run(steps: steps)
            #expect(done == counted && (done > 0) == (steps > 0), "\(limit.instructions)")
        }
    }

    @Test(arguments: InstructionSet.available)
    func theProductsOwnStepsStandFirstAndLast(set: InstructionSet) throws {
        let limits = Kernels(set).limits
        let (first, last) = (try #require(limits.first), try #require(limits.last))
        #expect(first.isInt8 && first.isUsed && !last.isInt8 && last.isUsed)
        #expect(limits.count { !$0.isInt8 } == 1 && Set(limits.map(\.instructions)).count == limits.count)
    }
}
