// Elements made by a thread of their own while their user works on earlier ones, in bounded memory and in order. Not
// here: what is done with them.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A source that is read ahead of its user, and handed out in windows.
///
/// The windows of a source that never waits depend on its elements alone, not on the speed of either side: each has
/// `Limits.count` elements, or fewer where `Limits.cost` is reached before. A source that says it must wait (a pipe, a
/// person) has what it gave so far handed out at once. At most two windows are in memory: one with the user, one here.
///
/// Thread-safe: of several users each gets windows of its own, and at the end all are told. A reader that is let go stops its source before the next element; one that waits for an input which
/// never comes keeps its thread until the process ends.
public final class ReadAhead<Element: Sendable>: Sendable {
    /// Where a window ends.
    public struct Limits: Sendable {
        /// The most elements.
        public var count: Int
        /// The cost at which a window is full; its last element may lie beyond.
        public var cost: Int

        /// Both must be above 0.
        public init(count: Int, cost: Int = .max) {
            precondition(count > 0 && cost > 0, "a window has room for an element")
            self.count = count
            self.cost = cost
        }

        /// For texts that a model reads, their cost in bytes: enough to keep every thread busy with batches of like
        /// lengths, few enough to answer long texts soon and in little memory.
        public static var texts: Limits { Limits(count: 1024, cost: 256 << 10) }
    }

    /// What a source is told about its reader.
    public struct Waiting: Sendable {
        fileprivate let queue: WindowQueue<Element>

        /// Says that the next element may be long in coming, so that the user gets those before it now.
        public func begin() { queue.wait() }
    }

    private let queue: WindowQueue<Element>

    /// Starts a thread that calls `next` until it gives nil or throws; nil where the system has no thread to give.
    ///
    /// `makeNext` runs on the new thread. Each element has a cost, in whatever unit `limits` are.
    public init?(
        _ limits: Limits, cost: @escaping @Sendable (Element) -> Int = { _ in 0 },
        source makeNext: sending @escaping (Waiting) throws -> (() throws -> Element?)
    ) {
        let queue = WindowQueue<Element>(limits)
        self.queue = queue
        // Sendable in effect: this thread lets go of the closure, the new one alone calls it.
        nonisolated(unsafe) let makeNext = makeNext
        let hasStarted = startThread {
            do {
                let next = try unsafe makeNext(Waiting(queue: queue))
                while let element = try next(), queue.put(element, cost: cost(element)) {}
                queue.end(nil)
            } catch {
                queue.end(error)
            }
        }
        guard hasStarted else { return nil }
    }

    deinit { queue.stop() }

    /// The next window, waiting for it; nil at the end. An error of the source comes after all elements before it, and
    /// again at each later call.
    public func next() throws -> [Element]? { try queue.take() }
}

/// The queue between the two threads.
@safe private final class WindowQueue<Element: Sendable>: @unchecked Sendable {
    // @safe: mutex and condition are made once, stay where they are, and go with it.
    // @unchecked: every variable is touched under `lock` alone.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let limits: ReadAhead<Element>.Limits
    private var elements: [Element] = []
    private var cost = 0
    private var isWaiting = false
    private var isAtEnd = false
    private var isStopped = false
    private var failure: (any Error)?

    init(_ limits: ReadAhead<Element>.Limits) {
        self.limits = limits
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_cond_init(changed, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(lock)
        unsafe changed.deallocate()
        unsafe lock.deallocate()
    }

    private var isFull: Bool { elements.count >= limits.count || cost >= limits.cost }

    /// Appends an element, waiting while the window is full; false when no more are wanted.
    func put(_ element: Element, cost elementCost: Int) -> Bool {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        isWaiting = false
        while isFull, !isStopped { unsafe pthread_cond_wait(changed, lock) }
        if isStopped { return false }
        elements.append(element)
        let (sum, overflow) = cost.addingReportingOverflow(elementCost)
        cost = overflow ? .max : sum
        if isFull { unsafe pthread_cond_broadcast(changed) }
        return true
    }

    func wait() { change { isWaiting = true } }

    func end(_ error: (any Error)?) { change { (isAtEnd, failure) = (true, error) } }

    func stop() { change { (isStopped, elements) = (true, []) } }

    func take() throws -> [Element]? {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while !isFull, !isAtEnd, !(isWaiting && !elements.isEmpty) { unsafe pthread_cond_wait(changed, lock) }
        if elements.isEmpty {
            if let failure { throw failure }
            return nil
        }
        let window = elements
        (elements, cost) = ([], 0)
        elements.reserveCapacity(window.count)
        unsafe pthread_cond_broadcast(changed)
        return window
    }

    private func change(_ body: () -> Void) {
        unsafe pthread_mutex_lock(lock)
        body()
        // To all: the source may wait for room, and any number of users for a window.
        unsafe pthread_cond_broadcast(changed)
        unsafe pthread_mutex_unlock(lock)
    }
}
