// HDF5 and Keras files are models like any other for every verb.

import AdzeTestSupport
import Foundation
import Testing

struct KerasTests {
    private static let reference = Models.container("safetensors")
    private static let statements = [
        "--config", reference + "/config.json", "--tokenizer", reference + "/vocab.txt",
    ]

    private static func path(_ name: String) -> String { Fixtures.path("keras/" + name) }

    @Test(arguments: [
        "transformers/tf_model.h5", "full-model.h5", "transformers-variables.weights.h5", "weights-gzip.h5",
        "keras-bert.h5", "keras-hub.keras", "safetensors-tf/model.safetensors",
    ])
    func convertsToThePyTorchTensors(file: String) throws {
        try withTemporaryFolder { folder in
            let out = folder + "/out.adze"
            let run = try Tool.succeed(["convert", Self.path(file), "-o", out] + Self.statements)
            // The names in the file, not those made of them.
            #expect(
                run.lines.contains { $0.contains("/") && $0.hasSuffix("→ encoder.layer.0.attention.self.query.weight") }
            )
            try Tool.succeed(["verify", out])
            let report = try Tool.succeed(["diff", out, Self.reference, "--json", "--quiet"]).object()
            #expect(report["equal"] as? Int == 41 && (report["different"] as? [Any])?.count == 0)
        }
    }

    @Test(arguments: ["transformers", "sharded"]) func foldersPredictAsPyTorchs(name: String) throws {
        let texts = ["The oak beam was cut.", "good"]
        let statements = ["--tokenizer", Self.reference + "/vocab.txt", "--json"]
        let expected = try Tool.succeed(["predict", Self.reference] + texts + statements)
        #expect(try Tool.succeed(["predict", Self.path(name)] + texts + statements).bytes == expected.bytes)
    }

    /// Those whose TensorFlow classes' files are read.
    static let families = FamilyFixtures.families.filter { !["albert", "deberta-v2", "modernbert"].contains($0) }

    /// The families beyond BERT, in both of the forms that their TensorFlow classes save.
    @Test(arguments: families) func familiesAreThePyTorchModels(family: String) throws {
        try withTemporaryFolder { folder in
            for kind in ["sequence", "masked"] {
                let (model, reference) = (Self.path("\(family)-\(kind)"), Fixtures.path("families/\(family)/\(kind)"))
                let texts = ["The oak beam was cut.", "good"].map { text in
                    kind == "masked" ? text + " " + FamilyFixtures.mask(of: family) : text
                }
                let out = folder + "/\(kind).adze"
                let run = try Tool.succeed(["convert", model, "-o", out])
                #expect(run.lines.contains { $0.contains("→ encoder.layer.1.attention.self.query.weight") })
                try Tool.succeed(["verify", out])
                for precision in ["fp32", "int8"] {
                    let expected = try Tool.succeed(["predict", reference, "--json", "--precision", precision] + texts)
                    let found = try Tool.succeed(["predict", out, "--json", "--precision", precision] + texts)
                    #expect(found.bytes == expected.bytes && found.lines.count == 2, "\(kind) \(precision)")
                }
            }
            let out = folder + "/variables.adze"
            let statements = ["/config.json", ""].map { Self.path("\(family)-masked\($0)") }
            try Tool.succeed(
                ["convert", Self.path("\(family)-masked.weights.h5"), "-o", out]
                    + ["--config", statements[0], "--tokenizer", statements[1]])
            let report = try Tool.succeed(["diff", out, folder + "/masked.adze", "--json", "--quiet"]).object()
            #expect((report["different"] as? [Any])?.count == 0 && report["equal"] as? Int ?? 0 > 30)
        }
    }

    @Test func pruneAndInspect() throws {
        try withTemporaryFolder { folder in
            let model = Self.path("transformers")
            let fields = try Tool.succeed(["inspect", model, "--json"]).object()
            #expect(fields["format"] as? String == "HDF5")
            try Tool.succeed(["prune", model, "--keep", "first:1", "-o", folder + "/one"])
            try Tool.succeed(["prune", Self.reference, "--keep", "first:1", "-o", folder + "/other"])
            let report = try Tool.succeed(["diff", folder + "/one", folder + "/other", "--json"]).object()
            #expect((report["different"] as? [Any])?.count == 0 && report["equal"] as? Int == 25)
        }
    }

    @Test(arguments: ["external-storage", "gzip-bomb", "soft-link-cycle", "user-block", "deep-groups"])
    func hostileFilesAreOneLineAndExit65(name: String) throws {
        let path = Fixtures.path("hdf5-hostile/\(name).h5")
        try Tool.refuse(65, ["inspect", path], says: [path, "HDF5"])
    }
}
