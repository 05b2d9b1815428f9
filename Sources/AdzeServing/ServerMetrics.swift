// What a server counts, and the text of it that Prometheus reads. Not here: what a request is.

internal import AdzeBytes
internal import Synchronization

/// Counters and histograms by model.
///
/// - Source: OpenMetrics 1.0: counters end in `_total`, buckets are cumulative and end with `+Inf`, the text ends with
///   `# EOF`.
public final class ServerMetrics: Sendable {
    fileprivate struct Key: Hashable, Comparable {
        let name: String
        let labels: String
        static func < (a: Key, b: Key) -> Bool { (a.name, a.labels) < (b.name, b.labels) }
    }

    fileprivate struct Histogram {
        let bounds: [Double]
        var counts: [Int]
        var sum = 0.0

        init(_ bounds: [Double]) { (self.bounds, counts) = (bounds, [Int](repeating: 0, count: bounds.count + 1)) }

        mutating func add(_ value: Double) {
            counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
            sum += value
        }
    }

    fileprivate struct State {
        var counters: [Key: Int] = [:]
        var histograms: [Key: Histogram] = [:]
        var running = 0
    }

    fileprivate struct Description {
        let name: String
        let help: String
        let bounds: [Double]
    }

    private static let seconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30]
    private static let tokens: [Double] = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384]
    private static let rates: [Double] = [1e2, 2e2, 5e2, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6]

    private static let counters = [
        ("adze_requests", "Requests that were answered or refused, by route and status."),
        ("adze_failures", "Requests that got no answer, by the reason."),
        ("adze_texts", "Texts that were answered."), ("adze_tokens", "Tokens that were run."),
    ]
    fileprivate static let histograms = [
        Description(name: "adze_request_seconds", help: "From a request's head to its answer.", bounds: seconds),
        Description(name: "adze_queue_seconds", help: "How long a request waited for its pass.", bounds: seconds),
        Description(name: "adze_pass_seconds", help: "How long a pass took.", bounds: seconds),
        Description(name: "adze_pass_tokens", help: "Tokens of a pass.", bounds: tokens),
        Description(
            name: "adze_pass_requests", help: "Requests of a pass.", bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256]),
        Description(name: "adze_pass_tokens_per_second", help: "Tokens a second of a pass.", bounds: rates),
    ]

    private let state = Mutex(State())

    /// Counts a request that ends: its route, the status of its answer, how long it took.
    public func ended(route: String, status: Int, after time: Duration) {
        let route = "route=\"\(escaped(route))\""
        state.withLock { state in
            state.counters[Key(name: "adze_requests", labels: "\(route),status=\"\(status)\""), default: 0] += 1
            state.add(time.inSeconds, to: "adze_request_seconds", route)
        }
    }

    /// Counts texts that a model answered, and how long their request waited.
    func answered(_ model: String, texts: Int, waited: Duration) {
        let model = "model=\"\(escaped(model))\""
        state.withLock { state in
            state.counters[Key(name: "adze_texts", labels: model), default: 0] += texts
            state.add(waited.inSeconds, to: "adze_queue_seconds", model)
        }
    }

    /// Counts a request without an answer, by a word for why.
    public func failed(_ reason: String) {
        state.withLock {
            $0.counters[Key(name: "adze_failures", labels: "reason=\"\(escaped(reason))\""), default: 0] += 1
        }
    }

    /// Counts a request that begins; the number of those that are there.
    @discardableResult
    public func began() -> Int {
        state.withLock { state in
            state.running += 1
            return state.running
        }
    }

    /// Counts a request that is over.
    public func finished() { state.withLock { $0.running -= 1 } }

    /// Counts a pass.
    func ran(_ model: String, tokens: Int, requests: Int, _ time: Duration) {
        let model = "model=\"\(escaped(model))\""
        state.withLock { state in
            state.counters[Key(name: "adze_tokens", labels: model), default: 0] += tokens
            state.add(time.inSeconds, to: "adze_pass_seconds", model)
            state.add(Double(tokens), to: "adze_pass_tokens", model)
            state.add(Double(requests), to: "adze_pass_requests", model)
            state.add(Double(tokens) / max(time.inSeconds, 1e-9), to: "adze_pass_tokens_per_second", model)
        }
    }

    /// All of it as text: OpenMetrics, or what older readers take, in which a counter is described by its whole name.
    public func text(openMetrics: Bool) -> String {
        let (counters, histograms, running) = state.withLock { ($0.counters, $0.histograms, $0.running) }
        var lines: [String] = []
        for (name, help) in ServerMetrics.counters {
            let described = openMetrics ? name : name + "_total"
            lines += ["# TYPE \(described) counter", "# HELP \(described) \(help)"]
            for (key, count) in counters.sorted(by: { $0.key < $1.key }) where key.name == name {
                lines.append("\(name)_total{\(key.labels)} \(count)")
            }
        }
        for description in ServerMetrics.histograms {
            lines += ["# TYPE \(description.name) histogram", "# HELP \(description.name) \(description.help)"]
            for (key, histogram) in histograms.sorted(by: { $0.key < $1.key }) where key.name == description.name {
                lines += histogram.lines(key.name, key.labels)
            }
        }
        lines += [
            "# TYPE adze_requests_running gauge", "# HELP adze_requests_running Requests that are being answered.",
        ]
        lines.append("adze_requests_running \(running)")
        if openMetrics { lines.append("# EOF") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A label's value as it stands between quotes.
    private func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

extension ServerMetrics.State {
    fileprivate mutating func add(_ value: Double, to name: String, _ labels: String) {
        let key = ServerMetrics.Key(name: name, labels: labels)
        let bounds = ServerMetrics.histograms.first { $0.name == name }?.bounds ?? []
        histograms[key, default: ServerMetrics.Histogram(bounds)].add(value)
    }
}

extension ServerMetrics.Histogram {
    fileprivate func lines(_ name: String, _ labels: String) -> [String] {
        var (lines, sum) = ([String](), 0)
        for (index, count) in counts.enumerated() {
            sum += count
            let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
            lines.append("\(name)_bucket{\(labels),le=\"\(bound)\"} \(sum)")
        }
        return lines + ["\(name)_count{\(labels)} \(sum)", "\(name)_sum{\(labels)} \(self.sum)"]
    }
}
