// The trial by halves: who is in which half, and when a difference counts.

import AdzeTraining
import Testing

@Suite struct EncoderTrialTests {
    @Test func halvesShareEachLabel() throws {
        let labels = (0..<143).map { $0 % 4 }
        let texts = Array(labels.indices)
        let halves = try #require(EncoderTrial.halves(labels: labels, texts: texts, seed: 2))
        #expect(halves.count == 2 && halves.flatMap(\.taught).sorted() == texts)
        #expect(halves.allSatisfy { $0.told == $0.taught })
        for label in 0..<4 {
            let counts = halves.map { half in half.told.count { labels[$0] == label } }
            #expect(abs(counts[0] - counts[1]) <= 1)
        }
        #expect(EncoderTrial.halves(labels: labels, texts: texts, seed: 2) == halves)
        #expect(EncoderTrial.halves(labels: labels, texts: texts, seed: 3) != halves)
    }

    /// Windows and copies teach with their text and are not told; who has no copies is divided as without them.
    @Test func inputsOfATextAreInOneHalf() throws {
        let texts = (0..<360).map { $0 / 3 }, labels = texts.map { $0 % 4 }
        let halves = try #require(EncoderTrial.halves(labels: labels, texts: texts, seed: 2))
        let plain = try #require(EncoderTrial.halves(labels: (0..<120).map { $0 % 4 }, texts: Array(0..<120), seed: 2))
        for (half, alone) in zip(halves, plain) {
            #expect(half.told == alone.told.map { 3 * $0 })
            #expect(half.taught == half.told.flatMap { [$0, $0 + 1, $0 + 2] })
        }
        #expect(EncoderTrial.halves(labels: labels, texts: texts.map { $0 / 2 }, seed: 2) == nil, "60 texts")
        // A label that only repeats of another label's texts have would be in neither half, or in one.
        #expect(EncoderTrial.halves(labels: labels + [4], texts: texts + [0], seed: 2) == nil)
    }

    @Test func threeTextsOfALabelAreTooFewAndSoAreFewTexts() {
        let many = [Int](repeating: 0, count: 120)
        for labels in [[], many, many + [1, 1, 1], Array(many.prefix(90)) + [1, 1, 1, 1]] {
            #expect(EncoderTrial.halves(labels: labels, texts: Array(labels.indices), seed: 1) == nil)
        }
        let enough = many + [1, 1, 1, 1]
        #expect(EncoderTrial.halves(labels: enough, texts: Array(enough.indices), seed: 1) != nil)
    }

    @Test func whoTellsMoreIsRight() {
        var trial = EncoderTrial()
        #expect(!trial.trainingHurts)
        trial.add(labels: [0, 1, 1], before: [0, 1, 0], after: [0, 0, 1])
        #expect(trial.textCount == 3 && trial.rightBefore == 2 && trial.rightAfter == 2 && !trial.trainingHurts)
        trial.add(labels: [2], before: [2], after: [1])
        #expect(trial.textCount == 4 && trial.rightBefore == 3 && trial.rightAfter == 2 && trial.trainingHurts)
    }
}
