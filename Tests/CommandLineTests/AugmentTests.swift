// adze augment and finetune --augment as a user runs them: what is written, what is kept, and every bad input as one line.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct AugmentTests {
    private static let steps = ["--augment", "delete,swap", "--augment-copies", "2"]
    private static let masked = Fixtures.path("models/maskedlm-tied")

    private func augmented(_ input: String, as name: String, _ options: [String] = steps) throws -> Outcome {
        try withTemporaryFolder { folder in
            let data = try write(input, to: "\(folder)/in.\(name)")
            return try Tool.run(["augment", data, "-o", "/dev/stdout"] + options)
        }
    }

    // MARK: Tables

    @Test func otherFieldsKeepTheirBytes() throws {
        let fields = #""id":17293822569102704641,"x": 1.10,"e":"\u00e9\/"  ,"k":{"b":1,"a":2,"b":3},"label":"gold""#
        let line = "{ \(fields), \"text\":\"one two three four\"  }"
        let found = try augmented(line + "\n", as: "jsonl")
        #expect(found.code == 0 && found.lines.count == 3 && found.lines[0] == line)
        for copy in found.lines.dropFirst() {
            #expect(copy.hasPrefix("{ \(fields), \"text\":\"") && copy.hasSuffix("\"  }") && copy != line)
        }
        let marked = try augmented(line + "\n", as: "jsonl", Self.steps + ["--step-column", "how \"é\""])
        #expect(marked.lines[0].hasSuffix(#"three four","how \"é\"":"original"  }"#))
        #expect(try Set(marked.objects().compactMap { $0["how \"é\""] as? String }) == ["original", "delete", "swap"])
    }

    @Test(arguments: [
        ("csv", "id,label,text\n", "7,\"a, \"\"b\"\"\",one two three four", ","),
        ("csv", "\u{FEFF}id;label;text\n", "7;\"a; b\";one two three four", ";"),
        ("tsv", "id\tlabel\ttext\n", "7\ta \"b\"\tone \"two\" three four", "\t"),
    ]) func aTableStaysAsItIs(format: String, header: String, row: String, delimiter: String) throws {
        let found = try augmented(header + row + "\n", as: format, Self.steps + ["--step-column", "how"])
        #expect(found.code == 0 && found.lines.count == 4, "\(found.errors)")
        #expect(
            found.lines[0] == header.dropLast() + delimiter + "how" && found.lines[1] == row + delimiter + "original")
        let start = row.prefix { $0 != "o" }
        for copy in found.lines.dropFirst(2) { #expect(copy.hasPrefix(start)) }
    }

    @Test func aTableWithoutAHeaderGetsNone() throws {
        let found = try augmented("one two three,x\nalone,y\n", as: "csv", Self.steps + ["--text-column", "1"])
        #expect(found.lines.first == "one two three,x" && found.lines.last == "alone,y")
        #expect(found.lines.count == 4 && found.lines.filter { $0.hasSuffix(",x") }.count == 3)
        let lines = try augmented("one two three\n\n", as: "txt")
        #expect(lines.lines.first == "one two three" && lines.lines.last == "" && lines.lines.count == 4)
    }

    @Test func bothTextsOfAPairAreWritten() throws {
        let table = "sentence1,sentence2,label\na b c d,e f g h,1\n"
        let found = try augmented(table, as: "csv", ["--augment", "swap=0.5", "--augment-copies", "1"])
        let copy = try #require(found.lines.last).split(separator: ",").map { $0.split(separator: " ").sorted() }
        #expect(copy == [["a", "b", "c", "d"], ["e", "f", "g", "h"], ["1"]])
        let lone = "{\"text\":\"a b c d\",\"text_pair\":null}\n"
        #expect(try augmented(lone, as: "jsonl").lines.allSatisfy { $0.hasSuffix("\"text_pair\":null}") })
    }

    @Test func aRowDoesNotDependOnItsNeighbours() throws {
        let rows = (0..<30).map { "the oak number \($0) was a good one,x\n" }
        func copies(_ rows: [String], _ more: [String] = []) throws -> [String] {
            let found = try augmented(
                "text,label\n" + rows.joined(), as: "csv",
                ["--augment", "delete=0.2,swap=0.2", "--augment-copies", "2"] + more)
            #expect(found.code == 0)
            return Array(found.lines.dropFirst())
        }
        let all = try copies(rows)
        #expect(try copies(Array(rows.suffix(3))) == Array(all.suffix(try copies(Array(rows.suffix(3))).count)))
        #expect(try copies(rows, ["--threads", "1"]) == all && copies(rows, ["--seed", "7"]) != all)
    }

    @Test func whatIsDoneIsSaid() throws {
        try withTemporaryFolder { folder in
            let wordNet = try WordNetFiles.write(in: folder + "/wn")
            let data = try write("text,label\nthe film was good,x\nalone,y\n", to: folder + "/in.csv")
            let out = folder + "/out.csv"
            let run = try Tool.succeed(["augment", data, "-o", out, "--wordnet", wordNet, "--json"])
            let report = try run.object()
            #expect(
                report["steps"] as? String == "synonyms=0.05,delete=0.05,swap=0.05" && report["copies"] as? Int == 16)
            let (added, unchanged) = (report["added"] as? Int ?? 0, report["unchanged"] as? Int ?? 0)
            #expect(added > 4 && unchanged >= 16 && report["texts"] as? Int == 2)
            #expect(added + unchanged + (report["repeated"] as? Int ?? 0) == 32)
            #expect(run.errors.contains("as EDA has it for 2 texts") && run.errors.contains("out.csv: 2 texts, "))
            let text = try String(contentsOfFile: out, encoding: .utf8)
            #expect(
                text.split(separator: "\n").count == 3 + added && text.contains("movie") || text.contains("picture"))
            try Tool.refuse(73, ["augment", data, "-o", out, "--wordnet", wordNet], says: ["--force"])
            try Tool.refuse(
                73, ["augment", data, "-o", data, "--force", "--wordnet", wordNet], says: ["write over DATA"])
        }
    }

    @Test func maskedWordsComeFromAModel() throws {
        let table = "text,label\nthe oak beam was cut,x\n"
        let options = ["--augment", "masked", "--augment-copies", "3", "--model", Self.masked]
        let found = try augmented(table, as: "csv", options)
        #expect(found.code == 0 && found.lines.count > 2 && !found.output.contains("[MASK]"), "\(found.errors)")
        #expect(try augmented(table, as: "csv", options + ["--threads", "1"]).bytes == found.bytes)
    }

    // MARK: Commands

    @Test func aCommandTranslates() throws {
        let options = ["--augment", "translate", "--translate-command", "sed 's/film/movie/'"]
        let found = try augmented("text,label\na film,x\nan oak,y\n", as: "csv", options)
        #expect(found.lines == ["text,label", "a film,x", "a movie,x", "an oak,y"])
        #expect(found.errors.contains("1 copy added, 1 left out (1 unchanged)"))
    }

    @Test(arguments: [
        ("exit 2", 74, "exit code 2"), ("head -n 1", 65, "expected 2 lines"), ("cat; echo", 65, "found more"),
        ("yes", 65, "found more"), ("sleep 100", 74, "no answer for 0.4 s"), ("printf '\\377\\n'", 65, "UTF-8"),
        ("kill -9 $$", 74, "signal 9"), ("no-such-command", 74, "no such command"),
    ]) func aCommandThatFailsIsOneLine(command: String, code: Int, part: String) throws {
        try withTemporaryFolder { folder in
            let data = try write("a film\nan oak\n", to: folder + "/in.txt")
            try Tool.refuse(
                Int32(code),
                ["augment", data, "-o", folder + "/out.txt", "--augment", "translate"]
                    + ["--translate-command", command, "--translate-timeout", "0.4"], says: [part])
            #expect(try names(in: folder) == ["in.txt"])
        }
    }

    @Test func whoStopsTheRunStopsTheCommand() throws {
        try withTemporaryFolder { folder in
            let data = try write("a film\n", to: folder + "/in.txt")
            let pid = folder + "/pid"
            let running = try Running(
                ["augment", data, "-o", folder + "/out.txt", "--augment", "translate"]
                    + ["--translate-command", "echo $$ > \(pid).new; mv \(pid).new \(pid); sleep 1000"], streams: folder
            )
            let deadline = Date.now + 30
            while !FileManager.default.fileExists(atPath: pid), Date.now < deadline { usleep(2000) }
            kill(running.process.processIdentifier, SIGTERM)
            #expect(try running.end(seconds: 30).code == 143)
            let text = try String(contentsOfFile: pid, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
            let group = try #require(Int32(text))
            for _ in 0..<500 where kill(-group, 0) == 0 { usleep(10_000) }
            #expect(kill(-group, 0) != 0 && errno == ESRCH)
        }
    }

    // MARK: Bad wishes

    @Test(arguments: [
        (["--augment", "delet"], 64, "did you mean delete?"), (["--augment", ""], 64, "no step of augmentation"),
        (["--augment", "delete=2"], 64, "at most 0.9"),
        (["--augment", "swap", "--augment-copies", "0"], 64, "1 to 100"),
        (["--augment", "translate"], 64, "--translate-command"),
        (["--augment", "translate", "--translate-command", "cat", "--augment-copies", "2"], 64, "one answer"),
        (["--augment", "swap", "--translate-command", "cat"], 64, "for the step translate"),
        (["--augment", "swap", "--translate-timeout", "3"], 64, "--translate-command"),
        (["--augment", "translate", "--translate-command", "cat", "--translate-timeout", "0"], 64, "above 0"),
        (["--augment", "translate", "--translate-command", "cat", "--translate-timeout", "nan"], 64, "above 0"),
        (["--augment", "masked"], 64, "--model"), (["--augment", "swap", "--model", "x"], 64, "for the step masked"),
        (["--augment", "masked", "--model", "/no/such"], 66, "/no/such"),
        (["--augment", "masked", "--model", Models.classifier], 64, "this one is a BertForSequenceClassification"),
        (["--augment", "swap", "--step-column", "label"], 64, "'label' is there already"),
        (["--augment", "swap", "--step-column", ""], 64, "is empty"),
        (["--augment", "synonyms", "--wordnet", "/no/such"], 66, "install the Debian package wordnet-base"),
        (["--augment", "swap", "--text-column", "tezt"], 64, "no column is named 'tezt'"),
    ]) func aWishThatIsNoneIsOneLine(options: [String], code: Int, part: String) throws {
        try withTemporaryFolder { folder in
            let data = try write("text,label\na film was good,x\n", to: folder + "/in.csv")
            try Tool.refuse(Int32(code), ["augment", data, "-o", folder + "/out.csv"] + options, says: [part])
            #expect(try names(in: folder) == ["in.csv"])
        }
    }

    @Test func aTableThatIsNoneIsOneLine() throws {
        try withTemporaryFolder { folder in
            func refuse(_ code: Int32, _ text: String, _ name: String, says part: String) throws {
                let data = try write(text, to: "\(folder)/\(name)")
                try Tool.refuse(code, ["augment", data, "-o", folder + "/out"] + Self.steps, says: [part, data])
            }
            try refuse(65, "text,label\n", "a.csv", says: "found none")
            try refuse(65, "text,label\na b,x,y\n", "b.csv", says: "line 2: expected 2 fields, found 3")
            try refuse(65, "{\"text\":5}\n", "c.jsonl", says: "line 1")
            try refuse(65, "text,label\na\u{0}b,x\n", "d.csv", says: "NUL")
            let data = try write("a b\n", to: folder + "/e.txt")
            try Tool.refuse(
                64, ["augment", data, "-o", folder + "/o.csv"] + Self.steps, says: ["says CSV", "plain text"])
            try Tool.refuse(
                66, ["augment", folder, "-o", folder + "/o.csv", "--format", "csv"] + Self.steps, says: ["a folder"])
            try Tool.refuse(
                66, ["augment", folder + "/no.csv", "-o", folder + "/o.csv"] + Self.steps, says: ["no.csv"])
        }
    }

    // MARK: Training

    private func train(_ folder: String, _ name: String, _ options: [String], model: String = Models.classifier) throws
        -> Outcome
    {
        try Tool.run(
            ["finetune", model, "--train", folder + "/train.csv", "-o", "\(folder)/\(name)", "--epochs", "1"] + options)
    }

    @Test func trainingDataIsAugmented() throws {
        try withTemporaryFolder { folder in
            _ = try TrainingTable.write(in: folder)
            let dev = ["--dev", folder + "/dev.csv", "--json"]
            let steps = ["--augment", "delete=0.3,swap=0.3", "--augment-copies", "3"]
            let run = try train(folder, "a.adze", dev + steps + ["--log", folder + "/log.jsonl"])
            let report = try run.object()
            let counts = try #require(report["augmentation"] as? [String: Any])
            let added = try #require(counts["added"] as? Int)
            #expect(added > 40 && report["trainExamples"] as? Int == 40 + added && report["devExamples"] as? Int == 16)
            #expect(run.errors.contains("\(added) copies added"))
            #expect(try String(contentsOfFile: folder + "/log.jsonl", encoding: .utf8).contains("\"augmentation\":{"))
            #expect(try Tool.succeed(["inspect", folder + "/a.adze", "--json"]).output.contains("augmentation"))
            // The same by hand: the same weights come out, and so the same answers.
            let table = folder + "/more.csv"
            try Tool.succeed(["augment", folder + "/train.csv", "-o", table] + steps)
            try Tool.succeed(
                ["finetune", Models.classifier, "--train", table, "-o", folder + "/b.adze", "--epochs", "1"] + dev)
            let answers = try ["a", "b"].map { name in
                try Tool.succeed(["predict", "\(folder)/\(name).adze", "--json", "the oak was good"]).output
            }
            #expect(answers[0] == answers[1])
            let again = try train(folder, "c.adze", dev + steps + ["--threads", "1"])
            #expect(try again.code == 0 && bytes(of: folder + "/c.adze") == bytes(of: folder + "/a.adze"))
        }
    }

    @Test func whatIsHeldOutIsHeldOutFirst() throws {
        try withTemporaryFolder { folder in
            _ = try TrainingTable.write(in: folder)
            let plain = try train(folder, "a.adze", ["--json"]).object()
            let more = try train(folder, "b.adze", ["--json", "--augment", "swap=0.5"]).object()
            #expect(plain["devExamples"] as? Int == more["devExamples"] as? Int && plain["augmentation"] == nil)
            // A command that makes one text of all cannot make what is held out.
            let rows = TrainingTable.rows(40)
            let held = "sed 's/.*/\(rows[5].text)/'"
            let leaky = try train(
                folder, "c.adze",
                ["--json", "--dev", folder + "/train.csv", "--augment", "translate", "--translate-command", held])
            let counts = try #require(leaky.object()["augmentation"] as? [String: Any])
            #expect(counts["added"] as? Int == 0 && counts["inDev"] as? Int == 39 && counts["unchanged"] as? Int == 1)
        }
    }

    @Test func otherStepsAreAnotherRun() throws {
        try withTemporaryFolder { folder in
            _ = try TrainingTable.write(in: folder)
            let run = ["--checkpoint-dir", folder + "/run"]
            #expect(try train(folder, "a.adze", run + ["--augment", "swap=0.5"]).code == 0)
            let other = try train(folder, "b.adze", run + ["--resume", "--augment", "delete=0.5"])
            let plain = try train(folder, "b.adze", run + ["--resume"])
            #expect(other.code == plain.code && other.code != 0 && other.errors.contains("run"), "\(other.errors)")
            let same = try train(folder, "b.adze", run + ["--resume", "--augment", "swap=0.5"])
            #expect(try same.code == 0 && bytes(of: folder + "/b.adze") == bytes(of: folder + "/a.adze"))
        }
    }

    @Test func aModelThatFillsMasksAugmentsItsOwnTraining() throws {
        try withTemporaryFolder { folder in
            _ = try TrainingTable.write(in: folder)
            let masked = ["--augment", "masked=0.3", "--augment-copies", "1", "--json"]
            let run = try train(folder, "a.adze", masked + ["--new-head", "auto"], model: Self.masked)
            #expect(run.code == 0, "\(run.errors)")
            let counts = try #require(run.object()["augmentation"] as? [String: Any])
            #expect(counts["added"] as? Int ?? 0 > 30)
            let refused = try train(folder, "b.adze", masked)
            #expect(refused.code == 64 && refused.errors.contains("a model that fills masks"))
            for options in [["--augment-copies", "3"], ["--translate-command", "cat"]] {
                let refused = try train(folder, "b.adze", options)
                #expect(refused.code == 64 && refused.errors.contains("are for --augment"))
            }
        }
    }
}
