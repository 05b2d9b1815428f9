// A fixed set of threads that run the pieces of one job together. Not a task scheduler: one job at a time, the caller
// takes part, and what a piece computes may not depend on which thread runs it.

import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Threads that wait, at no cost, for the next job.
///
/// Thread-safe: jobs from several callers run one after the other.
public final class WorkerPool: Sendable {
    /// How many threads take part in a job, the caller's among them.
    public let threadCount: Int
    private let shared: Shared

    /// A pool of `threadCount` threads, the caller's included; 1 runs everything on the caller.
    public init(threadCount: Int) {
        precondition(threadCount >= 1, "a pool has at least the caller's thread")
        self.threadCount = threadCount
        shared = Shared()
        for worker in 1..<max(threadCount, 1) {
            // Without a thread the others, the caller at least, do its share.
            _ = startThread { [shared] in shared.serve(as: worker) }
        }
    }

    /// A pool of as many threads as a caller asks for; nil takes every processor that the process may use.
    public convenience init(threads: Int?) {
        self.init(threadCount: threads ?? WorkerPool.availableProcessors)
    }

    deinit { shared.stop() }

    /// The number of processors that this process may keep busy: those that it may run on, or fewer where a container's
    /// limit of time is less.
    public static var availableProcessors: Int {
        let allowed = allowedProcessors() ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        return min(allowed, ProcessorQuota.own.processors() ?? allowed)
    }

    /// Runs `body` for every index of `0..<count` and returns when all are done.
    ///
    /// Indices are handed out in order, one at a time, to whichever thread is free. `body` must not call the pool.
    public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        forEachWithWorker(count) { index, _ in body(index) }
    }

    /// Runs `body` for every index, telling it which worker (`0 ..< threadCount`) runs it, for scratch memory.
    ///
    /// No two calls with the same worker run at once.
    public func forEachWithWorker(_ count: Int, _ body: @Sendable (_ index: Int, _ worker: Int) -> Void) {
        if threadCount == 1 {
            shared.alone { for index in 0..<count { body(index, 0) } }
            return
        }
        withoutActuallyEscaping(body) { body in shared.run(count: count, body) }
    }

    /// Runs the pieces of several jobs as one; `counts` says how many each job has.
    package func forEachPiece(_ counts: [Int], _ body: @Sendable (_ job: Int, _ piece: Int, _ worker: Int) -> Void) {
        let list = counts.enumerated().flatMap { job, count in (0..<count).map { (job: job, piece: $0) } }
        forEachWithWorker(list.count) { body(list[$0].job, list[$0].piece, $1) }
    }

    /// The result of `body` for every index, in their order; throws the error of the lowest index that failed.
    public func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Int) throws -> Result) throws -> [Result] {
        if threadCount == 1 || count == 1 { return try (0..<count).map(body) }
        var results = [Result?](repeating: nil, count: count)
        try unsafe results.withUnsafeMutableBufferPointer { buffer in
            // Each element is written by the one thread that runs its index, and read when all are done.
            nonisolated(unsafe) let buffer = unsafe buffer
            try forEachThrowing(count) { unsafe buffer[$0] = try body($0) }
        }
        return results.map { result in
            guard let result else { preconditionFailure("every index ran") }
            return result
        }
    }

    /// Runs `body` for every index and throws the error of the lowest index that failed.
    public func forEachThrowing(_ count: Int, _ body: @Sendable (Int) throws -> Void) throws {
        let first = Mutex<(index: Int, error: any Error)?>(nil)
        forEach(count) { index in
            do {
                try body(index)
            } catch {
                first.withLock { if $0.map({ index < $0.index }) ?? true { $0 = (index, error) } }
            }
        }
        if let failure = first.withLock({ $0 }) { throw failure.error }
    }
}

/// One job: its body and how far it has come.
private final class Job: Sendable {
    let body: @Sendable (Int, Int) -> Void
    let count: Int
    let next = Atomic<Int>(0)

    init(count: Int, _ body: @escaping @Sendable (Int, Int) -> Void) {
        self.count = count
        self.body = body
    }

