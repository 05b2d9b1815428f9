// swift-tools-version: 6.3
// Adze: carves BERT and its relatives down to size. The dependency table below is asserted by `DependencyDirectionTests`.

import PackageDescription

// MARK: - Shared settings

/// The warnings that we ourselves never let pass; a package that depends on Adze is not held to them.
let strictWarnings: [SwiftSetting] =
    Context.environment["ADZE_WARNINGS_AS_ERRORS"] == "1" ? [.treatAllWarnings(as: .error)] : []

let swiftSettings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"),
    ] + strictWarnings

/// The settings of what ships: an act that the compiler cannot prove safe must be spelled `unsafe` there.
let shippedSettings = swiftSettings + [.strictMemorySafety()]

/// A library target of ours: its folder, what it may see, nothing else.
func library(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: shippedSettings)
}

/// The tests of one target; `more` names what the tests need beyond the target itself.
func tests(of target: String, _ more: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(target)Tests", dependencies: [.byName(name: target), "AdzeTestSupport"] + more,
        swiftSettings: swiftSettings)
}

/// The program that fuzzes one reader, or in an ordinary build replays inputs to it.
func fuzzer(_ reader: String) -> Target {
    .executableTarget(
        name: "fuzz-\(reader)", dependencies: ["AdzeFuzzing"], path: "Tools/fuzz/\(reader)",
        swiftSettings: swiftSettings)
}

