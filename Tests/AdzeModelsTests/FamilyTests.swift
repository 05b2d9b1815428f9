// Every family and class beside transformers (Tools/reference/make_family_fixtures.py): a new family adds a folder of
// declarations and a folder of fixtures.

import AdzeBytes
import AdzeKernels
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Testing

@testable import AdzeModels

@Suite struct FamilyTests {
    static let folders = FamilyFixtures.folders(with: "golden.safetensors")

    @Test func everyFamilyHasFixtures() {
        for family in Families.all where family != Bert.self {
            for type in family.modelTypes {
                let classes = FamilyTests.folders.count { $0.hasPrefix("families/\(type)/") }
                #expect(classes == family.classes.count, "\(family.name)")
            }
        }
    }

    @Test(arguments: folders) func everyOutputIsThatOfTransformers(folder: String) throws {
        let golden = try Golden(folder: folder)
        let head = golden.checkpoint.head
        var outputs: OutputRequest = head.outputs.union([.sequence, .hiddenStates, .attentions])
        if golden.expected["pooled"] != nil { outputs.insert(.pooled) }
        let found = try golden.checkpoint.run(golden.sequences, outputs)
        let size = golden.checkpoint.config.hiddenSize
        func expect(_ name: String, _ values: [Float]) {
            guard let expected = golden.expected[name] else { return }
            #expect(largestDifference(values, expected) <= 1e-4, "\(name)")
        }
        expect("last_hidden_state", found.flatMap(\.sequence))
        expect("pooled", found.flatMap(\.pooled))
        expect("logits", found.flatMap(\.logits))
        expect("token_logits", found.flatMap(\.tokenLogits))
        expect("vocabulary_logits", found.flatMap(\.vocabularyLogits))
        let pairs = found.flatMap(\.tokenLogits)
        if head.task == .questionAnswering {
            expect("start_logits", stride(from: 0, to: pairs.count, by: 2).map { pairs[$0] })
            expect("end_logits", stride(from: 1, to: pairs.count, by: 2).map { pairs[$0] })
        }
        for (index, output) in found.enumerated() { expect("attentions.\(index)", output.attentions.flatMap { $0 }) }
        if let hidden = golden.expected["hidden"] {
            let count = hidden.count / (golden.checkpoint.config.layerCount + 1)
            for layer in 0...golden.checkpoint.config.layerCount {
                let values = found.flatMap { $0.hiddenStates[layer] }
                #expect(
                    largestDifference(values, Array(hidden[layer * count..<(layer + 1) * count])) <= 1e-4,
                    "after block \(layer)")
            }
        }
        #expect(found.allSatisfy { $0.sequence.count == $0.tokenCount * size })
        #expect(golden.expected.count >= 2, "the golden file says something")
    }

    /// What a head reads of the last block is computed alone, with the same bits.
    @Test(arguments: folders) func tokensThatNobodyReadsAreLeftOut(folder: String) throws {
        let golden = try Golden(folder: folder)
        let wish = golden.checkpoint.head.outputs
        let positions = golden.sequences.map { [0, $0.ids.count / 2, $0.ids.count - 1].sorted() }
        let isMasked = golden.checkpoint.head.decoder != nil
        let few = try golden.checkpoint.run(golden.sequences, wish, positions: isMasked ? positions : nil)
        let all = try golden.checkpoint.run(
            golden.sequences, wish.union(.sequence), positions: isMasked ? positions : nil, threads: 1)
        for (a, b) in zip(few, all) {
            #expect(
                a.logits == b.logits && a.firstToken == b.firstToken && a.vocabularyLogits == b.vocabularyLogits
                    && a.tokenLogits == b.tokenLogits)
        }
    }

    /// What is read is written under the same names, with the same shapes.
    @Test(arguments: folders) func namesGoThereAndBack(folder: String) throws {
        let golden = try Golden(folder: folder)
        let source = try SafetensorsFile(file: InputFile(path: Fixtures.path(folder + "/model.safetensors")))
        let shapes = golden.checkpoint.store.tensorsByName
        let written = golden.checkpoint.transformersTensors.filter { $0.tiedTo == nil }
        #expect(
            Set(written.map { "\($0.name) \(shapes[$0.source]?.shape.description ?? "")" })
                == Set(source.tensors.map { "\($0.name) \($0.shape)" }))
        let config = try parseJSON(Fixtures.bytes(folder + "/config.json"))
        for (key, value) in golden.checkpoint.configMembers where config[key] != nil {
            let isSame = config[key] == value || config[key]?.number == value.number && value.number != nil
            #expect(isSame || key == "sinusoidal_pos_embds", "\(key)")
        }
        let again = try ModelCheckpoint(
            store: golden.checkpoint.store, configJSON: .object(golden.checkpoint.configMembers), options: ours)
        #expect(again.head == golden.checkpoint.head && again.config == golden.checkpoint.config)
    }

    private var ours: CheckpointOptions {
        var options = CheckpointOptions()
        options.hasOurNames = true
        return options
    }

    @Test(arguments: folders) func withoutConfigurationTheTensorsTellTheFamily(folder: String) throws {
        let golden = try Golden(folder: folder)
        let source = try SafetensorsFile(file: InputFile(path: Fixtures.path(folder + "/model.safetensors")))
        var options = CheckpointOptions()
        options.headCount = golden.checkpoint.config.headCount
        let found = try ModelCheckpoint(store: source, configJSON: nil, options: options)
        #expect(found.config.modelType == golden.checkpoint.config.modelType)
        #expect(found.head.task.kind == golden.checkpoint.head.task.kind)
        #expect(found.config.positions == golden.checkpoint.config.positions)
        #expect(found.config.embeddingSize == golden.checkpoint.config.embeddingSize)
    }

    @Test(arguments: folders) func aBlockTakenOutIsOneLessOfTheRest(folder: String) throws {
        let golden = try Golden(folder: folder)
        let kept = try golden.checkpoint.keeping(blocks: [1])
        #expect(kept.config.layerCount == 1)
        let name = ParameterPaths.block(0).query + ".weight"
        let other = ParameterPaths.block(1).query + ".weight"
        #expect(try kept.store.load(name).floats() == golden.checkpoint.store.load(other).floats())
        let outputs = try kept.run(golden.sequences, kept.head.outputs)
        #expect(outputs.count == golden.sequences.count)
    }

    @Test func copiesOfTiedTensorsAreOne() throws {
        let golden = try Golden(folder: "families/electra/masked")
        let folder = Fixtures.path("families/electra/masked-tied-copies")
        let copies = try ModelCheckpoint(
            store: SafetensorsFile(file: InputFile(path: folder + "/model.safetensors")),
            configJSON: parseJSON(Fixtures.bytes("families/electra/masked-tied-copies/config.json")))
        #expect(copies.head == golden.checkpoint.head && copies.map?.ties.count == 1)
        #expect(copies.map?.dropped.map(\.reason) == ["a buffer, not a weight"])
    }

    // MARK: Positions and distances

    @Test func bucketsAreThoseOfTheReference() {
        let bias = RelativeBias(buckets: 32, maximumDistance: 128)
        // Where a bucket of the far ones begins, from the reference's float32 logarithms.
        let starts = [8, 12, 16, 23, 32, 46, 64, 91]
        for distance in -1000...1000 {
            let reach = abs(distance)
            let near = reach < 8 ? reach : 7 + starts.count { reach >= $0 }
            #expect(bias.bucket(of: distance) == (distance > 0 ? 16 : 0) + near, "\(distance)")
        }
    }

    @Test func paddingInsideATextDoesNotCount() {
        let table = PositionTable.afterPadding(rows: 10, padID: 1)
        #expect(table.rows(of: [0, 7, 1, 8, 2]) == [2, 3, 1, 4, 5])
        #expect(table.tokenLimit == 8 && table.padID == 1)
        #expect(PositionTable.absolute(rows: 10).rows(of: [0, 7, 1]) == [0, 1, 2])
    }

    @Test func typesAreIgnoredWhereThereAreNone() throws {
        let golden = try Golden(folder: "families/distilbert/sequence")
        let typed = golden.sequences.map {
            TokenSequence(ids: $0.ids, typeIDs: $0.ids.indices.map { Int32($0 % 2) })
        }
        let (plain, same) = (
            try golden.checkpoint.run(golden.sequences, .logits), try golden.checkpoint.run(typed, .logits)
        )
        #expect(plain == same)
    }
}
