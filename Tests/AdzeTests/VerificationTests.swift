// What verify proves, and the lies that it finds: probes that are not true, not probes, or not of this model.

import AdzeBytes
import AdzeHuggingFace
import AdzeModelFiles
import AdzeModels
import AdzeNative
import AdzeTensors
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@testable import Adze

@Suite struct VerificationTests {
    /// Converts a fixture and runs `body` with the file's path and one for a copy.
    func converted<Result>(
        _ name: String = "seqcls-gelu", _ store: NativeStore = .full, _ body: (String, String) throws -> Result
    ) throws -> Result {
        try withTemporaryFolder { folder in
            var options = ConversionOptions()
            (options.store, options.threads) = (store, 2)
            _ = try ModelBundle(path: fixture(name)).convert(to: folder + "/a.adze", options: options)
            return try body(folder + "/a.adze", folder + "/b.adze")
        }
    }

    /// The error of verifying a file whose probes were changed.
    func verifying(
        _ name: String = "seqcls-gelu", _ store: NativeStore = .full, probes change: (inout [JSONValue]) -> Void
    ) throws -> (any AdzeFailure)? {
        try converted(name, store) { path, copy in
            try rewrite(
                path, to: copy,
                metadata: { metadata in
                    var probes = metadata.probes?.array ?? []
                    change(&probes)
                    metadata.probes = .array(probes)
                })
            return refusal { try ModelBundle(path: copy).verify(threads: 2) }
        }
    }

    @Test(arguments: [NativeStore.full, .int8, .fp32]) func probesAreStoredAndComputedAgain(store: NativeStore) throws {
        try converted("seqcls-gelu", store) { path, _ in
            let bundle = try ModelBundle(path: path)
            let probes = try Probes.read(bundle.source.native?.metadata.probes, head: bundle.checkpoint.head)
            let texts = probes.compactMap(\.text)
            #expect(texts.count == 3)
            let answers = try TextClassifier(bundle, precision: .fp32).classify(texts)
            for (probe, answer) in zip(probes, answers) {
                #expect(probe.fp32 == answer.logits)
                #expect(probe.int8.count == (store == .fp32 ? 0 : 2))
            }
            for threads in [1, 2] {
                let report = try bundle.verify(threads: threads)
                #expect(report.probeCount == 3 && report.largestDifference == 0)
                #expect(report.comparedInt8 == (store != .fp32))
                #expect(report.tensorCount == bundle.checkpoint.store.tensors.count)
            }
        }
    }

    static let heads = ["maskedlm-tied", "maskedlm-untied", "pretraining", "nextsentence", "tokencls", "questions"]

