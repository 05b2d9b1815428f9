// The models of a server: loaded, replaced and unloaded while requests run, all on one pool of threads. Not here: protocols.

public import Adze
internal import AdzeBytes
internal import AdzeThreads
internal import Synchronization

/// A model that a server is asked to have.
public struct ModelRequest: Sendable, Equatable {
    /// The name that clients call it by.
    public let name: String
    /// A `.adze` file, checkpoint file, model folder or `@sentiment`.
    public let path: String

    /// A model by its path, and `NAME=PATH` for one with a name of its own; throws `ServingError.invalid` for no name.
    ///
    /// Without a name it is called as its file is, without the ending.
    public init(_ text: String) throws(ServingError) {
        if let sign = text.firstIndex(of: "="), !text[..<sign].contains("/") {
            try self.init(name: String(text[..<sign]), path: String(text[text.index(after: sign)...]))
        } else {
            let file = splitPath(withoutTrailingSlashes(text)).name
            let dot = file.hasSuffix(".adze") ? file.dropLast(5) : file[...]
            try self.init(name: String(dot), path: text)
        }
    }

    /// A model with a name; throws `ServingError.invalid` for one that no address can hold.
    public init(name: String, path: String) throws(ServingError) {
        guard !name.isEmpty, name.utf8.count <= 200,
            name.unicodeScalars.allSatisfy({ $0.value > 32 && $0 != "/" && $0.value != 127 })
        else {
            throw .invalid(
                "\(quoted(name, limit: 80)): a model's name has no spaces and no slashes; give one as NAME=MODEL")
        }
        guard !path.isEmpty else { throw .invalid("\(quoted(name)): expected NAME=MODEL, found no path") }
        (self.name, self.path) = (name, path)
    }
}

/// The models that are there.
///
/// Thread-safe. A request keeps the model that it began with: one that is replaced or unloaded goes when its last request is
/// answered.
public final class ModelHost: Sendable {
    private struct State {
        var models: [ServedModel] = []
        /// Names in the order in which they first came, where a model that goes and comes back has its place.
        var names: [String] = []
        var isLoading = true
        var isEnding = false
    }

    private let state = Mutex(State())
    private let loading = Mutex(())
    private let pool: ThreadPool
    private let precision: Precision
    private let batcher: Batcher
    /// What is counted.
    public let metrics: ServerMetrics

    /// A host without models; nil where the system has no thread for it.
    public init?(threads: Int? = nil, precision: Precision = .int8, limits: BatchLimits = BatchLimits()) {
        (pool, metrics) = (ThreadPool(threads: threads), ServerMetrics())
        guard let batcher = Batcher(limits, metrics: metrics) else { return nil }
        (self.precision, self.batcher) = (precision, batcher)
    }

    /// The threads that all models share.
    public var threadCount: Int { pool.threadCount }
    /// What bounds the queues.
    public var limits: BatchLimits { batcher.limits }

    /// The models, in the order in which they came.
    public var models: [ServedModel] { state.withLock { $0.models } }

    /// Why requests are not taken now; nil where they are.
    public var unready: ServingError? {
        state.withLock { state in
            if state.isEnding { return .notReady("the server is ending") }
            if state.isLoading { return .notReady("the models are being loaded") }
            return state.models.isEmpty ? .notReady("no model is loaded") : nil
        }
    }

    private var isLoading: Bool { state.withLock { $0.isLoading } }

    /// The model of a name, or the first; throws `ServingError.unknownModel` and `notReady`.
    public func model(_ name: String? = nil) throws(ServingError) -> ServedModel {
        let models = models
        if let name {
            if let model = models.first(where: { $0.name == name }) { return model }
            if let unready, !models.isEmpty || isLoading { throw unready }
            throw .unknownModel(name, nearest: nearestName(to: name, in: models.map(\.name)))
        }
        if let first = models.first { return first }
        throw unready ?? .notReady("no model is loaded")
    }

    /// Loads a model, in the place of the one that has its name; until it is there, that one answers.
    ///
    /// Throws an `AdzeFailure`, after which everything is as it was.
    @discardableResult
    public func load(_ request: ModelRequest) throws -> ServedModel {
        // One after the other: each has a whole model in memory before it takes another's place.
        try loading.withLock { _ in
            let model = try ServedModel(
                request, precision: precision, on: pool, batcher: batcher, metrics: metrics)
            state.withLock { state in
                if !state.names.contains(model.name) { state.names.append(model.name) }
                state.models.removeAll { $0.name == model.name }
                let before = state.names.prefix { $0 != model.name }
                state.models.insert(model, at: state.models.prefix { before.contains($0.name) }.count)
            }
            return model
        }
    }

    /// Loads a model as `load` does, on a thread of its own, so that no other request waits for it.
    public func loadAside(_ request: ModelRequest) async throws {
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            let hasStarted = startThread {
                do {
                    try self.load(request)
                    done.resume()
                } catch {
                    done.resume(throwing: error)
                }
            }
            if !hasStarted { done.resume(throwing: ServingError.failed("the system has no thread to load it")) }
        }
    }

    /// Takes a model away; throws `ServingError.unknownModel`.
    public func unload(_ name: String) throws(ServingError) {
        _ = try model(name)
        state.withLock { $0.models.removeAll { $0.name == name } }
    }

    /// Says that the first models are there.
    public func becomeReady() { state.withLock { $0.isLoading = false } }

    /// Says that the server is about to end: it is ready no more, and answers what still comes.
    public func beginEnding() { state.withLock { $0.isEnding = true } }

    /// Ends the thread that runs passes; what still waits is refused.
    public func stop() { batcher.stop() }
}
