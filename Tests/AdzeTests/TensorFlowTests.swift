// The families beyond BERT as transformers' TensorFlow classes save them, beside what TensorFlow answers
// (Tools/reference/make_keras_fixtures.py). Not here: names, which AdzeKeras' tests have.

import Adze
import AdzeModels
import AdzeTensors
import AdzeTestSupport
import Testing

@Suite struct TensorFlowTests {
    private func sequences(_ path: String) throws -> [TokenSequence] {
        let inputs = try tensors(path)
        let starts = try inputs.load("offsets").floats().map { Int($0) }
        let ids = try inputs.load("ids").floats().map { Int32($0) }
        let types = try inputs.load("type_ids").floats().map { Int32($0) }
        return zip(starts, starts.dropFirst()).map {
            TokenSequence(ids: Array(ids[$0..<$1]), typeIDs: Array(types[$0..<$1]))
        }
    }

    @Test(
        arguments: ["distilbert", "electra", "mpnet", "roberta", "xlm-roberta", "camembert"],
        ["base", "sequence", "masked"])
    func answersAreTensorFlows(family: String, model: String) throws {
        let folder = Fixtures.path("keras/\(family)-\(model)")
        let reference = Fixtures.path("families/\(family)/\(model)")
        let checkpoint = try ModelBundle(path: folder).checkpoint
        let expected = try ModelBundle(path: reference).checkpoint
        #expect(checkpoint.head.form == expected.head.form && checkpoint.head.task == expected.head.task)
        #expect(checkpoint.config == expected.config)
        // All that is in the file is in the model, but the pooler that MPNet's classifier does not read; a masked language
        // model keeps one.
        let isUnread = family == "mpnet" && model == "sequence"
        let unread = isUnread ? ["weight", "bias"].map { "mpnet.pooler.dense.\($0)" } : []
        #expect(checkpoint.map?.dropped.map(\.source).sorted() == unread.sorted())

        let outputs = try checkpoint.run(
            sequences(reference + "/golden.safetensors"), checkpoint.head.outputs.union(.sequence))
        let golden = try tensors(folder + "/golden.safetensors")
        let name = try #require(golden.tensors.first?.name)
        let found =
            switch name {
            case "logits": outputs.flatMap(\.logits)
            case "vocabulary_logits": outputs.flatMap(\.vocabularyLogits)
            default: outputs.flatMap(\.sequence)
            }
        #expect(largestDifference(found, try golden.load(name).floats()) <= 1e-4, "\(name)")
    }
}
