// Steps whose forward pass is rounded to 8 bits: the same answers as int8 inference, and gradients that pass through.

import AdzeKernels
import AdzeModels
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import AdzeTraining
import Testing

/// Codes made of a store's weights when asked for; of none where `isEmpty`.
private struct RoundingStore: QuantizedStore {
    let store: any TensorStore
    var isEmpty = false

    func load(_ name: String) throws -> Tensor { try store.load(name) }

    func quantized(_ name: String) throws -> QuantizedWeights? {
        let tensor = try store.load(name)
        let isSmall = ["classifier", "position", "project", "pos_", "rel_"].contains { name.contains($0) }
        guard !isEmpty, tensor.shape.rank == 2, !isSmall else { return nil }
        let (values, depth) = (tensor.floats(), tensor.shape.rowLength)
        // Smoothing of the matrices that a normalisation feeds, of query, key and value alike.
        let isSmoothed = name.contains("self") || name.contains("intermediate")
        let factors = isSmoothed ? (0..<depth).map { Float(1 + $0 % 3) } : nil
        var (codes, scales, outliers): ([Int8], [Float], [CodeOutlier]) = ([], [], [])
        for row in 0..<tensor.shape[0] {
            let line = (0..<depth).map { values[row * depth + $0] * (factors?[$0] ?? 1) }
            // Here and there a row's greatest weight has a code of its own.
            let reaches = line.map(\.magnitude).sorted().suffix(2)
            let scale = ((row % 3 == 0 ? reaches.first : reaches.last) ?? 0) / 127
            scales.append(scale)
            for (column, value) in line.enumerated() {
                let code = scale > 0 ? Int32((value / scale).rounded()) : 0
                codes.append(Int8(min(127, max(-127, code))))
                if code.magnitude > 127 { outliers.append(CodeOutlier(index: row * depth + column, code: code)) }
            }
        }
        return QuantizedWeights(codes: codes, rowScales: scales, columnFactors: factors, outliers: outliers)
    }
}

@Suite struct QuantizeAwareTests {
    @Test(arguments: GradientTests.models)
    func logitsEqualInt8Inference(name: String) throws { try expectInt8Inference(TrainingFixture(name)) }

    @Test(arguments: FamilyFixtures.pruned)
    func headsThatAreGoneAreGoneInBoth(folder: String) throws {
        let fixture = try TrainingFixture(family: folder)
        try expectInt8Inference(fixture)
        var options = StepOptions()
        options.quantization = QuantizeAwareState(store: RoundingStore(store: fixture.checkpoint.store, isEmpty: true))
        #expect(try fixture.step(options).gradients == fixture.step().gradients)
        options.quantization = QuantizeAwareState(store: RoundingStore(store: fixture.checkpoint.store))
        #expect(try fixture.step(options, threads: 1).gradients == fixture.step(options, threads: 3).gradients)
    }

    private func expectInt8Inference(_ fixture: TrainingFixture) throws {
        let pool = WorkerPool(threadCount: 2)
        for set in InstructionSet.available {
            let inference = try EncoderModel(
                fixture.checkpoint, quantized: RoundingStore(store: fixture.checkpoint.store), kernels: Kernels(set),
                pool: pool)
            let outputs = try inference.run(
                PackedBatch(fixture.batch.sequences, config: fixture.checkpoint.config),
                outputs: fixture.checkpoint.head.outputs, pool: pool, workspace: Workspace())
            let model = try fixture.model(set: set)
            let state = QuantizeAwareState(store: RoundingStore(store: model.tensorStore()))
            let logits = try TrainingPass(model, pool: pool).logits(fixture.batch.sequences, quantization: state)
            #expect(logits == outputs.map { $0.logits.isEmpty ? $0.tokenLogits : $0.logits }, "\(set)")
            let pass = TrainingPass(model, pool: pool)
            let settled = try pass.settled(state)
            // Another pass between two leaves the settled codes as they are.
            _ = try pass.logits(fixture.batch.sequences, quantization: state)
            #expect(try pass.logits(fixture.batch.sequences, quantization: settled) == logits)
        }
    }

    @Test(arguments: GradientTests.models, InstructionSet.available)
    func withoutCodesNothingChanges(name: String, set: InstructionSet) throws {
        let fixture = try TrainingFixture(name)
        let plain = try fixture.step(GradientTests.dropout, set: set)
        var options = GradientTests.dropout
        options.quantization = QuantizeAwareState(store: RoundingStore(store: fixture.checkpoint.store, isEmpty: true))
        let rounded = try fixture.step(options, set: set)
        #expect(rounded.gradients == plain.gradients && rounded.result == plain.result)
    }

    @Test(arguments: GradientTests.models, InstructionSet.available)
    func gradientsPassThroughTheRounding(name: String, set: InstructionSet) throws {
        let fixture = try TrainingFixture(name)
        var options = StepOptions()
        options.quantization = QuantizeAwareState(store: RoundingStore(store: fixture.checkpoint.store))
        let one = try fixture.step(options, threads: 1, set: set)
        let two = try fixture.step(options, threads: 2, set: set)
        #expect(one.gradients == two.gradients && one.result == two.result)
        options.checkpointsActivations = true
        #expect(try fixture.step(options, set: set).gradients == one.gradients)
        let plain = try fixture.step(set: set).gradients
        // Rounding moves these small models' gradients a little, and turns none of them around.
        var (dot, a, b) = (0.0, 0.0, 0.0)
        for (key, values) in one.gradients {
            guard let other = plain[key] else { continue }
            for (x, y) in zip(values, other) {
                (dot, a, b) = (dot + Double(x * y), a + Double(x * x), b + Double(y * y))
            }
        }
        #expect(dot / (a * b).squareRoot() > 0.96)
        #expect(one.gradients != plain)
    }
}
