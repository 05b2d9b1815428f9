// Every layout that Keras and TensorFlow save reads as the tensors that PyTorch's transformers saves.

import AdzeSafetensors
import AdzeTensors
import AdzeTestSupport
import Testing

@testable import AdzeKeras

struct LayoutTests {
    @Test(arguments: [
        ("transformers/tf_model.h5", KerasLayout.transformers),
        ("weights-gzip.h5", .transformers),
        ("full-model.h5", .transformers),
        ("transformers-variables.weights.h5", .transformersVariables),
        ("keras-bert.h5", .kerasBert),
    ])
    func layoutReadsAsPyTorch(file: String, layout: KerasLayout) throws {
        let checkpoint = try Keras.open(file)
        #expect(checkpoint.layout == layout)
        try Keras.expectReference(checkpoint.renamed)
    }

    @Test func kerasHubReadsAsPyTorch() throws {
        let checkpoint = try Keras.open("keras-hub-backbone.weights.h5")
        #expect(checkpoint.layout == .kerasHub)
        try Keras.expectReference(checkpoint.renamed, prefix: "bert.")
    }

    @Test func shardsReadAsPyTorch() throws {
        let files = ["tf_model-00001-of-00002.h5", "tf_model-00002-of-00002.h5"].map {
            Fixtures.path("keras/sharded/\($0)")
        }
        // One shard alone has no table of word embeddings: the names of all say what it is.
        let names = KerasNames(paths: ["tf_bert_for_sequence_classification/bert/embeddings/word_embeddings/weight:0"])
        #expect(names.layout == .transformers)
        let shards = try files.map { path in
            try KerasCheckpoint(path: path, size: 1 << 16, worker: Keras.worker(), names: names)
        }
        var all = MemoryTensorStore()
        for shard in shards {
            for info in shard.renamed.tensors { all.add(info.name, try shard.renamed.load(info.name)) }
        }
        try Keras.expectReference(all)
    }

    static let families = ["distilbert", "electra", "mpnet", "roberta", "xlm-roberta", "camembert"].flatMap { family in
        ["base", "sequence", "masked"].map { ("\(family)-\($0)/tf_model.h5", family, $0, KerasLayout.transformers) }
            + [("\(family)-masked.weights.h5", family, "masked", .transformersVariables)]
    }

    @Test(arguments: families) func familiesReadAsPyTorch(
        file: String, family: String, model: String, layout: KerasLayout
    ) throws {
        let checkpoint = try Keras.open(file)
        #expect(checkpoint.layout == layout)
        try Keras.expectFamily(checkpoint.renamed, family, model)
        // A head over the vocabulary shares the embeddings, and by name Keras writes them with both.
        let isTwice = model == "masked" && layout == .transformers
        #expect(checkpoint.notes.contains { $0.hasPrefix("tied tensors are in the file twice") } == isTwice)
    }

    /// `rescue` wants what is there, as it is.
    @Test func rawTensorsAreUnchanged() throws {
        let checkpoint = try Keras.open("transformers/tf_model.h5")
        let path = "bert.tf_bert_for_sequence_classification.bert.encoder.layer_._0.intermediate.dense.kernel:0"
        let reference = try Keras.reference().load("bert.encoder.layer.0.intermediate.dense.weight")
        let raw = try checkpoint.raw.load(path)
        #expect(raw.shape.dimensions == reference.shape.dimensions.reversed())
        #expect(raw.bytes != reference.bytes)
        #expect(checkpoint.raw.tensors.count == checkpoint.renamed.tensors.count)
        #expect(
            checkpoint.sourceNames["bert.encoder.layer.0.intermediate.dense.weight"]
                == "bert/tf_bert_for_sequence_classification/bert/encoder/layer_._0/intermediate/dense/kernel:0")
    }

    @Test func optimizerIsPassedOverAndSaid() throws {
        let checkpoint = try Keras.open("full-model.h5")
        let optimizer = checkpoint.raw.tensors.filter { $0.name.hasPrefix("optimizer_weights.") }
        #expect(optimizer.count > 2 * 40)
        #expect(checkpoint.notes.contains { $0.hasPrefix("\(optimizer.count) tensors of the optimizer") })
        #expect(!checkpoint.renamed.tensors.contains { $0.name.contains("optimizer") })
    }

    /// Keras' lists of names decide the order, also where a list is in pieces.
    @Test func orderIsThatOfTheLists() throws {
        let names = try Keras.open("keras-bert.h5").renamed.tensors.map(\.name)
        #expect(names.first == "bert.embeddings.word_embeddings.weight")
        #expect(
            names.suffix(4).map { $0 } == [
                "bert.pooler.dense.weight", "bert.pooler.dense.bias", "classifier.weight", "classifier.bias",
            ])
    }

    @Test func filterHeld() throws { #expect(try Keras.open("keras-bert.h5").wasFiltered) }
}

