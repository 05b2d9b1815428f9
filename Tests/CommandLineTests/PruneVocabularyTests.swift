// `adze prune --vocab` as a process: what stays and what is said of it, from every kind of input, and what it refuses.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct PruneVocabularyTests {
    private static let texts = "the oak beam was cut\nGood!\n\nsawed by it\n"

    private func vocabulary(_ model: String) throws -> Int {
        let report = try Tool.succeed(["inspect", model, "--json"]).object()
        return try #require((report["shape"] as? [String: Any])?["vocabulary"] as? Int)
    }

    @Test func piecesThatTextsNeedStay() throws {
        try withTemporaryFolder { folder in
            let corpus = try write(Self.texts, to: folder + "/c.txt"), out = folder + "/a.adze"
            let run = try Tool.succeed(["prune", Models.classifier, "--vocab", corpus, "-o", out])
            #expect(run.output == "")
            #expect(run.errors.hasSuffix("87 → 73 pieces, 14,894 → 14,558 weights; 4 texts cut as before\n"))
            #expect(try vocabulary(out) == 73)
            try Tool.succeed(["verify", out])
            let whole = try converted(Models.classifier, in: folder)
            for precision in ["fp32", "int8"] {
                let arguments = ["-i", corpus, "--json", "--precision", precision, "--quiet"]
                let before = try Tool.succeed(["predict", whole] + arguments)
                #expect(try Tool.succeed(["predict", out] + arguments).bytes == before.bytes)
            }
            let shown = try Tool.succeed(["inspect", out]).lines
            #expect(shown.contains { $0.contains("pieces 73") && $0.contains("ofPieces 87") && $0.contains("texts 4") })
            let again = try Tool.succeed([
                "prune", Models.classifier, "--vocab", corpus, "-o", out, "--force", "--json",
            ])
            let object = try #require(again.object()["vocabulary"] as? [String: Int])
            #expect(object == ["pieces": 87, "keptPieces": 73, "droppedRows": 14, "texts": 4])
            #expect(try again.object()["before"] == nil && again.object()["kept"] == nil)
        }
    }

    @Test func everyKindOfInputIsRead() throws {
        try withTemporaryFolder { folder in
            func pruned(_ corpus: String, _ more: [String] = [], input: String = "") throws -> [UInt8] {
                let out = folder + "/a.adze"
                let run = try Tool.succeed(
                    ["prune", Models.classifier, "--vocab", corpus, "-o", out, "--force"] + more,
                    input: Array(input.utf8))
                #expect(run.errors.contains("2 texts cut as before"), "\(run.errors)")
                return try bytes(of: out)
            }
            let plain = try pruned(write("the oak\ngood beam\n", to: folder + "/c.txt"))
            let files = [
                ("c.csv", "review,n\nthe oak,1\n\"good beam\",2\n"),
                ("c.tsv", "sentence1\tsentence2\nthe oak\tgood\nbeam\toak\n"),
                ("c.jsonl", "{\"text\": \"the oak\"}\n{\"text\": \"good\", \"text_pair\": \"beam\"}\n"),
            ]
            for (name, text) in files {
                #expect(try pruned(write(text, to: folder + "/" + name)) == plain, "\(name)")
                let format = String(name.dropFirst(2))
                #expect(try pruned("-", ["--format", format], input: text) == plain, "\(name) from a pipe")
            }
            #expect(try pruned("-", input: "the oak\ngood beam\n") == plain)
            let odd = try write("a;b\n;the oak\n;good beam\n", to: folder + "/odd.csv")
            #expect(try pruned(odd, ["--delimiter", ";", "--text-column", "b"]) == plain)
        }
    }

    @Test func eachLanguageHasACorpus() throws {
        try withTemporaryFolder { folder in
            try write("the oak\ngood\n", to: folder + "/t.en.txt")
            try write("beam\nsawed by it\nthe oak\n", to: folder + "/t.de.txt")
            let both = try write("the oak\ngood\nbeam\nsawed by it\nthe oak\n", to: folder + "/both.txt")
            let arguments = ["prune", Models.classifier, "--force", "--vocab"]
            let run = try Tool.succeed(
                arguments + [folder + "/t.{language}.txt", "--languages", "en, de", "-o", folder + "/a.adze"])
            let alone = try ["en", "de"].map { name in
                try Tool.succeed(arguments + [folder + "/t.\(name).txt", "-o", folder + "/alone.adze"])
                return try vocabulary(folder + "/alone.adze")
            }
            #expect(
                run.errors.contains("en: 2 texts, \(alone[0]) pieces\nde: 3 texts, \(alone[1]) pieces\n"),
                "\(run.errors)")
            #expect(run.errors.hasSuffix("5 texts cut as before\n"), "\(run.errors)")
            try Tool.succeed(arguments + [both, "-o", folder + "/b.adze"])
            #expect(try bytes(of: folder + "/a.adze") == bytes(of: folder + "/b.adze"))
            let json = try Tool.succeed(
                arguments + [folder + "/t.{language}.txt", "--languages", "de", "-o", folder + "/a.adze", "--json"])
            let object = try #require(json.object()["vocabulary"] as? [String: Any])
            let languages = try #require(object["languages"] as? [[String: Any]])
            #expect(languages.count == 1 && languages[0]["language"] as? String == "de")
            #expect(languages[0]["texts"] as? Int == 3 && languages[0]["pieces"] as? Int == alone[1])
            #expect(object["keptPieces"] as? Int == alone[1])
        }
    }

    @Test func languagesThatCannotBeAreRefused() throws {
        try withTemporaryFolder { folder in
            try write("the oak\n", to: folder + "/t.en.txt")
            try write("漢字\n", to: folder + "/t.zh.txt")
            let cases: [(vocab: String, languages: String?, code: Int32, line: String)] = [
                ("t.{language}.txt", nil, 64, "say with --languages what stands for {language}"),
                ("t.en.txt", "en", 64, "--languages needs --vocab with {language} in its path"),
                (
                    "t.{language}.txt", "en,en", 64,
                    "--languages en,en: expected different names without /, such as de,en"
                ),
                ("t.{language}.txt", "en,", 64, "--languages en,: expected different names without /, such as de,en"),
                ("t.{language}.txt", "en,de", 66, "t.de.txt: no such file"),
                ("t.{language}.txt", "en,zh", 65, "t.zh.txt: "),
            ]
            for (vocab, languages, code, line) in cases {
                let more = languages.map { ["--languages", $0] } ?? []
                let run = try Tool.run(
                    ["prune", Models.classifier, "--vocab", folder + "/" + vocab, "-o", folder + "/a.adze"] + more)
                #expect(run.code == code && run.errors.contains(line), "\(run.code) \(run.errors)")
                #expect(!FileManager.default.fileExists(atPath: folder + "/a.adze"))
            }
        }
    }

    @Test func aScriptIsAWord() throws {
        try withTemporaryFolder { folder in
            try withCopy(of: Models.classifier) { model, _ in
                try replace("adze", with: "жук", in: model + "/vocab.txt")
                try replace("\"adze\"", with: "\"жук\"", in: model + "/tokenizer.json")
                let out = folder + "/out"
                let run = try Tool.succeed(["prune", model, "--vocab", "latin", "-o", out])
                #expect(
                    run.errors.hasSuffix(
                        "87 → 86 pieces, 14,894 → 14,870 weights; all 1,530 words of two pieces cut as before\n"),
                    "\(run.errors)")
                let object = try Tool.succeed(["prune", model, "--vocab", "latin", "-o", out, "--force", "--json"])
                    .object()
                #expect((object["vocabulary"] as? [String: Any])?["script"] as? String == "latin")
                #expect((object["vocabulary"] as? [String: Any])?["wordsOfTwoPieces"] as? Int == 1530)
                #expect(try vocabulary(out) == 86)
            }
            // A file of that name is another matter.
            try write("oak\n", to: folder + "/latin")
            let here = try Tool.run(
                ["prune", Models.classifier, "--vocab", "./latin", "--format", "txt", "-o", "a.adze"], folder: folder)
            #expect(here.code == 0 && here.errors.contains("1 text cut as before"), "\(here.errors)")
        }
    }

    @Test func blocksHeadsAndScoresGoWithIt() throws {
        try withTemporaryFolder { folder in
            let dev = try write(QuantizeTests.csv, to: folder + "/dev.csv"), out = folder + "/a.adze"
            let corpus = try write(Self.texts, to: folder + "/c.txt")
            let tail = ["--vocab", corpus, "-o", out, "--force"]
            let kept = try Tool.succeed(["prune", Models.classifier, "--keep", "0,2"] + tail)
            #expect(
                kept.errors.contains("3 → 2 blocks (0, 2), 87 → 73 pieces, ") && kept.errors.contains("; 4 texts cut"))
            let run = try Tool.succeed(["prune", Models.classifier, "--drop-heads", "2", "--dev", dev] + tail)
            let words = run.lines.map { $0.split(separator: " ").map(String.init) }
            #expect(words.contains(["words", "87", "73"]) && words.contains(["attention", "heads", "9", "7"]))
            #expect(run.errors.contains("87 → 73 pieces"))
            let found = try Tool.succeed(
                ["prune", Models.classifier, "--search", "--max-drop", "100", "--dev", dev, "--json"] + tail
            ).object()
            let scored = try Tool.succeed(["evaluate", out, dev, "--precision", "fp32", "--json"]).object()
            let after = (found["after"] as? [String: Any])?["score"] as? Double
            #expect(after == scored["accuracy"] as? Double && found["vocabulary"] != nil)
            let measured = try Tool.succeed(["prune", Models.classifier, "--measure", "--dev", dev] + tail)
            #expect(measured.output.contains("tokens/s in int8") && measured.output.contains("accuracy"))
        }
    }

    @Test(arguments: FamilyFixtures.families) func everyFamilyLosesPieces(family: String) throws {
        try withTemporaryFolder { folder in
            let corpus = try write(Self.texts, to: folder + "/c.txt")
            for kind in ["sequence", "token", "masked"] {
                let model = Fixtures.path("families/\(family)/\(kind)"), out = folder + "/out"
                try Tool.succeed(["prune", model, "--vocab", corpus, "-o", out, "--force", "--quiet"])
                let mask = FamilyFixtures.mask(of: family)
                let texts = kind == "masked" ? ["the oak \(mask) cut", "--targets", "beam"] : ["the oak beam"]
                let arguments = texts + ["--json", "--precision", "fp32", "--quiet"]
                let (before, after) = try (
                    Tool.succeed(["predict", model] + arguments), Tool.succeed(["predict", out] + arguments)
                )
                if kind == "masked" {
                    #expect(after.output.contains("beam"))
                } else {
                    #expect(before.bytes == after.bytes)
                }
            }
        }
    }

    @Test func nothingToDropIsSaid() throws {
        try withTemporaryFolder { folder in
            let run = try Tool.succeed(["prune", Models.classifier, "--vocab", "latin", "-o", folder + "/a.adze"])
            #expect(run.errors.contains("87 pieces, none dropped, 14,894 → 14,894 weights; all"))
            #expect(try bytes(of: folder + "/a.adze") == bytes(of: converted(Models.classifier, in: folder)))
        }
    }

    @Test func whatCannotBeDoneIsOneLine() throws {
        try withTemporaryFolder { folder in
            let out = folder + "/a.adze"
            func refuse(_ code: Int32, _ corpus: String, _ words: [String], _ more: [String] = [], input: [UInt8] = [])
                throws
            {
                try Tool.refuse(
                    code, ["prune", Models.classifier, "--vocab", corpus, "-o", out, "--quiet"] + more, input: input,
                    says: words)
            }
            try refuse(65, write("", to: folder + "/empty.txt"), ["empty.txt", "no texts"])
            try refuse(65, write("\n \n", to: folder + "/blank.txt"), ["blank.txt", "has a word"])
            try refuse(65, write("жук\nмир\n", to: folder + "/foreign.txt"), ["foreign.txt", "knows none", "2 words"])
            try refuse(65, "-", ["standard input", "no texts"])
            try refuse(65, write("{\"text\": 1}\n", to: folder + "/bad.jsonl"), ["bad.jsonl", "line 1"])
            try refuse(64, write("a,b\n1,2\n", to: folder + "/b.csv"), ["b.csv", "--text-column"])
            try refuse(66, folder + "/nowhere.txt", ["nowhere.txt"])
            try refuse(66, "latn", ["latn"])
            try refuse(73, write("oak\n", to: out), ["would write over --vocab"], ["--force", "--format", "txt"])
            try withCopy(of: Models.classifier) { model, _ in
                for name in ["tokenizer.json", "tokenizer_config.json", "vocab.txt"] {
                    try FileManager.default.removeItem(atPath: model + "/" + name)
                }
                try Tool.refuse(
                    66, ["prune", model, "--vocab", "latin", "-o", folder + "/b.adze"], says: ["no tokenizer"])
            }
        }
    }

    @Test(arguments: [
        ["--vocab", ""], ["--vocab", "-", "--measure", "--dev", "-"], ["--vocab", "latin", "--text-column", "x"],
        ["--vocab", "x.csv", "--label-column", "x"], ["--vocab", "latin", "--dev", "x.csv"],
        ["--keep", "first:1", "--text-column", "x"], ["--keep", "first:1", "--json"],
    ])
    func badUsageIsOneLine(arguments: [String]) throws {
        try Tool.refuse(64, ["prune", Models.classifier, "-o", "x.adze"] + arguments, says: ["adze help prune"])
    }
}
