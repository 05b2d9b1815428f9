// Every family through every verb, as a user runs them: converted from each container, inspected, predicted, embedded,
// pruned, quantized, fine-tuned and exported back.

import AdzeTestSupport
import Foundation
import Testing

@Suite struct FamilyTests {
    static let families = FamilyFixtures.families

    private func model(_ family: String, _ kind: String = "sequence") -> String {
        Fixtures.path("families/\(family)/\(kind)")
    }

    @Test(arguments: families) func inspectNamesFamilyAndForm(family: String) throws {
        let form =
            ["albert": "pooled", "modernbert": "transformed first"][family] ?? "first token"
        let report = try Tool.succeed(["inspect", model(family), "--json"]).object()
        let isTransformed = family == "modernbert"
        #expect(report["family"] as? String == family && report["form"] as? String == form)
        let plain = try Tool.succeed(["inspect", model(family)]).output
        #expect(plain.contains(family) && plain.contains(form))
        let tokens = try Tool.succeed(["inspect", model(family, "token"), "--json"]).object()
        #expect(tokens["form"] as? String == (isTransformed ? "transformed every" : "tokens"))
    }

    @Test(arguments: families) func aFileAnswersAsItsFolderDoes(family: String) throws {
        try withTemporaryFolder { folder in
            let texts = ["the oak beam was cut", "good"]
            for kind in ["sequence", "token", "questions", "masked"] {
                let source = model(family, kind)
                let file = try converted(source, in: folder, ["--force"])
                #expect(try Tool.succeed(["verify", file]).output.contains("int8 bit for bit"))
                guard kind != "questions" else { continue }
                let mask = FamilyFixtures.mask(of: family)
                let inputs = kind == "masked" ? texts.map { $0 + " " + mask } : texts
                for precision in ["fp32", "int8"] {
                    let arguments = ["--json", "--precision", precision, "--quiet"]
                    let plain = try Tool.succeed(["predict", source] + inputs + arguments)
                    let native = try Tool.succeed(["predict", file] + inputs + arguments)
                    #expect(plain.bytes == native.bytes && !plain.lines.isEmpty, "\(kind) \(precision)")
                }
            }
        }
    }

    @Test func olderContainersAreTheSameModel() throws {
        try withTemporaryFolder { folder in
            for (old, new) in [
                (model("distilbert", "sequence-bin"), model("distilbert")),
                (model("mpnet", "sequence-legacy"), model("mpnet")),
                (model("electra", "masked-tied-copies"), model("electra", "masked")),
                (model("roberta", "sequence-bin"), model("roberta")),
                (model("roberta", "masked-tied-copies"), model("roberta", "masked")),
            ] {
                let exported = try [old, new].enumerated().map { index, path in
                    let out = folder + "/\(index)"
                    try Tool.succeed(["export", path, "-o", out, "--force", "--quiet"])
                    return try bytes(of: out + "/model.safetensors")
                }
                #expect(exported[0] == exported[1], "\(old)")
            }
        }
    }

    @Test(arguments: families) func sentencesAreEmbeddedAndBlocksPruned(family: String) throws {
        try withTemporaryFolder { folder in
            let base = model(family, "base")
            let vector = try Tool.succeed(["embed", base, "the oak beam", "--quiet"]).objects()
            #expect((vector[0]["embedding"] as? [Double])?.count == 12)
            let pruned = folder + "/pruned"
            try Tool.succeed(["prune", base, "--keep", "first:1", "-o", pruned, "--quiet"])
            let report = try Tool.succeed(["inspect", pruned, "--json"]).object()
            #expect((report["shape"] as? [String: Any])?["blocks"] as? Int == 1)
            #expect(report["family"] as? String == family)
        }
    }

    @Test(arguments: families) func theGateQuantizes(family: String) throws {
        try withTemporaryFolder { folder in
            let dev = try write("text,label\noak beam,1\ngood,0\nshort saw,2\n", to: folder + "/dev.csv")
            let out = folder + "/a.adze"
            let run = try Tool.succeed([
                "quantize", model(family), "-o", out, "--dev", dev, "--max-drop", "100", "--json",
            ]).object()
            // The tables, one where positions have none, four groups in each block, and the head's own layer.
            let (tables, blocks) = (
                ["deberta-v2", "modernbert"].contains(family) ? 1 : 2, family == "modernbert" ? 3 : 2
            )
            #expect(run["groups"] as? Int == tables + blocks * 4 + 1 && run["passes"] as? Bool == true)
            try Tool.succeed(["verify", out])
        }
    }