struct NameTests {
    private func name(_ path: String, _ others: [String] = []) -> PyTorchName {
        KerasNames(paths: [path] + others).renamed(path)
    }

    private let tableOfTransformers = "bert/tf_bert_model/bert/embeddings/word_embeddings/weight:0"

    @Test(arguments: [
        ("classifier/tf_bert_for_sequence_classification/classifier/kernel:0", "classifier.weight"),
        ("classifier/tf_bert_for_sequence_classification_1/classifier/bias:0", "classifier.bias"),
        ("tf_bert_for_sequence_classification/classifier/kernel:0", "classifier.weight"),
        ("bert/pooler/dense/bias:0", "bert.pooler.dense.bias"),
        ("tf_bert_model/tf_bert_model/bert/pooler/dense/bias:0", "bert.pooler.dense.bias"),
        ("dense/dense/kernel:0", "dense.weight"),
        ("mlm___cls/tf_bert_for_pre_training/mlm___cls/predictions/bias:0", "cls.predictions.bias"),
        ("nsp___cls/tf_bert_for_pre_training/nsp___cls/seq_relationship/kernel:0", "cls.seq_relationship.weight"),
        (
            "bert/tf_bert_model/bert/encoder/layer_._11/output/LayerNorm/gamma:0",
            "bert.encoder.layer.11.output.LayerNorm.weight"
        ),
        (
            "distilbert/tf_distil_bert_model/distilbert/transformer/layer_._5/sa_layer_norm/beta:0",
            "distilbert.transformer.layer.5.sa_layer_norm.bias"
        ),
        (
            "vocab_projector/tf_distil_bert_for_masked_lm/distilbert/embeddings/word_embeddings/weight:0",
            "distilbert.embeddings.word_embeddings.weight"
        ),
        ("tf_distil_bert_for_masked_lm/vocab_projector/bias:0", "vocab_projector.bias"),
        ("electra/tf_electra_model/electra/embeddings_project/kernel:0", "electra.embeddings_project.weight"),
        (
            "classifier/tf_electra_for_sequence_classification/classifier/out_proj/bias:0",
            "classifier.out_proj.bias"
        ),
        (
            "mpnet/tfmp_net_model/mpnet/encoder/relative_attention_bias/embeddings:0",
            "mpnet.encoder.relative_attention_bias.weight"
        ),
        ("tfmp_net_for_masked_lm/lm_head/bias:0", "lm_head.bias"),
        ("tfmp_net_for_masked_lm/lm_head/layer_norm/gamma:0", "lm_head.layer_norm.weight"),
        ("tfmp_net_for_token_classification/classifier/kernel:0", "classifier.weight"),
        (
            "roberta/tfxlm_roberta_model/roberta/encoder/layer_._11/output/LayerNorm/gamma:0",
            "roberta.encoder.layer.11.output.LayerNorm.weight"
        ),
        ("tfxlm_roberta_for_masked_lm/lm_head/bias:0", "lm_head.bias"),
        ("tf_camembert_for_token_classification/classifier/kernel:0", "classifier.weight"),
    ])
    func transformersRule(path: String, expected: String) {
        #expect(name(path, [tableOfTransformers]).name == expected)
    }

    @Test(arguments: [
        ("layers/tf_bert_main_layer/embeddings/vars/1", "bert.embeddings.token_type_embeddings.weight"),
        ("bert/embeddings/vars/2", "bert.embeddings.position_embeddings.weight"),
        ("mlm/predictions/input_embeddings/LayerNorm/vars/1", "bert.embeddings.LayerNorm.bias"),
        ("mlm/predictions/transform/dense/vars/0", "cls.predictions.transform.dense.weight"),
        ("mlm/predictions/vars/0", "cls.predictions.bias"),
        ("nsp/seq_relationship/vars/1", "cls.seq_relationship.bias"),
        ("qa_outputs/vars/0", "qa_outputs.weight"),
        ("layers/dense/vars/0", "classifier.weight"),
        ("pre_classifier/vars/1", "pre_classifier.bias"),
        ("layers/tf_distil_bert_main_layer/embeddings/vars/1", "distilbert.embeddings.position_embeddings.weight"),
        ("layers/tf_electra_classification_head/out_proj/vars/0", "classifier.out_proj.weight"),
        ("layers/tfmp_net_classification_head/dense/vars/1", "classifier.dense.bias"),
        ("layers/tf_roberta_classification_head/dense/vars/1", "classifier.dense.bias"),
        ("layers/tfxlm_roberta_classification_head/out_proj/vars/0", "classifier.out_proj.weight"),
        ("layers/tfxlm_roberta_main_layer/embeddings/vars/2", "roberta.embeddings.position_embeddings.weight"),
        (
            "roberta/encoder/layer/tf_camembert_layer_1/bert_output/dense/vars/0",
            "roberta.encoder.layer.1.output.dense.weight"
        ),
        (
            "roberta/encoder/layer/tfmp_net_layer/bert_output/dense/vars/0",
            "roberta.encoder.layer.tfmp_net_layer.bert_output.dense.vars.0"
        ),
        (
            "mpnet/encoder/layer/tfmp_net_layer_11/out/LayerNorm/vars/0",
            "mpnet.encoder.layer.11.output.LayerNorm.weight"
        ),
        // None of these is a layer that a class of transformers has.
        ("lm_head/vars/1", "lm_head.vars.1"), ("mpnet/encoder/vars/1", "mpnet.encoder.vars.1"),
        ("mpnet/embeddings/vars/2", "mpnet.embeddings.vars.2"), ("qa_outputs/vars/2", "qa_outputs.vars.2"),
        (
            "mpnet/encoder/layer/tfmp_net_layer_01/out/dense/vars/0",
            "mpnet.encoder.layer.tfmp_net_layer_01.out.dense.vars.0"
        ),
        ("mpnet/encoder/layer/tf_bert_layer/out/vars/0", "mpnet.encoder.layer.tf_bert_layer.out.vars.0"),
    ])
    func transformersVariablesRule(path: String, expected: String) {
        #expect(name(path, ["layers/tf_electra_main_layer/embeddings/vars/0"]).name == expected)
    }

