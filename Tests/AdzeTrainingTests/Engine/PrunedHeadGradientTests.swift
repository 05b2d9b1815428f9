// Training of models that have lost attention heads, and gradients of gates on heads, beside float64 PyTorch
// (Tools/reference/make_pruned_head_golden.py).

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import AdzeTraining
import Testing

@Suite struct PrunedHeadGradientTests {
    @Test(arguments: FamilyFixtures.pruned) func everyGradientIsThatOfPyTorch(folder: String) throws {
        let fixture = try TrainingFixture(family: folder)
        for set in InstructionSet.available {
            for products in FloatProducts.allCases {
                let (gradients, result) = try fixture.step(set: set, products: products)
                #expect(abs(result.loss - fixture.loss) <= 1e-4 * max(1, abs(fixture.loss)), "\(set)")
                #expect(mistakes(gradients, fixture.expected) == [], "\(set), \(products)")
            }
        }
        #expect(fixture.expected.count == fixture.checkpoint.parameters.count)
    }

    @Test(arguments: FamilyFixtures.pruned) func threadsAndRecomputingChangeNoBit(folder: String) throws {
        try TrainingFixture(family: folder).expectSameBits(
            DropoutRates(hidden: 0.1, attention: 0.2, classifier: 0.3, answers: 0.1))
    }

    /// A head drops what it would drop in the whole model, so that the two steps are one.
    @Test func dropoutIsThatOfTheWholeModel() throws {
        let fixture = try TrainingFixture(family: "families/mpnet/sequence")
        let dropped = [AttentionHead(block: 0, number: 0), AttentionHead(block: 1, number: 1)]
        let pruned = try fixture.checkpoint.dropping(heads: dropped)
        var store = MemoryTensorStore()
        for parameter in fixture.checkpoint.parameters {
            var values = try fixture.checkpoint.store.load(parameter.name).floats()
            for head in dropped where parameter.name == ParameterPaths.block(head.block).attentionOutput + ".weight" {
                for row in 0..<12 { for column in 0..<6 { values[row * 12 + head.number * 6 + column] = 0 } }
            }
            store.add(parameter.name, Tensor(shape: parameter.shape, floats: values))
        }
        let zeroed = ModelCheckpoint(config: fixture.checkpoint.config, head: fixture.checkpoint.head, store: store)
        var options = StepOptions()
        options.dropout = DropoutRates(hidden: 0.1, attention: 0.3, classifier: 0.1)
        let losses = try [pruned, zeroed].map { checkpoint in
            let pool = WorkerPool(threadCount: 2)
            let model = try TrainingModel(checkpoint, kernels: Kernels(.best, products: .ours), pool: pool)
            return try TrainingPass(model, pool: pool).step(fixture.batch, options: options).loss
        }
        #expect(abs(losses[0] - losses[1]) < 1e-5)
    }

    // MARK: Gates

    private func gates(
        _ fixture: TrainingFixture, _ chosen: Range<Int>? = nil, threads: Int = 2, set: InstructionSet = .best
    ) throws -> HeadGradients {
        let pass = TrainingPass(try fixture.model(set: set), pool: WorkerPool(threadCount: threads))
        let data = TrainingData(sequences: fixture.batch.sequences, targets: fixture.batch.targets)
        return try pass.headGradients(data, chosen ?? 0..<data.count)
    }

    @Test(arguments: FamilyFixtures.pruned) func gatesAreThoseOfPyTorch(folder: String) throws {
        let fixture = try TrainingFixture(family: folder)
        let golden = try SafetensorsFile(file: InputFile(path: Fixtures.path(folder + "/gates.safetensors")))
        let (expected, losses) = (try golden.load("gates").floats(), try golden.load("losses").floats())
        for set in InstructionSet.available {
            let found = try gates(fixture, set: set)
            #expect(found.gradients.allSatisfy { $0.map(\.count) == [3, 5, 1] })
            let values = found.gradients.flatMap { $0.flatMap { $0 } }
            #expect(mistakes(["gates": values], ["gates": expected]) == [], "\(set)")
            #expect(zip(found.losses, losses).allSatisfy { abs($0 - Double($1)) < 1e-4 }, "\(set)")
        }
    }

    @Test(arguments: FamilyFixtures.pruned + ["families/mpnet/sequence", "models/seqcls-gelu"])
    func gatesDependOnNothingElse(folder: String) throws {
        let fixture =
            folder.hasPrefix("models/")
            ? try TrainingFixture(String(folder.dropFirst(7))) : try TrainingFixture(family: folder)
        let found = try gates(fixture, threads: 1)
        for threads in [2, 3] {
            let again = try gates(fixture, threads: threads)
            #expect(again.gradients == found.gradients && again.losses == found.losses)
        }
        let some = try gates(fixture, 1..<3)
        #expect(some.gradients == Array(found.gradients[1..<3]) && some.losses == Array(found.losses[1..<3]))
        #expect(found.gradients.contains { $0.contains { $0.contains { $0 != 0 } } })
    }

    /// (loss(1 + h) − loss(1 − h)) / 2h, a gate being the same as a factor on the head's columns of the layer after it.
    @Test(arguments: ["pruned-heads/mpnet", "study/flatten-all", "study/lstm-all"])
    func gatesAreSlopesOfTheLoss(folder: String) throws {
        let fixture =
            folder.hasPrefix("study/")
            ? try TrainingFixture(study: String(folder.dropFirst(6))) : try TrainingFixture(family: folder)
        let size = fixture.checkpoint.config.headSize
        let found = try gates(fixture)
        let step: Float = 0x1p-8
        for (place, number) in fixture.checkpoint.config.heads(ofBlock: 0).numbers.enumerated() {
            let losses = try [1 + step, 1 - step].map { gate -> [Double] in
                let model = try fixture.model()
                let name = ParameterPaths.block(0).attentionOutput + ".weight"
                let entry = try #require(model.layout.entry(name))
                for row in 0..<entry.shape[0] {
                    for column in place * size..<(place + 1) * size {
                        model.weights.base[entry.range.lowerBound + row * entry.shape[1] + column] *= gate
                    }
                }
                let pass = TrainingPass(model, pool: WorkerPool(threadCount: 1))
                let data = TrainingData(sequences: fixture.batch.sequences, targets: fixture.batch.targets)
                return try pass.headGradients(data, 0..<data.count).losses
            }
            for sequence in fixture.batch.sequences.indices {
                let slope = (losses[0][sequence] - losses[1][sequence]) / Double(2 * step)
                let gradient = Double(found.gradients[sequence][0][place])
                #expect(abs(slope - gradient) < 2e-3 * max(1, gradient.magnitude), "head \(number), \(sequence)")
            }
        }
    }
}
