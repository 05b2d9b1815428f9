// Pairs against BertForNextSentencePrediction itself.

import Adze
import AdzeBytes
import AdzeTestSupport
import Foundation
import Testing

@Suite struct NextSentenceTests {
    @Test func scoresAreThoseOfTheModel() throws {
        let golden = try AnswerGolden("next")
        let predictor = try NextSentencePredictor(contentsOf: golden.url, precision: .fp32, threads: 2)
        let pairs = try golden.cases.map { TextInput(try $0.text("text"), pair: try $0.text("pair")) }
        let found = try predictor.predict(pairs).map { try $0.get() }
        for (result, entry) in zip(found, golden.cases) {
            #expect(isNear(result.score, entry["score"]?.number), "\(entry.text)")
            let logits = (entry["logits"]?.array ?? []).compactMap(\.number)
            #expect(result.logits.count == 2 && zip(result.logits, logits).allSatisfy { isNear(Double($0), $1) })
            #expect(result.follows == (logits[0] >= logits[1]))
        }
        #expect(found.map { $0.truncatedTokenCount > 0 } == [false, false, false, true])
    }

    @Test func aTextAloneIsToldSo() throws {
        let predictor = try NextSentencePredictor(contentsOf: AnswerGolden("next").url, precision: .fp32, threads: 1)
        let pair = TextInput("the oak", pair: "it split")
        let found = try predictor.predict([pair, "the oak", pair])
        #expect(throws: TextProblem.noPair) { try found[1].get() }
        #expect(try found[0].get() == found[2].get())
        #expect(try found[0].get() == predictor.predict("the oak", followedBy: "it split"))
    }
}
