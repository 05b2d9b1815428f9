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
        expect("next_sentence_logits", found.flatMap(\.nextSentenceLogits))
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
            Set(written.map { "\($0.name) \($0.shape(in: shapes)?.description ?? "")" })
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
        if golden.checkpoint.config.sharedBlocks != nil {
            let error = #expect(throws: ConfigError.self) {
                try ModelCheckpoint(store: source, configJSON: nil, options: options)
            }
            #expect(error == .needsLayerCount)
            return
        }
        let found = try ModelCheckpoint(store: source, configJSON: nil, options: options)
        // RoBERTa, XLM-R and CamemBERT are one model under three names.
        let (family, expected) = (found.family.names.prefix, golden.checkpoint.family.names.prefix)
        // Where every head has the same layers, nothing tells one that reads every token from one of texts.
        let isOpen =
            if case .transformed(let layer) = golden.checkpoint.head.form { layer.rows == .every } else { false }
        #expect(family == expected)
        #expect(found.head.task.kind == (isOpen ? .classification : golden.checkpoint.head.task.kind))
        #expect(found.config.positions.rows == golden.checkpoint.config.positions.rows)
        // No tensor shows the padding's id.
        let isUsual = golden.checkpoint.config.positions.padID ?? 1 == 1
        let hasTable = golden.checkpoint.config.positions.rows > 0
        #expect(found.config.positions == golden.checkpoint.config.positions || !isUsual || !hasTable)
        #expect(found.config.embeddingSize == golden.checkpoint.config.embeddingSize)
    }

    @Test(arguments: folders) func aBlockTakenOutIsOneLessOfTheRest(folder: String) throws {
        let golden = try Golden(folder: folder)
        guard golden.checkpoint.config.canKeep(blocks: [1]) else {
            #expect(throws: CheckpointError.firstBlockStays(golden.checkpoint.family.name)) {
                try golden.checkpoint.keeping(blocks: [1])
            }
            return
        }
        let kept = try golden.checkpoint.keeping(blocks: [1])
        #expect(kept.config.layerCount == 1)
        let name = ParameterPaths.block(0).query + ".weight"
        let other = ParameterPaths.block(golden.checkpoint.config.block(ofLayer: 1)).query + ".weight"
        #expect(try kept.store.load(name).floats() == golden.checkpoint.store.load(other).floats())
        let outputs = try kept.run(golden.sequences, kept.head.outputs)
        #expect(outputs.count == golden.sequences.count)
    }

    /// BERT and RoBERTa call the tensors of an encoder alone alike, and number positions differently.
    @Test func anEncoderThatTwoFamiliesNameAlike() throws {
        for (folder, type, said) in [
            ("families/roberta/base", "roberta", "taken for a RoBERTa, as 1 token type let it seem; if it is a BERT"),
            ("models/bertmodel-pooler", "bert", "taken for a BERT, as 2 token types let it seem; if it is a RoBERTa"),
        ] {
            let source = try SafetensorsFile(file: InputFile(path: Fixtures.path(folder + "/model.safetensors")))
            var options = CheckpointOptions()
            options.headCount = 2
            let found = try ModelCheckpoint(store: source, configJSON: nil, options: options)
            #expect(found.config.modelType == type && found.notes.contains { $0.contains(said) })
            let config = try parseJSON(Fixtures.bytes(folder + "/config.json"))
            #expect(try !ModelCheckpoint(store: source, configJSON: config).notes.contains { $0.contains("alike") })
        }
        let golden = try Golden(folder: "families/roberta/sequence")
        let source = try SafetensorsFile(
            file: InputFile(path: Fixtures.path("families/roberta/sequence/model.safetensors")))
        var options = CheckpointOptions()
        options.headCount = golden.checkpoint.config.headCount
        let found = try ModelCheckpoint(store: source, configJSON: nil, options: options)
        #expect(found.config.layerNormEpsilon == 1e-5 && !found.notes.contains { $0.contains("alike") })
    }

    @Test(arguments: [("electra", 1), ("roberta", 2)]) func copiesOfTiedTensorsAreOne(family: String, ties: Int) throws
    {
        let golden = try Golden(folder: "families/\(family)/masked")
        let folder = "families/\(family)/masked-tied-copies"
        let copies = try ModelCheckpoint(
            store: SafetensorsFile(file: InputFile(path: Fixtures.path(folder + "/model.safetensors"))),
            configJSON: parseJSON(Fixtures.bytes(folder + "/config.json")))
        #expect(copies.head == golden.checkpoint.head && copies.map?.ties.count == ties)
        #expect(copies.map?.dropped.map(\.reason) == ["a buffer, not a weight"])
    }

    /// Writers that keep a shared tensor once keep either name of the decoder's bias.
    @Test(arguments: ["families/mpnet/masked", "families/roberta/masked"])
    func theDecodersBiasUnderItsOtherName(folder: String) throws {
        let golden = try Golden(folder: folder)
        let source = try SafetensorsFile(file: InputFile(path: Fixtures.path(folder + "/model.safetensors")))
        var store = MemoryTensorStore()
        for info in source.tensors {
            store.add(info.name == "lm_head.bias" ? "lm_head.decoder.bias" : info.name, try source.load(info.name))
        }
        let found = try ModelCheckpoint(
            store: store, configJSON: parseJSON(Fixtures.bytes(folder + "/config.json")))
        #expect(found.head == golden.checkpoint.head && found.map?.dropped.isEmpty == true)
        let name = ParameterPaths.decoderBias
        #expect(try found.store.load(name) == golden.checkpoint.store.load(name))
    }

    /// The head of a masked DeBERTa is read under either of its names, and written under those of transformers' default.
    @Test func aMaskHeadUnderItsAuthorsNames() throws {
        let (golden, folder) = (try Golden(folder: "families/deberta-v2/masked"), "families/deberta-v2/masked-lm-head")
        let found = try ModelCheckpoint(
            store: SafetensorsFile(file: InputFile(path: Fixtures.path(folder + "/model.safetensors"))),
            configJSON: parseJSON(Fixtures.bytes(folder + "/config.json")))
        #expect(found.head == golden.checkpoint.head && found.config == golden.checkpoint.config)
        #expect(found.map?.dropped.map(\.source) == ["mask_predictions.dense.weight"])
        for parameter in found.parameters {
            #expect(try found.store.load(parameter.name) == golden.checkpoint.store.load(parameter.name))
        }
        #expect(found.transformersTensors == golden.checkpoint.transformersTensors)
    }

    /// A decoder that is not the word embeddings has its weights, and both names of its bias.
    @Test func aRobertasDecoderOfItsOwn() throws {
        let folder = "families/roberta/masked-tied-copies"
        let source = try SafetensorsFile(file: InputFile(path: Fixtures.path(folder + "/model.safetensors")))
        var store = MemoryTensorStore()
        for info in source.tensors {
            let tensor = try source.load(info.name)
            let isDecoder = info.name == "lm_head.decoder.weight"
            store.add(info.name, isDecoder ? Tensor(shape: tensor.shape, floats: tensor.floats().map { -$0 }) : tensor)
        }
        let found = try ModelCheckpoint(
            store: store, configJSON: parseJSON(Fixtures.bytes(folder + "/config.json")))
        #expect(found.head.decoder == .separate && found.notes.contains { $0.contains("it is kept beside them") })
        let written = found.transformersTensors.filter { $0.name.hasPrefix("lm_head.") }
        let (ours, decoder) = (ParameterPaths.decoderBias, ParameterPaths.decoder + ".weight")
        #expect(written.allSatisfy { $0.tiedTo == nil })
        #expect(Set(written.filter { $0.source == ours }.map(\.name)) == ["lm_head.bias", "lm_head.decoder.bias"])
        #expect(written.filter { $0.source == decoder }.map(\.name) == ["lm_head.decoder.weight"])
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

    /// Where a row of the far distances begins, as transformers' `make_log_bucket_position` has it in float32, for 256
    /// buckets up to 512 and for 8 up to 40; and distances without buckets, which end with the table.
    @Test func rowsOfDistancesAreThoseOfTheReference() {
        func attention(_ buckets: Int?, _ most: Int) -> DistanceAttention {
            DistanceAttention(
                buckets: buckets, maximumDistance: most, readsKeys: true, readsQueries: true, sharesLayers: true,
                normalizes: true)
        }
        let published = attention(256, 512)
        let some = [
            1: 1, 127: 127, 128: 128, 129: 129, 132: 131, 200: 169, 256: 192, 300: 207, 400: 233, 510: 255, 511: 255,
            512: 256, 600: 270, 1000: 317,
        ]
        for (distance, bucket) in some {
            #expect(published.row(of: distance) == min(256 + bucket, 511), "\(distance)")
            #expect(published.row(of: -distance) == max(256 - bucket, 0), "\(distance)")
        }
        let small = (0...60).map { attention(8, 40).row(of: $0) - 8 }
        #expect(small == Self.smallBuckets)
        #expect([-11, -10, -9, 0, 9, 10, 60].map { attention(nil, 10).row(of: $0) } == [0, 0, 1, 10, 19, 19, 19])
        let rows = published.rows(tokens: 512)
        #expect(rows.first == 1 && rows.count == 511 && rows.near == 131)
        #expect(attention(nil, 10).rows(tokens: 1).count == 1)
    }

    private static let smallBuckets = [
        0, 1, 2, 3, 4, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    ]

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
