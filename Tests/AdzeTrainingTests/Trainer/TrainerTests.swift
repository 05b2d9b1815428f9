// What a run's result may not depend on, how its epoch is chosen, and how it ends when nothing is learnt.

import AdzeBytes
import AdzeKernels
import AdzeModels
import AdzeTestSupport
import AdzeThreads
import Foundation
import Testing

@testable import AdzeTraining

@Suite struct TrainerTests {
    @Test func resultsDependOnNeitherThreadsNorInstructionSet() throws {
        let one = try TrainerSample.run(set: .scalar)
        for set in InstructionSet.available {
            for threads in 1...3 { #expect(try TrainerSample.run(set: set, threads: threads).equals(one), "\(set)") }
        }
    }

    @Test(arguments: InstructionSet.available)
    func cachedHiddenStatesChangeNothing(set: InstructionSet) throws {
        let whole = try TrainerSample.run(set: set)
        var options = TrainerOptions()
        options.cacheMemory = 0
        #expect(try TrainerSample.run(options: options, set: set).equals(whole), "without a cache")
        try withTemporaryFolder { (folder) throws -> Void in
            options.cacheFolder = folder
            #expect(try TrainerSample.run(options: options, set: set).equals(whole), "all spilled")
            #expect(try folderEntries(folder).isEmpty, "the file has no name")
            options.cacheMemory = 6000
            #expect(try TrainerSample.run(options: options, set: set).equals(whole), "some in memory, some spilled")
            options.cacheDisk = 3000
            #expect(try TrainerSample.run(options: options, set: set).equals(whole), "some of it nowhere")
            options.cacheFolder = folder + "/none"
            #expect(
                try TrainerSample.run(options: options, set: set).equals(whole), "a folder that cannot be written to")
        }
    }

    @Test func frozenBlocksAreComputedOnceForEachExample() throws {
        var recipe = TrainerSample.recipe
        recipe.stages = [Stage(epoch: 0, trains: .head)]
        let count = SharedCount()
        let run = try TrainerSample.run(recipe, wrapping: { HookedEngine(base: $0, onPrefix: { count.add($0) }) })
        #expect(run.outcome.epochs.count == 5)
        #expect(count.current == TrainerSample.training.count + 14)
    }

    @Test func aLaterRunTakesTheFrozenStatesOfAnEarlierOne() throws {
        var recipe = TrainerSample.recipe
        recipe.stages = [Stage(epoch: 0, trains: .head), Stage(epoch: 4, trains: .top(1))]
        let states = FrozenStates()
        var computed: [Int] = []
        for seed: UInt64 in [1, 2, 1] {
            recipe.seed = seed
            let alone = try TrainerSample.run(recipe)
            let count = SharedCount()
            let run = try TrainerSample.run(
                recipe, frozenStates: states, wrapping: { HookedEngine(base: $0, onPrefix: { count.add($0) }) })
            #expect(run.equals(alone), "what is shared changes nothing")
            computed.append(count.current)
        }
        // The second stage's one epoch starts from other blocks, and is kept for the runs to come.
        #expect(computed == [2 * (TrainerSample.training.count + 14), 0, 0])
    }

    @Test func frozenStatesOfOtherExamplesAreNotTaken() throws {
        var recipe = TrainerSample.recipe
        recipe.stages = [Stage(epoch: 0, trains: .head)]
        let (states, count) = (FrozenStates(), SharedCount())
        let others = TrainerSample.data(count: 13, seed: 7)
        for data in [TrainerSample.training, others] {
            let alone = try TrainerSample.run(recipe, training: data)
            let run = try TrainerSample.run(
                recipe, training: data, frozenStates: states,
                wrapping: { HookedEngine(base: $0, onPrefix: { count.add($0) }) })
            #expect(run.equals(alone))
        }
        #expect(count.current == TrainerSample.training.count + others.count + 14, "the dev set's are taken")
    }

