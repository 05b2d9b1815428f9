// `adze attention` as a user runs it: lines, colours, JSON, and what is refused.

import AdzeTestSupport
import Foundation
import Testing

struct AttentionCommandTests {
    private static let text = "The oak beam was cut."

    @Test func eachTokenHasItsLine() throws {
        let outcome = try Tool.succeed(["attention", Models.classifier, Self.text])
        let fields = outcome.lines.map { $0.split(separator: "\t").map(String.init) }
        #expect(fields.map { $0[0] } == (1...fields.count).map(String.init))
        #expect(fields.map { $0[1] }.joined() == "Theoakbeamwascut.")
        #expect(fields.contains { $0[2] == "1.0000" } && fields.contains { $0[2] == "0.0000" })
        let special = try Tool.succeed(["attention", Models.classifier, Self.text, "--special"])
        #expect(special.lines.count == fields.count + 2 && special.lines[0].hasPrefix("0\t[CLS]\t"))
        let piped = try Tool.succeed(["attention", Models.classifier, "-"], input: Array((Self.text + "\n").utf8))
        #expect(piped.bytes == outcome.bytes)
    }

    @Test func theStudysSelectionsAreReported() throws {
        func selection(_ more: [String]) throws -> [String: Any] {
            let outcome = try Tool.succeed(["attention", Models.classifier, Self.text, "--json"] + more)
            return try #require(try outcome.object()["selection"] as? [String: Any])
        }
        for (options, name) in [
            (["--layer", "first"], "first_layer_heads_average"), ([], "last_layer_heads_average"),
            (["--layer", "1"], "nth_layer_heads_average"), (["--layer", "1", "--head", "2"], "nth_layer_mth_head"),
            (["--layer", "1", "--head", "2", "--token", "3"], "custom"),
        ] { #expect(try selection(options)["name"] as? String == name) }
        #expect(try selection([])["layer"] as? Int == 2)
    }

    @Test func jsonHasWeightsAndPlaces() throws {
        let more = ["--pair", "Good!", "--json", "--normalization", "raw", "--special"]
        let object = try Tool.succeed(["attention", Models.classifier, Self.text] + more).object()
        let tokens = try #require(object["tokens"] as? [[String: Any]])
        let weights = tokens.compactMap { $0["weight"] as? Double }
        #expect(abs(weights.reduce(0, +) - 1) < 1e-5 && weights == tokens.compactMap { $0["value"] as? Double })
        #expect(abs(tokens.compactMap { $0["rollout"] as? Double }.reduce(0, +) - 1) < 1e-5)
        #expect(tokens.contains { $0["pair"] as? Bool == true && $0["text"] as? String == "!" })
        #expect(object["text_pair"] as? String == "Good!" && object["heads"] as? Int == 3)
    }

    @Test func aModelLessItselfIsNothing() throws {
        let outcome = try Tool.succeed(
            ["attention", Models.classifier, Self.text, "--against", Models.classifier, "--json"])
        let tokens = try #require(try outcome.object()["tokens"] as? [[String: Any]])
        #expect(tokens.allSatisfy { $0["value"] as? Double == 0 && $0["before"] is Double })
    }

    // MARK: Colours

    private func colored(_ environment: [String: String], _ wish: String = "always") throws -> String {
        try Tool.run(
            ["attention", Models.classifier, Self.text, "--color", wish], environment: environment
        ).output
    }

    @Test func coloursAreWhatTheTerminalHas() throws {
        let full = try colored(["COLORTERM": "truecolor"])
        #expect(full.contains("\u{1B}[38;2;0;0;0;48;2;255;45;0m") && full.contains("\u{1B}[0m"))
        let few = try colored(["COLORTERM": ""])
        #expect(few.contains("\u{1B}[38;5;16;48;5;196m") && !few.contains("48;2;"))
        let none = try colored(["COLORTERM": "truecolor"], "never")
        #expect(!none.contains("\u{1B}") && none.contains("\t1.0000"))
        // No terminal, no colours.
        #expect(try colored(["COLORTERM": "truecolor"], "auto") == none)
        func plain(_ text: String) -> String {
            text.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        }
        #expect(plain(full) == Self.text + "\n" && plain(few) == Self.text + "\n")
    }

    @Test func aTextNeverControlsTheTerminal() throws {
        let outcome = try Tool.run(
            ["attention", Models.classifier, "oak \u{1B}[2J\u{9B}beam\u{202E}\ncut", "--color", "always"])
        let lines = outcome.output.replacing(/\u{1B}\[(0|38;[0-9;]*48;[0-9;]*)m/, with: "")
        let controls = lines.unicodeScalars.filter {
            $0.value < 0x20 && $0 != "\n" || [0x9B, 0x202E].contains($0.value)
        }
        #expect(outcome.code == 0 && controls.isEmpty && outcome.lines.count == 1)
    }

    // MARK: Pages

    @Test func aPageIsWrittenWholeOrNotAtAll() throws {
        try withTemporaryFolder { folder in
            let page = folder + "/page.html"
            let arguments = ["attention", Models.classifier, Self.text, "-o", page]
            #expect(try Tool.succeed(arguments + ["--against", Models.classifier]).output.isEmpty)
            let html = String(decoding: try bytes(of: page), as: UTF8.self)
            for words in ["Integrated gradients", "Gradient × input", "completeness error", "Rollout", "What changed"] {
                #expect(html.contains(words), "\(words)")
            }
            try Tool.refuse(73, arguments, says: [page, "--force"])
            try Tool.refuse(64, arguments + ["--force", "--layer", "9"], says: ["no layer 9"])
            #expect(try bytes(of: page) == Array(html.utf8))
            try Tool.refuse(66, arguments.dropLast() + [folder + "/no/page.html"], says: ["no such"])
            #expect(try names(in: folder) == ["page.html"])
        }
    }

    @Test func theSameTimeGivesTheSamePage() throws {
        try withTemporaryFolder { folder in
            let pages = try ["1", "3"].map { threads in
                let page = "\(folder)/\(threads).html"
                let arguments = ["attention", Models.classifier, Self.text, "-o", page, "--threads", threads]
                #expect(try Tool.run(arguments, environment: ["SOURCE_DATE_EPOCH": "1"]).code == 0)
                return try bytes(of: page)
            }
            #expect(pages[0] == pages[1])
        }
    }

    @Test(arguments: [Models.encoder, Fixtures.path("models/tokencls"), Fixtures.path("families/mpnet/masked")])
    func aModelWithoutLabelsHasNoAttributions(model: String) throws {
        try withTemporaryFolder { folder in
            let page = folder + "/page.html"
            try Tool.succeed(["attention", model, Self.text, "-o", page])
            #expect(
                String(decoding: try bytes(of: page), as: UTF8.self).contains("There are no attributions: the model is")
            )
            try Tool.refuse(
                64, ["attention", model, Self.text, "-o", page, "--force", "--label", "x"], says: ["the model"])
        }
    }

    @Test func attributionsAreForAPage() throws {
        for options in [["--steps", "5"], ["--label", "accepted"]] {
            try Tool.refuse(64, ["attention", Models.classifier, Self.text] + options, says: ["say -o"])
        }
    }

    // MARK: Refusals

    @Test(arguments: [
        (["--layer", "3"], "no layer 3: the model has 3 layers, numbered 0 to 2"),
        (["--head", "3"], "no head 3: each layer has 3 heads"),
        (["--token", "99"], "no token 99: the text has 8 tokens"),
        (["--layer", "middle"], "--layer 'middle': expected first, last or a number from 0"),
        (["--head=-1"], "--head -1"), (["--normalization", "max"], "'min-max', 'z-score' or 'raw'"),
        (["--color", "red"], "auto"),
        (["--max-length", "2"], "special tokens"),
    ]) func wishesThatMakeNoSense(options: [String], says: String) throws {
        try Tool.refuse(
            64, ["attention", Models.classifier, Self.text] + options, says: [says, "adze help attention"])
    }

    @Test func textsAndModelsThatWillNotDo() throws {
        try Tool.refuse(64, ["attention", Models.classifier], says: ["give a text"])
        for text in ["", "  "] { try Tool.refuse(65, ["attention", Models.classifier, text], says: ["empty"]) }
        try Tool.refuse(66, ["attention", "what a film"], says: ["the first argument is the model"])
        try Tool.refuse(66, ["attention", Models.classifier, "oak", "--against", "/no/such"], says: ["'/no/such'"])
        try Tool.refuse(
            65, ["attention", Models.classifier, Self.text, "--against", Fixtures.path("families/mpnet/base")],
            says: ["other tokenizers", "token"])
        try withTemporaryFolder { folder in
            let cut = folder + "/cut.adze"
            try Tool.succeed(["prune", Models.classifier, "--keep", "first:2", "-o", cut])
            try Tool.refuse(
                65, ["attention", Models.classifier, Self.text, "--against", cut], says: ["3 layers", "the other 2"])
        }
    }
}
