// What waits, what does not, and what becomes of models while requests run. Not here: the numbers of answers.

import Adze
import AdzeServing
import AdzeTestSupport
import Foundation
import Testing

@Suite struct QueueTests {
    private static let classifier = Fixtures.path("models/seqcls-gelu")

    private func host(_ limits: BatchLimits = BatchLimits()) throws -> ModelHost {
        let host = try #require(ModelHost(threads: 1, limits: limits))
        try host.load(ModelRequest(name: "c", path: Self.classifier))
        host.becomeReady()
        return host
    }

    @Test func whatHasNoRoomIsRefusedAtOnce() async throws {
        var limits = BatchLimits()
        limits.waitingTokens = 3
        let host = try host(limits)
        // The frame alone is two tokens.
        #expect(try await host.model().classify([""]).answers.count == 1)
        await #expect(throws: ServingError.tooLarge("the request has 7 tokens; at most 3 are taken at once")) {
            try await host.model().classify(["the adze of wood"])
        }
        limits.waitingRequests = 0
        let full = try self.host(limits)
        await #expect(throws: ServingError.overloaded(retryAfter: 1)) { try await full.model().classify([""]) }
    }

    @Test func everyRequestOfManyEndsOnce() async throws {
        var limits = BatchLimits()
        (limits.wait, limits.waitingRequests) = (.milliseconds(2), 20)
        let host = try host(limits)
        // One that waits for as long as it takes, on however busy a machine.
        let expected = try await self.host().model().classify(["the adze"]).answers
        let ends = await withTaskGroup(of: String.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let task = Task { try await host.model().classify(["the adze"]).answers }
                    if number % 3 == 0 { task.cancel() }
                    do {
                        return try await task.value == expected ? "answered" : "wrong"
                    } catch let error as ServingError {
                        if case .late = error { return "late" }
                        return error == .overloaded(retryAfter: 1) ? "overloaded" : "\(error)"
                    } catch is CancellationError {
                        return "cancelled"
                    } catch {
                        return "\(error)"
                    }
                }
            }
            return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(ends.values.reduce(0, +) == 300)
        #expect(Set(ends.keys).isSubset(of: ["answered", "late", "overloaded", "cancelled"]), "\(ends)")
        // Nothing of it is left behind that has the next one wait for more than its turn.
        var last: [Classification]?
        for _ in 0..<100 where last == nil { last = try? await host.model().classify(["the adze"]).answers }
        #expect(last == expected)
    }

    @Test func aModelIsReplacedWithoutALostRequest() async throws {
        let host = try host()
        let expected = try await host.model().classify(["the adze"]).answers
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<5 { try await host.loadAside(ModelRequest(name: "c", path: QueueTests.classifier)) }
            }
            for _ in 0..<100 {
                group.addTask {
                    let answers = try await host.model("c").classify(["the adze"]).answers
                    #expect(answers == expected)
                }
            }
            try await group.waitForAll()
        }
        #expect(host.models.count == 1)
    }

    @Test func whatCannotBeLoadedChangesNothing() async throws {
        let host = try host()
        await #expect(throws: (any Error).self) {
            try await host.loadAside(ModelRequest(name: "c", path: "/nowhere.adze"))
        }
        #expect(try await host.model("c").classify(["a"]).answers.count == 1)
    }

    @Test func anUnloadedModelIsUnknown() async throws {
        let host = try host()
        let model = try host.model("c")
        try host.unload("c")
        #expect(throws: ServingError.unknownModel("c", nearest: nil)) { try host.model("c") }
        // Who has begun with it goes on.
        #expect(try await model.classify(["a"]).answers.count == 1)
    }

    @Test func aHostThatEndsRefusesWhatWaits() async throws {
        let host = try host()
        host.beginEnding()
        #expect(host.unready == .notReady("the server is ending"))
        host.stop()
        await #expect(throws: ServingError.notReady("the server is ending")) {
            try await host.model().classify(["a"])
        }
    }

    @Test func namesComeFromPaths() throws {
        #expect(try ModelRequest("models/mood.adze").name == "mood")
        #expect(try ModelRequest("models/mood/").name == "mood")
        #expect(try ModelRequest("@sentiment").name == "@sentiment")
        #expect(try ModelRequest("a=b/c.adze") == ModelRequest(name: "a", path: "b/c.adze"))
        // A path with the sign in it is a path.
        #expect(try ModelRequest("./a=b.adze") == ModelRequest(name: "a=b", path: "./a=b.adze"))
        for bad in ["=x", "a=", "a b=x", ""] { #expect(throws: ServingError.self) { try ModelRequest(bad) } }
    }

    @Test func metricsAreWhatPrometheusReads() async throws {
        let host = try host()
        let served = try await host.model().classify(["the adze", "wood"])
        host.metrics.ended(route: "/a\"b\\", status: 200, after: .milliseconds(3))
        host.metrics.failed("late")
        let lines = host.metrics.text(openMetrics: true).split(separator: "\n")
        #expect(lines.last == "# EOF")
        #expect(lines.contains("adze_texts_total{model=\"c\"} 2"))
        #expect(lines.contains("adze_tokens_total{model=\"c\"} \(served.tokenCount)"))
        #expect(lines.contains("adze_requests_total{route=\"/a\\\"b\\\\\",status=\"200\"} 1"))
        #expect(lines.contains("adze_failures_total{reason=\"late\"} 1"))
        #expect(lines.contains("adze_request_seconds_bucket{route=\"/a\\\"b\\\\\",le=\"0.002\"} 0"))
        #expect(lines.contains("adze_request_seconds_bucket{route=\"/a\\\"b\\\\\",le=\"0.005\"} 1"))
        #expect(lines.contains("adze_request_seconds_bucket{route=\"/a\\\"b\\\\\",le=\"+Inf\"} 1"))
        #expect(lines.contains("# TYPE adze_requests counter"))
        #expect(host.metrics.text(openMetrics: false).contains("# TYPE adze_requests_total counter"))
    }
}
