// Progress: on a terminal there is some, it fits its line and goes when the job is done; elsewhere there is none.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct ProgressTests {
    /// Each state of the one line that lives; what stays comes after the last.
    private func states(_ shown: String) -> [Substring] {
        shown.split(separator: "\r\u{1B}[K").dropLast().compactMap {
            $0.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).last
        }
    }

    private func table(_ folder: String, rows: Int) throws -> String {
        try write(TrainingTable.csv(TrainingTable.rows(rows)), to: folder + "/t.csv")
    }

    @Test func predictionsAndVectorsAreCounted() throws {
        try withTemporaryFolder { folder in
            let path = try table(folder, rows: 6000)
            for verb in ["predict", "embed"] {
                let run = try Terminal.run([verb, Models.classifier, "-i", path], folder: folder)
                #expect(run.code == 0)
                let lines = states(run.shown)
                #expect(lines.contains { $0.contains(" texts, ") && $0.contains(" texts/s") }, "\(verb): \(run.shown)")
                #expect(lines.allSatisfy { $0.count < 80 })
                // The last words are on a clean line.
                #expect(run.shown.contains("\r\u{1B}[K6,000 "))
                let quiet = try Terminal.run([verb, Models.classifier, "-i", path, "--quiet"], folder: folder)
                #expect(quiet.shown == "")
                // Where the answers themselves are seen, nothing comes between them.
                let printed = try Terminal.run([verb, Models.classifier, "-i", path], printsToo: true, folder: folder)
                #expect(!printed.shown.contains("texts/s"))
                let piped = try Tool.succeed([verb, Models.classifier, "-i", path])
                #expect(!piped.errors.contains("\r") && !piped.errors.contains("texts/s"))
            }
        }
    }

    @Test func scoringHasABarAndTheTimeLeft() throws {
        try withTemporaryFolder { folder in
            let path = try table(folder, rows: 4000)
            let gate = ["--dev", path, "--max-drop", "5", "-o", folder + "/out.adze"]
            for arguments in [["evaluate", Models.classifier, path], ["quantize", Models.classifier] + gate] {
                let run = try Terminal.run(arguments, folder: folder)
                #expect(run.code == 0, "\(run.shown)")
                let lines = states(run.shown)
                #expect(
                    lines.contains { $0.contains("━") && $0.contains(" % ") && $0.contains(" of 4,000 texts") },
                    "\(run.shown)")
                #expect(lines.contains { $0.hasSuffix(" left") } && lines.allSatisfy { $0.count < 80 })
                #expect(!(try Tool.run(arguments + ["--force"]).errors.contains("━")))
            }
        }
    }

    @Test func finetuningSaysWhatItDoesAfterTheLastEpoch() throws {
        try withTemporaryFolder { folder in
            let data = try TrainingTable.write(in: folder)
            let page = folder + "/page.html"
            let arguments =
                ["finetune", Models.classifier] + data + [
                    "-o", folder + "/out.adze", "--epochs", "1", "--report", page,
                ]
                + ["--quantize-aware", "--force"]
            let run = try Terminal.run(arguments, folder: folder)
            #expect(run.code == 0, "\(run.shown)")
            for what in ["scoring the model as it is …", "writing out.adze …", "scoring epoch 1 for page.html …"] {
                #expect(states(run.shown).contains { $0.contains(what) }, "\(what): \(run.shown)")
            }
            #expect(states(run.shown).contains { $0.contains("comparing int8 with fp32 …") })
            let said = "\(page): the run's course, and what epoch 1 gets wrong, "
            #expect(run.shown.contains(said))
            let piped = try Tool.succeed(arguments)
            #expect(piped.errors.contains(said) && !piped.errors.contains("…") && !piped.errors.contains("\r"))
        }
    }
}
