// What verbs print for a person: what matters, in the width of a terminal, and nothing that is always true.

import AdzeTestSupport
import Foundation
import Testing

struct ReadingTests {
    @Test func aConversionPrintsWhatChanged() throws {
        let old = Fixtures.path("models/names-old")
        let lines = try Tool.succeed(["convert", old, "--dry-run"]).lines
        #expect(lines.contains("bert.embeddings.LayerNorm.gamma → embeddings.LayerNorm.weight (renamed)"))
        #expect(lines.contains("cls.predictions.decoder.weight tied to embeddings.word_embeddings.weight"))
        #expect(lines.contains("bert.embeddings.position_ids dropped: a buffer, not a weight"))
        #expect(!lines.contains { $0.contains("word_embeddings.weight → ") })
        let all = try Tool.succeed(["convert", old, "--dry-run", "--verbose"]).lines
        #expect(all.contains("bert.embeddings.word_embeddings.weight → embeddings.word_embeddings.weight"))
        let kept = all.count - lines.count + 1
        #expect(lines.last == "\(kept) tensors under their own names, but for 'bert.' in front")
        #expect(try Tool.succeed(["convert", Models.bare, "--dry-run"]).lines.count == 1)
    }

    @Test func inspectGivesProvenanceItsLines() throws {
        try withTemporaryFolder { folder in
            let lines = try Tool.succeed(["inspect", try converted(Models.classifier, in: folder)]).lines
            let start = try #require(lines.firstIndex(of: "provenance"))
            #expect(lines[start + 1] == "  format      safetensors" && lines[start + 2] == "  prefix      bert.")
            #expect(lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("path") })
        }
    }

    @Test func manyLabelsAreManyLines() throws {
        try withCopy(of: Models.container("safetensors")) { copy, _ in
            let labels = (0..<40).map { "a_rather_long_label_\($0)" }
            let lines =
                try Tool.succeed(
                    [
                        "convert", copy, "--new-head", labels.joined(separator: ","), "-o", copy + "/../l.adze",
                        "--quiet",
                    ]
                ).lines + Tool.succeed(["inspect", copy + "/../l.adze"]).lines
            #expect(lines.filter { $0.hasPrefix("              ") }.count >= 10)
            #expect(lines.allSatisfy { $0.count <= 80 || $0.hasPrefix("path ") })
        }
    }

    @Test func lengthsFitATerminal() throws {
        try withTemporaryFolder { folder in
            let rows = (0..<300).map { "\(String(repeating: "oak beam ", count: $0 * 7 % 260))saw,\($0 % 2)\n" }
            let table = try write("text,label\n" + rows.joined(), to: folder + "/t.csv")
            let outcome = try Tool.succeed(["lengths", table, "--tokenizer", Models.classifier])
            #expect(outcome.lines.allSatisfy { $0.count <= 80 }, "\(outcome.output)")
            // The time is that of all that was done.
            #expect(outcome.errors.contains("tokenized in ") && outcome.errors.contains("the model timed for "))
            let alone = try Tool.succeed(["lengths", table, "--tokenizer", Models.classifier, "--no-timing"])
            #expect(alone.lines.allSatisfy { $0.count <= 80 } && !alone.errors.contains("timed"))
        }
    }

    @Test func pruneSaysWhatComesNext() throws {
        try withTemporaryFolder { folder in
            let out = folder + "/p.adze"
            let cut = try Tool.succeed(["prune", Models.classifier, "--keep", "first:1", "-o", out])
            #expect(cut.errors.contains("fine-tuned: adze finetune \(out) --train DATA"))
            let whole = try Tool.succeed(["prune", Models.classifier, "--keep", "every:1", "-o", out, "--force"])
            #expect(!whole.errors.contains("fine-tuned"))
        }
    }

    @Test func aModelFolderNeedsNoNotes() throws {
        #expect(try Tool.succeed(["inspect", Models.classifier]).errors == "")
        #expect(try Tool.succeed(["tokenize", Models.classifier, "oak"]).errorLines.count == 1)
    }
}