    @Test(arguments: InstructionSet.available)
    func rowsLeftBehindChangeNothing(set: InstructionSet) throws {
        var recipe = TrainerSample.plainRecipe
        let lazy = try TrainerSample.run(recipe, set: set)
        recipe.leavesRowsBehind = false
        #expect(try TrainerSample.run(recipe, set: set).weights == lazy.weights)
    }

    /// The row of padding decays with the others, and such a head reads it at every step.
    @Test(arguments: ["lstm:size=3", "flatten"]) func rowsLeftBehindChangeNothingUnderPadding(head: String) throws {
        var recipe = TrainerSample.plainRecipe
        recipe.bodyWeightDecay = 0.5
        let form = try HeadForm.specified(head)
        let lazy = try TrainerSample.run(recipe, form: form)
        recipe.leavesRowsBehind = false
        #expect(try TrainerSample.run(recipe, form: form).weights == lazy.weights)
    }

    @Test(arguments: InstructionSet.available)
    func activationsComputedTwiceChangeNothing(set: InstructionSet) throws {
        var options = TrainerOptions()
        options.checkpointsActivations = true
        #expect(try TrainerSample.run(options: options, set: set).equals(TrainerSample.run(set: set)))
    }

    @Test(arguments: InstructionSet.available)
    func accumulatedBatchesAreOneLargeOne(set: InstructionSet) throws {
        var recipe = TrainerSample.plainRecipe
        recipe.groupsByLength = false
        recipe.epochs = 2
        recipe.batchSize = 6
        let whole = try TrainerSample.run(recipe, set: set)
        (recipe.batchSize, recipe.accumulation) = (2, 3)
        let parts = try TrainerSample.run(recipe, set: set)
        #expect(whole.steps.count == parts.steps.count)
        for (a, b) in zip(whole.steps, parts.steps) {
            #expect(abs(a.loss - b.loss) <= 1e-4 && abs(a.gradientNorm - b.gradientNorm) <= 1e-3 * a.gradientNorm)
        }
    }

    @Test(arguments: InstructionSet.available)
    func aTaskIsLearnt(set: InstructionSet) throws {
        var recipe = TrainerSample.plainRecipe
        recipe.epochs = 12
        recipe.retries = 2
        let run = try TrainerSample.run(recipe, set: set, training: TrainerSample.data(count: 200, seed: 5))
        let best = run.outcome.epochs[run.outcome.chosenEpoch]
        #expect(best.scores.map(\.name) == ["loss", "accuracy"])
        #expect((best.scores.last?.value ?? 0) > 0.9)
        #expect(run.outcome.epochs.last?.trainingLoss ?? 1 < 0.3)
        #expect(run.collapses.isEmpty)
        #expect(run.steps.map(\.step) == Array(1...600))
    }

    @Test func stepsTellTheRatesOfTheSchedule() throws {
        var recipe = TrainerSample.plainRecipe
        recipe.warmup = 0.2
        let steps = try TrainerSample.run(recipe).steps
        #expect(steps.count == 35)
        #expect(steps[0].bodyLearningRate == 0 && steps[7].headLearningRate == 1e-2)
        #expect(abs(steps[34].headLearningRate - 1e-2 / 28) < 1e-12)
        #expect(steps.allSatisfy { $0.tokens > 0 && $0.seconds >= 0 && $0.gradientNorm > 0 })
    }

    // MARK: Choice

    /// A dev set whose accuracies are given, one for each evaluation.
    func scripted(_ values: [Double]) -> DevelopmentSet {
        let calls = SharedCount()
        return TrainerSample.development { _ in values[min(calls.add(1), values.count) - 1] }
    }

    /// Where the best epoch's weights lie until the end of a run.
    enum Place: CaseIterable { case checkpoint, namelessFile, memory, memoryForWantOfDisk }