    /// Probes read what the head reads, and keep what it gives: pairs, a gap to fill, a few numbers of many.
    @Test(arguments: heads) func everyHeadIsProbed(name: String) throws {
        try converted(name) { path, _ in
            let bundle = try ModelBundle(path: path)
            let head = bundle.checkpoint.head
            let probes = try Probes.read(bundle.source.native?.metadata.probes, head: head)
            #expect(probes.count == 3)
            let maskID = try bundle.requireTokenizer().maskID
            for probe in probes {
                let readsPairs = head.predictsNextSentence || head.task == .questionAnswering
                #expect((probe.pair != nil) == readsPairs && probe.typeIDs.contains(1) == readsPairs)
                #expect((probe.position != nil) == (head.decoder != nil))
                if let position = probe.position { #expect(probe.ids[position] == maskID) }
                let expected =
                    (head.decoder == nil ? 0 : 32) + (head.predictsNextSentence ? 2 : 0)
                    + (head.tokenLogitCount ?? 0) * probe.ids.count
                #expect(probe.fp32.count == expected && probe.int8.count == expected && expected > 0)
            }
            let report = try bundle.verify(threads: 2)
            #expect(report.largestDifference == 0 && report.comparedInt8)
        }
    }

    /// A head's weight off by a little is found by its probes alone.
    @Test(arguments: [
        ("maskedlm-tied", "cls.predictions.transform.dense.weight"),
        ("maskedlm-untied", "cls.predictions.decoder.weight"), ("nextsentence", "cls.seq_relationship.bias"),
        ("tokencls", "classifier.weight"), ("questions", "qa_outputs.weight"), ("pretraining", "cls.predictions.bias"),
    ]) func aHeadOfOtherWeightsFails(name: String, tensor: String) throws {
        try converted(name) { path, copy in
            try rewrite(path, to: copy, changing: { $0 == tensor ? $1.map { $0 + 0.5 } : $1 })
            let error = refusal { try ModelBundle(path: copy).verify(threads: 2) }
            guard case .probeFailed = error as? BundleError else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func placesAndTypesThatCannotBe() throws {
        for (key, value) in [
            ("position", nil), ("position", .integer(-1)), ("position", .integer(16)), ("position", "2"),
            ("types", .array([.integer(1)])), ("types", 1), ("pair", 7),
        ] as [(String, JSONValue?)] {
            let error = try verifying("pretraining", probes: changing(key, 1, value))
            #expect(error as? BundleError == .badProbe(index: 1), "\(key) \(String(describing: value))")
        }
        #expect(
            try verifying("nextsentence", probes: changing("position", 0, 1)) as? BundleError == .badProbe(index: 0))
        let other = try verifying("pretraining", probes: changing("pair", 0, "another"))
        #expect(other as? BundleError == .probeTokens(text: "[MASK] quiet film, carved with care."))
    }

    @Test func aModelWithoutATokenizerIsProbedByIds() throws {
        try withTemporaryFolder { folder in
            try writeModel("bertmodel-nopooler", to: folder + "/model")
            for name in ["vocab.txt", "tokenizer.json", "tokenizer_config.json"] {
                try FileManager.default.removeItem(atPath: folder + "/model/" + name)
            }
            _ = try ModelBundle(path: folder + "/model").convert(to: folder + "/a.adze")
            let bundle = try ModelBundle(path: folder + "/a.adze")
            #expect(bundle.tokenizer == nil)
            #expect(try bundle.verify().probeCount == 2)
        }
    }

    @Test(arguments: ["seqcls-gelu", "containers/fp16", "containers/torch-legacy", "names-old"])
    func foldersAreReadWhole(name: String) throws {
        let bundle = try ModelBundle(path: fixture(name))
        let report = try bundle.verify(threads: 2)
        #expect(report.probeCount == 0 && !report.comparedInt8)
        #expect(report.tensorCount == bundle.checkpoint.store.tensors.count)
    }

    // MARK: Lies

    func changing(_ key: String, _ index: Int, _ value: JSONValue?) -> (inout [JSONValue]) -> Void {
        { probes in
            var probe = probes[index].object ?? [:]
            probe[key] = value
            probes[index] = .object(probe)
        }
    }

    @Test func anUntruePromiseFails() throws {
        let error = try verifying(probes: changing("fp32", 1, [.number(1.5), .number(-2.5)]))
        guard case .probeFailed(let text, let expected, _) = error as? BundleError else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text == "No. 7 was late again, and nobody said why!" && expected == 1.5)
    }

    /// int8 answers are compared bit for bit: the next float is a lie.
    @Test func anInt8AnswerOffByOneBitFails() throws {
        let error = try verifying { probes in
            var probe = probes[2].object ?? [:]
            var answers = probe["int8"]?.array ?? []
            answers[1] = .number(Double(Float(answers[1].number ?? 0).nextUp))
            probe["int8"] = .array(answers)
            probes[2] = .object(probe)
        }
        guard case .probeFailed = error as? BundleError else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func probesThatAreNone() throws {
        #expect(try verifying { $0 = [] } as? BundleError == .noProbes)
        #expect(try verifying { $0[1] = .string("probe") } as? BundleError == .badProbe(index: 1))
        #expect(try verifying(probes: changing("ids", 0, [])) as? BundleError == .badProbe(index: 0))
        #expect(try verifying(probes: changing("ids", 0, [.number(1.5)])) as? BundleError == .badProbe(index: 0))
        #expect(try verifying(probes: changing("ids", 0, [.integer(1 << 40)])) as? BundleError == .badProbe(index: 0))
        #expect(try verifying(probes: changing("fp32", 0, "nan")) as? BundleError == .badProbe(index: 0))
        #expect(try verifying(probes: changing("int8", 0, true)) as? BundleError == .badProbe(index: 0))
        #expect(try verifying(probes: changing("text", 0, 7)) as? BundleError == .badProbe(index: 0))
    }

    @Test func probesOfOtherCounts() throws {
        for key in ["fp32", "int8"] {
            for values: JSONValue in [[1], [1, 2, 3]] {
                guard case .probeFailed = try verifying(probes: changing(key, 0, values)) as? BundleError else {
                    Issue.record("\(key) \(values)")
                    continue
                }
            }
        }
        guard case .probeFailed = try verifying(probes: changing("int8", 0, nil)) as? BundleError else {
            Issue.record("one probe without its int8 answer")
            return
        }
    }

    @Test func idsOutOfRangeAndTooManyTokens() throws {
        func ids(_ ids: [Int]) -> (inout [JSONValue]) -> Void {
            { $0[0] = .object(["ids": .array(ids.map { .integer($0) }), "fp32": [0, 0]]) }
        }
        #expect(
            try verifying(probes: ids([2, 87])) as? BatchError == .unknownID(index: 0, position: 1, id: 87, limit: 87))
        #expect(try verifying(probes: ids([-1])) as? BatchError == .unknownID(index: 0, position: 0, id: -1, limit: 87))
        #expect(
            try verifying(probes: ids([Int](repeating: 2, count: 17))) as? BatchError
                == .tooLong(index: 0, tokens: 17, limit: 16))
        let many = try verifying { probes in probes = (0..<600).map { _ in probes[0] } }
        guard case .tooManyProbes(_, limit: 4096) = many as? BundleError else {
            Issue.record("\(String(describing: many))")
            return
        }
    }

    @Test func aTokenizerThatCutsOtherwiseFails() throws {
        let error = try verifying(probes: changing("text", 1, "another text"))
        #expect(error as? BundleError == .probeTokens(text: "another text"))
    }

    @Test func aDamagedByteFails() throws {
        try converted { path, _ in
            var data = try Data(contentsOf: URL(filePath: path))
            data[data.count / 3] ^= 1
            try data.write(to: URL(filePath: path))
            #expect(refusal { try ModelBundle(path: path).verify() } is NativeError)
        }
    }
}
