// convert, verify, export, prune and diff: what goes in comes out again.

import AdzeTestSupport
import Foundation
import Testing

struct ConversionTests {
    /// Both models have the same tensors, bit for bit.
    private func expectEqual(_ a: String, _ b: String, tensors: Int? = nil) throws {
        let report = try Tool.succeed(["diff", a, b, "--json", "--quiet"]).object()
        #expect((report["different"] as? [Any])?.count == 0)
        #expect((report["onlyInA"] as? [Any])?.count == 0 && (report["onlyInB"] as? [Any])?.count == 0)
        let equal = try #require(report["equal"] as? Int)
        #expect(equal > 20)
        if let tensors { #expect(equal == tensors) }
    }

    @Test(arguments: ["full", "int8", "fp32"])
    func convertVerifyPredictAgreeWithTheFolder(store: String) throws {
        try withTemporaryFolder { folder in
            let file = folder + "/out.adze"
            let conversion = try Tool.succeed(["convert", Models.classifier, "-o", file, "--store", store, "--verbose"])
            #expect(conversion.lines.contains { $0.contains("bert.embeddings.word_embeddings.weight → ") })
            #expect(conversion.errorLines.last?.contains("→") == true && conversion.errors.contains("3 blocks"))
            let report = try Tool.succeed(["verify", file, "--json"]).object()
            #expect(report["ok"] as? Bool == true && report["int8"] as? Bool == (store != "fp32"))
            #expect(try #require(report["probes"] as? Int) > 0)
            guard store != "int8" else { return }
            let texts = ["The oak beam was cut.", "", "too short", "good by the saw"]
            let fromFolder = try Tool.succeed(["predict", Models.classifier, "--json"] + texts)
            #expect(try Tool.succeed(["predict", file, "--json"] + texts).bytes == fromFolder.bytes)
            try expectEqual(Models.classifier, file)
        }
    }

    @Test(arguments: [
        "safetensors", "sharded", "torch-zip", "torch-legacy", "torch-nested/checkpoint.pt",
        "torch-compiled/checkpoint.pt",
    ])
    func everyContainerConvertsToIdenticalTensors(name: String) throws {
        let reference = Models.container("safetensors")
        var source = [Models.container(name)]
        if name.hasSuffix(".pt") {
            source += ["--config", reference + "/config.json", "--tokenizer", reference + "/vocab.txt"]
        }
        try withTemporaryFolder { folder in
            let file = folder + "/out.adze"
            try Tool.succeed(["convert", "-o", file] + source)
            try expectEqual(reference, file)
        }
    }

    @Test func halfPrecisionIsKeptExactly() throws {
        for name in ["fp16", "bf16"] {
            try withTemporaryFolder { folder in
                try expectEqual(Models.container(name), try converted(Models.container(name), in: folder))
            }
        }
    }

    @Test func headsAndTiesAreSaid() throws {
        try withTemporaryFolder { folder in
            let source = Fixtures.path("models/maskedlm-tied")
            let file = folder + "/out.adze"
            let conversion = try Tool.succeed(["convert", source, "-o", file])
            #expect(
                conversion.lines.contains("cls.predictions.decoder.weight tied to embeddings.word_embeddings.weight"))
            let report = try Tool.succeed(["inspect", file, "--json"]).object()
            #expect(report["class"] as? String == "BertForMaskedLM" && report["labels"] == nil)
            #expect(report["head"] as? String == "a word for each place, decoder tied to the word embeddings")
            #expect(try Tool.succeed(["verify", file]).output.contains("3 probes"))
        }
    }

    @Test(arguments: ["safetensors", "pt"])
    func exportGivesEveryBitBack(format: String) throws {
        for model in [Models.classifier, Models.encoder, Models.bare, Models.sentences] {
            try withTemporaryFolder { folder in
                let exported = folder + "/exported"
                let file = try converted(model, in: folder)
                let outcome = try Tool.succeed(["export", file, "-o", exported, "--format", format])
                #expect(outcome.output == "" && outcome.errors.contains("blocks"))
                try expectEqual(model, exported)
                let weights = format == "pt" ? "pytorch_model.bin" : "model.safetensors"
                #expect(try names(in: exported).contains(weights))
                #expect(try names(in: folder) == ["converted.adze", "exported"])
            }
        }
    }

    @Test func sameInputGivesTheSameBytes() throws {
        try withTemporaryFolder { folder in
            let first = try bytes(of: try converted(Models.classifier, in: folder, ["--threads", "1"]))
            let again = try bytes(of: try converted(Models.classifier, in: folder, ["--threads", "3", "--force"]))
            #expect(first == again)
        }
    }