    @Test func kernelsAreTurnedAndTablesAreNot() {
        #expect(name("classifier/m/classifier/kernel:0", [tableOfTransformers]).change == .transposed(rowDimensions: 1))
        #expect(name(tableOfTransformers).change == .none)
    }

    @Test(arguments: [
        "conv/conv/kernel:0", "layers/dense/vars/0", "a._.b/c___d", "Encoder-1-FeedForward/Encoder-1-FeedForward_W1:0",
    ])
    func withoutABertNothingIsRenamed(path: String) {
        #expect(name(path) == PyTorchName(String(path.map { $0 == "/" ? "." : $0 })))
    }

    /// Two dense layers of a user's own: none of them is known to be the classifier.
    @Test func twoDenseLayersAreNoClassifier() {
        let table = "Embedding-Token/Embedding-Token/embeddings:0"
        #expect(name("dense_1/dense_1/kernel:0", [table]).name == "classifier.weight")
        #expect(
            name("dense_1/dense_1/kernel:0", [table, "dense_2/dense_2/kernel:0"]).name == "dense_1.dense_1.kernel:0")
    }

    @Test(arguments: [
        "Encoder-0-FeedForward/Encoder-0-FeedForward/Encoder-0-FeedForward_W1:0",
        "Encoder-01-FeedForward/x/Encoder-01-FeedForward_W1:0", "Encoder-1-FeedForward/x/Encoder-1-FeedForward_W3:0",
        "Encoder--FeedForward/x/_W1:0", "Encoder-99999999999999999999-FeedForward-Norm/x/gamma:0",
    ])
    func oddBlocksStayPaths(path: String) {
        let found = name(path, ["Embedding-Token/Embedding-Token/embeddings:0"]).name
        #expect(found == String(path.map { $0 == "/" ? "." : $0 }))
    }
}

struct ChangeTests {
    private let tensor = Tensor(shape: Shape(2, 3, 4), floats: (0..<24).map(Float.init))

    @Test func rowsMayBeSeveralDimensions() {
        let turned = TensorChange.transposed(rowDimensions: 2).apply(to: tensor)
        #expect(turned.shape == Shape(4, 6))
        #expect(turned.floats() == (0..<4).flatMap { column in (0..<6).map { Float($0 * 4 + column) } })
    }

    @Test func turnedTwiceIsUnchanged() {
        let matrix = Tensor(shape: Shape(70, 45), floats: (0..<3150).map(Float.init))
        let change = TensorChange.transposed(rowDimensions: 1)
        #expect(change.apply(to: change.apply(to: matrix)) == matrix)
    }

    @Test(arguments: DType.allCases) func everyElementSize(dtype: DType) {
        let bytes = (0..<6 * dtype.size).map { UInt8($0) }
        let matrix = Tensor(dtype: dtype, shape: Shape(2, 3), bytes: bytes)
        let turned = TensorChange.transposed(rowDimensions: 1).apply(to: matrix)
        let elements = stride(from: 0, to: bytes.count, by: dtype.size).map { Array(bytes[$0..<$0 + dtype.size]) }
        #expect(turned.bytes == [0, 3, 1, 4, 2, 5].flatMap { elements[$0] })
    }

    /// What is no matrix stays as it is, for its shape to be refused.
    @Test func vectorsAreNotTurned() {
        let vector = Tensor(shape: Shape(3), floats: [1, 2, 3])
        #expect(TensorChange.transposed(rowDimensions: 1).apply(to: vector) == vector)
        #expect(TensorChange.flattened.apply(to: tensor).shape == Shape(24))
        let empty = Tensor(shape: Shape(0, 5), floats: [])
        #expect(TensorChange.transposed(rowDimensions: 1).apply(to: empty).shape == Shape(5, 0))
    }
}
