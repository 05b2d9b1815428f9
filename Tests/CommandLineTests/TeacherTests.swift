// finetune --teacher as a user has it: what it says, what comes out again, and what is refused in one line.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct TeacherTests {
    private static let fast = ["--epochs", "2", "--batch-size", "8", "--lr", "1e-3"]

    /// Tables, and texts without labels, of which three are in dev, two in train, one is repeated and one empty.
    private func tables(in folder: String) throws -> [String] {
        let tables = try TrainingTable.write(in: folder, train: 24, dev: 8)
        let rows =
            TrainingTable.rows(30, from: 2000) + TrainingTable.rows(3, from: 1000) + TrainingTable.rows(2)
            + TrainingTable.rows(1, from: 2000)
        try write(rows.map { "\($0.text)\n" }.joined() + "\n", to: folder + "/more.txt")
        return tables
    }

    private func run(
        _ tables: [String], in folder: String, _ name: String, _ more: [String], model: String = Models.classifier
    ) throws -> (outcome: Outcome, bytes: [UInt8]) {
        let path = "\(folder)/\(name).adze"
        let outcome = try Tool.succeed(["finetune", model] + tables + ["-o", path, "--force"] + Self.fast + more)
        return (outcome, try bytes(of: path))
    }

    @Test func aDeepModelTeachesItsPrunedSelf() throws {
        try withTemporaryFolder { folder in
            let tables = try tables(in: folder)
            let small = folder + "/small.adze"
            try Tool.succeed(["prune", Models.classifier, "--keep", "first:1", "-o", small, "--quiet"])
            let taught = ["--teacher", Models.classifier, "--unlabelled", folder + "/more.txt"]
            let first = try run(
                tables, in: folder, "a", taught + ["--json", "--log", folder + "/run.jsonl"], model: small)
            #expect(
                first.outcome.errors.contains(
                    "unlabelled texts left out: 3 in dev, 2 in train, 1 repeated, 1 without a word"))
            #expect(
                first.outcome.errors.contains(
                    "a teacher of 3 blocks answered 54 texts, 30 of them without labels, in int8"))
            let report = try first.outcome.object()
            #expect(report["unlabelledTexts"] as? Int == 30 && report["trainExamples"] as? Int == 24)
            // 54 texts in batches of 8, twice.
            #expect(report["steps"] as? Int == 14)
            let recipe = try #require(report["recipe"] as? [String: Any])
            #expect(recipe["teacherTemperature"] as? Double == 2 && recipe["teacherWeight"] as? Double == 0.5)
            // The recipe makes the same file again, with any threads, from kept tokens, to the same answers.
            try JSONSerialization.data(withJSONObject: recipe).write(to: URL(filePath: folder + "/recipe.json"))
            for more in [["--threads", "1"], ["--threads", "3"], ["--token-cache", folder + "/tokens"]] {
                let path = folder + "/b.adze"
                try Tool.succeed(
                    ["finetune", small] + tables + taught + ["--recipe", folder + "/recipe.json"]
                        + ["-o", path, "--force", "--quiet"] + more)
                #expect(try bytes(of: path) == first.bytes, "\(more)")
            }
            // What the file says of it names no place.
            let header = String(decoding: first.bytes.prefix(60_000), as: UTF8.self)
            #expect(header.contains(#""unlabelledTexts":30"#) && !header.contains("more.txt"))
            let page = folder + "/page.html"
            try Tool.succeed(["report", folder + "/run.jsonl", "-o", page])
            #expect(try String(contentsOfFile: page, encoding: .utf8).contains("--teacher-weight"))
            // A training on top of it has no teacher unless it is given one.
            try Tool.succeed(
                ["finetune", folder + "/a.adze"] + tables + ["-o", folder + "/c.adze", "--epochs", "1", "--quiet"])
        }
    }

    @Test func weightZeroEqualsNoTeacher() throws {
        try withTemporaryFolder { folder in
            let tables = try tables(in: folder)
            _ = try run(tables, in: folder, "plain", ["--quiet"])
            _ = try run(
                tables, in: folder, "zero", ["--quiet", "--teacher", Models.classifier, "--teacher-weight", "0"])
            let outcome = try Tool.succeed(["diff", folder + "/plain.adze", folder + "/zero.adze"])
            #expect(outcome.output.contains("57 tensors equal, 0 different"), "\(outcome.output)")
        }
    }

    @Test func everyKindOfRunCanBeTaught() throws {
        try withTemporaryFolder { folder in
            let tables = try tables(in: folder)
            let teacher = try run(tables, in: folder, "teacher", ["--quiet"])
            #expect(!teacher.bytes.isEmpty)
            let taught = ["--teacher", folder + "/teacher.adze", "--unlabelled", folder + "/more.txt", "--quiet"]
            let kinds: [[String]] = [
                [], ["--temperature", "4", "--teacher-weight", "1"], ["--teacher-precision", "fp32"],
                ["--quantize-aware"], ["--long", "window", "--max-length", "8"], ["--accumulate", "2"],
                ["--freeze", "2"], ["--class-weights", "balanced", "--focal", "2"], ["--checkpoint-activations"],
                ["--new-head", "accepted,rejected", "--head", "lstm:size=4"],
            ]
            var files: Set<[UInt8]> = []
            for kind in kinds { files.insert(try run(tables, in: folder, "o", taught + kind).bytes) }
            // How activations are kept is the one that changes nothing.
            #expect(files.count == kinds.count - 1)
        }
    }

    @Test func severalLabelsAndNumbersAreTaught() throws {
        try withTemporaryFolder { folder in
            let rows = TrainingTable.rows(20)
            let lists = rows.enumerated().map {
                "{\"text\":\"\($1.text)\",\"label\":[\"oak\"\($0 % 2 == 0 ? ",\"elm\"" : "")]}\n"
            }
            try write(lists.joined(), to: folder + "/lists.jsonl")
            let numbers = rows.enumerated().map { "\($1.text),\($0 % 5)\n" }
            try write("text,label\n" + numbers.joined(), to: folder + "/numbers.csv")
            try write(
                "text\n" + TrainingTable.rows(9, from: 100).map { "\($0.text)\n" }.joined(), to: folder + "/u.csv")
            for (model, table) in [("seqcls-relu-multilabel", "lists.jsonl"), ("seqcls-regression", "numbers.csv")] {
                let path = Fixtures.path("models/\(model)")
                let tables = ["--train", "\(folder)/\(table)", "--dev-share", "0.2"]
                let report = try run(
                    tables, in: folder, "o",
                    ["--teacher", path, "--unlabelled", folder + "/u.csv", "--teacher-weight", "0.75", "--json"],
                    model: path
                ).outcome.object()
                #expect(report["unlabelledTexts"] as? Int == 9, "\(model)")
            }
        }
    }

    @Test func resumeEqualsUninterrupted() throws {
        try withTemporaryFolder { folder in
            let tables = try tables(in: folder)
            let taught = ["--teacher", Models.classifier, "--unlabelled", folder + "/more.txt"]
            let whole = try run(tables, in: folder, "whole", taught + ["--quiet"])
            let kept = ["--checkpoint-dir", folder + "/run"]
            let first = try run(tables, in: folder, "first", taught + kept + ["--quiet"])
            let again = try run(tables, in: folder, "again", taught + kept + ["--resume"])
            #expect(first.bytes == whole.bytes && again.bytes == whole.bytes)
            #expect(!again.outcome.errors.contains("train loss"))
            func refuse(_ options: [String], says words: [String]) throws {
                try Tool.refuse(
                    64,
                    ["finetune", Models.classifier] + tables + ["-o", folder + "/x.adze", "--resume"] + Self.fast + kept
                        + options, says: words)
            }
            try refuse(taught + ["--temperature", "3"], says: ["teacherTemperature"])
            try refuse(taught + ["--teacher-weight", "0.25"], says: ["teacherWeight"])
            try refuse(Array(taught.prefix(2)), says: ["the training or unlabelled examples differ"])
            try refuse([], says: ["the teacher's answers"])
            try refuse(
                ["--teacher", folder + "/whole.adze"] + taught.dropFirst(2), says: ["the teacher's answers differ"])
        }
    }

    @Test func aComparisonIsTaught() throws {
        try withTemporaryFolder { folder in
            let tables = try tables(in: folder)
            let compare =
                ["compare", Models.classifier] + tables + Self.fast + ["--blocks", "1,2", "--seeds", "1"]
                + ["-o", folder + "/out", "--teacher", Models.classifier]
            let taught = compare + ["--unlabelled", folder + "/more.txt"]
            let first = try Tool.succeed(taught)
            #expect(first.errors.contains("run 2 of 2") && first.errors.contains("2 epochs of 7 steps"))
            #expect(try !Tool.succeed(taught).errors.contains("run "))
            try Tool.refuse(73, compare, says: ["unlabelled texts"])
            try Tool.refuse(73, Array(compare.dropLast(2)), says: ["teacher", "unlabelled texts"])
            try Tool.refuse(
                64, compare.dropLast(2) + ["--temperature", "3"], says: ["--temperature needs a --teacher"])
        }
    }

    @Test func whatCannotTeachIsRefused() throws {
        try withTemporaryFolder { folder in
            let tables = try tables(in: folder)
            func refuse(_ code: Int32, _ options: [String], says words: [String]) throws {
                try Tool.refuse(
                    code, ["finetune", Models.classifier] + tables + ["-o", folder + "/x.adze"] + options, says: words)
                #expect(!FileManager.default.fileExists(atPath: folder + "/x.adze"))
            }
            func model(_ name: String) -> [String] { ["--teacher", Fixtures.path("models/\(name)")] }
            let teacher = ["--teacher", Models.classifier]
            try refuse(66, ["--teacher", folder + "/nowhere"], says: ["nowhere"])
            try refuse(65, ["--teacher", folder + "/train.csv"], says: ["train.csv"])
            try refuse(64, model("tokencls"), says: ["BertForTokenClassification", "classifier of whole texts"])
            try refuse(64, model("bertmodel-pooler"), says: ["classifier of whole texts"])
            try refuse(64, model("seqcls-regression"), says: ["says a number of a text, the model one label"])
            try refuse(64, model("seqcls-odd"), says: ["it lacks 'rejected', 'accepted'"])
            for option in [["--temperature", "2"], ["--teacher-weight", "0.5"], ["--teacher-precision", "fp32"]] {
                try refuse(64, option, says: [option[0], "--teacher"])
            }
            try refuse(64, ["--unlabelled", folder + "/more.txt"], says: ["--unlabelled needs a --teacher"])
            try refuse(64, teacher + ["--temperature", "0"], says: ["--temperature"])
            try refuse(64, teacher + ["--temperature", "nan"], says: ["--temperature"])
            try refuse(64, teacher + ["--teacher-weight", "1.5"], says: ["--teacher-weight"])
            try refuse(66, teacher + ["--unlabelled", folder + "/none.txt"], says: ["none.txt"])
            try refuse(65, teacher + ["--unlabelled", folder + "/dev.csv"], says: ["found none", "8 in dev"])
            try write("a\u{0}b\n", to: folder + "/nul.txt")
            try refuse(65, teacher + ["--unlabelled", folder + "/nul.txt"], says: ["nul.txt", "NUL"])
            try write("{\"text\":1}\n", to: folder + "/bad.jsonl")
            try refuse(65, teacher + ["--unlabelled", folder + "/bad.jsonl"], says: ["bad.jsonl", "line 1"])
            try write("{\"teacherWeight\":0.5}", to: folder + "/recipe.json")
            try refuse(64, ["--recipe", folder + "/recipe.json"], says: ["no teacher is given"])
            try Tool.refuse(
                73,
                ["finetune", Models.classifier] + tables + teacher
                    + ["--unlabelled", folder + "/more.txt", "-o", folder + "/more.txt", "--force"],
                says: ["--unlabelled"])
        }
    }
}
