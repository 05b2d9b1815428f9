// The threads that models run on, for a process that holds several. Not here: how a job is cut into pieces.

internal import AdzeThreads

/// Threads that any number of models may run on.
///
/// A model that is opened with `threads:` has threads of its own. A process with several models, such as a server, makes
/// one pool and opens each model on it: there are then never more threads than processors, and passes of different
/// models take turns. What a model answers depends neither on the pool nor on its company. Thread-safe.
public struct ThreadPool: Sendable {
    let workers: WorkerPool

    /// How many threads take part in a pass, the caller's among them.
    public var threadCount: Int { workers.threadCount }

    /// A pool of `threads` threads; nil takes every processor that the process may use, and less than 1 counts as 1.
    public init(threads: Int? = nil) {
        self.init(workers: WorkerPool(threads: threads.map { max(1, $0) }))
    }

    init(workers: WorkerPool) { self.workers = workers }
}
