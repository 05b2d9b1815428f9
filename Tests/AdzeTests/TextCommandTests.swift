// A user's command that answers texts: it may hang, die, flood and lie, and is one clear error, with nothing left behind.

import AdzeTestSupport
import Foundation
import Testing

@testable import Adze

@Suite struct TextCommandTests {
    private func answers(_ command: String, _ texts: [String], timeout: Double = 20) throws -> [String] {
        try TextCommand(command, timeout: timeout).answers(to: texts)
    }

    /// Runs a command that is refused, and gives the line and the kind.
    private func refusal(
        _ command: String, _ texts: [String] = ["a", "b", "c"], timeout: Double = 20
    ) -> (line: String, kind: FailureKind)? {
        do {
            let found = try answers(command, texts, timeout: timeout)
            Issue.record("\(command) answered \(found.prefix(3))")
            return nil
        } catch {
            let failure = error as? any AdzeFailure
            #expect(failure != nil && !"\(error)".contains("\n"))
            return ("\(error)", failure?.kind ?? .internalBug)
        }
    }

    @Test func answersAreInTheOrderOfTheTexts() throws {
        #expect(try answers("tr a-z A-Z", ["one", "two", "", "Straße"]) == ["ONE", "TWO", "", "STRAßE"])
        #expect(try answers("cat", []) == [])
        #expect(try answers("cat /dev/stdin", ["a"]) == ["a"])
        #expect(try answers("sed 's/$/\\r/'", ["a", "b"]) == ["a", "b"])
        #expect(try answers("printf 'x\\ny'; cat >/dev/null", ["a", "b"]) == ["x", "y"])
    }

    @Test func lineBreaksInATextAreSpaces() throws {
        let text = "a\nb\r\nc\u{0B}d\u{0C}e\u{85}f\u{2028}g\u{2029}h\u{1C}i\u{0}j\tk"
        #expect(try answers("cat", [text]) == ["a b  c d e f g h i j\tk"])
    }

    /// More than pipes hold goes both ways, in small pieces and in large, at once and at the end.
    @Test(arguments: [
        "cat", "sort -n", "dd bs=7 2>/dev/null", "sleep 0.3; cat", "cat > /dev/null; seq -f '%07g' 0 39999",
    ])
    func largeInputsDoNotDeadlock(command: String) throws {
        let texts = (0..<40_000).map { index in
            let digits = String(index)
            return String(repeating: "0", count: 7 - digits.count) + digits
        }
        #expect(try answers(command, texts) == texts)
    }

    @Test func aCommandThatReadsNothingIsJudgedByItsAnswers() throws {
        let texts = (0..<50_000).map { "a text that nobody reads, of some length \($0)" }
        #expect(try answers("exec <&-; seq 50000", texts).last == "50000")
        let found = try #require(refusal("exit 0", texts))
        #expect(found.line.contains("expected 50,000 lines, one a text, found 0") && found.kind == .badData)
    }

    @Test(arguments: [
        ("exit 3", "ended with exit code 3", FailureKind.inputOutput),
        ("no-such-command-here", "no such command", .inputOutput),
        ("kill -9 $$", "ended by signal 9", .inputOutput), ("kill -SEGV $$", "ended by signal 11", .inputOutput),
        ("cat; echo Oh, no >&2; exit 1", "exit code 1; it said 'Oh, no'", .inputOutput),
        ("head -n 2; echo tired >&2", "expected 3 lines, one a text, found 2; it said 'tired'", .badData),
        ("cat; echo more", "found more", .badData), ("yes", "found more", .badData),
        ("cat; printf x", "found more", .badData),
        ("printf 'a\\n\\377\\nc\\n'", "line 2 of its answers: expected UTF-8", .badData),
        ("printf 'a\\n\\0\\nc\\n'", "line 2 of its answers: expected UTF-8 without NUL", .badData),
        ("printf 'a\\n'; exec tr '\\0' x </dev/zero", "line 2 of its answers has more than 1,000,000 bytes", .badData),
    ]) func aCommandThatFailsIsOneLine(command: String, part: String, kind: FailureKind) throws {
        let start = ContinuousClock.now
        let found = try #require(refusal(command))
        #expect(found.line.contains(part) && found.kind == kind, "\(found)")
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test(arguments: [
        "sleep 1000", "cat & sleep 1000", "trap '' TERM INT; sleep 1000", "exec >&-; sleep 1000",
        "while :; do echo waiting >&2; sleep 0.1; done", "cat | sleep 1000",
    ]) func whatHangsIsEndedWithAllOfItsGroup(command: String) throws {
        try withTemporaryFolder { folder in
            let found = try #require(refusal("echo $$ > \(folder)/pid; \(command)", timeout: 0.6))
            #expect(found.line.contains("no answer for 0.6 s") && found.kind == .inputOutput, "\(found)")
            #expect(try isGone(folder + "/pid"))
        }
    }

    @Test func whatIsLeftBehindNeitherHoldsUpNorStays() throws {
        try withTemporaryFolder { folder in
            let start = ContinuousClock.now
            let found = try answers("echo $$ > \(folder)/pid; sleep 1000 & cat", ["a", "b"])
            #expect(found == ["a", "b"])
            #expect(ContinuousClock.now - start < .seconds(10))
            #expect(try isGone(folder + "/pid"))
        }
    }

    @Test func aSlowCommandThatAnswersIsWaitedFor() throws {
        // Longer than the limit in sum, but never silent for so long.
        let command = "while read -r text; do sleep 0.3; echo \"$text\"; done"
        #expect(try answers(command, ["a", "b", "c", "d", "e", "f"], timeout: 1.5).count == 6)
    }

    /// Whether no process of a group is left; a zombie that nobody has reaped yet is none.
    private func isGone(_ file: String) throws -> Bool {
        let text = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        let group = try #require(Int32(text))
        for _ in 0..<100 {
            let alive = try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { entry in
                guard Int32(entry) != nil,
                    let stat = try? String(contentsOfFile: "/proc/\(entry)/stat", encoding: .utf8),
                    let end = stat.lastIndex(of: ")")
                else { return false }
                let fields = stat[end...].split(separator: " ")
                return fields.count > 3 && fields[1] != "Z" && Int32(fields[3]) == group
            }
            if !alive { return true }
            usleep(20_000)
        }
        return false
    }
}