let package = Package(
    name: "adze",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "Adze", targets: ["Adze"]),
        .executable(name: "adze", targets: ["adze-cli"]),
        .executable(name: "adze-h5worker", targets: ["adze-h5worker"]),
        .executable(name: "adze-serve", targets: ["adze-serve"]),
    ],
    traits: [
        .default(enabledTraits: ["Sentiment"]),
        .trait(name: "Sentiment", description: "The classifier inside, @sentiment: its size more in every program."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // Of the server alone: who depends on the library, or builds `adze`, builds none of them.
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // MARK: - System libraries and C
        .systemLibrary(
            name: "CZstd", path: "Formats/CZstd", pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        .systemLibrary(
            name: "CZlib", path: "Formats/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "CHDF5", path: "Formats/CHDF5", pkgConfig: "hdf5",
            providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
        .target(name: "CSandbox", path: "Formats/CSandbox"),
        // The source copies the .adze file into the program.
        .target(name: "CSentiment", exclude: ["sentiment.adze", "sentiment.md"]),
        // Unoptimised vector code is a hundred times slower: the tests of a debug build would wait for it.
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),

        // MARK: - Core
        library("AdzeBytes"),
        library("AdzeThreads"),
        library("AdzeTensors", ["AdzeBytes"]),
        library("AdzeKernels", ["AdzeBytes", "AdzeTensors", "AdzeThreads", "CKernels"]),
        library("AdzeTokenization", ["AdzeBytes"]),
        library("AdzeModels", ["AdzeBytes", "AdzeKernels", "AdzeTensors", "AdzeThreads"]),
        library("AdzeData", ["AdzeBytes"]),
        library(
            "AdzeTraining",
            ["AdzeBytes", "AdzeData", "AdzeKernels", "AdzeModels", "AdzeTensors", "AdzeThreads", "CKernels"]),

        // MARK: - Formats
        library("AdzeSafetensors", path: "Formats/Safetensors", ["AdzeBytes", "AdzeTensors"]),
        library("AdzeZip", path: "Formats/Zip", ["AdzeBytes", "CZlib"]),
        library("AdzeTorch", path: "Formats/Torch", ["AdzeBytes", "AdzeTensors", "AdzeZip"]),
        library("AdzeNative", path: "Formats/Native", ["AdzeBytes", "AdzeTensors", "AdzeThreads", "CZstd"]),
        library("AdzeKeras", path: "Formats/Keras", ["AdzeBytes", "AdzeSafetensors", "AdzeTensors", "AdzeZip"]),
        library("AdzeHuggingFace", path: "Formats/HuggingFace", ["AdzeBytes"]),
        library(
            "AdzeModelFiles", path: "Formats/ModelFiles",
            [
                "AdzeBytes", "AdzeTensors", "AdzeHuggingFace", "AdzeKeras", "AdzeNative", "AdzeSafetensors",
                "AdzeTorch", .target(name: "CSentiment", condition: .when(traits: ["Sentiment"])),
            ]),

        // MARK: - Façade and tools
        library(
            "Adze",
            [
                "AdzeBytes", "AdzeData", "AdzeHuggingFace", "AdzeKernels", "AdzeKeras", "AdzeModelFiles", "AdzeModels",
                "AdzeNative", "AdzeSafetensors", "AdzeTensors", "AdzeThreads", "AdzeTokenization", "AdzeTorch",
                "AdzeTraining", "AdzeZip",
            ]),
        library("AdzeInsight", ["Adze", "AdzeBytes", "AdzeData"]),
        .executableTarget(
            name: "adze-cli",
            dependencies: [
                "Adze", "AdzeInsight", "AdzeThreads",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Tools/adze", swiftSettings: shippedSettings),

        // MARK: - Server
        library(
            "AdzeServing",
            [
                "Adze", "AdzeBytes", "AdzeModelFiles", "AdzeModels", "AdzeThreads",
                "AdzeTokenization", .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .executableTarget(
            name: "adze-serve",
            dependencies: [
                "Adze", "AdzeBytes", "AdzeServing",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Tools/adze-serve",
            exclude: ["Page/page.html", "Page/embed.py", "OpenAPI/openapi.json", "OpenAPI/embed.py"],
            swiftSettings: shippedSettings),

        // The only program that links libhdf5; `adze` starts it for HDF5 files, from its own folder.
        .executableTarget(
            name: "adze-h5worker",
            dependencies: ["AdzeBytes", "AdzeSafetensors", "AdzeTensors", "CHDF5", "CSandbox"],
            path: "Tools/adze-h5worker", swiftSettings: shippedSettings),

        // Times training steps for Tools/benchmarks/compare_training.py.
        .executableTarget(
            name: "adze-trainbench",
            dependencies: [
                "AdzeBytes", "AdzeKernels", "AdzeModels", "AdzeSafetensors", "AdzeTensors", "AdzeThreads",
                "AdzeTraining",
            ],
            path: "Tools/benchmarks/trainbench", swiftSettings: swiftSettings),

        // MARK: - Fuzzing
        .target(
            name: "AdzeFuzzing",
            dependencies: [
                "AdzeBytes", "AdzeData", "AdzeKeras", "AdzeModels", "AdzeNative", "AdzeSafetensors", "AdzeTensors",
                "AdzeThreads", "AdzeTokenization", "AdzeTorch", "AdzeZip",
            ], path: "Tools/fuzz/AdzeFuzzing", swiftSettings: swiftSettings),
        fuzzer("json"), fuzzer("safetensors"), fuzzer("zip"), fuzzer("pickle"), fuzzer("native"), fuzzer("tokenizer"),
        fuzzer("sentencepiece"),
        fuzzer("csv"), fuzzer("jsonl"), fuzzer("workerstream"), fuzzer("commandline"),

        // MARK: - Tests
        .target(
            name: "AdzeTestSupport", dependencies: ["AdzeBytes", "CZlib"], path: "Tests/AdzeTestSupport",
            swiftSettings: swiftSettings),
        .target(
            name: "AdzeReference", dependencies: ["AdzeKernels", "AdzeModels", "AdzeTensors"],
            path: "Tests/AdzeReference", swiftSettings: swiftSettings),
        tests(of: "AdzeBytes"),
        tests(of: "AdzeThreads"),
        tests(of: "AdzeTensors", ["AdzeBytes"]),
        tests(of: "AdzeKernels", ["AdzeBytes", "AdzeReference", "AdzeTensors", "AdzeThreads", "CKernels"]),
        tests(of: "AdzeTokenization", ["AdzeBytes"]),
        tests(
            of: "AdzeModels",
            ["AdzeBytes", "AdzeKernels", "AdzeTensors", "AdzeThreads", "AdzeSafetensors", "AdzeTorch"]),
        tests(of: "AdzeData", ["AdzeBytes"]),
        tests(
            of: "AdzeTraining",
            [
                "AdzeBytes", "AdzeData", "AdzeKernels", "AdzeModels", "AdzeSafetensors", "AdzeTensors", "AdzeThreads",
                "AdzeTorch", "CKernels",
            ]),
        tests(of: "AdzeSafetensors", ["AdzeBytes", "AdzeTensors"]),
        tests(of: "AdzeZip", ["AdzeBytes"]),
        tests(of: "AdzeTorch", ["AdzeBytes", "AdzeTensors", "AdzeSafetensors", "AdzeZip"]),
        tests(of: "AdzeNative", ["AdzeBytes", "AdzeTensors", "AdzeThreads"]),
        tests(of: "AdzeHuggingFace", ["AdzeBytes"]),
        tests(of: "AdzeKeras", ["AdzeBytes", "AdzeSafetensors", "AdzeTensors", "adze-h5worker"]),
        tests(of: "AdzeModelFiles", ["AdzeBytes", "AdzeHuggingFace", "AdzeTensors", "adze-h5worker"]),
        tests(
            of: "Adze",
            [
                "AdzeBytes", "AdzeData", "AdzeHuggingFace", "AdzeKernels", "AdzeModelFiles", "AdzeModels", "AdzeNative",
                "AdzeReference", "AdzeSafetensors", "AdzeTensors", "AdzeThreads", "AdzeTokenization", "AdzeTraining",
                "adze-h5worker",
            ]),
        tests(
            of: "AdzeInsight",
            [
                "Adze", "AdzeBytes", "AdzeData", "AdzeModels", "AdzeThreads",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        tests(of: "AdzeServing", ["Adze", .product(name: "Crypto", package: "swift-crypto")]),
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["AdzeTestSupport", "AdzeBytes", "AdzeKernels", "adze-cli", "adze-h5worker", "adze-serve"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "FuzzReplayTests", dependencies: ["AdzeTestSupport", "AdzeFuzzing"], swiftSettings: swiftSettings),
        .testTarget(name: "PackageTests", dependencies: ["AdzeTestSupport"], swiftSettings: swiftSettings),
    ]
)
