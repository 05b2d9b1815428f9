// A model of which a few weights stand far out of their rows: what a file keeps of them, and what int8 gains. Not here: the
// codes themselves, which are the native format's tests.

import AdzeBytes
import AdzeModels
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

@testable import Adze

@Suite struct OutlierConversionTests {
    static let texts = ["A quiet film, carved with care.", "No. 7 was late again!", "the oak beam was cut too short"]
    static let layer = "encoder.layer.0.output.dense.weight"

    /// Another store with two weights of one matrix sixty times as large.
    struct LoudStore: TensorStore {
        let base: any TensorStore
        var tensors: [TensorInfo] { base.tensors }

        func load(_ name: String) throws -> Tensor {
            let tensor = try base.load(name)
            guard name == OutlierConversionTests.layer else { return tensor }
            var values = tensor.floats()
            for index in [5, tensor.shape.rowLength * 3 + 2] { values[index] = values[index] < 0 ? -25 : 25 }
            return Tensor(shape: tensor.shape, floats: values)
        }
    }

    /// A small model of a family, with such weights.
    func loud(_ name: String) throws -> ModelBundle {
        let bundle = try ModelBundle(path: fixture(name))
        let old = bundle.checkpoint
        let checkpoint = ModelCheckpoint(config: old.config, head: old.head, store: LoudStore(base: old.store))
        return ModelBundle(
            bundle, checkpoint: checkpoint, tokenizer: bundle.tokenizer, edit: .finetuned(["test": .bool(true)]))
    }

    func logits(_ bundle: ModelBundle, _ precision: Precision) throws -> [[Float]] {
        try TextClassifier(bundle, precision: precision, threads: 2).classify(OutlierConversionTests.texts).map(
            \.logits)
    }

    func outliers(_ path: String) throws -> [CodeOutlier] {
        guard case .int8(_, _, let found)? = try NativeFile(path: path).record(OutlierConversionTests.layer)?.scheme
        else {
            return []
        }
        return found
    }

    static let families = ["seqcls-gelu", "../families/distilbert/sequence", "../families/mpnet/sequence"]

    @Test(arguments: families)
    func fileKeepsThemAndAnswersAsItsSource(family: String) throws {
        let source = try loud(family)
        let expected = try logits(source, .int8)
        try withTemporaryFolder { folder in
            for store in [NativeStore.full, .int8] {
                var options = ConversionOptions()
                options.store = store
                let path = folder + "/\(store.rawValue).adze"
                _ = try source.convert(to: path, options: options)
                #expect(try version(path) == 2)
                #expect(try outliers(path).count == 2)
                let file = try ModelBundle(path: path)
                #expect(try logits(file, .int8) == expected)
                // Once more: the same bytes of a full file, and the same outliers of codes made of codes.
                _ = try file.convert(to: folder + "/again-\(store.rawValue).adze", options: options)
                #expect(
                    try outliers(folder + "/again-\(store.rawValue).adze").map(\.index) == outliers(path).map(\.index))
            }
            #expect(try bytes(folder + "/full.adze") == bytes(folder + "/again-full.adze"))
        }
    }

    /// Without codes of their own, they would leave the rest of their rows a code or two.
    @Test(arguments: families)
    func int8IsNearerToFP32(family: String) throws {
        let source = try loud(family)
        let exact = try logits(source, .fp32)
        try withTemporaryFolder { folder in
            var options = ConversionOptions()
            let engine = try Engine(source.checkpoint, exactly: true, pool: WorkerPool(threadCount: 1))
            var plan = try engine.plan(source.checkpoint, .builtIn, tokenizer: source.tokenizer)
            plan.outliers = .none
            options.plan = plan
            _ = try source.convert(to: folder + "/plain.adze", options: options)
            #expect(try version(folder + "/plain.adze") == 1)
            let plain = try logits(ModelBundle(path: folder + "/plain.adze"), .int8)
            let kept = try logits(source, .int8)
            func error(_ found: [[Float]]) -> Float { largestDifference(Array(found.joined()), Array(exact.joined())) }
            #expect(error(kept) < error(plain), "\(error(kept)), \(error(plain))")
        }
    }

    /// A model without such weights has a file that older readers take.
    @Test func withoutThemAFileIsOfVersion1() throws {
        for name in OutlierConversionTests.families {
            try withTemporaryFile([]) { path in
                var options = ConversionOptions()
                options.replacing = true
                _ = try ModelBundle(path: fixture(name)).convert(to: path, options: options)
                #expect(try version(path) == 1)
            }
        }
    }
}

extension OutlierConversionTests {
    private func bytes(_ path: String) throws -> [UInt8] {
        let file = try InputFile(path: path)
        return try file.read(at: 0, count: file.size)
    }

    /// The version that a native file states.
    private func version(_ path: String) throws -> UInt8 { try bytes(path)[8] }
}
