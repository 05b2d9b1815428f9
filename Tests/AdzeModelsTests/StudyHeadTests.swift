// Heads that read every position: files of the study's program beside PyTorch (Tools/reference/make_study_golden.py), how
// they are recognised, and what is refused.

import AdzeBytes
import AdzeKernels
import AdzeTensors
import AdzeTestSupport
import AdzeThreads
import AdzeTorch
import Foundation
import Testing

@testable import AdzeModels

@Suite struct StudyHeadTests {
    static let forms: [(name: String, form: String)] = [
        ("pooler", "pooler"), ("flatten", "flatten"), ("flatten-all", "flatten:states=all"), ("lstm", "lstm:size=6"),
        ("lstm-all", "lstm:size=6:states=all"), ("lstm-forward", "lstm:size=6:directions=1"),
        ("lstm-deep", "lstm:size=5:layers=3"), ("lstm-text", "lstm:size=6:layers=2:padding=none"),
        ("lstm-text-forward", "lstm:size=6:directions=1:padding=none"), ("lstm-embeddings", "lstm:size=6"),
        ("mpnet-lstm", "lstm:size=6"), ("electra-flatten-all", "flatten:states=all"),
        ("distilbert-lstm-all", "lstm:size=6:layers=2:states=all"), ("table-lstm", "lstm:size=6"),
    ]

    @Test(arguments: forms) func theFormIsReadOffTheTensors(name: String, form: String) throws {
        let checkpoint = try Golden(study: name).checkpoint
        #expect(checkpoint.head.form.specification == form)
        #expect(checkpoint.head.task.kind == .classification && checkpoint.head.labels?.count == 3)
        #expect(checkpoint.map?.dropped == [])
    }

    @Test(arguments: forms.map(\.name)) func everyLogitIsThatOfPyTorch(name: String) throws {
        let golden = try Golden(study: name)
        let expected = golden.expected["logits"] ?? []
        for set in InstructionSet.available {
            let found = try golden.checkpoint.run(golden.sequences, .logits, set: set).flatMap(\.logits)
            try #require(found.count == expected.count && !found.isEmpty)
            let worst = zip(found, expected).map { ($0 - $1).magnitude / max(1, $1.magnitude) }.max() ?? 0
            #expect(worst < 1e-5, "\(set): \(worst)")
        }
    }

    @Test(arguments: forms.map(\.name)) func batchThreadsAndInstructionSetChangeNoBit(name: String) throws {
        let golden = try Golden(study: name)
        let many = (0..<90).flatMap { _ in golden.sequences }
        let reference = try golden.checkpoint.run(golden.sequences, .logits, threads: 1)
        for set in InstructionSet.available where set != .scalar {
            for threads in [1, 3] {
                let found = try golden.checkpoint.run(many, .logits, threads: threads, set: set)
                for (index, output) in found.enumerated() {
                    #expect(output == reference[index % reference.count], "\(set), \(threads), sequence \(index)")
                }
            }
        }
        for (index, sequence) in golden.sequences.enumerated() {
            #expect(try golden.checkpoint.run([sequence], .logits) == [reference[index]])
        }
    }

    /// The padding that a head reads is in no other output.
    @Test(arguments: ["flatten", "lstm", "lstm-all"]) func otherOutputsHaveNoPadding(name: String) throws {
        let golden = try Golden(study: name)
        let others: OutputRequest = [.sequence, .hiddenStates, .attentions, .pooled]
        let all = try golden.checkpoint.run(golden.sequences, others.union(.logits))
        let bare = try golden.checkpoint.encoder.run(golden.sequences, others)
        for (sequence, (all, bare)) in zip(golden.sequences, zip(all, bare)) {
            #expect(all.sequence == bare.sequence && all.attentions == bare.attentions && all.pooled == bare.pooled)
            #expect(all.hiddenStates == bare.hiddenStates && all.sequence.count == sequence.ids.count * 8)
            #expect(all.logits.count == 3)
        }
    }

    /// What the study says of padding: a text's logits depend on how far it is filled up.
    @Test func paddingIsReadWhereTheHeadReadsIt() throws {
        let golden = try Golden(study: "lstm")
        #expect(golden.checkpoint.head.form.rows(ofTokens: 3, golden.checkpoint.config) == 10)
        let forward = try Golden(study: "lstm-forward")
        #expect(forward.checkpoint.head.form.rows(ofTokens: 3, forward.checkpoint.config) == 4)
        #expect(forward.checkpoint.head.form.rows(ofTokens: 10, forward.checkpoint.config) == 10)
        let text = try Golden(study: "lstm-text")
        #expect(text.checkpoint.head.form.rows(ofTokens: 3, text.checkpoint.config) == 3)
    }

