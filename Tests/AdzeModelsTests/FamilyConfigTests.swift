// What a config.json may not say of a family: each lie is one line that names the key.

import AdzeBytes
import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Testing

@testable import AdzeModels

@Suite struct FamilyConfigTests {
    /// The error of a fixture whose configuration is changed.
    private func refusal(_ folder: String, _ changes: [String: JSONValue?]) throws -> String {
        var object = try #require(try parseJSON(Fixtures.bytes("families/\(folder)/config.json")).object)
        for (key, value) in changes { object[key] = value }
        let store = try SafetensorsFile(
            file: InputFile(path: Fixtures.path("families/\(folder)/model.safetensors")))
        do {
            _ = try ModelCheckpoint(store: store, configJSON: .object(object))
            return ""
        } catch { return "\(error)" }
    }

    @Test func aFamilyThatIsNotKnown() throws {
        let near = try refusal("distilbert/sequence", ["model_type": "distilbret"])
        #expect(near.contains("did you mean 'distilbert'?") && near.contains("MPNet ('mpnet')"))
        let far = try refusal("distilbert/sequence", ["model_type": "longformer", "architectures": nil])
        #expect(far.contains("model_type 'longformer' is not supported") && !far.contains("did you mean"))
    }

    @Test func aTypeAndAClassThatContradictEachOther() throws {
        let said = try refusal("electra/sequence", ["model_type": "bert"])
        #expect(said.contains("'bert'") && said.contains("'ElectraForSequenceClassification', which is one of ELECTRA"))
    }

    @Test func aClassThatIsNotRun() throws {
        let said = try refusal("electra/pretraining", [:])
        #expect(said.contains("'ElectraForPreTraining' is not supported") && said.contains("ElectraModel"))
        #expect(
            try refusal("mpnet/token", ["architectures": ["MPNetForMultipleChoice"]]).contains("one choice at a time"))
    }

    @Test func aKeyOfAnotherFamily() throws {
        let said = try refusal("distilbert/sequence", ["hidden_dim": nil, "intermediate_size": 20])
        #expect(said.contains("'intermediate_size' means nothing to a DistilBERT, which reads 'hidden_dim'"))
        let other = try refusal("electra/sequence", ["hidden_size": nil, "dim": 12])
        #expect(other.contains("'dim' means nothing to an ELECTRA, which reads 'hidden_size'"))
        #expect(try refusal("distilbert/sequence", ["dim": nil, "hidden_size": 12]) == "", "transformers maps it")
    }

    @Test func positionsThatTheReferenceIgnores() throws {
        for folder in ["electra/base", "mpnet/base", "distilbert/base"] {
            #expect(try refusal(folder, ["position_embedding_type": "relative_key"]).contains("relative_key"))
        }
    }

    @Test func bucketsThatTheReferenceIgnores() throws {
        #expect(try refusal("mpnet/base", ["relative_attention_num_buckets": 64]).contains("supported: 32"))
        #expect(try refusal("mpnet/base", ["max_position_embeddings": 2]).contains("expected 3 to"))
    }

    @Test func aPositionTableSmallerThanTheClaimedLimit() throws {
        let said = try refusal("mpnet/base", ["max_position_embeddings": 514])
        #expect(said.contains("position_embeddings") && said.contains("(514, 12)") && said.contains("max_position"))
    }

    /// A checkpoint of one family under another's configuration lacks weights, by that family's names.
    @Test func weightsOfAnotherFamily() throws {
        let config = try parseJSON(Fixtures.bytes("families/distilbert/base/config.json"))
        let store = try SafetensorsFile(file: InputFile(path: Fixtures.path("families/electra/base/model.safetensors")))
        let error = #expect(throws: CheckpointError.self) { try ModelCheckpoint(store: store, configJSON: config) }
        #expect(error?.description.contains("transformer.layer.0.attention.q_lin.weight") == true)
    }

    @Test func aNewHeadIsWhatTheFamilyHas() throws {
        for (folder, name) in [("distilbert/base", "DistilBert"), ("electra/base", "Electra"), ("mpnet/base", "MPNet")]
        {
            var options = CheckpointOptions()
            options.newHead = ["no", "yes"]
            let config = try parseJSON(Fixtures.bytes("families/\(folder)/config.json"))
            let store = try SafetensorsFile(
                file: InputFile(path: Fixtures.path("families/\(folder)/model.safetensors")))
            let made = try ModelCheckpoint(store: store, configJSON: config, options: options)
            #expect(made.head.architectureName == name + "ForSequenceClassification" && !made.head.hasPooler)
            let dense = try made.store.load(ParameterPaths.headDense + ".weight").floats()
            #expect(dense.contains { $0 != 0 } && dense.allSatisfy { abs($0) < 0.2 })
        }
    }
}
