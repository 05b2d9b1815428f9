// Inputs of many requests, run together whenever the processor is free: a queue a model, one thread that empties them all
// in turns. Not here: what inputs mean. Nothing is held back to fill a batch: what waits when the last pass ends is the next.

internal import Adze
internal import AdzeBytes
internal import AdzeModels
internal import AdzeThreads
internal import Dispatch
internal import Synchronization

/// What bounds the queues.
public struct BatchLimits: Sendable {
    /// The most tokens of one pass; an input of more travels alone.
    public var batchTokens = 4096
    /// The most requests of a model that wait.
    public var waitingRequests = 512
    /// The most tokens of a model that wait.
    public var waitingTokens = 1 << 20
    /// How long a request may take until its last pass begins.
    public var wait: Duration = .seconds(30)

    /// The defaults.
    public init() {}
}

/// Queues of inputs and the thread that runs them.
///
/// A job of more tokens than a pass has goes in slices, and stands behind the others after each: a long text keeps nobody
/// waiting for more than a pass. Thread-safe. A job that is cancelled, or whose deadline passes, ends at once; what a pass
/// still computes of it is dropped.
final class Batcher: Sendable {
    /// What became of a job.
    struct Outcome: Sendable {
        let outputs: [[Float]]
        let waited: Duration
        let ran: Duration
    }

    private let shared = Shared()
    let limits: BatchLimits

    /// Starts the thread; nil where the system has none to give.
    init?(_ limits: BatchLimits, metrics: ServerMetrics) {
        self.limits = limits
        let hasStarted = startThread { [shared] in
            while let pass = shared.next(limits) { shared.run(pass, metrics) }
        }
        guard hasStarted else { return nil }
    }

    deinit { stop() }

    /// Ends the thread after its pass; what is not done is refused.
    func stop() { shared.stop() }

    /// Runs inputs of a model with whatever else waits, and hands back their outputs in order.
    ///
    /// Throws `ServingError.overloaded` at once where there is no room, `tooLarge` where there never is, `late`, and
    /// `CancellationError`.
    func run(_ inputs: [TokenSequence], of model: ServedModel) async throws -> Outcome {
        let tokens = inputs.reduce(0) { $0 + $1.ids.count }
        guard tokens <= limits.waitingTokens else {
            throw ServingError.tooLarge(
                "the request has \(tokens) tokens; at most \(limits.waitingTokens) are taken at once")
        }
        let number = shared.newNumber()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { done in
                shared.add(Job(model: model, inputs: inputs, tokens: tokens, done: done), number, limits)
                // A cancellation before found no job to withdraw.
                if Task.isCancelled { shared.withdraw(number, CancellationError()) }
            }
        } onCancel: {
            shared.withdraw(number, CancellationError())
        }
    }
}

/// Inputs that belong together, and how far they are.
private struct Job {
    let model: ServedModel
    let inputs: [TokenSequence]
    /// Tokens of the inputs that no pass has taken yet.
    var tokens: Int
    let done: CheckedContinuation<Batcher.Outcome, any Error>
    let since = ContinuousClock.now
    var taken = 0
    var outputs: [[Float]] = []
    var waited: Duration?
    var ran: Duration = .zero
}

/// A part of a job in a pass.
private struct Slice {
    let number: Int
    let inputs: ArraySlice<TokenSequence>
    let tokens: Int
}

private struct Pass {
    let model: ServedModel
    let slices: [Slice]
}

/// What the thread shares with those who ask, and may outlive the batcher with.
private final class Shared: Sendable {
    struct Queue {
        let model: ServedModel
        /// Numbers of jobs, the first the next.
        var order: [Int] = []
        var tokens = 0
    }

