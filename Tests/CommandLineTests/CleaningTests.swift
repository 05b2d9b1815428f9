// Cleaning as a user asks for it: a model cleans as it was trained, an option overrides it, what is missing is one line.

import AdzeTestSupport
import Foundation
import Testing

struct CleaningTests {
    private static let text = "The OAK<br />beam, was  GOOD!!"
    private static let steps = ["--clean", "breaks,punctuation,lower,spaces"]
    private static let clean = "the oak beam was good"

    /// WordNet's files of a few words.
    private func writeWordNet(in folder: String, noun: String = "beam") throws -> String {
        try FileManager.default.createDirectory(atPath: folder + "/wn", withIntermediateDirectories: true)
        try write("  1 licence  \n\(noun) n 1 0 1 0 00000001  \n", to: folder + "/wn/index.noun")
        try write("be v 1 0 1 0 00000001  \n", to: folder + "/wn/index.verb")
        try write("beames beam\n", to: folder + "/wn/noun.exc")
        try write("was be\n", to: folder + "/wn/verb.exc")
        return folder + "/wn"
    }

    private func answer(_ model: String, _ options: [String] = [], text: String = text) throws -> String {
        try Tool.succeed(["predict", model, "--json"] + options + [text]).output
    }

    @Test func theModelsStepsAreTaken() throws {
        try withTemporaryFolder { folder in
            let file = try converted(Models.classifier, in: folder, Self.steps)
            let expected = try answer(Models.classifier, text: Self.clean)
            #expect(try answer(file) == expected && answer(Models.classifier, Self.steps) == expected)
            #expect(
                try answer(file, ["--clean", "none"]) == answer(Models.classifier)
                    && expected != answer(Models.classifier))
            let said = try Tool.succeed(["predict", file, Self.text]).errorLines.filter { $0.contains("cleaned") }
            #expect(
                said == [
                    "adze: note: texts are cleaned, as the model says: breaks, punctuation, lower, spaces; "
                        + "--clean says otherwise"
                ])
            #expect(try Tool.succeed(["inspect", file]).output.contains("clean breaks, punctuation, lower, spaces"))
            let plain = try bytes(of: converted(Models.classifier, in: folder, ["--force"]))
            let again = try converted(Models.classifier, in: folder, ["--force", "--clean", "none"])
            #expect(try bytes(of: again) == plain)
        }
    }

    @Test func aTrainedModelCleansAsItWasTrained() throws {
        try withTemporaryFolder { folder in
            let rows = TrainingTable.rows(24).map { (text: $0.text.uppercased() + "<br />!", label: $0.label) }
            let dirty = try write(TrainingTable.csv(rows), to: folder + "/dirty.csv")
            let tidy = try write(TrainingTable.csv(TrainingTable.rows(24)), to: folder + "/tidy.csv")
            func train(_ data: String, _ name: String, _ options: [String]) throws -> Double? {
                let run = ["finetune", Models.classifier, "--train", data, "--dev", data, "--epochs", "1"]
                return try Tool.succeed(run + ["-o", "\(folder)/\(name)", "--json"] + options).object()["score"]
                    as? Double
            }
            let score = try train(dirty, "a.adze", Self.steps)
            #expect(try score == train(tidy, "b.adze", []))
            // The same weights, but one of them cleans.
            let answers = try ["a.adze", "b.adze"].map { name in
                try Tool.succeed(["predict", "\(folder)/\(name)", "--json", "the oak was cut"]).output
            }
            #expect(answers[0] == answers[1])
            let evaluated = try Tool.succeed(["evaluate", folder + "/a.adze", dirty, "--json", "--precision", "fp32"])
            #expect(try evaluated.object()["macroF1"] as? Double == score)
            try Tool.succeed(["export", folder + "/a.adze", "-o", folder + "/hf"])
            #expect(try answer(folder + "/hf") == answer(folder + "/a.adze"))
        }
    }

    @Test func whatIsComparedIsCleaned() throws {
        try withTemporaryFolder { folder in
            let rows = TrainingTable.rows(24).map { (text: $0.text.uppercased() + "<br />!", label: $0.label) }
            let dirty = try write(TrainingTable.csv(rows), to: folder + "/dirty.csv")
            let tidy = try write(TrainingTable.csv(TrainingTable.rows(24)), to: folder + "/tidy.csv")
            func score(_ data: String, _ out: String, _ options: [String]) throws -> Double {
                let run = ["compare", Models.encoder, "--train", data, "--dev", data, "--blocks", "1", "--seeds", "1"]
                let table = try Tool.succeed(run + ["--epochs", "1", "-o", "\(folder)/\(out)", "--json"] + options)
                    .object()
                let row = try #require((table["rows"] as? [[String: Any]])?.first)
                return try #require((row["score"] as? [String: Any])?["mean"] as? Double)
            }
            #expect(try score(dirty, "a", Self.steps) == score(tidy, "b", []))
            // Other steps are another comparison.
            try Tool.refuse(
                73,
                ["compare", Models.encoder, "--train", dirty, "--dev", dirty, "--blocks", "1", "-o", folder + "/a"],
                says: ["model"])
        }
    }

    @Test func placesAreInTheCleanedText() throws {
        try withTemporaryFolder { folder in
            let file = try converted(Models.classifier, in: folder, Self.steps)
            let row = try Tool.succeed(["explain", file, "--steps", "2", Self.text]).object()
            #expect(row["cleaned"] as? String == Self.clean)
            let scalars = Array(Self.clean.unicodeScalars)
            for token in try #require(row["tokens"] as? [[String: Any]]) {
                guard let start = token["start"] as? Int, let end = token["end"] as? Int, end > 0 else { continue }
                #expect(token["text"] as? String == String(String.UnicodeScalarView(scalars[start..<end])))
            }
            let plain = try Tool.succeed(["explain", file, "--steps", "2", "--clean", "none", Self.text]).object()
            #expect(plain["cleaned"] == nil)
            #expect(try Tool.succeed(["attention", file, Self.text]).output.contains("good"))
        }
    }

    @Test func tokensAreOfTheCleanedText() throws {
        try withTemporaryFolder { folder in
            let file = try converted(Models.classifier, in: folder, Self.steps)
            let expected = try Tool.succeed(["tokenize", Models.classifier, Self.clean]).output
            #expect(try Tool.succeed(["tokenize", file, Self.text]).output == expected)
            #expect(try Tool.succeed(["tokenize", Models.classifier, Self.text] + Self.steps).output == expected)
            #expect(try Tool.succeed(["tokenize", file, Self.text, "--clean", "none"]).output != expected)
            let data = try write(Self.text + "\n", to: folder + "/t.txt")
            let lengths = try Tool.succeed(["lengths", data, "--tokenizer", file, "--no-timing", "--json"]).output
            try write(Self.clean + "\n", to: data)
            let plain = ["lengths", data, "--tokenizer", Models.classifier, "--no-timing", "--json"]
            #expect(try lengths == Tool.succeed(plain).output)
        }
    }

    @Test func lemmasNeedTheFilesThatTheyAreOf() throws {
        try withTemporaryFolder { folder in
            let (wordNet, out) = (try writeWordNet(in: folder), folder + "/lemmas.adze")
            let lemmas = ["--clean", "lower,lemmas"]
            try Tool.refuse(
                66, ["convert", Models.classifier, "-o", out, "--wordnet", folder] + lemmas,
                says: ["has no index.noun", "wordnet-base", "--wordnet DIR"])
            try Tool.succeed(["convert", Models.classifier, "-o", out, "--wordnet", wordNet] + lemmas)
            let mine = try Tool.succeed(["tokenize", out, "--wordnet", wordNet, "The beams was"])
            #expect(try mine.output == Tool.succeed(["tokenize", Models.classifier, "the beam be"]).output)
            try Tool.refuse(66, ["predict", out, "good", "--wordnet", folder], says: ["wordnet-base"])
            try Tool.succeed(["predict", out, "good", "--clean", "none"])
            let other = try Tool.succeed(["predict", out, "good", "--wordnet", writeWordNet(in: folder, noun: "oak")])
            #expect(other.errors.contains("not those that the model was told of"))
            try write("beam\n", to: wordNet + "/index.noun")
            try Tool.refuse(
                65, ["predict", out, "good", "--wordnet", wordNet], says: ["index.noun", "without a lemma at offset 0"])
        }
    }

    @Test func aListIsCarried() throws {
        try withTemporaryFolder { folder in
            let list = try write("oak\n\nbeam\n", to: folder + "/words.txt")
            let file = try converted(
                Models.classifier, in: folder, ["--clean", "lower,stopwords,spaces", "--stopwords", list])
            try FileManager.default.removeItem(atPath: list)
            #expect(
                try Tool.succeed(["inspect", file]).lines.contains(
                    "texts         clean lower, stopwords, spaces, stopwords 2 words"))
            #expect(
                try Tool.succeed(["tokenize", file, "The OAK beam"]).output
                    == Tool.succeed(["tokenize", Models.classifier, "the"]).output)
            for (text, part) in [("Oak\n", "line 1"), ("a b\n", "line 1"), ("\n", "one a line")] {
                try write(text, to: list)
                try Tool.refuse(
                    65, ["predict", Models.classifier, "a", "--clean", "stopwords", "--stopwords", list],
                    says: [list, part])
            }
        }
    }

    @Test(arguments: [
        (["--clean", "lemma"], "did you mean lemmas?"), (["--clean", "breaks,glued-breaks"], "two ways of one step"),
        (["--clean", ""], "no step of cleaning"), (["--stopwords", "x.txt"], "of --clean"),
    ]) func aWishThatIsNoneIsOneLine(options: [String], part: String) throws {
        try Tool.refuse(64, ["predict", Models.classifier, "good"] + options, says: [part])
        try Tool.refuse(64, ["predict", Models.encoder, "good", "--clean", "lower"])
    }

    @Test(arguments: [
        (#"{"clean": "lower"}"#, "a list of strings"), (#"{"clean": ["lower", "breaks"]}"#, "in their order"),
        (#"{"clean": []}"#, "in their order"), (#"{"clean": ["lemma"]}"#, "did you mean lemmas?"),
        (#"{"clean": ["breaks", "glued-breaks"]}"#, "two ways"), (#"{"clean": ["stopwords"]}"#, "words to drop"),
        (#"{"clean": ["lower"], "stopwords": ["a"]}"#, "words to drop"), (#"{"stopwords": ["a"]}"#, "without clean"),
        (#"{"clean": ["stopwords"], "stopwords": ["b", "a"]}"#, "in their order"),
        (#"{"clean": ["stopwords"], "stopwords": ["A"]}"#, "a word in lower case"),
        (#"{"clean": ["lemmas"]}"#, "fingerprint"), (#"{"clean": ["lemmas"], "wordnet": "x"}"#, "16 hexadecimal"),
        (#"{"clean": ["lower"], "wordnet": "0123456789abcdef"}"#, "fingerprint"),
    ]) func hostileStepsAreOneLine(value: String, part: String) throws {
        try withCopy(of: Models.classifier) { copy, _ in
            try replace("\n}", with: ",\n\"adze_texts\": \(value)\n}", in: copy + "/config.json")
            try Tool.refuse(65, ["predict", copy, "good"], says: [copy, "adze_texts", part])
            try Tool.refuse(65, ["tokenize", copy, "good"], says: [copy, "adze_texts", part])
        }
    }
}
