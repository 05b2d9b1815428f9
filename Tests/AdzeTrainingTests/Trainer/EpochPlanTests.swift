// The order of examples, and the cache of hidden states.

import AdzeBytes
import AdzeTestSupport
import Testing

@testable import AdzeTraining

@Suite struct EpochPlanTests {
    func plan(_ lengths: [Int], batch: Int, accumulation: Int = 1, groups: Bool) -> EpochPlan {
        EpochPlan(
            lengths: lengths, seed: 3, batchSize: batch, accumulation: accumulation, epochs: 2, groupsByLength: groups)
    }

    @Test(arguments: [(1, 4, 1), (10, 4, 1), (12, 4, 2), (1000, 8, 3)], [false, true])
    func everyExampleIsSeenOnceAnEpoch(shape: (Int, Int, Int), groups: Bool) {
        let (count, batch, accumulation) = shape
        let lengths = (0..<count).map { $0 * 7 % 50 + 1 }
        let plan = plan(lengths, batch: batch, accumulation: accumulation, groups: groups)
        for epoch in 0..<2 {
            let steps = plan.steps(epoch: epoch)
            #expect(steps.count == plan.stepsPerEpoch && plan.totalSteps == 2 * steps.count)
            #expect(steps.flatMap { $0 }.flatMap { $0 }.sorted() == Array(0..<count))
            #expect(steps.allSatisfy { (1...accumulation).contains($0.count) })
            #expect(steps.flatMap { $0 }.count { $0.count != batch } <= 1)
        }
        if count > 4 { #expect(plan.steps(epoch: 0) != plan.steps(epoch: 1)) }
    }

    @Test func groupedBatchesHoldTextsOfAboutOneLength() {
        var generator = SeededGenerator(seed: 1)
        let lengths = (0..<2000).map { _ in Int.random(in: 5...500, using: &generator) }
        func spread(_ groups: Bool) -> Int {
            plan(lengths, batch: 16, groups: groups).steps(epoch: 0).flatMap { $0 }.reduce(0) { sum, batch in
                let found = batch.map { lengths[$0] }
                return sum + (found.max() ?? 0) - (found.min() ?? 0)
            }
        }
        #expect(spread(true) * 10 < spread(false))
        // Batches stay shuffled: the first are not the longest.
        let firsts = plan(lengths, batch: 16, groups: true).steps(epoch: 0).prefix(5).map { lengths[$0[0][0]] }
        #expect(firsts != firsts.sorted(by: >))
    }

    @Test func aCacheFillsMemoryThenItsFileThenNothing() throws {
        try withTemporaryFolder { (folder) throws -> Void in
            let cache = PrefixCache(
                blocks: 2, room: PrefixRoom(memoryLimit: 100, fileLimit: 90, folder: folder))
            let values = (0..<10).map { index in (0..<10).map { Float(index * 100 + $0) } }
            for index in values.indices { cache.keep(values[index], of: index) }
            #expect(cache.counts == (memory: 2, file: 2))
            #expect((0..<4).allSatisfy { cache.states($0) == values[$0] })
            #expect((4..<10).allSatisfy { cache.states($0) == nil })
            cache.keep([1], of: 3)
            #expect(cache.states(3) == values[3], "what is kept stays")
        }
        let unspilled = PrefixCache(blocks: 1, room: PrefixRoom(memoryLimit: 0, fileLimit: 1000, folder: nil))
        unspilled.keep([1, 2], of: 0)
        #expect(unspilled.states(0) == nil)
    }

    @Test func weightsPutAsideComeBackFromDiskAndFromMemory() throws {
        try withTemporaryFolder { (folder) throws -> Void in
            for (place, isOnDisk) in [(folder, true), (folder + "/none", false), (nil, false)] {
                let kept = KeptWeights(folder: place)
                #expect(kept.isOnDisk == isOnDisk)
                let later = (0..<5000).map { Float($0) * 0.5 }
                [Float](repeating: 7, count: 5000).withUnsafeBufferPointer { kept.keep($0) }
                later.withUnsafeBufferPointer { kept.keep($0) }
                var found = [Float](repeating: 0, count: 5000)
                try found.withUnsafeMutableBufferPointer { try kept.restore(to: $0) }
                #expect(found == later)
            }
        }
    }

    @Test func weightsThatTheDiskHasLostAreAnError() throws {
        try withTemporaryFolder { (folder) throws -> Void in
            let kept = KeptWeights(folder: folder)
            [Float](repeating: 7, count: 10).withUnsafeBufferPointer { kept.keep($0) }
            var room = [Float](repeating: 0, count: 11)
            #expect(throws: FileError.self) { try room.withUnsafeMutableBufferPointer { try kept.restore(to: $0) } }
        }
    }
}
