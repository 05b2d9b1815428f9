// The way of reading long texts that a model carries: taken by what reads texts, overridden by an option, kept by what is
// made of the model, and refused in one line where it cannot be.

import AdzeTestSupport
import Foundation
import Testing

struct LongTextChoiceTests {
    private static let texts = [
        "the oak beam was cut by the saw the oak beam was cut by the saw good wood bad",
        "good wood", "we saw it split the oak beam too short by the saw soft wood we saw it split good",
    ]
    private static let wholeWindow = ["--long", "window", "--stride", "2", "--max-length", "10", "--aggregate", "max"]

    private func answers(_ model: String, _ options: [String] = []) throws -> String {
        try Tool.succeed(["predict", model, "--json"] + options + Self.texts).output
    }

    @Test(arguments: [["--long", "tail"], ["--long", "head+tail"], ["--long", "head+tail:4"], wholeWindow])
    func theFilesChoiceIsTaken(options: [String]) throws {
        try withTemporaryFolder { folder in
            let file = try converted(Models.classifier, in: folder, options)
            #expect(try answers(file) == answers(Models.classifier, options))
            #expect(try answers(file, ["--long", "head"]) == answers(Models.classifier))
            let data = try write(EvaluateTests.csv, to: folder + "/t.csv")
            let own = try Tool.succeed(["evaluate", file, data, "--json"])
            #expect(
                try own.output == Tool.succeed(["evaluate", Models.classifier, data, "--json"] + options).output)
            let said = own.errorLines.filter { $0.contains("the model says that long texts are read as \(options[1])") }
            #expect(said.count == 1, "\(own.errors)")
            #expect(try Tool.succeed(["predict", file, "good", "--quiet"]).errors == "")
            guard options.count == 2 else { return }
            func explained(_ model: String, _ options: [String] = []) throws -> String {
                try Tool.succeed(["explain", model, "--steps", "2"] + options + Self.texts).output
            }
            #expect(try explained(file) == explained(Models.classifier, options))
        }
    }

    @Test func anOptionOverridesTheFile() throws {
        try withTemporaryFolder { folder in
            let file = try converted(Models.classifier, in: folder, Self.wholeWindow)
            func windows(_ stride: Int, _ length: Int, _ aggregate: String) -> [String] {
                ["--long", "window", "--stride", "\(stride)", "--max-length", "\(length)", "--aggregate", aggregate]
            }
            for (given, whole) in [
                (["--stride", "4"], windows(4, 10, "max")), (["--aggregate", "logits"], windows(2, 10, "logits")),
                (["--max-length", "12"], windows(2, 12, "max")), (["--long", "tail"], ["--long", "tail"]),
                // A way that is named is one whole: nothing of the file's is left.
                (["--long", "window", "--stride", "1"], windows(1, 16, "mean")),
            ] {
                #expect(try answers(file, given) == answers(Models.classifier, whole), "\(given)")
            }
            // Attributions are of a text as a whole, whatever the model says of long ones.
            let explained = try Tool.succeed(["explain", file, Self.texts[0]])
            #expect(explained.errors.contains("attributions read them whole"))
            #expect(try explained.output == Tool.succeed(["explain", file, "--long", "head", Self.texts[0]]).output)
            try Tool.refuse(64, ["explain", file, "--long", "window", Self.texts[0]], says: ["expected head, tail"])
            try Tool.succeed(["explain", file, Self.texts[0], "--long", "head", "--steps", "2"])
            try Tool.succeed(["attention", file, Self.texts[0], "--json"])
        }
    }

    @Test func aFileThatSaysNothingIsTheSameFile() throws {
        try withTemporaryFolder { folder in
            let plain = try bytes(of: converted(Models.classifier, in: folder))
            let head = try converted(
                Models.classifier, in: folder, ["--force", "--long", "head", "--max-length", "16"])
            #expect(try bytes(of: head) == plain)
            let tail = try converted(Models.classifier, in: folder, ["--force", "--long", "tail"])
            #expect(try bytes(of: tail) != plain)
            try Tool.succeed(["convert", tail, "-o", folder + "/again.adze", "--long", "head"])
            #expect(try bytes(of: folder + "/again.adze") == plain)
        }
    }

    @Test func whatIsMadeOfTheFileSaysItToo() throws {
        try withTemporaryFolder { folder in
            let file = try converted(Models.classifier, in: folder, Self.wholeWindow)
            let words = "long window, stride 2, maximumLength 10, aggregate max"
            func says(_ model: String) throws -> Bool {
                try Tool.succeed(["inspect", model]).lines.contains { $0.hasPrefix("texts") && $0.hasSuffix(words) }
            }
            let tables = try TrainingTable.write(in: folder, train: 16, dev: 8)
            let out = folder
            for arguments in [
                ["convert", file, "-o", out + "/c.adze"], ["prune", file, "--keep", "first:2", "-o", out + "/p.adze"],
                ["export", file, "-o", out + "/folder"],
                ["quantize", file, "--dev", folder + "/dev.csv", "--max-drop", "100", "-o", out + "/q.adze"],
                ["finetune", file] + tables + ["--epochs", "1", "-o", out + "/f.adze"],
            ] {
                try Tool.succeed(arguments)
                let name = arguments[(arguments.lastIndex(of: "-o") ?? 0) + 1]
                #expect(try says(name), "\(arguments)")
            }
            #expect(try bytes(of: out + "/c.adze") == bytes(of: file))
            try Tool.succeed(["convert", out + "/folder", "-o", out + "/back.adze"])
            #expect(try bytes(of: out + "/back.adze") == bytes(of: file))
            let found = try #require(try Tool.succeed(["inspect", file, "--json"]).object()["texts"] as? [String: Any])
            #expect(found["long"] as? String == "window" && found["stride"] as? Int == 2 && found.count == 4)
        }
    }

    @Test func aTrainedModelReadsAsItWasTrained() throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder, train: 16, dev: 8)
            func texts(_ options: [String], from model: String = Models.classifier) throws -> [String: Any]? {
                let arguments = ["finetune", model] + tables + ["--epochs", "1", "-o", folder + "/f.adze", "--force"]
                try Tool.succeed(arguments + options)
                return try Tool.succeed(["inspect", folder + "/f.adze", "--json"]).object()["texts"] as? [String: Any]
            }
            #expect(try texts([]) == nil && texts(["--long", "head", "--max-length", "8"]) == nil)
            #expect(try texts(["--long", "tail", "--max-length", "8"])?["long"] as? String == "tail")
            let windows = try #require(try texts(["--long", "window", "--max-length", "8"]))
            #expect(windows["stride"] as? Int == 2 && windows["maximumLength"] as? Int == 8)
            // A recipe that says how replaces what the start model says; another length alone is another length.
            let file = try converted(Models.classifier, in: folder, Self.wholeWindow)
            #expect(try texts(["--long", "head"], from: file) == nil)
            let longer = try #require(try texts(["--max-length", "12"], from: file))
            #expect(longer["maximumLength"] as? Int == 12 && longer["aggregate"] as? String == "max")
            // What the run measured is what the file answers.
            let run = try Tool.succeed(
                ["finetune", file] + tables + ["--epochs", "1", "-o", folder + "/f.adze", "--force", "--json"]
            ).object()
            let scored =
                try Tool.succeed(
                    ["evaluate", folder + "/f.adze", folder + "/dev.csv", "--json", "--precision", "fp32"]
                ).object()["macroF1"] as? Double
            #expect(run["score"] as? Double == scored)
        }
    }

    @Test func whatWasChosenIsWritten() throws {
        try withTemporaryFolder { folder in
            let filler = "the oak beam was cut by the saw"
            let rows = (0..<12).map { "\(filler) \(filler) \($0 % 2 == 0 ? "good" : "bad") \(filler),\($0 % 2)\n" }
            let dev = try write("text,label\n" + rows.joined() + "short,1\n", to: folder + "/dev.csv")
            let out = folder + "/chosen.adze"
            let outcome = try Tool.succeed([
                "evaluate", Models.classifier, dev, "--long", "auto", "--dev", dev, "--max-length", "12", "--json",
                "--write", out,
            ])
            let report = try outcome.object()
            let best = try #require((report["longTexts"] as? [String: Any])?["best"] as? String)
            #expect(outcome.errors.contains("\(out) reads long texts as \(best)"))
            let again = try Tool.succeed(["evaluate", out, dev, "--json"]).object()
            #expect(again["accuracy"] as? Double == report["accuracy"] as? Double)
            #expect(again["logLoss"] as? Double == report["logLoss"] as? Double)
            let texts = try Tool.succeed(["inspect", out, "--json"]).object()["texts"] as? [String: Any]
            #expect(texts?["maximumLength"] as? Int == 12)
            try Tool.refuse(
                73, ["evaluate", out, dev, "--long", "auto", "--dev", dev, "--write", out], says: ["chosen.adze"])
        }
    }

    @Test(arguments: [
        ("\"tail\"", "adze_texts: expected an object"), (#"{"long": "middle"}"#, "head+tail:N or window"),
        (#"{"long": "head+tail:+4"}"#, "head+tail:N"), (#"{"long": "head+tail:15"}"#, "15 tokens of the head"),
        (#"{"long": "window"}"#, "adze_texts.stride"), (#"{"long": "tail", "stride": 2}"#, "but for windows"),
        (#"{"long": "window", "stride": 14}"#, "share 14 tokens"),
        (#"{"long": "window", "stride": -1}"#, "0 to 1000000"),
        (#"{"long": "window", "stride": 2, "maximumLength": 4}"#, "an input takes 4 tokens"),
        (#"{"long": "window", "stride": 2, "aggregate": "min"}"#, "mean, max or logits"),
        (#"{"aggregate": "max"}"#, "but for windows"), (#"{"maximumLength": 17}"#, "at most 16"),
        (#"{"maximumLength": 0}"#, "1 to 1000000"), (#"{"maximumLength": 1e9}"#, "1 to 1000000"),
        (#"{"lnog": "tail"}"#, "did you mean long?"),
    ])
    func aHostileChoiceIsOneLine(value: String, part: String) throws {
        try withCopy(of: Models.classifier) { copy, _ in
            try replace("\n}", with: ",\n\"adze_texts\": \(value)\n}", in: copy + "/config.json")
            try Tool.refuse(65, ["predict", copy, "good"], says: [copy, part])
        }
    }

    @Test(arguments: [
        (["--long", "window", "--stride", "14"], "share 14 tokens"), (["--long", "head+tail:15"], "15 tokens"),
        (["--long", "tail", "--max-length", "17"], "at most 16"), (["--stride", "2"], "names the way"),
        (["--long", "tail", "--stride", "2"], "for windows"), (["--long", "auto"], "for evaluate"),
    ])
    func aWishThatLeavesNoRoomIsOneLine(options: [String], part: String) throws {
        try withTemporaryFolder { folder in
            let out = folder + "/o.adze"
            try Tool.refuse(64, ["convert", Models.classifier, "-o", out] + options, says: [part])
            try Tool.refuse(64, ["convert", Models.encoder, "-o", out, "--long", "tail"], says: ["only classifiers"])
            #expect(try names(in: folder) == [])
        }
    }
}
