// The pool runs every piece once, reports the first failure, and ends its threads.

import AdzeThreads
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
    @Test(arguments: [1, 2, 5])
    func everyIndexOnce(threads: Int) {
        let pool = WorkerPool(threadCount: threads)
        for count in [0, 1, 2, 3, 1000] {
            let seen = Mutex([Int](repeating: 0, count: count))
            pool.forEach(count) { index in seen.withLock { $0[index] += 1 } }
            #expect(seen.withLock { $0 } == [Int](repeating: 1, count: count))
        }
    }

    @Test func lowestFailureIsThrown() {
        struct Failure: Error, Equatable { let index: Int }
        let pool = WorkerPool(threadCount: 3)
        for _ in 0..<50 {
            #expect(throws: Failure(index: 3)) {
                try pool.forEachThrowing(100) { if $0 >= 3 { throw Failure(index: $0) } }
            }
        }
    }

    @Test(arguments: [1, 2, 5])
    func mapKeepsOrderAndThrowsTheLowestFailure(threads: Int) throws {
        struct Failure: Error, Equatable { let index: Int }
        let pool = WorkerPool(threadCount: threads)
        for count in [0, 1, 2, 100] {
            #expect(try pool.map(count) { "\($0)" } == (0..<count).map { "\($0)" })
        }
        #expect(throws: Failure(index: 7)) {
            _ = try pool.map(50) { index -> [Int] in
                if index >= 7 { throw Failure(index: index) }
                return [index]
            }
        }
    }

    @Test func manySmallJobsFromManyCallers() async {
        let pool = WorkerPool(threadCount: 4)
        let sum = Total()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 { pool.forEach(4) { sum.add($0) } }
                }
            }
        }
        #expect(sum.value == 8 * 500 * 6)
    }
}

private final class Total: Sendable {
    private let atomic = Atomic<Int>(0)
    var value: Int { atomic.load(ordering: .relaxed) }
    func add(_ amount: Int) { atomic.add(amount, ordering: .relaxed) }
}