    // MARK: Configuration

    @Test func theConfigurationSaysTheForm() throws {
        let golden = try Golden(study: "lstm-all")
        let members = golden.checkpoint.configMembers
        #expect(members["adze_head"]?.string == "lstm:size=6:states=all")
        #expect(members["architectures"]?.array?.first?.string == "FineTunedBert")
        let again = try ModelCheckpoint(
            store: golden.checkpoint.store, configJSON: .object(members), options: ours())
        #expect(again.head == golden.checkpoint.head && again.config == golden.checkpoint.config)
        // An LSTM over the text alone has the same tensors as one that reads padding.
        var other = members
        other["adze_head"] = .string("lstm:size=6:states=all:padding=none")
        let text = try ModelCheckpoint(store: golden.checkpoint.store, configJSON: .object(other), options: ours())
        #expect(text.head.form != golden.checkpoint.head.form)
    }

    private func ours() -> CheckpointOptions {
        var options = CheckpointOptions()
        options.hasOurNames = true
        return options
    }

    /// The study's files come beside the configuration of the model that was fine-tuned: of another class, and deeper.
    @Test func theConfigurationOfTheOriginalModelWillDo() throws {
        var config = try parseJSON(Fixtures.bytes("study/lstm/config.json")).object ?? [:]
        config["architectures"] = .array([.string("BertForMaskedLM")])
        config["num_hidden_layers"] = .integer(12)
        let store = try TorchCheckpoint(file: InputFile(path: Fixtures.path("study/lstm/finetuned-bert-model.pt")))
        let checkpoint = try ModelCheckpoint(store: store, configJSON: .object(config))
        #expect(checkpoint.config.layerCount == 2 && checkpoint.head.form.specification == "lstm:size=6")
        #expect(checkpoint.notes.contains { $0.contains("FineTunedBert") })
        #expect(checkpoint.notes.contains { $0.contains("12 blocks; the file has 2") })
    }

    @Test func blocksThatAHeadReadsAreNotCut() throws {
        let all = try Golden(study: "flatten-all").checkpoint
        #expect(throws: CheckpointError.headReadsBlocks("flatten:states=all")) { try all.keeping(blocks: [0]) }
        #expect(try all.keeping(blocks: [0, 1]).head == all.head)
        let last = try Golden(study: "lstm").checkpoint
        #expect(try last.keeping(blocks: [1]).head == last.head)
    }

    /// The class that the study's own code cannot run.
    @Test func poolerOfAllStatesIsRefused() throws {
        var store = MemoryTensorStore()
        let source = try Golden(study: "pooler").checkpoint
        for tensor in source.store.tensors { store.add("bert." + tensor.name, try source.store.load(tensor.name)) }
        var wide = MemoryTensorStore()
        for tensor in store.tensors where !tensor.name.contains("classifier") {
            wide.add(tensor.name, try store.load(tensor.name))
        }
        wide.add("clf.weight", Tensor(shape: Shape(3, 24), floats: [Float](repeating: 0.1, count: 72)))
        wide.add("clf.bias", Tensor(shape: Shape(3), floats: [0, 0, 0]))
        let config = try parseJSON(Fixtures.bytes("study/pooler/config.json"))
        #expect(throws: HeadFormError.pooledStates) { try ModelCheckpoint(store: wide, configJSON: config) }
    }

    // MARK: Lies

    /// The tensors of a model with some replaced, or left out where nil.
    private func store(_ name: String, _ changes: [String: Tensor?]) throws -> MemoryTensorStore {
        let source = try TorchCheckpoint(
            file: InputFile(path: Fixtures.path("study/\(name)/finetuned-bert-model.pt")))
        var store = MemoryTensorStore()
        for tensor in source.tensors {
            guard let change = changes[tensor.name] else {
                store.add(tensor.name, try source.load(tensor.name))
                continue
            }
            if let change { store.add(tensor.name, change) }
        }
        return store
    }

    /// Why a checkpoint is refused; nil where it is taken.
    private func refusal(_ store: MemoryTensorStore, _ config: JSONValue) -> (any AdzeFailure)? {
        do {
            _ = try ModelCheckpoint(store: store, configJSON: config)
            return nil
        } catch {
            return error as? any AdzeFailure
        }
    }

    private func zeros(_ shape: Shape) -> Tensor {
        Tensor(shape: shape, floats: [Float](repeating: 0, count: shape.count))
    }

