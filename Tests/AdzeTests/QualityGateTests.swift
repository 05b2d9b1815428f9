// The quality gate: what it keeps, what it says, what travels in the file and what becomes of it; calibration on texts of
// the user's.

import AdzeBytes
import AdzeData
import AdzeModelFiles
import AdzeModels
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Foundation
import Testing

@testable import Adze

@Suite struct QualityGateTests {
    static let model = "seqcls-gelu"

    func options(_ store: NativeStore = .full, threads: Int = 2) -> ConversionOptions {
        var options = ConversionOptions()
        (options.store, options.threads) = (store, threads)
        return options
    }

    /// Quantizes the fixture on texts of which plain int8 labels some otherwise, with a limit.
    func quantize(
        to path: String, maximumDrop: Double, _ options: ConversionOptions? = nil, count: Int = 600
    ) throws -> QuantizationReport {
        let bundle = try ModelBundle(path: fixture(QualityGateTests.model))
        return try bundle.quantize(
            to: path, examples: labelled(bundle, sentences(count)),
            gate: QualityGate(metric: .accuracy, maximumDrop: maximumDrop), options: options ?? self.options())
    }

    @Test func aLooseGateKeepsNothing() throws {
        try withTemporaryFolder { folder in
            let report = try quantize(to: folder + "/a.adze", maximumDrop: 50)
            #expect(report.quality.kept.isEmpty && report.sensitivities.isEmpty)
            #expect(report.quality == report.withoutKept)
            #expect(report.quality.fp32 == 0.8 && report.quality.textCount == 600)
            #expect(report.quality.largestDifference > report.quality.meanDifference)
            // The same codes as without a gate.
            _ = try ModelBundle(path: fixture(QualityGateTests.model)).convert(
                to: folder + "/b.adze", options: options())
            #expect(try bits(ModelBundle(path: folder + "/a.adze")) == bits(ModelBundle(path: folder + "/b.adze")))
            let texts = sentences(5, seed: 3)
            let answers = try ["a", "b"].map {
                try TextClassifier(ModelBundle(path: "\(folder)/\($0).adze")).classify(texts)
            }
            #expect(answers[0] == answers[1])
        }
    }

    @Test(arguments: [NativeStore.full, .int8]) func aStrictGateKeepsLayersUntilItPasses(store: NativeStore) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/a.adze"
            let bundle = try ModelBundle(path: fixture(QualityGateTests.model))
            let examples = try labelled(bundle, sentences(600))
            let gate = QualityGate(metric: .accuracy, maximumDrop: 0)
            let report = try bundle.quantize(to: path, examples: examples, gate: gate, options: options(store))
            try #require(report.withoutKept.drop > 0, "int8 answers as fp32 does; take another seed")
            let kept = report.quality.kept
            #expect(!kept.isEmpty && report.quality.drop <= 1e-9)
            #expect(kept == Array(report.sensitivities.prefix(kept.count)))
            #expect(report.sensitivities.map(\.error) == report.sensitivities.map(\.error).sorted(by: >))
            #expect(report.sensitivities.count == report.groupCount && report.groupCount == 3 * 4 + 3)