    struct State {
        var jobs: [Int: Job] = [:]
        /// The first is served next.
        var queues: [Queue] = []
        var lastNumber = 0
        var isStopped = false
    }

    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)

    func newNumber() -> Int {
        state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
    }

    func stop() {
        let left = state.withLock { state in
            state.isStopped = true
            defer { (state.jobs, state.queues) = ([:], []) }
            return Array(state.jobs.values)
        }
        for job in left { job.done.resume(throwing: ServingError.notReady("the server is ending")) }
        work.signal()
    }

    func add(_ job: Job, _ number: Int, _ limits: BatchLimits) {
        let refusal: ServingError? = state.withLock { state in
            if state.isStopped { return .notReady("the server is ending") }
            let place = state.queues.firstIndex { $0.model === job.model } ?? state.queues.count
            if place == state.queues.count { state.queues.append(Queue(model: job.model)) }
            let queue = state.queues[place]
            guard queue.order.count < limits.waitingRequests, queue.tokens + job.tokens <= limits.waitingTokens
            else { return .overloaded(retryAfter: 1) }
            state.jobs[number] = job
            state.queues[place].order.append(number)
            state.queues[place].tokens += job.tokens
            return nil
        }
        if let refusal { job.done.resume(throwing: refusal) } else { work.signal() }
    }

    /// Ends a job that is not done.
    func withdraw(_ number: Int, _ reason: any Error) {
        let job: Job? = state.withLock { state in
            guard let job = state.jobs[number] else { return nil }
            state.jobs[number] = nil
            if let place = state.queues.firstIndex(where: { $0.model === job.model }) {
                state.queues[place].order.removeAll { $0 == number }
                state.queues[place].tokens -= job.tokens
            }
            return job
        }
        job?.done.resume(throwing: reason)
    }

    /// The next pass, waiting for one; nil when all is stopped.
    ///
    /// Jobs wait only while a pass runs, so that here is where those are found that have waited for too long.
    func next(_ limits: BatchLimits) -> Pass? {
        while true {
            work.wait()
            let (isStopped, late, pass) = state.withLock { state in
                let late = state.takeLate(since: .now - limits.wait)
                return (state.isStopped, late, state.takePass(limits.batchTokens))
            }
            for job in late {
                job.done.resume(throwing: ServingError.late(milliseconds: Int(limits.wait.inSeconds * 1000)))
            }
            if isStopped { return nil }
            // A signal whose job went with an earlier pass, or was withdrawn, finds nothing.
            if let pass { return pass }
        }
    }

    /// Runs a pass; where it fails, each slice alone, so that one request's fault is not another's.
    func run(_ pass: Pass, _ metrics: ServerMetrics) {
        let start = ContinuousClock.now
        do {
            let outputs = try pass.model.stepped.run(pass.slices.flatMap(\.inputs))
            let took = ContinuousClock.now - start
            metrics.ran(
                pass.model.name, tokens: pass.slices.reduce(0) { $0 + $1.tokens }, requests: pass.slices.count, took)
            deliver(outputs, pass.slices, start, took)
        } catch {
            guard pass.slices.count > 1 else {
                return withdraw(pass.slices[0].number, ServingError.failed("\(error)"))
            }
            for slice in pass.slices { run(Pass(model: pass.model, slices: [slice]), metrics) }
        }
    }

    private func deliver(
        _ outputs: [[Float]], _ slices: [Slice], _ start: ContinuousClock.Instant, _ took: Duration
    ) {
        var rest = outputs[...]
        let finished = state.withLock { state in
            slices.compactMap { slice -> Job? in
                let own = rest.prefix(slice.inputs.count)
                rest = rest.dropFirst(slice.inputs.count)
                guard var job = state.jobs[slice.number] else { return nil }
                job.outputs += own
                job.waited = job.waited ?? start - job.since
                job.ran += took
                let isDone = job.outputs.count == job.inputs.count
                state.jobs[slice.number] = isDone ? nil : job
                return isDone ? job : nil
            }
        }
        for job in finished {
            job.done.resume(
                returning: Batcher.Outcome(outputs: job.outputs, waited: job.waited ?? .zero, ran: job.ran))
        }
        // A job that has more to run has given its signal away.
        work.signal()
    }
}

extension Shared.State {
    /// Takes the jobs away that have waited since then and would wait for another pass.
    fileprivate mutating func takeLate(since limit: ContinuousClock.Instant) -> [Job] {
        var late: [Job] = []
        for place in queues.indices {
            // In the order in which they came, but for those behind a slice of theirs.
            for number in queues[place].order {
                guard let job = jobs[number], job.since < limit else { continue }
                jobs[number] = nil
                queues[place].order.removeAll { $0 == number }
                queues[place].tokens -= job.tokens
                late.append(job)
            }
        }
        return late
    }

    /// Slices for one pass, of the model whose turn it is; nil where nothing waits.
    fileprivate mutating func takePass(_ budget: Int) -> Pass? {
        queues.removeAll { $0.order.isEmpty }
        guard !queues.isEmpty else { return nil }
        // Behind all others afterwards: whatever comes and goes, each that waits has its turn.
        var queue = queues.removeFirst()
        var (slices, sum, begun) = ([Slice](), 0, [Int]())
        while let number = queue.order.first, var job = jobs[number] {
            var (end, tokens) = (job.taken, 0)
            while end < job.inputs.count, sum + tokens == 0 || sum + tokens + job.inputs[end].ids.count <= budget {
                tokens += job.inputs[end].ids.count
                end += 1
            }
            if end == job.taken { break }
            slices.append(Slice(number: number, inputs: job.inputs[job.taken..<end], tokens: tokens))
            (job.taken, job.tokens) = (end, job.tokens - tokens)
            jobs[number] = job
            queue.order.removeFirst()
            queue.tokens -= tokens
            sum += tokens
            if end < job.inputs.count { begun.append(number) }
        }
        queue.order += begun
        if !queue.order.isEmpty { queues.append(queue) }
        return Pass(model: queue.model, slices: slices)
    }
}
