// What a person who does not know the tool is told: help, mistyped verbs, usage errors, models that are nowhere.

import AdzeTestSupport
import Foundation
import Testing

struct HelpTests {
    /// An argument as the parser describes it.
    private struct Described {
        let verb: String
        let fields: [String: Any]
        var name: String { (fields["preferredName"] as? [String: Any])?["name"] as? String ?? "" }
        var valueName: String { fields["valueName"] as? String ?? "" }
        var isShown: Bool { fields["shouldDisplay"] as? Bool == true }
        var isRequired: Bool { fields["isOptional"] as? Bool == false }
        var kind: String { fields["kind"] as? String ?? "" }
        var text: String { fields["abstract"] as? String ?? "" }
        var completion: [String: Any] { fields["completionKind"] as? [String: Any] ?? [:] }
    }

    private func described() throws -> [Described] {
        let root = try Tool.succeed(["--experimental-dump-help"]).object()["command"] as? [String: Any]
        let verbs = try #require(root?["subcommands"] as? [[String: Any]])
        return verbs.flatMap { verb in
            (verb["arguments"] as? [[String: Any]] ?? []).map {
                Described(verb: verb["commandName"] as? String ?? "", fields: $0)
            }
        }
    }

    @Test func helpShowsEveryDefault() throws {
        let options = try described().filter { $0.kind == "option" && $0.isShown && !$0.isRequired }
        #expect(options.count > 100)
        for option in options {
            let isSaid = option.text.contains("default: ") || option.text.contains("required unless")
            #expect(isSaid || option.fields["defaultValue"] != nil, "\(option.verb) --\(option.name)")
        }
    }

