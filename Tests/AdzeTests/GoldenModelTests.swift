// Whole models in files of version 1, committed: they open, verify and answer to the bit for as long as the format has its
// number. Not here: the format's own parts, which AdzeNative's golden files have.

import AdzeBytes
import AdzeData
import AdzeModelFiles
import AdzeModels
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import AdzeTokenization
import Foundation
import Testing

@testable import Adze

@Suite struct GoldenModelTests {
    static func path(_ store: NativeStore) -> String { Fixtures.path("native/version1-model-\(store.rawValue).adze") }
    static let texts = ["The oak beam was cut.", "Good!", "too short, by the saw"]

    /// One block of a classifier, quantized so that some of its layers stay in fp32.
    ///
    /// Written once; the int8 file is made of the full one, as `convert` does, so both have the same codes.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["ADZE_WRITE_GOLDENS"] == "1")) func write() throws {
        guard !pathExists(GoldenModelTests.path(.full)) else { return }
        let bundle = try ModelBundle(path: fixture("seqcls-gelu")).keeping(blocks: [1])
        var options = ConversionOptions()
        let engine = try Engine(bundle.checkpoint, exactly: true, pool: WorkerPool(threadCount: 1))
        let kept: [LayerGroup] = [.queryKeyValue(block: 0), .feedForwardDown(block: 0)]
        var plan = try engine.plan(bundle.checkpoint, .builtIn, tokenizer: bundle.tokenizer)
            .keeping(kept, of: bundle.checkpoint)
        let quality = QualityReport(
            metric: .accuracy, fp32: 0.875, int8: 0.8125, textCount: 16, textDigest: "xxh64 0123456789abcdef",
            equalCount: 15, meanDifference: 0.125, largestDifference: 0.5,
            kept: kept.map { QualityReport.Kept(layers: $0, error: 0.25) })
        plan.report?["quality"] = .object(quality.json)
        options.plan = plan
        _ = try bundle.convert(to: GoldenModelTests.path(.full), options: options)
        let full = try ModelBundle(path: GoldenModelTests.path(.full))
        for store in [NativeStore.int8, .fp32] {
            var options = ConversionOptions()
            options.store = store
            _ = try full.convert(to: GoldenModelTests.path(store), options: options)
        }
    }

    /// XXH64 over every parameter's name and fp32 bits, in their order.
    func digest(_ bundle: ModelBundle) throws -> UInt64 {
        try bundle.checkpoint.store.tensors.reduce(0) { hash, info in
            let name = Array(info.name.utf8).withUnsafeBytes { xxh64($0, seed: hash) }
            return try bundle.checkpoint.store.load(info.name).bytes.withUnsafeBytes { xxh64($0, seed: name) }
        }
    }

    static let digests: [NativeStore: UInt64] = [
        .full: 2_824_624_943_122_801_596, .int8: 17_600_581_447_102_907_972, .fp32: 2_824_624_943_122_801_596,
    ]

    /// The report as it stands in the header.
    static let report =
        #"{"calibration":{"digest":"xxh64 6a1fdfbf73699939","source":"built in","texts":50,"tokens":777},"#
        + #""quality":{"digest":"xxh64 0123456789abcdef","drop":6.25,"equalLabels":0.9375,"fp32":0.875,"int8":0.8125,"#
        + #""kept":[{"error":0.25,"layers":"block 0 query, key, value"},"#
        + #"{"error":0.25,"layers":"block 0 feed-forward down"}],"#
        + #""largestLogitDifference":0.5,"meanLogitDifference":0.125,"metric":"accuracy","texts":16}}"#

    @Test(arguments: NativeStore.allCases) func version1OpensAndVerifies(store: NativeStore) throws {
        let bundle = try ModelBundle(path: GoldenModelTests.path(store))
        let found = try digest(bundle)
        #expect(found == GoldenModelTests.digests[store])
        let native = try #require(bundle.source.native)
        #expect(native.store == store && native.metadata.labels?.text == #"["rejected","accepted"]"#)
        #expect(native.metadata.head?.text == #"{"kind":"classification"}"#)
        #expect(bundle.checkpoint.config.layerCount == 1 && bundle.tokenizer?.vocabulary.count == 87)
        #expect(
            native.metadata.provenance?.text
                == #"{"format":"safetensors","pruned":[{"kept":[1],"of":3}],"tensors":57}"#)
        #expect(native.metadata.probes?.array?.count == 3)
        #expect(
            (native.metadata.report ?? .object([:])).text == (store == .fp32 ? "{}" : GoldenModelTests.report))
        let report = try bundle.verify(threads: 2)
        #expect(report.probeCount == 3 && report.comparedInt8 == (store != .fp32))
    }

    /// The int8 logits of some texts, as bits, are those of the engine that wrote the files.
    @Test(arguments: [NativeStore.full, .int8]) func version1AnswersToTheBit(store: NativeStore) throws {
        let classifier = try TextClassifier(contentsOf: URL(filePath: GoldenModelTests.path(store)))
        let logits = try classifier.classify(GoldenModelTests.texts).flatMap { $0.logits.map(\.bitPattern) }
        #expect(logits == GoldenModelTests.logits)
    }

    static let logits: [UInt32] = [
        1_074_259_246, 3_209_120_805, 1_076_749_288, 3_217_684_955, 1_070_322_490, 3_209_672_024,
    ]

    /// Layers in fp32 among others in int8 are there at all: a file without them would prove less.
    @Test func theFilesHaveBothKinds() throws {
        let bundle = try ModelBundle(path: GoldenModelTests.path(.int8))
        let (native, int8Names) = (try #require(bundle.source.native), bundle.checkpoint.int8Names)
        let matrices = native.records.filter { int8Names.contains($0.name) }
        let inFP32 = matrices.filter { if case .float32 = $0.scheme { true } else { false } }
        #expect(!inFP32.isEmpty && inFP32.count < matrices.count)
    }
}