            // The file is what was measured.
            let file = try ModelBundle(path: path)
            let native = try #require(file.source.native)
            let int8Names = file.checkpoint.int8Names
            let inFP32 = file.checkpoint.parameters.matrices(of: kept.map(\.layers))
            for entry in file.checkpoint.map?.entries ?? [] where int8Names.contains(entry.name) {
                let isKept = if case .float32 = native.record(entry.source)?.scheme { true } else { false }
                #expect(isKept == inFP32.contains(entry.name), "\(entry.name)")
            }
            let found = try TextClassifier(file).evaluate(examples)
            #expect(try QualityMetric.accuracy.value(found) == report.quality.int8)
            #expect(file.quantizationReport?["quality"] == .object(report.quality.json))
            #expect(file.quantizationReport?["calibration"]?["source"]?.string == "built in")
            #expect(try file.verify(threads: 1).comparedInt8)
        }
    }

    /// A model that int8 cannot do: the context's channels differ by a factor of a million in one block.
    @Test func theDamagedLayerIsTheOneKept() throws {
        try withTemporaryFolder { folder in
            try writeModel(QualityGateTests.model, to: folder + "/m") { name, tensor in
                var values = tensor.floats()
                let columns = tensor.shape.rowLength
                if name.hasSuffix("layer.1.attention.self.value.weight") {
                    for column in 0..<columns { values[3 * columns + column] *= 0x1p20 }
                } else if name.hasSuffix("layer.1.attention.self.value.bias") {
                    values[3] *= 0x1p20
                } else if name.hasSuffix("layer.1.attention.output.dense.weight") {
                    for row in 0..<tensor.shape[0] { values[row * columns + 3] *= 0x1p-20 }
                } else {
                    return tensor
                }
                return Tensor(shape: tensor.shape, floats: values)
            }
            let bundle = try ModelBundle(path: folder + "/m")
            let report = try bundle.quantize(
                to: folder + "/a.adze", examples: labelled(bundle, sentences(200)),
                gate: QualityGate(metric: .mcc, maximumDrop: 3), options: options())
            #expect(report.quality.kept.first?.layers == .attentionOutput(block: 1))
            #expect(report.quality.drop <= 3 && report.withoutKept.drop > 3)
        }
    }

    @Test func sameBytesForAnyThreads() throws {
        try withTemporaryFolder { folder in
            for threads in [1, 3] {
                _ = try quantize(
                    to: "\(folder)/\(threads).adze", maximumDrop: 0, options(threads: threads), count: 300)
            }
            #expect(
                try Data(contentsOf: URL(filePath: folder + "/1.adze"))
                    == Data(contentsOf: URL(filePath: folder + "/3.adze")))
        }
    }

    // MARK: What becomes of the report

    @Test func theReportStaysWithTheSameModelAlone() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/a.adze"
            let kept = try quantize(to: path, maximumDrop: 0).quality.kept
            let file = try ModelBundle(path: path)
            let report = try #require(file.quantizationReport)
            let matrices = file.checkpoint.parameters.matrices(of: kept.map(\.layers))
            try #require(!matrices.isEmpty)

            /// What a second conversion says of quality, and the matrices that it keeps in fp32.
            func again(
                _ name: String, _ bundle: ModelBundle, _ options: ConversionOptions
            ) throws -> (quality: JSONValue?, kept: Set<String>) {
                let path = "\(folder)/\(name).adze"
                _ = try bundle.convert(to: path, options: options)
                let copy = try ModelBundle(path: path)
                let plan = try #require(copy.source.native).plan(of: copy.checkpoint)
                return (copy.quantizationReport?["quality"], plan.kept)
            }
            let full = try again("full", file, options())
            #expect(full.quality == report["quality"] && full.kept == matrices)
            #expect(
                try Data(contentsOf: URL(filePath: path)) == Data(contentsOf: URL(filePath: folder + "/full.adze")))
            let int8 = try again("int8", file, options(.int8))
            #expect(int8.quality == report["quality"] && int8.kept == matrices)
            let texts = sentences(20, seed: 4)
            #expect(
                try TextClassifier(ModelBundle(path: folder + "/int8.adze")).classify(texts)
                    == TextClassifier(file).classify(texts))
            // Codes made of codes may differ in the last bit of a scale.
            let coded = try again("coded", ModelBundle(path: folder + "/int8.adze"), options(.int8))
            #expect(coded.quality == nil && coded.kept == matrices)
            _ = try file.convert(to: folder + "/fp32.adze", options: options(.fp32))
            #expect(try ModelBundle(path: folder + "/fp32.adze").quantizationReport == nil)

            var renewed = ModelOptions()
            renewed.checkpoint.newHead = file.checkpoint.head.labels
            #expect(try again("head", ModelBundle(path: path, options: renewed), options()).quality == nil)
            let pruned = try again("pruned", file.keeping(blocks: [0, 1]), options())
            #expect(pruned.quality == nil && pruned.kept.isEmpty)
            var calibrated = options()
            calibrated.calibration = .builtIn
            let fresh = try again("fresh", file, calibrated)
            #expect(fresh.quality == nil && fresh.kept.isEmpty)

            let onlyInt8 = refusal {
                try ModelBundle(path: folder + "/int8.adze").quantize(
                    to: folder + "/no.adze", examples: [Example("oak", target: .label(0))],
                    gate: QualityGate(metric: .accuracy, maximumDrop: 1))
            }
            #expect(onlyInt8 as? BundleError == .onlyInt8)
            #expect(!pathExists(folder + "/no.adze"))
        }
    }

    /// With every matrix in fp32 a file still says what int8 is: it does not get codes behind the gate's back.
    @Test func aFileWithEverythingInFP32StaysThere() throws {
        try withTemporaryFolder { folder in
            let bundle = try ModelBundle(path: fixture(QualityGateTests.model))
            var options = options()
            options.plan = QuantizationPlan().keeping(
                LayerGroup.all(bundle.checkpoint.config, head: bundle.checkpoint.head), of: bundle.checkpoint)
            _ = try bundle.convert(to: folder + "/a.adze", options: options)
            let file = try ModelBundle(path: folder + "/a.adze")
            #expect(file.hasInt8 && file.source.native?.sizes.codes == 0)
            let texts = sentences(10)
            let engine = try Engine(bundle.checkpoint, exactly: true, pool: WorkerPool(threadCount: 1))
            #expect(try TextClassifier(file).classify(texts) == TextClassifier(bundle, engine).classify(texts))
        }
    }

    // MARK: Metrics

    @Test func metricsFitTheHead() throws {
        for (name, metric, other) in [
            ("seqcls-gelu", QualityMetric.accuracy, "pearson"), ("seqcls-relu-multilabel", .microF1, "accuracy"),
            ("seqcls-regression", .pearson, "mcc"),
        ] {
            let kind = try ModelBundle(path: fixture(name)).targetKind()
            #expect(try QualityMetric(nil, for: kind) == metric)
            for known in QualityMetric.known(for: kind) {
                #expect(try QualityMetric(known.rawValue, for: kind) == known)
            }
            let error = refusal { try QualityMetric(other, for: kind) }
            #expect(error?.kind == .usage && error?.description.contains(metric.rawValue) == true)
        }
    }

    @Test func numbersAndSeveralLabelsAreGatedToo() throws {
        try withTemporaryFolder { folder in
            let texts = sentences(40)
            let number = try ModelBundle(path: fixture("seqcls-regression"))
            let numbers = texts.enumerated().map { Example($1, target: .number(Double($0 % 7))) }
            let report = try number.quantize(
                to: folder + "/n.adze", examples: numbers, gate: QualityGate(metric: .pearson, maximumDrop: 100),
                options: options())
            #expect(report.quality.equalCount == nil && report.quality.json["equalLabels"] == .null)
            let constant = texts.map { Example($0, target: .number(1)) }
            let undefined = refusal {
                try number.quantize(
                    to: folder + "/u.adze", examples: constant, gate: QualityGate(metric: .pearson, maximumDrop: 1))
            }
            #expect(undefined as? BundleError == .undefinedMetric("pearson"))
            let several = try ModelBundle(path: fixture("seqcls-relu-multilabel"))
            let sets = texts.enumerated().map { Example($1, target: .labels($0.isMultiple(of: 2) ? [0] : [])) }
            let labels = try several.quantize(
                to: folder + "/m.adze", examples: sets, gate: QualityGate(metric: .subsetAccuracy, maximumDrop: 100),
                options: options())
            #expect((0...40).contains(labels.quality.equalCount ?? -1))
            let none = refusal {
                try several.quantize(
                    to: folder + "/e.adze", examples: [], gate: QualityGate(metric: .microF1, maximumDrop: 1))
            }
            #expect(none as? DataError == .noExamples)
        }
    }

    // MARK: Calibration

    func calibration(_ texts: [String]) -> Calibration {
        var calibration = Calibration()
        for text in texts { calibration.add(TextInput(text)) }
        return calibration
    }

    @Test func whatIsReadIsBoundedAndEven() throws {
        let bundle = try ModelBundle(path: fixture(QualityGateTests.model))
        let (tokenizer, config) = (try bundle.requireTokenizer(), bundle.checkpoint.config)
        let many = calibration((0..<20_000).map { $0 < 10_000 ? "oak" : "saw" })
        let sample = try #require(try many.sample(tokenizer, config))
        #expect(sample.sequences.count <= Calibration.textLimit && sample.sequences.count > Calibration.textLimit / 3)
        let first = sample.sequences.count { $0 == sample.sequences[0] }
        #expect(abs(first - sample.sequences.count / 2) <= 1)
        #expect(sample.description["of"] == .integer(20_000))
        var wide = config
        wide.positions = .absolute(rows: 512)
        let long = calibration(
            (0..<600).map { _ in [String](repeating: "oak", count: 300).joined(separator: " ") })
        let tokens = try #require(try long.sample(tokenizer, wide)).sequences.map(\.ids.count)
        #expect(tokens.allSatisfy { $0 == Calibration.lengthLimit })
        #expect(tokens.reduce(0, +) <= Calibration.tokenLimit && tokens.reduce(0, +) > Calibration.tokenLimit / 2)
        #expect(
            refusal { try calibration([]).sample(tokenizer, config) } as? BundleError == .noCalibrationTokens(texts: 0))
        #expect(
            refusal { try calibration(["", ""]).sample(tokenizer, config) } as? BundleError
                == .noCalibrationTokens(texts: 2))
        #expect(refusal { try calibration(["oak"]).sample(nil, config) } as? BundleError == .noTokenizer)
        #expect(try Calibration.builtIn.sample(nil, config) == nil)
    }

    @Test func ownTextsChangeTheCodesAndAreNamedByTheirDigest() throws {
        try withTemporaryFolder { folder in
            let bundle = try ModelBundle(path: fixture(QualityGateTests.model))
            func convert(_ name: String, _ texts: [String]) throws -> ModelBundle {
                var options = options()
                options.calibration = calibration(texts)
                _ = try bundle.convert(to: "\(folder)/\(name).adze", options: options)
                return try ModelBundle(path: "\(folder)/\(name).adze")
            }
            let (a, b, c) = (
                try convert("a", ["the oak beam", "saw"]), try convert("b", ["saw", "the oak beam"]),
                try convert("c", ["good wood"])
            )
            let digests = [a, b, c].map { $0.quantizationReport?["calibration"]?["digest"] }
            #expect(Set(digests.compactMap { $0?.string }).count == 3)
            #expect(try bits(a) == bits(c), "the residual gives the same weights back")
            let texts = sentences(8)
            #expect(try TextClassifier(a).classify(texts) == TextClassifier(b).classify(texts))
            #expect(try TextClassifier(a).classify(texts) != TextClassifier(c).classify(texts))
            #expect(try c.verify(threads: 2).comparedInt8)
        }
    }
}
