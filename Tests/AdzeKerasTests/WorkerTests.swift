// The worker as a process: that its sandbox holds, and that a program which is not it, hangs, crashes, floods or says
// nonsense does no harm.

import AdzeBytes
import AdzeSafetensors
import AdzeTestSupport
import Foundation
import Testing

@testable import AdzeKeras

struct WorkerTests {
    private func run(
        _ path: String, _ arguments: [String] = [], input: [UInt8]? = nil, seconds: Int = 20, output: Int = 1 << 24
    ) throws -> ChildOutcome {
        try runChild(
            path, arguments, input: input,
            limits: ChildLimits(seconds: seconds, outputBytes: output, expectedBytes: 0))
    }

    @Test func sandboxHolds() throws {
        let outcome = try run(Keras.worker().path, ["--check-sandbox"])
        let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
        #expect(outcome.end == .exited(0))
        #expect(lines.count > 12 && lines.last == "the sandbox holds")
        #expect(lines.dropLast().allSatisfy { $0.contains(": refused: ") }, "\(lines)")
    }

    @Test func fileOnStandardOutputIsRefusedBeforeWork() throws {
        try withTemporaryFolder { folder in
            let command = "'\(try Keras.worker().path)' '\(Fixtures.path("keras/keras-bert.h5"))' > '\(folder)/out'"
            let outcome = try run("/bin/sh", ["-c", command])
            #expect(outcome.end == .exited(64))
            #expect(String(decoding: outcome.errors, as: UTF8.self).contains("give it a pipe"))
        }
    }

    @Test(arguments: [[], ["a", "b"]]) func badUsage(arguments: [String]) throws {
        #expect(try run(Keras.worker().path, arguments).end == .exited(64))
    }

    @Test func streamOfFileAndInputAreTheSame() throws {
        let path = Fixtures.path("keras/keras-bert.h5")
        let bytes = try Fixtures.bytes("keras/keras-bert.h5")
        let (a, b) = (try run(Keras.worker().path, [path]), try run(Keras.worker().path, ["-"], input: bytes))
        #expect(a.end == .exited(0) && b.end == .exited(0))
        #expect(a.output == b.output && a.output.count > 8000)
    }

    @Test func inputOfAnythingElseIsRefused() throws {
        for bytes in [[], Array("hello".utf8), [UInt8](repeating: 0, count: 1 << 20)] {
            guard case .refused(let line)? = try Keras.refusal(bytes) else {
                Issue.record("accepted")
                return
            }
            #expect(line.contains("no HDF5 file"))
        }
    }
}

struct ChildProcessTests {
    private func run(
        _ path: String, _ arguments: [String] = [], input: [UInt8]? = nil, seconds: Int = 20, output: Int = 1 << 24
    ) throws -> ChildOutcome {
        try runChild(
            path, arguments, input: input,
            limits: ChildLimits(seconds: seconds, outputBytes: output, expectedBytes: 0))
    }

    private func refusal(by path: String) -> KerasError? {
        #expect(throws: KerasError.self) { try KerasCheckpoint(bytes: [1, 2, 3], worker: HDF5Worker(path: path)) }
    }

    @Test func missingReaderSaysWhereItShouldBe() {
        let error = refusal(by: "/nowhere/adze-h5worker")
        #expect(error == .readerMissing(path: "/nowhere/adze-h5worker"))
        #expect(error?.kind == .missingInput)
        #expect(error?.description.contains("swift build --product adze-h5worker") == true)
    }

    @Test func readerThatSaysNothingOrFails() {
        #expect(refusal(by: "/bin/true") == .stream(.tooShort(size: 0)))
        #expect(refusal(by: "/bin/false") == .readerFailed(code: 1, line: ""))
        // Not a program at all.
        guard case .cannotStart? = refusal(by: "/etc/passwd") else {
            Issue.record("started")
            return
        }
    }

    @Test func crashIsNamed() throws {
        #expect(try run("/bin/sh", ["-c", "kill -SEGV $$"]).end == .signalled(11))
        #expect(KerasError.readerCrashed(signal: 11).description.contains("SIGSEGV"))
    }

    @Test func hangingAndFloodingAreEnded() throws {
        #expect(try run("/bin/sleep", ["600"], seconds: 1).end == .timedOut)
        // Its streams are closed, and it lives on.
        #expect(try run("/bin/sh", ["-c", "exec sleep 600 >&- 2>&-"], seconds: 1).end == .timedOut)
        let flood = try run("/bin/cat", ["/dev/zero"], output: 1 << 20)
        #expect(flood.end == .tooMuchOutput && flood.output.count <= 1 << 20)
    }

    @Test func errorsAreKeptOnlyInPart() throws {
        let outcome = try run("/bin/sh", ["-c", "head -c 100000 /dev/zero >&2"])
        #expect(outcome.end == .exited(0) && outcome.errors.count == ChildLimits.errorBytes)
    }

    /// More than any pipe holds, both ways at once.
    @Test func largeInputComesBack() throws {
        let input = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let outcome = try run("/bin/cat", input: input)
        #expect(outcome.end == .exited(0) && outcome.output == input)
    }

    /// Writing to one who left must not be a SIGPIPE for this process.
    @Test func readerThatLeavesEarly() throws {
        #expect(try run("/bin/true", input: [UInt8](repeating: 0, count: 1 << 22)).end == .exited(0))
    }

    @Test func nothingIsInherited() throws {
        #expect(try run("/usr/bin/env").output.isEmpty)
        let outcome = try run("/bin/sh", ["-c", "trap '' PIPE; ls /proc/self/fd | wc -l; read line; echo $?"])
        let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
        // Input is at its end at once.
        #expect(lines.last == "1")
    }
}
