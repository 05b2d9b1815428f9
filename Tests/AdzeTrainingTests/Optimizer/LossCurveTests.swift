// Engine and optimizer together: the losses of ten steps against PyTorch's (Tools/reference/make_training_losses.py).

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeTestSupport
import AdzeThreads
import Testing

@testable import AdzeTraining

@Suite struct LossCurveTests {
    @Test(arguments: [1, 3], InstructionSet.available)
    func tenStepsHaveTheLossesOfPyTorch(threads: Int, set: InstructionSet) throws {
        let golden = try parseJSON(Fixtures.bytes("training/losses.json"))
        let losses = try OptimizerGolden.numbers(golden["losses"]), norms = try OptimizerGolden.numbers(golden["norms"])
        #expect(losses.count == 11 && norms.count == 10 && losses[0] - losses[10] > 0.1, "there is something to learn")
        let fixture = try TrainingFixture("seqcls-gelu")
        let (model, pool) = (try fixture.model(set: set), WorkerPool(threadCount: threads))
        let pass = TrainingPass(model, pool: pool)
        var recipe = Recipe()
        (recipe.bodyLearningRate, recipe.headLearningRate) = (1e-3, 5e-3)
        (recipe.bodyWeightDecay, recipe.headWeightDecay) = (0.1, 0.1)
        recipe.warmup = 0.2
        let optimizer = Trainer.optimizer(ModelEngine(model, pool: pool), recipe, pool)
        for step in 0...10 {
            for sequence in fixture.batch.sequences { optimizer.prepare(rows: sequence.ids) }
            let found = Double(try pass.step(fixture.batch).loss)
            #expect(abs(found - losses[step]) <= 1e-4 * losses[step], "step \(step): \(found), \(losses[step])")
            guard step < 10 else { break }
            let norm = optimizer.gradientNorm()
            #expect(abs(norm - norms[step]) <= 1e-3 * norms[step], "step \(step): \(norm), \(norms[step])")
            optimizer.step(
                rateFactor: recipe.rateFactor(step: step, total: 10),
                gradientScale: Optimizer.clipping(norm: norm, limit: 0.5))
        }
    }
}