    @Test(arguments: Place.allCases)
    func theBestEpochsWeightsAreTheResult(_ place: Place) throws {
        try withTemporaryFolder { (folder) throws -> Void in
            var options = place == .checkpoint ? TrainerSample.options(folder) : TrainerOptions()
            if place == .namelessFile { options.cacheFolder = folder }
            if place == .memoryForWantOfDisk { options.cacheFolder = folder + "/none" }
            var recipe = TrainerSample.plainRecipe
            let run = try TrainerSample.run(
                recipe, development: scripted([0.1, 0.9, 0.9, .nan, 0.3]), options: options)
            #expect(run.outcome.chosenEpoch == 1)
            #expect(run.outcome.epochs.map(\.isBest) == [true, true, false, false, false])
            if place == .namelessFile {
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty, "it has no name")
            }
            // A run of constant rates that ends there, for the weights of that moment.
            recipe.schedule = .constant
            recipe.warmup = 0
            let long = try TrainerSample.run(recipe, development: scripted([0.1, 0.9, 0.2]))
            recipe.epochs = 2
            let short = try TrainerSample.run(recipe, development: nil)
            #expect(long.weights == short.weights)
            recipe.epochs = 5
            recipe.keepsBest = false
            let last = try TrainerSample.run(recipe, development: scripted([0.1, 0.9, 0.2]))
            #expect(last.outcome.chosenEpoch == 4 && last.weights != long.weights)
        }
    }

    @Test func lowerLossesAreBetterOnes() throws {
        var recipe = TrainerSample.plainRecipe
        recipe.metric = "loss"
        let run = try TrainerSample.run(recipe)
        let losses = run.outcome.epochs.map { $0.scores[0].value }
        #expect(run.outcome.chosenEpoch == losses.firstIndex(of: losses.min() ?? 0))
    }

    @Test func patienceEndsARunInItsLastStageAlone() throws {
        var recipe = TrainerSample.recipe
        recipe.patience = 1
        recipe.stages = [Stage(epoch: 0, trains: .head), Stage(epoch: 2, trains: .all)]
        let run = try TrainerSample.run(recipe, development: scripted([0.9, 0.2, 0.2, 0.2, 0.2]))
        #expect(run.outcome.epochs.count == 4 && run.outcome.stoppedEarly && run.outcome.chosenEpoch == 0)
    }

    @Test func anUnknownMetricIsToldBeforeAnythingRuns() throws {
        var recipe = TrainerSample.recipe
        recipe.metric = "acuracy"
        let error = #expect(throws: TrainerError.self) { try TrainerSample.run(recipe) }
        #expect(
            error?.description == "no score is called 'acuracy'; there are loss, accuracy; did you mean 'accuracy'?")
        #expect(throws: TrainerError.self) {
            try TrainerSample.run(training: TrainingData(sequences: [], targets: .classes([])))
        }
    }

    // MARK: Collapse

    @Test func aCollapsedRunStartsAgainAtLowerRates() throws {
        try withTemporaryFolder { (folder) throws -> Void in
            var recipe = TrainerSample.recipe
            recipe.retries = 1
            recipe.reinitialisesPooler = true
            // The retry is at the rates that this task is learnt with.
            (recipe.bodyLearningRate, recipe.headLearningRate) = (1e-2, 3.3e-2)
            let broken = try TrainerSample.run(
                recipe, options: TrainerSample.options(folder),
                wrapping: { HookedEngine.failing($0, at: 7) })
            #expect(broken.collapses == [Collapse(sign: .notFinite, attempt: 0, epoch: 0, step: 3)])
            #expect(broken.outcome.attempt == 1 && broken.outcome.collapses == broken.collapses)
            var lower = recipe.retried(1)
            lower.retries = 0
            #expect(try TrainerSample.run(lower).weights == broken.weights)
            // A finished retry is taken up with its history.
            let again = try TrainerSample.run(recipe, options: TrainerSample.options(folder, .resume))
            #expect(again.equals(broken))
        }
    }

    @Test func withoutRetriesACollapseIsAnErrorOrTheBestEpoch() throws {
        let error = #expect(throws: TrainerError.self) {
            try TrainerSample.run(wrapping: { HookedEngine.failing($0, at: 3) })
        }
        #expect(
            error?.description
                == "training collapsed: the loss or a gradient is not a finite number at epoch 1, step 1; "
                + "lower the learning rate, lengthen the warm-up, or allow retries")
        let calls = 7 * 3 + 2
        var recipe = TrainerSample.plainRecipe
        recipe.epochs = 8
        let late = try TrainerSample.run(
            recipe, wrapping: { HookedEngine.failing($0, at: calls) })
        #expect(late.outcome.stoppedEarly && late.outcome.collapses.count == 1)
        #expect(late.outcome.chosenEpoch < 3)
        #expect(late.weights.allSatisfy { Float(bitPattern: $0).isFinite })
    }

    @Test func aRateThatExplodesIsSeen() throws {
        var recipe = TrainerSample.plainRecipe
        recipe.bodyLearningRate = 1000
        recipe.headLearningRate = 1000
        recipe.warmup = 0
        recipe.retries = 1
        let error = #expect(throws: TrainerError.self) { _ = try TrainerSample.run(recipe) }
        guard case .collapsed(let collapse, 1) = error else { throw try #require(error) }
        #expect(collapse.attempt == 1)
    }

    /// A text that is told wrong costs as much by the focal loss as by the plain one; what is small is the start.
    @Test func theFocalLossIsJudgedByThePlainOne() throws {
        var job = TrainingJob(recipe: TrainerSample.plainRecipe, training: TrainerSample.training)
        job.recipe.epochs = 1
        job.loss.focalGamma = 2
        let pool = WorkerPool(threadCount: 1)
        let trainer = Trainer(job, model: try TrainerSample.model(), pool: pool)
        _ = try trainer.run()
        #expect(abs(trainer.ignorantLoss - log(2)) < 1e-6)
    }

    @Test func oneClassForEverythingIsSaid() throws {
        var recipe = TrainerSample.plainRecipe
        func run() throws -> SampleRun {
            try TrainerSample.run(
                recipe, wrapping: { HookedEngine(base: $0, onLogits: { $0.map { _ in [0, 1] } }) })
        }
        let once = try run()
        #expect(once.outcome.epochs.allSatisfy { $0.sawOneClass })
        #expect(once.collapses == [Collapse(sign: .oneClass, attempt: 0, epoch: 1, step: 14)])
        #expect(once.outcome.collapses == once.collapses && !once.outcome.stoppedEarly)
        recipe.retries = 2
        let retried = try run()
        #expect(retried.collapses.map(\.attempt) == [0, 1, 2] && retried.outcome.attempt == 2)
    }

    @Test func signsOfACollapse() {
        func signs(_ losses: [Double], ignorant: Double = 0.7, norm: Double = 1) -> [Collapse.Sign] {
            var watch = CollapseWatch()
            return losses.compactMap { watch.add(loss: $0, norm: norm, ignorant: ignorant) }
        }
        func repeated(_ loss: Double) -> [Double] { [Double](repeating: loss, count: 30) }
        #expect(signs([0.7], norm: .nan) == [.notFinite])
        #expect(signs([.infinity]) == [.notFinite] && signs([.nan]) == [.notFinite])
        #expect(signs(repeated(0.7) + repeated(9)).first == .exploded)
        #expect(signs([0.7] + repeated(1000)).first == .exploded, "even where it happens at once")
        #expect(signs(repeated(1e-3) + repeated(0.5)).isEmpty, "worse, but no worse than knowing nothing")
        #expect(signs([9] + repeated(8), ignorant: 0.7).isEmpty, "it came like that")
        #expect(signs(repeated(0.01), ignorant: 0).isEmpty && signs(repeated(1), ignorant: .nan).isEmpty)
        #expect(CollapseWatch.seesOneClass([[0, 1], [2, 3]], .classes([0, 1])))
        #expect(!CollapseWatch.seesOneClass([[0, 1], [3, 2]], .classes([0, 1])))
        #expect(!CollapseWatch.seesOneClass([[0, 1], [2, 3]], .classes([1, 1])))
        var stages = CollapseWatch()
        #expect(stages.add(sawOneClass: true, inLastStage: false, isLast: false) == nil)
        #expect(stages.add(sawOneClass: true, inLastStage: true, isLast: false) == nil)
        #expect(stages.add(sawOneClass: true, inLastStage: true, isLast: false) == .oneClass)
    }
}
