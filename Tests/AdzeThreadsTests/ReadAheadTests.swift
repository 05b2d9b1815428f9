// Reading ahead keeps order, holds two windows at most, ends windows by their content alone, and never keeps an answer
// waiting for an input that pauses.

import AdzeThreads
import Foundation
import Synchronization
import Testing

@Suite struct ReadAheadTests {
    /// All windows of the numbers below `count`.
    private func windows(
        of count: Int, _ limits: ReadAhead<Int>.Limits, cost: @escaping @Sendable (Int) -> Int = { _ in 0 },
        before: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws -> [[Int]] {
        let reader = try #require(
            ReadAhead(limits, cost: cost) { _ in
                var next = 0
                return {
                    guard next < count else { return nil }
                    before(next)
                    defer { next += 1 }
                    return next
                }
            })
        var found: [[Int]] = []
        while let window = try reader.next() { found.append(window) }
        #expect(try reader.next() == nil)
        return found
    }

    @Test(arguments: [0, 1, 7, 8, 1000])
    func everyElementOnceAndInOrder(count: Int) throws {
        let found = try windows(of: count, .init(count: 8))
        #expect(found.flatMap(\.self) == Array(0..<count))
        #expect(found.allSatisfy { $0.count <= 8 })
    }

    @Test func windowsDependOnTheElementsAlone() throws {
        let expected = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]
        #expect(try windows(of: 10, .init(count: 3)) == expected)
        #expect(try windows(of: 10, .init(count: 3), before: { if $0 % 2 == 0 { usleep(500) } }) == expected)
    }

    @Test func costEndsAWindow() throws {
        #expect(try windows(of: 6, .init(count: 4, cost: 5), cost: { $0 }) == [[0, 1, 2, 3], [4, 5]])
        #expect(try windows(of: 3, .init(count: 4, cost: 5), cost: { _ in .max }) == [[0], [1], [2]])
    }

    @Test func aPauseHandsOutWhatIsThere() throws {
        let answered = DispatchSemaphore(value: 0)
        let reader = try #require(
            ReadAhead<Int>(.init(count: 100)) { waiting in
                var next = 0
                return {
                    if next == 2 || next == 3 {
                        waiting.begin()
                        answered.wait()
                    }
                    next += 1
                    return next <= 4 ? next : nil
                }
            })
        #expect(try reader.next() == [1, 2])
        answered.signal()
        #expect(try reader.next() == [3])
        answered.signal()
        #expect(try reader.next() == [4])
        #expect(try reader.next() == nil)
    }

    @Test func twoWindowsAreInMemoryAtMost() throws {
        let made = Atomic<Int>(0)
        let reader = try #require(
            ReadAhead<Int>(.init(count: 10)) { _ in
                var next = 0
                return {
                    guard next < 500 else { return nil }
                    next += 1
                    made.store(next, ordering: .sequentiallyConsistent)
                    return next
                }
            })
        var taken = 0
        while let window = try reader.next() {
            taken += window.count
            usleep(200)
            // The window here, the one that waits, and the element in the source's hand.
            #expect(made.load(ordering: .sequentiallyConsistent) <= taken + 11)
        }
        #expect(taken == 500)
    }

    /// Each element goes to one of them, and every one is told of the end.
    @Test func severalUsersShareASource() throws {
        for _ in 0..<20 {
            let reader = try #require(
                ReadAhead<Int>(.init(count: 3)) { _ in
                    var next = 0
                    return {
                        next += 1
                        return next <= 1000 ? next : nil
                    }
                })
            let found = Mutex<[Int]>([])
            let users = DispatchGroup()
            for _ in 0..<4 {
                let thread = Thread {
                    while let window = try? reader.next() { found.withLock { $0 += window } }
                    users.leave()
                }
                users.enter()
                thread.start()
            }
            try #require(users.wait(timeout: .now() + 60) == .success)
            #expect(found.withLock { $0.sorted() } == Array(1...1000))
        }
    }

    @Test func aFailureComesAfterWhatWasBeforeIt() throws {
        struct Broken: Error {}
        let reader = try #require(
            ReadAhead<Int>(.init(count: 2)) { _ in
                var next = 0
                return {
                    next += 1
                    if next == 4 { throw Broken() }
                    return next
                }
            })
        #expect(try reader.next() == [1, 2])
        #expect(try reader.next() == [3])
        #expect(throws: Broken.self) { try reader.next() }
        #expect(throws: Broken.self) { try reader.next() }
    }

    @Test func lettingGoStopsTheSource() throws {
        final class Witness: Sendable {
            let gone: DispatchSemaphore
            init(_ gone: DispatchSemaphore) { self.gone = gone }
            deinit { gone.signal() }
        }
        let gone = DispatchSemaphore(value: 0)
        do {
            let reader = try #require(
                ReadAhead<Int>(.init(count: 3)) { _ in
                    let witness = Witness(gone)
                    return { withExtendedLifetime(witness) { 1 } }
                })
            #expect(try reader.next() == [1, 1, 1])
        }
        #expect(gone.wait(timeout: .now() + 60) == .success)
    }
}
