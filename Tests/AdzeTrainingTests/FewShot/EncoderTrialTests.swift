// The trial by halves: who is in which half, and when a difference counts.

import AdzeTraining
import Testing

@Suite struct EncoderTrialTests {
    @Test func halvesShareEachLabel() throws {
        let labels = (0..<143).map { $0 % 4 }
        let halves = try #require(EncoderTrial.halves(labels: labels, seed: 2))
        #expect(halves.count == 2 && (halves[0] + halves[1]).sorted() == Array(0..<143))
        for label in 0..<4 {
            let counts = halves.map { half in half.count { labels[$0] == label } }
            #expect(abs(counts[0] - counts[1]) <= 1)
        }
        #expect(EncoderTrial.halves(labels: labels, seed: 2) == halves)
        #expect(EncoderTrial.halves(labels: labels, seed: 3) != halves)
    }

    @Test func threeTextsOfALabelAreTooFewAndSoAreFewTexts() {
        let many = [Int](repeating: 0, count: 120)
        for labels in [[], many, many + [1, 1, 1], Array(many.prefix(90)) + [1, 1, 1, 1]] {
            #expect(EncoderTrial.halves(labels: labels, seed: 1) == nil)
        }
        #expect(EncoderTrial.halves(labels: many + [1, 1, 1, 1], seed: 1) != nil)
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
