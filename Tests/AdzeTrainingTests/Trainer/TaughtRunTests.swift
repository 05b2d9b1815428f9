// Runs under a teacher: threads, interruptions and frozen blocks do not matter, and another teacher is another run.

import AdzeBytes
import AdzeModels
import AdzeTestSupport
import Foundation
import Testing

@testable import AdzeTraining

@Suite struct TaughtRunTests {
    /// The sample's examples, the last ten without a label, and a teacher that says more than a class.
    static func data(weight: Double = 0.5, temperature: Double = 2, unlabelled: Int = 10, teacher: UInt64 = 5)
        -> TrainingData
    {
        let plain = TrainerSample.training
        guard case .classes(let classes) = plain.targets else { preconditionFailure("the sample has classes") }
        var generator = SeededGenerator(seed: teacher)
        let logits = classes.map { label in
            (0..<2).map { ($0 == label ? 1 : -1) + Float.random(in: -0.75...0.75, using: &generator) }
        }
        let own = classes.indices.map { $0 < classes.count - unlabelled ? classes[$0] : Targets.ignored }
        return TrainingData(
            sequences: plain.sequences,
            targets: .taught(
                TaughtTargets(own: .classes(own), logits: logits, temperature: temperature, weight: weight)))
    }

    /// The sample's recipe as a taught run has it.
    static var recipe: Recipe {
        var recipe = TrainerSample.recipe
        (recipe.teacherTemperature, recipe.teacherWeight) = (2, 0.5)
        return recipe
    }

    static let uninterrupted = Result { try TrainerSample.run(recipe, training: data()) }

    @Test func aTaughtRunLearnsSomethingElse() throws {
        let taught = try Self.uninterrupted.get()
        #expect(taught.weights != (try TrainerSample.run().weights))
        #expect(taught.outcome.epochs.last?.trainingLoss ?? .infinity < taught.outcome.epochs[0].trainingLoss)
    }

    @Test func weightZeroEqualsNoTeacher() throws {
        let taught = try TrainerSample.run(training: Self.data(weight: 0, unlabelled: 0))
        #expect(taught.equals(try TrainerSample.run()))
    }

    @Test func textsWithoutLabelsAloneTeach() throws {
        let taught = try TrainerSample.run(TrainerSample.plainRecipe, training: Self.data(unlabelled: 26))
        let losses = taught.outcome.epochs.map(\.trainingLoss)
        #expect(losses[4] < losses[0], "\(losses)")
        // The teacher's share is of texts with a label.
        let other = try TrainerSample.run(
            TrainerSample.plainRecipe, training: Self.data(weight: 0.125, unlabelled: 26))
        #expect(other.equals(taught))
    }

    @Test func threadsDoNotMatter() throws {
        for threads in 2...3 {
            let other = try TrainerSample.run(Self.recipe, threads: threads, training: Self.data())
            #expect(try other.equals(Self.uninterrupted.get()))
        }
    }

    @Test(arguments: [1, 6, 13, 19])
    func resumeEqualsUninterrupted(cut: Int) throws {
        try withTemporaryFolder { (folder) throws -> Void in
            _ = try? TrainerSample.run(
                Self.recipe, options: TrainerSample.options(folder), stopAt: cut, training: Self.data())
            let resumed = try TrainerSample.run(
                Self.recipe, options: TrainerSample.options(folder, .resume), threads: 2, training: Self.data())
            #expect(try resumed.equals(Self.uninterrupted.get()) && resumed.steps.first?.step == cut + 1)
        }
    }

    @Test func hiddenStatesOfFrozenBlocksChangeNothing() throws {
        var options = TrainerOptions()
        (options.cacheMemory, options.cacheDisk) = (0, 0)
        let without = try TrainerSample.run(Self.recipe, options: options, training: Self.data())
        #expect(try without.equals(Self.uninterrupted.get()))
        // Runs that share them differ in what is taught, not in the texts.
        let states = FrozenStates()
        for teacher: UInt64 in [5, 6] {
            let shared = try TrainerSample.run(
                Self.recipe, training: Self.data(teacher: teacher), frozenStates: states)
            #expect(shared.equals(try TrainerSample.run(Self.recipe, training: Self.data(teacher: teacher))))
        }
    }

    @Test func anotherTeachersCheckpointIsRefused() throws {
        try withTemporaryFolder { (folder) throws -> Void in
            _ = try? TrainerSample.run(
                Self.recipe, options: TrainerSample.options(folder), stopAt: 5, training: Self.data())
            func refusal(_ training: TrainingData, _ change: (inout Recipe) -> Void = { _ in }) -> String {
                var recipe = Self.recipe
                change(&recipe)
                do {
                    _ = try TrainerSample.run(
                        recipe, options: TrainerSample.options(folder, .resume), training: training)
                    return "accepted"
                } catch { return "\(error)" }
            }
            #expect(refusal(Self.data(teacher: 6)).contains("another run: the teacher's answers differ"))
            #expect(
                refusal(Self.data(unlabelled: 9)).contains("another run: the training or unlabelled examples differ"))
            #expect(
                refusal(Self.data(temperature: 3)) { $0.teacherTemperature = 3 }
                    .contains("recipe key 'teacherTemperature' (2.0 there, 3.0 here) differ"))
            let plain = refusal(TrainerSample.training) { ($0.teacherTemperature, $0.teacherWeight) = (nil, nil) }
            #expect(plain.contains("the teacher's answers differ"))
            #expect(refusal(Self.data()) == "accepted")
        }
    }
}
