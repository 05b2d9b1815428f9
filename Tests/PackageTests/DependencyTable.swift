// Which target may see which: the one table of the package's layers, and the judge that compares targets with it.

/// The direction of dependencies, from the ground up: a row may name only rows above it.
enum DependencyTable {
    struct Row: Sendable {
        var name: String
        var maySee: Set<String>
        var products: Set<String> = []

        init(_ name: String, _ maySee: Set<String> = [], products: Set<String> = []) {
            self.name = name
            self.maySee = maySee
            self.products = products
        }
    }

    /// What the container formats stand on.
    private static let ground: Set<String> = ["AdzeBytes", "AdzeTensors", "AdzeThreads"]
    private static let core: Set<String> = ground.union(["AdzeData", "AdzeKernels", "AdzeModels", "AdzeTokenization"])

    /// Who speaks HTTP; nobody else may.
    static let serverProducts: Set<String> = [
        "ArgumentParser", "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore", "NIOHTTPTypes",
        "NIOPosix",
        "ServiceLifecycle", "UnixSignals",
    ]

    /// The target that knows all formats, and the formats that it knows.
    static let formatOpener = "AdzeModelFiles"
    static let formats: Set<String> = ["AdzeHuggingFace", "AdzeKeras", "AdzeNative", "AdzeSafetensors", "AdzeTorch"]

    /// The whole table. Targets that are still to come have their row already.
    static let rows: [Row] = [
        // System libraries and C.
        Row("CZstd"), Row("CZlib"), Row("CHDF5"), Row("CSandbox"), Row("CKernels"), Row("CSentiment"),
        // Core.
        Row("AdzeBytes"),
        Row("AdzeThreads"),
        Row("AdzeTensors", ["AdzeBytes"]),
        Row("AdzeKernels", ground.union(["CKernels"])),
        Row("AdzeTokenization", ["AdzeBytes", "AdzeThreads"]),
        Row("AdzeModels", ground.union(["AdzeKernels"])),
        Row("AdzeData", ["AdzeBytes"]),
        Row("AdzeTraining", ground.union(["AdzeData", "AdzeKernels", "AdzeModels", "CKernels"])),
        // Formats.
        Row("AdzeSafetensors", ground),
        Row("AdzeZip", ["AdzeBytes", "CZlib"]),
        Row("AdzeTorch", ground.union(["AdzeZip"])),
        Row("AdzeNative", ground.union(["CZstd"])),
        Row("AdzeHuggingFace", ground),
        Row("AdzeKeras", ground.union(["AdzeSafetensors", "AdzeZip"])),
        Row(formatOpener, ground.union(formats).union(["AdzeZip", "CSentiment"])),
        // Façade and tools.
        Row("Adze", core.union(formats).union([formatOpener, "AdzeTraining", "AdzeZip"])),
        Row("AdzeInsight", core.union(["Adze"])),
        Row("adze-cli", ["Adze", "AdzeInsight", "AdzeThreads"], products: ["ArgumentParser", "Crypto"]),
        Row(
            "AdzeServing",
            ["Adze", "AdzeBytes", "AdzeModelFiles", "AdzeModels", "AdzeThreads", "AdzeTokenization"],
            products: ["Crypto"]),
        Row("adze-serve", ["Adze", "AdzeBytes", "AdzeServing"], products: serverProducts),
        Row("adze-h5worker", ground.union(["CHDF5", "CSandbox", "AdzeSafetensors"])),
        Row("adze-trainbench", core.union(["AdzeSafetensors", "AdzeTraining"])),
        Row("AdzeFuzzing", core.union(formats).union([formatOpener, "AdzeZip"])),
        // Tests.
        Row("AdzeTestSupport", ["AdzeBytes", "CZlib"]),
        Row("AdzeReference", ground.union(["AdzeKernels", "AdzeModels"])),
    ]

    /// The row of a target; a fuzz target may see the properties alone and no product.
    static func row(of name: String) -> Row? {
        if let row = rows.first(where: { $0.name == name }) { return row }
        return name.hasPrefix("fuzz-") ? Row(name, ["AdzeFuzzing"]) : nil
    }

    /// Everything in `targets` that the table forbids, one line each; tests may see what they like.
    static func violations(in targets: [PackageTarget]) -> [String] {
        var found: [String] = []
        for target in targets where target.kind != .test {
            guard let row = row(of: target.name) else {
                found.append("\(target.name) is not in the table")
                continue
            }
            for seen in target.targets.sorted() where !row.maySee.contains(seen) {
                found.append("\(target.name) may not see \(seen)")
            }
            for seen in target.products.sorted() where !row.products.contains(seen) {
                found.append("\(target.name) may not see the product \(seen)")
            }
        }
        return found
    }
}