    @Test(arguments: families) func aNewHeadLearns(family: String) throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            let recipe = ["--epochs", "20", "--batch-size", "8", "--lr", "5e-3", "--dropout", "0"]
            let out = folder + "/out.adze"
            let outcome = try Tool.succeed(
                ["finetune", model(family, "base")] + tables + ["-o", out, "--json", "--quiet"] + recipe
                    + ["--attention-dropout", "0", "--classifier-dropout", "0", "--export", folder + "/hf"])
            let report = try outcome.object()
            let losses = (report["epochs"] as? [[String: Any]])?.compactMap { $0["trainLoss"] as? Double } ?? []
            #expect(losses.count == 20 && losses[19] < losses[0] / 3, "\(losses)")
            let scores = try [out, folder + "/hf"].map { path in
                try Tool.succeed(["evaluate", path, folder + "/dev.csv", "--json", "--precision", "fp32"]).object()[
                    "macroF1"] as? Double
            }
            #expect(scores[0] == scores[1] && scores[0] != nil)
            let more = try Tool.succeed(
                ["finetune", out] + tables + ["-o", folder + "/more.adze", "--quiet", "--epochs", "1"]
                    + ["--freeze", "1", "--quantize-aware"])
            #expect(more.code == 0)
        }
    }

    @Test func aTokenizerOfAnotherModelIsRefused() throws {
        try withCopy(of: model("mpnet")) { copy, _ in
            for name in ["vocab.txt", "tokenizer_config.json"] {
                let other = model("distilbert") + "/" + name
                try write(String(contentsOfFile: other, encoding: .utf8), to: copy + "/" + name)
            }
            try Tool.refuse(
                65, ["predict", copy, "good"], says: ["pads with id 0", "padding with id 1", "different models"])
        }
    }

    @Test func layersThatShareBlocksArePrunedFromTheEnd() throws {
        try withTemporaryFolder { folder in
            let source = model("albert")
            let pruned = folder + "/pruned.adze"
            try Tool.succeed(["prune", source, "--keep", "first:2", "-o", pruned, "--quiet"])
            let shape = try Tool.succeed(["inspect", pruned, "--json"]).object()["shape"] as? [String: Any]
            #expect(shape?["blocks"] as? Int == 2)
            try Tool.refuse(
                64, ["prune", source, "--keep", "first:4", "-o", folder + "/no.adze"],
                says: ["5 layers share 2 blocks", "0, 0, 0, 1"])
            let dev = try write("text,label\noak beam,1\ngood,0\n", to: folder + "/dev.csv")
            try Tool.refuse(
                64, ["prune", source, "--drop-heads", "1", "--dev", dev, "-o", folder + "/no.adze"],
                says: ["5 layers share 2 blocks", "no head can go"])
            try Tool.refuse(
                64, ["prune", source, "--search", "--max-drop", "9", "--dev", dev, "-o", folder + "/no.adze"],
                says: ["5 layers share 2 blocks", "one by one"])
        }
    }

    @Test func whatIsNotRunIsRefusedByName() throws {
        try Tool.refuse(
            65, ["inspect", model("electra", "pretraining")], says: ["ElectraForPreTraining", "ElectraModel"])
        try withCopy(of: model("distilbert")) { copy, _ in
            try replace("\"distilbert\"", with: "\"distilbrt\"", in: copy + "/config.json")
            try Tool.refuse(65, ["predict", copy, "good"], says: ["'distilbrt'", "did you mean 'distilbert'?"])
        }
        try withCopy(of: model("mpnet")) { copy, _ in
            try replace("\"mpnet\"", with: "\"electra\"", in: copy + "/config.json")
            try Tool.refuse(65, ["predict", copy, "good"], says: ["contradict each other"])
        }
    }
}