    @Test func pruneKeepsWhatItSays() throws {
        try withTemporaryFolder { folder in
            for (keep, blocks) in [("first:2", [0, 1]), ("last:1", [3]), ("every:2", [0, 2]), ("3,0", [3, 0])] {
                for output in ["\(folder)/\(keep).adze", "\(folder)/\(keep)"] {
                    let outcome = try Tool.succeed(["prune", Models.encoder, "--keep", keep, "-o", output])
                    let list = blocks.map(String.init).joined(separator: ", ")
                    #expect(outcome.errors.contains("4 → \(blocks.count) blocks (\(list))"))
                    let shape = try Tool.succeed(["inspect", output, "--json", "--quiet"]).object()["shape"]
                    #expect((shape as? [String: Any])?["blocks"] as? Int == blocks.count)
                }
                try expectEqual("\(folder)/\(keep).adze", "\(folder)/\(keep)")
            }
            let all = try converted(Models.encoder, in: folder)
            try Tool.succeed(["prune", all, "--keep", "0,1,2,3", "-o", folder + "/all.adze"])
            try expectEqual(Models.encoder, folder + "/all.adze")
        }
    }

    @Test(arguments: [
        "nonsense", "first:0", "first:5", "0,4", "0,0", "-1", "", "every:0", "first:99999999999999999999",
    ])
    func pruneRefusesBlocksThatAreNotThere(keep: String) throws {
        try withTemporaryFolder { folder in
            try Tool.refuse(64, ["prune", Models.encoder, "--keep=\(keep)", "-o", folder + "/x.adze"])
            #expect(try names(in: folder) == [])
        }
    }

    @Test func diffWithTexts() throws {
        try withTemporaryFolder { folder in
            let short = folder + "/short"
            try Tool.succeed(["prune", Models.classifier, "--keep", "first:1", "-o", short])
            let texts = try write(
                "{\"text\":\"good\"}\nnot json\n{\"text\":\"the oak was cut\"}\n", to: folder + "/t.jsonl")
            let report = try Tool.succeed(["diff", Models.classifier, short, "-i", texts, "--json"]).object()
            let predictions = try #require(report["predictions"] as? [String: Any])
            #expect(predictions["texts"] as? Int == 2 && predictions["unreadable"] as? Int == 1)
            #expect(try #require(predictions["largestLogitDifference"] as? Double) > 0)
            #expect((report["onlyInA"] as? [Any])?.isEmpty == false)
            let plain = try Tool.succeed(["diff", Models.classifier, short, "-i", texts])
            #expect(plain.lines.last?.contains("of 2 predictions differ") == true)
            #expect(plain.errors.contains("1 unreadable"))
            try Tool.refuse(64, ["diff", Models.classifier, Models.encoder, "-i", texts], says: ["two classifiers"])
        }
    }

    @Test func diffCountsAllAndShowsTwenty() throws {
        try withCopy(of: Models.classifier) { copy, _ in
            let config = try String(contentsOfFile: copy + "/config.json", encoding: .utf8)
            let renamed = config.replacing("accepted", with: "taken").replacing("rejected", with: "left")
            try Data(renamed.utf8).write(to: URL(filePath: copy + "/config.json"))
            let texts = try write(
                "text\n" + (0..<30).map { "oak \($0)\n" }.joined(), to: copy + "/table")
            let arguments = ["diff", Models.classifier, copy, "-i", texts, "--format", "csv"]
            let report = try Tool.succeed(arguments + ["--json"]).object()
            let predictions = try #require(report["predictions"] as? [String: Any])
            #expect(predictions["texts"] as? Int == 30 && predictions["different"] as? Int == 30)
            let examples = try #require(predictions["examples"] as? [[String: Any]])
            #expect(examples.compactMap { $0["index"] as? Int } == Array(0..<20))
            #expect(examples.allSatisfy { ["taken", "left"].contains($0["b"] as? String) })
            let plain = try Tool.succeed(arguments)
            #expect(plain.lines.count { $0.hasPrefix("text ") } == 20)
            #expect(plain.lines.last?.hasPrefix("30 of 30 predictions differ") == true)
        }
    }

    @Test func newHeadIsMadeOnlyWhenAsked() throws {
        try withTemporaryFolder { folder in
            let file = folder + "/out.adze"
            try Tool.succeed(["convert", Models.encoder, "-o", file, "--new-head", "no,maybe,yes"])
            #expect(
                try Tool.succeed(["inspect", file, "--json"]).object()["labels"] as? [String] == ["no", "maybe", "yes"])
            try Tool.refuse(64, ["predict", Models.encoder, "good"], says: ["--new-head"])
        }
    }

    @Test func dryRunWritesNothing() throws {
        try withTemporaryFolder { folder in
            let outcome = try Tool.succeed([
                "convert", Models.classifier, "--dry-run", "--verbose", "-o", folder + "/out.adze",
            ])
            #expect(outcome.lines.count > 40)
            #expect(try names(in: folder) == [])
        }
    }
}
