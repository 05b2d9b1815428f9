// From a model to a .adze file and back: every weight, the same bytes again, and what is refused.

import AdzeBytes
import AdzeHuggingFace
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

@Suite struct ConversionTests {
    static let sources = [
        "seqcls-gelu", "seqcls-odd", "seqcls-regression", "bertmodel-pooler", "bertmodel-nopooler", "names-old",
        "sentence-transformers", "containers/fp16", "containers/bf16", "containers/torch-nested", "containers/sharded",
        "maskedlm-tied", "maskedlm-untied", "pretraining", "nextsentence", "tokencls", "questions",
    ]

    func options(_ store: NativeStore = .full, threads: Int = 2) -> ConversionOptions {
        var options = ConversionOptions()
        (options.store, options.threads) = (store, threads)
        return options
    }

    static let exact: [(String, NativeStore)] =
        sources.map { ($0, .full) } + [("seqcls-gelu", .fp32), ("containers/fp16", .fp32)]

    @Test(arguments: exact) func exactStoresGiveEveryBitBack(
        name: String, store: NativeStore
    ) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model.adze"
            let source = try ModelBundle(path: fixture(name))
            let report = try source.convert(to: path, options: options(store))
            let found = try ModelBundle(path: path)
            #expect(try bits(found) == bits(source))
            #expect(found.checkpoint.config == source.checkpoint.config)
            #expect(found.checkpoint.head == source.checkpoint.head)
            #expect(found.sentenceRecipe == source.sentenceRecipe)
            #expect(found.tokenizer?.vocabulary.tokens == source.tokenizer?.vocabulary.tokens)
            #expect(found.tokenizer?.settings == source.tokenizer?.settings)
            #expect(report.probeDifference == 0)
            #expect((report.int8Difference == nil) == (store == .fp32))
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.size] as? Int == report.writtenBytes)
            let weights = try bits(source).values.reduce(0) { $0 + $1.count }
            #expect(report.parameterCount == weights && report.blockCount == source.checkpoint.config.layerCount)
        }
    }

    /// The column factors of a parameter in a converted file.
    func factors(_ name: String, of bundle: ModelBundle) throws -> [Float]? {
        let source = try #require(bundle.checkpoint.map?.entries.first { $0.name == name }).source
        return try bundle.source.native?.quantized(source, pool: WorkerPool(threadCount: 1)).columnFactors
    }

    @Test(arguments: ["seqcls-gelu", "bertmodel-pooler"]) func int8IsWithinHalfAStep(name: String) throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model.adze"
            let source = try ModelBundle(path: fixture(name))
            let report = try source.convert(to: path, options: options(.int8))
            #expect(report.probeDifference > 0 && report.int8Difference ?? 0 > 0)
            let found = try ModelBundle(path: path)
            let int8Names = source.checkpoint.int8Names
            for info in source.checkpoint.store.tensors {
                let (a, b) = (
                    try source.checkpoint.store.load(info.name).floats(),
                    try found.checkpoint.store.load(info.name).floats()
                )
                guard int8Names.contains(info.name) else {
                    #expect(a == b, "\(info.name)")
                    continue
                }
                let size = info.shape[1]
                let factors = try factors(info.name, of: found) ?? [Float](repeating: 1, count: size)
                for row in 0..<info.shape[0] {
                    let largest = (0..<size).reduce(Float(0)) { max($0, (a[row * size + $1] * factors[$1]).magnitude) }
                    let isNear = (0..<size).allSatisfy { column in
                        let difference = (a[row * size + column] - b[row * size + column]).magnitude
                        return difference <= largest / 127 / factors[column] * 0.5001
                    }
                    #expect(isNear, "\(info.name), row \(row)")
                }
            }
        }
    }

    @Test(arguments: [NativeStore.full, .int8, .fp32]) func sameBytesForAnyThreadsTwiceInARowAndFromItself(
        store: NativeStore
    ) throws {
        try withTemporaryFolder { folder in
            let source = try ModelBundle(path: fixture("seqcls-gelu"))
            var files: [Data] = []
            for threads in [1, 2, 2] {
                let path = folder + "/\(files.count).adze"
                _ = try source.convert(to: path, options: options(store, threads: threads))
                files.append(try Data(contentsOf: URL(filePath: path)))
            }
            #expect(Set(files).count == 1)
            guard store != .int8 else { return }
            let again = folder + "/again.adze"
            _ = try ModelBundle(path: folder + "/0.adze").convert(to: again, options: options(store))
            #expect(try Data(contentsOf: URL(filePath: again)) == files[0])
        }
    }

    @Test func storesLeadToEachOther() throws {
        try withTemporaryFolder { folder in
            let source = try ModelBundle(path: fixture("seqcls-odd"))
            _ = try source.convert(to: folder + "/fp32.adze", options: options(.fp32))
            _ = try ModelBundle(path: folder + "/fp32.adze").convert(to: folder + "/full.adze", options: options(.full))
            let full = try ModelBundle(path: folder + "/full.adze")
            #expect(try bits(full) == bits(source))
            _ = try full.convert(to: folder + "/int8.adze", options: options(.int8))
            let codes = try bits(ModelBundle(path: folder + "/int8.adze"))
            _ = try source.convert(to: folder + "/direct.adze", options: options(.int8))
            #expect(try bits(ModelBundle(path: folder + "/direct.adze")) == codes)
        }
    }

    @Test func anExistingFileStaysUnlessReplacingIsAsked() throws {
        try withTemporaryFile(Array("mine".utf8)) { path in
            let source = try ModelBundle(path: fixture("seqcls-odd"))
            #expect(refusal { try source.convert(to: path) } as? FileError == .exists(path: path))
            #expect(try String(contentsOf: URL(filePath: path), encoding: .utf8) == "mine")
            var options = options()
            options.replacing = true
            _ = try source.convert(to: path, options: options)
            #expect(try ModelBundle(path: path).source.native != nil)
            #expect(try folderEntries(splitPath(path).folder) == ["file"])
        }
    }

    // MARK: Not finite

    static let query = "bert.encoder.layer.0.attention.self.query.weight"

    static let poisons: [(String, Float)] = [
        (query, .nan), (query, .infinity), ("bert.encoder.layer.1.output.dense.bias", -.infinity),
        ("bert.embeddings.word_embeddings.weight", .nan), ("classifier.weight", .infinity),
        ("bert.embeddings.LayerNorm.bias", .nan), (query, 3e38),
    ]

    @Test(arguments: poisons.indices) func nonFiniteIsRefusedOrKept(index: Int) throws {
        let (name, value) = Self.poisons[index]
        let store = NativeStore.allCases[index % 3]
        try withTemporaryFolder { folder in
            try writeModel("seqcls-gelu", to: folder + "/model") { found, tensor in
                guard found == name else { return tensor }
                var floats = tensor.floats()
                floats[floats.count - 1] = value
                return Tensor(shape: tensor.shape, floats: floats)
            }
            let source = try ModelBundle(path: folder + "/model")
            var options = options(store)
            if !value.isFinite {
                let ours = name.replacingOccurrences(of: "bert.", with: "")
                let shape = try #require(source.checkpoint.store.info(ours)?.shape)
                let expected = CheckpointError.nonFinite(name: ours, row: shape.rowCount - 1)
                #expect(
                    refusal { try source.convert(to: folder + "/no.adze", options: options) } as? CheckpointError
                        == expected)
                #expect(refusal { try source.verify(threads: 1) } as? CheckpointError == expected)
                #expect(try folderEntries(folder) == ["model"])
            }
            options.allowsNonFinite = true
            _ = try source.convert(to: folder + "/kept.adze", options: options)
            let found = try ModelBundle(path: folder + "/kept.adze")
            #expect(try found.verify(threads: 2).probeCount == 3)
            if store != .int8 { #expect(try bits(found) == bits(source)) }
            #expect(try source.verify(allowsNonFinite: true).tensorCount == source.checkpoint.store.tensors.count)
        }
    }

    // MARK: Cutting

    @Test func aCutModelSaysWhereItComesFrom() throws {
        try withTemporaryFolder { folder in
            let source = try ModelBundle(path: fixture("bertmodel-pooler"))
            let cut = try source.keeping(blocks: [3, 1, 0])
            _ = try cut.convert(to: folder + "/a.adze")
            let first = try ModelBundle(path: folder + "/a.adze")
            #expect(try bits(first) == bits(cut))
            let facts = try #require(first.source.native?.metadata.provenance)
            #expect(facts["format"] == "safetensors")
            let expected: JSONObject = ["kept": [3, 1, 0], "of": 4]
            #expect(facts["pruned"] == .array([.object(expected)]))
            // The file's probes are answers of all its blocks, not of one.
            #expect(try first.keeping(blocks: [1]).verify().probeCount == 0)
            _ = try first.keeping(blocks: [1]).convert(to: folder + "/b.adze")
            let second = try ModelBundle(path: folder + "/b.adze")
            #expect(second.source.native?.metadata.provenance?["pruned"]?.array?.count == 2)
            #expect(second.source.native?.metadata.provenance?["format"] == "safetensors")
            let own = try bits(source)
            for (name, values) in try bits(second) where name.hasPrefix("encoder.layer.0.") {
                #expect(own[name.replacingOccurrences(of: "layer.0.", with: "layer.1.")] == values)
            }
        }
    }

    @Test func cutsThatCannotBeAreRefused() throws {
        let source = try ModelBundle(path: fixture("bertmodel-pooler"))
        #expect(refusal { try source.keeping(blocks: []) } as? CheckpointError == .noBlocks)
        #expect(refusal { try source.keeping(blocks: [0, 4]) } as? CheckpointError == .blockOutOfRange(4, count: 4))
        #expect(refusal { try source.keeping(blocks: [-1]) } as? CheckpointError == .blockOutOfRange(-1, count: 4))
    }

    @Test func selectionsAreRead() throws {
        #expect(try BlockSelection("first:3") == .first(3) && BlockSelection("last:1") == .last(1))
        #expect(try BlockSelection("every:2") == .every(2) && BlockSelection("0,5,2") == .exactly([0, 5, 2]))
        #expect(try BlockSelection("7") == .exactly([7]))
        let bad = [
            "", "first", "first:", "first:0", "first:-1", "middle:2", "1,1", "1,", ",", "a", "1:2:3", "first:2,3", " 1",
            "first:99999999999999999999", "-1",
        ]
        for text in bad {
            #expect(refusal { try BlockSelection(text) } as? BundleError == .badSelection(text), "\(text)")
        }
        #expect(BlockSelection.first(2).blocks(of: 6) == [0, 1] && BlockSelection.last(2).blocks(of: 6) == [4, 5])
        #expect(BlockSelection.every(2).blocks(of: 5) == [0, 2, 4] && BlockSelection.every(9).blocks(of: 5) == [0])
        for selection in [BlockSelection.first(7), .last(7), .first(.max), .last(.max)] {
            #expect(selection.blocks(of: 6).contains { $0 >= 6 }, "what is too much names a block that does not exist")
        }
    }
}