    @Test func anLSTMThatDoesNotFitIsNamed() throws {
        let config = try parseJSON(Fixtures.bytes("study/lstm/config.json"))
        func says(_ changes: [String: Tensor?], _ part: String) throws {
            let store = try store("lstm", changes)
            let error = refusal(store, config)
            #expect(error?.description.contains(part) ?? false, "\(error?.description ?? "")")
            #expect(error?.kind == .badData)
        }
        try says(["lstm.weight_ih_l0": zeros(Shape(23, 8))], "4 times the LSTM's size")
        try says(["lstm.weight_ih_l0": zeros(Shape(24))], "4 times the LSTM's size")
        try says(["lstm.weight_ih_l0": zeros(Shape(0, 8))], "4 times the LSTM's size")
        try says(["lstm.weight_ih_l0": zeros(Shape(24, 9))], "expected shape (24, 8)")
        try says(["lstm.weight_hh_l0": zeros(Shape(24, 7))], "expected shape (24, 6)")
        try says(["lstm.bias_hh_l0_reverse": Tensor?.none], "missing weight 'lstm.bias_hh_l0_reverse'")
        try says(["clf.weight": zeros(Shape(3, 13))], "expected shape (3, 12)")
    }

    @Test func aHeadThatNoConfigurationMeansIsNamed() throws {
        var config = try parseJSON(Fixtures.bytes("study/lstm/config.json")).object ?? [:]
        let store = try store("lstm", [:])
        for (value, part) in [
            (JSONValue.string("lstm:size=99999"), "1 to 4096"), (.string("gru"), "there is no head 'gru'"),
            (.integer(3), "expected a string"), (.string("flatten"), "expected shape (3, 80)"),
        ] {
            config["adze_head"] = value
            let error = refusal(store, .object(config))
            #expect(error?.description.contains(part) ?? false, "\(error?.description ?? "")")
            #expect(error?.kind == .badData)
        }
    }

    // MARK: New heads

    @Test(arguments: [
        "flatten", "flatten:states=all", "lstm:size=5", "lstm:layers=2:padding=none", "mean", "mean:normalize",
    ])
    func newHeadsAreTheSameForTheSameSeed(form: String) throws {
        let source = try Golden(study: "pooler").checkpoint
        var options = ours()
        options.newHead = ["a", "b"]
        options.newHeadForm = try HeadForm.specified(form)
        options.newHeadLength = 6
        let config = JSONValue.object(source.configMembers)
        func make(_ seed: UInt64) throws -> ModelCheckpoint {
            options.seed = seed
            return try ModelCheckpoint(store: source.store, configJSON: config, options: options)
        }
        let (first, second, other) = (try make(1), try make(1), try make(2))
        #expect(first.head.form.specification == form)
        // Positions beyond the length that is read are cut off, only where padding is.
        #expect(first.config.tokenLimit == (form.contains("none") || form.contains("mean") ? 10 : 6))
        for parameter in first.parameters where parameter.part == .head {
            let values = try first.store.load(parameter.name).floats()
            #expect(try second.store.load(parameter.name).floats() == values)
            #expect(try other.store.load(parameter.name).floats() != values)
            #expect(values.count < 10 || values.contains { $0 < 0 } && values.contains { $0 > 0 })
        }
        let logits = try first.run([TokenSequence(ids: [2, 5, 3])], .logits)[0].logits
        #expect(logits.count == 2 && logits.allSatisfy { $0.isFinite && $0.magnitude < 5 })
    }

    // MARK: Specifications

    @Test(arguments: forms.map(\.form).filter { $0 != "pooler" } + ["mean", "mean:normalize"])
    func aSpecificationIsReadBack(text: String) throws {
        #expect(try HeadForm.specified(text)?.specification == text)
    }

    @Test(arguments: [
        ("lsmt", "did you mean 'lstm'"), ("lstm:size=0", "1 to 4096"), ("lstm:sise=4", "did you mean 'size'"),
        ("flatten:size=4", "states"), ("lstm:size", "NAME=VALUE"), ("lstm:size=4:size=5", "each name once"),
        ("pooler:states=all", "first token"), ("pooler:size=3", "it has none"), ("", "there is no head"),
        ("mean:normalize=1", "no value"), ("mean:normalize:normalize", "each name once"),
        ("mean:size=2", "settings are normalize"),
        ("mena", "did you mean 'mean'"), ("lstm:normalize", "NAME=VALUE"), ("lstm:directions=3", "1 to 2"),
        ("lstm:padding=some", "study or none"), ("lstm:states=", "last or all"),
    ]) func aWrongSpecificationSaysWhy(text: String, part: String) {
        let error = #expect(throws: HeadFormError.self) { try HeadForm.specified(text) }
        #expect(error?.description.contains(part) ?? false, "\(error?.description ?? "")")
    }
}
