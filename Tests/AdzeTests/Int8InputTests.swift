// Weights and ids that int8 must bear or refuse: rows, columns and whole matrices of zeros, NaN and infinities, ids beyond
// the tables.

import AdzeModels
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import Testing

@testable import Adze

@Suite struct Int8InputTests {
    /// Runs a changed classifier in both precisions.
    func answers(
        _ change: (String, Tensor) throws -> Tensor
    ) throws -> (int8: [[Float]], fp32: [[Float]], verified: Bool) {
        try withTemporaryFolder { folder in
            try writeModel("seqcls-gelu", to: folder + "/m", tensors: change)
            let bundle = try ModelBundle(path: folder + "/m")
            let texts = sentences(6)
            func logits(_ precision: Precision) throws -> [[Float]] {
                try TextClassifier(bundle, precision: precision, threads: 2).classify(texts).map(\.logits)
            }
            var options = ConversionOptions()
            options.allowsNonFinite = true
            _ = try bundle.convert(to: folder + "/a.adze", options: options)
            let verified = try ModelBundle(path: folder + "/a.adze").verify(allowsNonFinite: true).comparedInt8
            return (try logits(.int8), try logits(.fp32), verified)
        }
    }

    enum Zeros: CaseIterable {
        case row, column, matrix
    }

    @Test(arguments: Zeros.allCases) func zerosAreFine(_ kind: Zeros) throws {
        let found = try answers { name, tensor in
            guard name.hasSuffix("layer.0.attention.self.query.weight") || name.hasSuffix("layer.1.output.dense.weight")
            else { return tensor }
            var values = tensor.floats()
            let columns = tensor.shape.rowLength
            for index in values.indices {
                let isZero =
                    switch kind {
                    case .row: index / columns == 1
                    case .column: index % columns == 2
                    case .matrix: true
                    }
                if isZero { values[index] = 0 }
            }
            return Tensor(shape: tensor.shape, floats: values)
        }
        #expect(found.verified)
        for (a, b) in zip(found.int8, found.fp32) {
            #expect(a.allSatisfy(\.isFinite) && largestDifference(a, b) < 0.5, "\(a) \(b)")
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude])
    func whatHasNoCodesStaysInFP32(_ bad: Float) throws {
        for place in ["embeddings.word_embeddings.weight", "layer.1.intermediate.dense.weight", "pooler.dense.weight"] {
            let found = try answers { name, tensor in
                guard name.hasSuffix(place) else { return tensor }
                return Tensor(shape: tensor.shape, floats: tensor.floats().map { _ in bad })
            }
            // Whatever comes out, both precisions agree whether it is a number, and a file gives the same bits.
            #expect(found.verified)
            #expect(found.int8.map { $0.map(\.isFinite) } == found.fp32.map { $0.map(\.isFinite) }, "\(place)")
        }
    }

    @Test func idsBeyondTheTablesAreRefused() throws {
        let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
        let engine = try Engine(bundle, precision: .int8, pool: WorkerPool(threadCount: 1))
        let config = bundle.checkpoint.config
        for id in [Int32(config.vocabularySize), .max, -1, .min] {
            #expect(throws: BatchError.unknownID(index: 0, position: 1, id: Int(id), limit: config.vocabularySize)) {
                try engine.run([TokenSequence(ids: [0, id])], outputs: .logits)
            }
        }
        let type = Int32(config.typeRows)
        #expect(throws: BatchError.self) {
            try engine.run([TokenSequence(ids: [0], typeIDs: [type])], outputs: .logits)
        }
    }
}
