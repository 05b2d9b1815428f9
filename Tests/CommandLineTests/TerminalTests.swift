// What a terminal gets to see: whatever stands in a file or a name, no verb prints a character that the terminal obeys.

import AdzeTestSupport
import Foundation
import Testing

struct TerminalTests {
    /// A label that clears the screen, begins a line of its own, and writes backwards.
    private static let hostile = "\u{1B}[2J\u{9B}31mgood\nlabels  fake\u{2028}\u{202E}evil\t1\u{7F}\u{85}"

    private func json(_ text: String) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: [text]), as: UTF8.self).dropFirst().dropLast()
            .description
    }

    /// The classifier with a hostile label, hostile tokens and a hostile name.
    private func withHostileModel(_ body: (_ model: String, _ folder: String) throws -> Void) throws {
        try withCopy(of: Models.classifier) { copy, folder in
            let name = try json(TerminalTests.hostile)
            try replace("\"0\": \"rejected\"", with: "\"0\": \(name)", in: copy + "/config.json")
            try replace("\"rejected\": 0", with: "\(name): 0", in: copy + "/config.json")
            for token in ["[CLS]", "[SEP]"] {
                let odd = "[\u{1B}[31m\u{9B}\n\u{202E}\(token.dropFirst())"
                try replace("\"\(token)\"", with: try json(odd), in: copy + "/tokenizer.json")
            }
            try replace(
                "\"[CLS]\"", with: try json("[\u{1B}[31m\u{9B}\n\u{202E}CLS]"), in: copy + "/tokenizer_config.json")
            try replace(
                "\"[SEP]\"", with: try json("[\u{1B}[31m\u{9B}\n\u{202E}SEP]"), in: copy + "/tokenizer_config.json")
            try FileManager.default.removeItem(atPath: copy + "/vocab.txt")
            try body(copy, folder)
        }
    }

    /// Whether only lines and columns control what is shown.
    private func expectPlain(
        _ outcome: Outcome, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for text in [outcome.output, outcome.errors] {
            let found = text.unicodeScalars.filter { TerminalTests.isControl($0) }.map { String($0.value, radix: 16) }
            #expect(found.isEmpty, "adze \(arguments): \(found)", sourceLocation: sourceLocation)
        }
        #expect(!outcome.errors.contains("\t"), sourceLocation: sourceLocation)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    @Test func noVerbPrintsWhatATerminalObeys() throws {
        try withHostileModel { model, folder in
            let data = try write(
                "text,label\n\"The \u{1B}[1m oak\u{85}\u{202E}\",0\nGood!,1\n", to: folder + "/d\u{1B}[0m\u{9B}.csv")
            let file = folder + "/m\u{9B}\u{2028}.adze"
            let log = folder + "/run\u{1B}.jsonl"
            let verbs = [
                ["convert", model, "-o", file], ["convert", model, "--dry-run", "--json"],
                ["inspect", model, "--tensors"],
                ["inspect", file], ["inspect", file, "--json"], ["verify", file], ["tokenize", model, "oak \u{1B}"],
                ["tokenize", file, "oak", "--json"], ["predict", file, "-i", data],
                ["predict", model, "Good!", "--json"],
                ["predict", model, "Good!", "--top-k", "2"], ["embed", model, "Good!"], ["evaluate", model, data],
                ["evaluate", file, data, "--json"], ["diff", file, Models.classifier, "-i", data],
                ["diff", file, Models.classifier, "-i", data, "--json"], ["lengths", data, "--tokenizer", file],
                ["quantize", model, "-o", folder + "/q\u{9B}.adze", "--dev", data, "--max-drop", "100"],
                ["prune", file, "--keep", "first:1", "-o", folder + "/p\u{1B}.adze"],
                ["export", file, "-o", folder + "/e\u{1B}"], ["rescue", file, "--list"],
                ["rescue", file, "-o", folder + "/r\u{9B}.safetensors"],
                [
                    "finetune", model, "--train", data, "--dev", data, "-o", folder + "/f\u{1B}.adze", "--epochs", "1",
                    "--log", log,
                ],
                ["report", log, "-o", folder + "/page\u{1B}.html"],
                ["bench", file, "-i", data, "--repeat", "1", "--precision", "int8"],
            ]
            for verb in verbs {
                let outcome = try Tool.run(verb)
                #expect(outcome.code == 0, "adze \(verb): \(outcome.errors)")
                expectPlain(outcome, verb)
            }
            #expect(
                try Tool.succeed(["inspect", file, "--json"]).object()["labels"] as? [String]
                    == [TerminalTests.hostile, "accepted"])
            // One label, one line: it cannot add a line that looks like ours.
            #expect(try Tool.succeed(["inspect", file]).lines.filter { $0.hasPrefix("labels") }.count == 1)
        }
    }

    @Test func noRefusalPrintsWhatATerminalObeys() throws {
        try withHostileModel { model, folder in
            let odd = folder + "/\u{1B}[31m\u{9B}\n\u{202E}gone"
            let text = try write("text,label\ngood,\u{1B}[2J\u{9B}\u{202E}\n", to: folder + "/d.csv")
            let lines = try write(
                "{\"text\": \"good\", \"\u{202E}\u{2028}x\": 1}\n{\"\u{9B}\": 1}\n", to: folder + "/d.jsonl")
            let verbs = [
                ["inspect", odd], ["predict", odd, "x"], ["predict", model, "-i", odd],
                ["export", model, "-o", odd + "/x"],
                ["evaluate", model, text], ["predict", model, "x", "--\u{1B}[31m"], ["prc\u{1B}\u{9B}dict"],
                ["predict", model, "x", "--top-k", "\u{9B}2J"], ["help", "\u{9B}\u{1B}[2J"],
                ["predict", model, "-i", lines], ["predict", model, "-i", lines, "--json"],
                ["convert", model, "--like", "\u{1B}[2J\u{9B}", "--dry-run"],
                ["predict", model, "-i", text, "--text-column", "\u{1B}\u{9B}"],
                ["quantize", model, "-o", odd, "--dev", text, "--max-drop", "1", "--metric", "\u{9B}"],
            ]
            for verb in verbs {
                let outcome = try Tool.run(verb)
                #expect(outcome.code != 70, "adze \(verb): \(outcome.errors)")
                expectPlain(outcome, verb)
            }
            // What passes through is the same value, written harmlessly.
            let passed = try Tool.succeed(["predict", model, "-i", lines, "--json"]).objects()
            #expect(passed.first?["\u{202E}\u{2028}x"] as? Int == 1)
        }
    }

    @Test func aLabelWithACommaIsOneLabel() throws {
        try withCopy(of: Models.classifier) { copy, _ in
            try replace("\"rejected\"", with: "\"no, never\"", in: copy + "/config.json")
            let lines = try Tool.succeed(["inspect", copy]).lines
            #expect(lines.contains { $0.hasPrefix("labels") && $0.hasSuffix("  'no, never', accepted") })
        }
    }
}