    /// A line of the source that is continued without a backslash leaves its indentation in the text.
    @Test func helpHasNoGaps() throws {
        let root = try Tool.succeed(["--experimental-dump-help"]).object()["command"] as? [String: Any]
        let verbs = try #require(root?["subcommands"] as? [[String: Any]])
        for verb in verbs {
            let text = (verb["discussion"] as? String ?? "") + (verb["abstract"] as? String ?? "")
            #expect(!text.contains(/\S {2,}\S/), "\(verb["commandName"] ?? "")")
        }
        for option in try described() { #expect(!option.text.contains("  "), "\(option.verb) --\(option.name)") }
    }

    @Test func requiredOptionsComeFirst() throws {
        for (verb, names) in [
            ("finetune", ["--train", "--output"]), ("quantize", ["--output", "--dev", "--max-drop"]),
            (
                "prune",
                [
                    "--keep", "--search", "--drop-heads", "--vocab", "--languages", "--dev", "--max-drop", "--metric",
                    "--output",
                ]
            ),
            ("calibrate", ["--dev", "--output"]), ("lengths", ["--tokenizer"]), ("export", ["--output"]),
            ("report", ["--output"]), ("convert", ["--output"]), ("augment", ["--output"]),
        ] {
            let lines = try Tool.succeed(["help", verb]).lines.filter { $0.hasPrefix("  -") }
            for (line, name) in zip(lines, names) { #expect(line.contains(name), "\(verb): \(line)") }
        }
        // Whatever may become required later stands in that place too.
        for option in try described() where option.kind == "option" && option.isRequired {
            #expect(option.fields["sectionTitle"] as? String == "Required", "\(option.verb) --\(option.name)")
        }
    }

    @Test func helpFitsATerminal() throws {
        for verb in [""] + Set(try described().map(\.verb)).sorted() where verb != "help" {
            let lines = try Tool.succeed(verb.isEmpty ? ["help"] : ["help", verb]).lines
            let long = lines.filter { $0.count > 80 && !$0.hasPrefix("USAGE:") }
            #expect(long.isEmpty, "\(verb): \(long)")
        }
    }

    @Test(arguments: [
        ["help", "predcit"], ["predcit"], ["predcit", Models.classifier, "good"], ["help", "predcit", "x"],
    ])
    func aMistypedVerbNamesTheNearest(arguments: [String]) throws {
        try Tool.refuse(64, arguments, says: ["'predcit'", "did you mean 'predict'?", "see 'adze help'"])
    }

    @Test func aModelIsNoVerb() throws {
        try Tool.refuse(64, [Models.classifier, "good"], says: ["unknown verb", "adze predict MODEL TEXT"])
        try Tool.refuse(64, ["frobnicate"], says: ["unknown verb", "convert, inspect, verify"])
        #expect(try Tool.succeed(["help", "predict"]).output.contains("USAGE: adze predict"))
        #expect(try Tool.succeed(["predict", "--help"]).output == Tool.succeed(["help", "predict"]).output)
        #expect(try Tool.succeed(["help"]).output == Tool.succeed([]).output)
    }

    /// Whoever notices the mistake, the parser, the verb or the library, it is the verb's help that is named.
    @Test(arguments: [
        ["predict"], ["predict", Models.classifier, "good", "--jsn"], ["predict", Models.classifier],
        ["predict", Models.classifier, "good", "--threads", "0"],
        ["predict", Models.classifier, "good", "--precision", "int4"],
        ["predict", Models.classifier, "good", "--max-length", "2"],
        ["predict", Models.classifier, "good", "--allow-no-answer"], ["prune", Models.classifier, "-o", "x.adze"],
        ["prune", Models.classifier, "--keep", "some", "-o", "x.adze"], ["bench"], ["bench", "--shape", "bert-bsae"],
        ["finetune", Models.classifier, "-o", "x"], ["convert", Models.classifier],
        ["convert", Models.classifier, "--dry-run", "--like", "bert-bsae-cased"], ["rescue", Models.classifier],
        ["lengths", "x"], ["report", "x", "y", "-o", "z"], ["tokenize", Models.classifier, "good", "--long", "middle"],
    ])
    func aUsageErrorNamesTheHelpOfItsVerb(arguments: [String]) throws {
        let outcome = try Tool.refuse(64, arguments)
        #expect(outcome.errors.hasSuffix(" see 'adze help \(arguments[0])'\n"), "\(outcome.errors)")
    }

    @Test func theEnvironmentIsInNoHelp() throws {
        let outcome = try Tool.refuse(
            64, ["predict", Models.classifier, "good"], environment: ["ADZE_FORCE_ISA": "nonsense"])
        #expect(!outcome.errors.contains("adze help"))
    }

    // MARK: One vocabulary

    @Test func oldSpellingsKeepWorkingSilently() throws {
        let entities = Fixtures.path("answers/entities")
        for how in ["none", "simple", "first", "average", "max"] {
            let new = try Tool.succeed(["predict", entities, "Anna Weber saw Oslo.", "--aggregate", how])
            let old = try Tool.succeed(["predict", entities, "Anna Weber saw Oslo.", "--aggregation", how])
            #expect(new.bytes == old.bytes && new.errorLines.count == old.errorLines.count)
        }
        let text = "The oak beam was cut."
        let old = try Tool.succeed(
            ["tokenize", Models.classifier, text, "--max-length", "4", "--truncation", "longest_first"])
        #expect(old.bytes == (try Tool.succeed(["tokenize", Models.classifier, text, "--max-length", "4"])).bytes)
        for verb in ["predict", "tokenize"] {
            let help = try Tool.succeed(["help", verb]).output
            #expect(!help.contains("--aggregation") && !help.contains("--truncation"))
        }
    }

    @Test func anOptionMeansOneThing() throws {
        let entities = Fixtures.path("answers/entities")
        try Tool.refuse(
            64, ["predict", entities, "oak", "--aggregate", "logits"], says: ["'logits'", "none, simple, first"])
        try Tool.refuse(
            64, ["predict", Models.classifier, "oak", "--long", "window", "--aggregate", "simple"],
            says: ["'simple'", "mean, max, logits"])
        try Tool.refuse(64, ["predict", Models.classifier, "oak", "--aggregate", "max"], says: ["--long window"])
        try Tool.refuse(64, ["predict", Models.classifier, "oak", "--aggregation", "max"], says: ["--aggregation"])
        let options = try described().filter(\.isShown)
        // The options of `serve` are the server's.
        for verb in Set(options.map(\.verb)) where !["help", "serve"].contains(verb) {
            #expect(options.contains { $0.verb == verb && $0.name == "threads" }, "\(verb)")
            #expect(options.contains { $0.verb == verb && $0.name == "quiet" }, "\(verb)")
        }
    }

    @Test func tokenizeCutsAsPredictDoes() throws {
        let arguments = ["tokenize", Models.classifier, "the oak beam was cut by the saw", "--max-length", "5"]
        for (how, line) in [
            ("head", "[CLS] the oak beam [SEP]"), ("tail", "[CLS] by the saw [SEP]"),
            ("head+tail", "[CLS] the the saw [SEP]"),
        ] {
            #expect(try Tool.succeed(arguments + ["--long", how]).lines == [line])
        }
        let windows = [
            "[CLS] the oak beam [SEP]", "[CLS] beam was cut [SEP]", "[CLS] cut by the [SEP]", "[CLS] the saw [SEP]",
        ]
        let window = arguments + ["--long", "window", "--stride", "1"]
        #expect(try Tool.succeed(window).lines == [windows.joined(separator: "\t")])
        let object = try Tool.succeed(window + ["--json"]).object()
        let found = try #require(object["windows"] as? [[String: Any]])
        #expect(found.map { ($0["tokens"] as? [String])?.joined(separator: " ") } == windows)
        try Tool.refuse(64, arguments + ["--stride", "1"], says: ["--long window"])
        try Tool.refuse(64, arguments + ["--long", "head", "--truncation", "only_first"], says: ["one option"])
    }

    // MARK: Standard input

    @Test func aDashIsStandardInput() throws {
        try withTemporaryFolder { folder in
            let text = [UInt8]("The oak beam was cut.\n".utf8)
            for verb in ["predict", "embed", "tokenize"] {
                let piped = try Tool.succeed([verb, Models.classifier, "-"], input: text)
                #expect(piped.bytes == (try Tool.succeed([verb, Models.classifier, "The oak beam was cut."])).bytes)
                try Tool.refuse(64, [verb, Models.classifier, "-", "-i", "-"], says: ["not both"])
            }
            let csv = TrainingTable.csv(TrainingTable.rows(20))
            let (table, input) = (try write(csv, to: folder + "/t.csv"), [UInt8](csv.utf8))
            func same(_ arguments: [String], _ more: [String], file: String, input: [UInt8]) throws {
                let found = try Tool.succeed(arguments.map { $0 == file ? "-" : $0 } + more, input: input)
                #expect(found.bytes == (try Tool.succeed(arguments)).bytes, "\(arguments)")
            }
            let format = ["--format", "csv"]
            try same(
                ["evaluate", Models.classifier, table, "--label-column", "label"], format, file: table, input: input)
            try same(
                ["lengths", table, "--tokenizer", Models.classifier, "--no-timing"], format, file: table, input: input)
            try same(["diff", Models.classifier, Models.classifier, "-i", table], format, file: table, input: input)
            let bare = Models.classifier + "/model.safetensors"
            let config = Models.classifier + "/config.json"
            let stated = ["predict", bare, "oak", "--tokenizer", Models.classifier, "--config", config]
            try same(stated, [], file: config, input: try bytes(of: config))
            let ids = try write("[2,5,3]\n", to: folder + "/ids.jsonl")
            try Tool.succeed(
                ["bench", Models.classifier, "--sequences", "-", "--repeat", "1", "--precision", "int8"],
                input: try bytes(of: ids))
            try Tool.refuse(66, ["predict", "-", "oak"], says: ["a model is a file or folder"])
        }
    }

    @Test func trainingDataMayComeThroughAPipe() throws {
        try withTemporaryFolder { folder in
            let csv = TrainingTable.csv(TrainingTable.rows(20))
            let table = try write(csv, to: folder + "/t.csv")
            let (a, b, log) = (folder + "/a.adze", folder + "/b.adze", folder + "/run.jsonl")
            let rest = ["--epochs", "1", "--new-head", "auto"]
            try Tool.succeed(["finetune", Models.encoder, "--train", table, "-o", a, "--log", log] + rest)
            try Tool.succeed(
                ["finetune", Models.encoder, "--train", "-", "--format", "csv", "-o", b] + rest, input: Array(csv.utf8))
            #expect(try bytes(of: a) == bytes(of: b))
            let fields = ["finetune", Models.encoder, "--train", "-", "-o", folder + "/c.adze"]
            try Tool.refuse(64, fields, input: Array(csv.utf8), says: ["standard input", "--format"])
            try Tool.refuse(64, fields + ["--dev", "-", "--format", "csv"], says: ["--train and --dev"])
            let bad = try Tool.refuse(65, fields + ["--format", "csv"], input: Array("text,label\ngood\n".utf8))
            #expect(bad.errors.contains("standard input: ") && !bad.errors.contains("/dev/fd"))
            try Tool.succeed(["report", "-", "-o", folder + "/page.html"], input: try bytes(of: log))
            let words = try Tool.succeed(
                fields.map { $0 == "-" ? table : $0 } + ["--add-tokens", "-"] + rest, input: Array("oakbeam\n".utf8))
            #expect(words.errors.contains("1 words added"))
        }
    }

    // MARK: Models

    @Test func nothingIsDownloadedAndThatIsSaid() throws {
        try withTemporaryFolder { folder in
            let table = try write(TrainingTable.csv(TrainingTable.rows(4)), to: folder + "/t.csv")
            for name in ["bert-base-uncased", "google-bert/bert-base-uncased"] {
                for verb in [["inspect", name], ["finetune", name, "--train", table, "-o", folder + "/o.adze"]] {
                    let outcome = try Tool.refuse(
                        66, verb, says: ["'\(name)'", "downloads nothing", "hf download \(name)"])
                    #expect(!outcome.errors.contains("the texts follow it"))
                }
            }
            try Tool.refuse(66, ["verify", "https://huggingface.co/bert-base-uncased"], says: ["downloads nothing"])
            try Tool.refuse(66, ["predict", "good"], says: ["the first argument is the model", "downloads nothing"])
            try Tool.refuse(66, ["rescue", "bert-base-uncased", "--list"], says: ["downloads nothing"])
            // A path that is nearly right is a slip of the hand.
            try Tool.refuse(66, ["inspect", folder + "/t.cvs"], says: ["did you mean '\(folder)/t.csv'?"])
            #expect(try Tool.succeed(["help"]).output.contains("Adze downloads nothing"))
        }
    }

    @Test func shapesAreListed() throws {
        let shapes = ["bert-base-uncased", "bert-base-chinese", "bert-tiny", "all-MiniLM-L12-v2"]
        for (verb, option) in [("convert", "--like"), ("predict", "--like"), ("bench", "--shape")] {
            let help = try Tool.succeed(["help", verb]).output
            for shape in shapes { #expect(help.contains(shape), "\(verb) \(option) \(shape)") }
        }
        try Tool.refuse(64, ["convert", Models.classifier, "--dry-run", "--like", "x"], says: shapes)
        try Tool.refuse(64, ["bench", "--shape", "x"], says: shapes + ["minilm"])
    }

    // MARK: Completion

    @Test func pathsAreCompletedAsPaths() throws {
        let paths: Set = [
            "FILE", "PATH", "DIR", "MODEL", "SRC", "OUT", "DATA", "TEXTS", "CORPUS", "PAGE.html", "RUN.jsonl", "A", "B",
        ]
        for argument in try described() where argument.kind != "flag" && argument.isShown && argument.verb != "help" {
            let isPath = argument.completion["file"] != nil || argument.completion["directory"] != nil
            #expect(
                isPath == paths.contains(argument.valueName), "\(argument.verb) \(argument.name) \(argument.valueName)")
        }
        for shell in ["bash", "zsh", "fish"] {
            #expect(try Tool.succeed(["--generate-completion-script", shell]).output.contains("predict"))
        }
    }
}