    func work(as worker: Int) {
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            body(index, worker)
        }
    }
}

/// What the threads share: the current job behind a mutex and two conditions.
@safe private final class Shared: @unchecked Sendable {
    // @safe: mutex and conditions are made once, stay where they are, and go with it.
    // @unchecked: `job` and `stopped` are touched under `lock` alone; the atomics change under it and are watched outside.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let jobPosted = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let jobDone = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let callers = Mutex<Void>(())
    private var job: Job?
    private let generation = Atomic<Int>(0)
    private let active = Atomic<Int>(0)
    private var stopped = false

    init() {
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_cond_init(jobPosted, nil)
        unsafe pthread_cond_init(jobDone, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(jobDone)
        unsafe pthread_cond_destroy(jobPosted)
        unsafe pthread_mutex_destroy(lock)
        unsafe jobDone.deallocate()
        unsafe jobPosted.deallocate()
        unsafe lock.deallocate()
    }

    /// Runs a body that needs no helpers, still one job at a time.
    func alone(_ body: () -> Void) { callers.withLock { _ in body() } }

    func run(count: Int, _ body: @escaping @Sendable (Int, Int) -> Void) {
        callers.withLock { _ in
            let job = Job(count: count, body)
            if count > 1 {
                unsafe pthread_mutex_lock(lock)
                self.job = job
                generation.add(1, ordering: .releasing)
                unsafe pthread_cond_broadcast(jobPosted)
                unsafe pthread_mutex_unlock(lock)
            }
            job.work(as: 0)
            guard count > 1 else { return }
            // The body may not outlive this call: wait until no helper is inside it and none can enter any more.
            unsafe pthread_mutex_lock(lock)
            self.job = nil
            if active.load(ordering: .acquiring) > 0 {
                unsafe pthread_mutex_unlock(lock)
                Shared.spin { active.load(ordering: .acquiring) == 0 }
                unsafe pthread_mutex_lock(lock)
            }
            while active.load(ordering: .acquiring) > 0 { unsafe pthread_cond_wait(jobDone, lock) }
            unsafe pthread_mutex_unlock(lock)
        }
    }

    func serve(as worker: Int) {
        var seen = 0
        unsafe pthread_mutex_lock(lock)
        while true {
            while !stopped && (job == nil || generation.load(ordering: .relaxed) == seen) {
                unsafe pthread_cond_wait(jobPosted, lock)
            }
            if stopped { break }
            var current = job
            seen = generation.load(ordering: .relaxed)
            active.add(1, ordering: .relaxed)
            unsafe pthread_mutex_unlock(lock)
            current?.work(as: worker)
            // Let go of the body before saying so: the caller's closure may not be held once `run` returns.
            current = nil
            unsafe pthread_mutex_lock(lock)
            if active.subtract(1, ordering: .releasing).newValue == 0 { unsafe pthread_cond_signal(jobDone) }
            unsafe pthread_mutex_unlock(lock)
            // The phases of a forward pass follow each other within microseconds; waking a sleeper costs tens of them.
            Shared.spin { [seen] in generation.load(ordering: .acquiring) != seen }
            unsafe pthread_mutex_lock(lock)
        }
        unsafe pthread_mutex_unlock(lock)
    }

    /// Tries for some tens of microseconds.
    private static func spin(until done: () -> Bool) {
        for _ in 0..<20_000 where done() { return }
    }

    func stop() {
        unsafe pthread_mutex_lock(lock)
        stopped = true
        unsafe pthread_cond_broadcast(jobPosted)
        unsafe pthread_mutex_unlock(lock)
    }
}

/// The processors of this thread's affinity mask, from the kernel's own account of it; nil where there is none.
private func allowedProcessors() -> Int? {
    guard let file = unsafe fopen("/proc/self/status", "r") else { return nil }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 4096)
    while unsafe fgets(&line, Int32(line.count), file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard text.hasPrefix("Cpus_allowed:") else { continue }
        let count = text.dropFirst(13).compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
        return count > 0 ? count : nil
    }
    return nil
}
