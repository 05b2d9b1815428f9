// A teacher: whose answers they are, in whose order, of which texts; and who can teach whom.

import AdzeBytes
import AdzeData
import AdzeModels
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import AdzeTokenization
import AdzeTraining
import Foundation
import Testing

@testable import Adze

@Suite struct TeacherTests {
    private static let texts = ["the oak beam was good", "the saw split the wood", "good oak", "we cut it too short"]
    private let pool = WorkerPool(threads: 2)

    /// Examples of a fixture's model.
    private func examples(_ name: String = "seqcls-gelu", in folder: String) throws -> TrainingExamples {
        let path = folder + "/train.csv"
        let rows = (0..<12).map { "\(Self.texts[$0 % 4]) \($0),\($0 % 3 == 0 ? "rejected" : "accepted")\n" }.joined()
        try Data(("text,label\n" + rows).utf8).write(to: URL(filePath: path))
        return try TrainingExamples(model: fixture(name), tables: TrainingTables(train: path, dev: path))
    }

    private var recipe: Recipe {
        var recipe = Recipe()
        (recipe.epochs, recipe.batchSize, recipe.bodyLearningRate) = (2, 4, 1e-3)
        return recipe
    }

    /// The trained weights under a teacher, and what the run said.
    private func trained(
        _ examples: TrainingExamples, _ teacher: Teacher?, recipe: Recipe? = nil
    ) throws -> (bits: [String: [UInt32]], losses: [Double]) {
        let tuned = try FineTuning(examples, recipe: recipe ?? self.recipe, teacher: teacher, threads: 2).run()
        return (try bits(tuned.bundle), tuned.outcome.epochs.map(\.trainingLoss))
    }

    @Test func labelsInAnotherOrder() throws {
        try withTemporaryFolder { folder in
            let examples = try examples(in: folder)
            let turned = folder + "/turned"
            try writeModel(
                "seqcls-gelu", to: turned,
                config: [
                    "id2label": .object(["0": "accepted", "1": "rejected"]),
                    "label2id": .object(["accepted": 0, "rejected": 1]),
                ]
            ) { name, tensor in
                guard name.hasPrefix("classifier.") else { return tensor }
                let (values, row) = (tensor.floats(), tensor.shape.count / 2)
                return Tensor(shape: tensor.shape, floats: Array(values[row...] + values[..<row]))
            }
            let straight = Teacher(try ModelBundle(path: fixture("seqcls-gelu")), unlabelled: ["we saw it split"])
            let other = Teacher(try ModelBundle(path: turned), unlabelled: ["we saw it split"])
            #expect(try straight.places(for: examples.kind) == [0, 1] && other.places(for: examples.kind) == [1, 0])
            let (a, b) = (try trained(examples, straight), try trained(examples, other))
            #expect(a.bits == b.bits && a.losses == b.losses)
            #expect(a.bits != (try trained(examples, nil).bits))
        }
    }

    @Test func weightZeroEqualsNoTeacher() throws {
        try withTemporaryFolder { folder in
            let examples = try examples(in: folder)
            var recipe = recipe
            recipe.teacherWeight = 0
            let teacher = Teacher(try ModelBundle(path: fixture("seqcls-gelu")))
            let (with, without) = (try trained(examples, teacher, recipe: recipe), try trained(examples, nil))
            #expect(with.bits == without.bits && with.losses == without.losses)
        }
    }

    @Test func answersAreThoseOfPrediction() throws {
        try withTemporaryFolder { folder in
            let examples = try examples(in: folder)
            let bundle = try ModelBundle(path: fixture("seqcls-gelu"))
                .reading(longTexts: TextReading(longText: .window(stride: 2), maximumLength: 8))
            let texts: [TextInput] = [TextInput(ClassifierTests.longText), "good"]
            for precision in Precision.allCases {
                let answers = try Teacher(bundle, unlabelled: texts, precision: precision)
                    .answers(examples, pool: pool) { _, _ in }
                let expected = try TextClassifier(bundle, precision: precision, threads: 1)
                    .classify(examples.train.map(\.input) + texts).map(\.logits)
                #expect(answers.logits == expected && answers.logits.count == 14)
            }
        }
    }

    @Test func everyWindowIsTaughtWhatTheTextIs() throws {
        try withTemporaryFolder { folder in
            let examples = try examples(in: folder)
            let head = try #require(examples.bundle.checkpoint.head.classification)
            let texts = examples.train.map(\.input) + [TextInput(ClassifierTests.longText)]
            let cutting = TextCutting(
                tokenizer: try examples.bundle.requireTokenizer(), cleaner: nil, maximumLength: 8,
                strategy: .window(stride: 2))
            let tokens = try cutting.cut(texts, pool: pool)
            #expect(tokens.windowCounts[12] > 2)
            let answers = TeacherAnswers(
                logits: texts.indices.map { [Float($0), 0] }, unlabelled: [texts[12]], blocks: 3, precision: .int8)
            let inputs = TrainingInputs(examples.train, tokens, head: head, answers, recipe)
            guard case .taught(let taught) = inputs.data.targets, case .classes(let classes) = taught.own else {
                Issue.record("expected a teacher's answers and classes")
                return
            }
            let windows = tokens.windowCounts[12]
            #expect(taught.logits.suffix(windows) == ArraySlice(repeating: [12, 0], count: windows))
            #expect(classes.suffix(windows).allSatisfy { $0 == Targets.ignored })
            #expect(!classes.dropLast(windows).contains(Targets.ignored) && taught.temperature == 2)
        }
    }

    @Test func whoCannotTeachIsRefused() throws {
        try withTemporaryFolder { folder in
            let examples = try examples(in: folder)
            func problem(_ name: String) throws -> TeacherError? {
                let teacher = Teacher(try ModelBundle(path: fixture(name)))
                return refusal { try teacher.places(for: examples.kind) } as? TeacherError
            }
            #expect(try problem("seqcls-gelu") == nil)
            #expect(try problem("tokencls") == .noClassifier(architecture: "BertForTokenClassification"))
            #expect(try problem("seqcls-regression") == .otherTask(teacher: "a number", student: "one label"))
            #expect(
                try problem("seqcls-relu-multilabel")
                    == .otherTask(teacher: "any number of labels", student: "one label"))
            let odd = try problem("seqcls-odd")
            #expect(
                odd == .otherLabels(missing: ["rejected", "accepted"], foreign: ["LABEL_0", "LABEL_1", "LABEL_2"]))
            #expect(odd?.description.contains("it lacks 'rejected', 'accepted', the model lacks 'LABEL_0'") == true)
            // Numbers have names that mean nothing.
            #expect(try Teacher(ModelBundle(path: fixture("seqcls-regression"))).places(for: .number) == [0])
            var recipe = recipe
            recipe.teacherTemperature = 3
            #expect(refusal { try FineTuning(examples, recipe: recipe) } as? TeacherError == .noTeacher)
        }
    }

    @Test func aTeacherWhoseAnswersAreNoNumbers() throws {
        try withTemporaryFolder { folder in
            let examples = try examples(in: folder)
            try writeModel("seqcls-gelu", to: folder + "/great") { name, tensor in
                guard name == "classifier.weight" else { return tensor }
                return Tensor(shape: tensor.shape, floats: tensor.floats().map { $0 * 3e38 })
            }
            let bundle = try ModelBundle(path: folder + "/great")
            #expect(throws: TeacherError.notFinite(text: 1)) {
                try Teacher(bundle, precision: .fp32).answers(examples, pool: pool) { _, _ in }
            }
        }
    }
}
