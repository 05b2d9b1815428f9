// Masked words against the fill-mask pipeline, and what it never says: rows without a mask, order, ties.

import Adze
import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@Suite struct MaskFillerTests {
    /// Opened once for all tests.
    static let opened = Result { try MaskFiller(contentsOf: AnswerGolden("masked").url, threads: 2) }

    func open() throws -> (filler: MaskFiller, golden: AnswerGolden) {
        (try Self.opened.get(), try AnswerGolden("masked"))
    }

    @Test func candidatesAreThoseOfThePipeline() throws {
        let (filler, golden) = try open()
        for entry in golden.cases {
            let text = try golden.input(entry).input.text("text")
            let targets = try entry["targets"]?.array.map { try filler.targets($0.compactMap(\.string)) }
            let found = try filler.fill(
                [TextInput(text)], topK: entry["top_k"]?.integer ?? 5, targets: targets)[0].get()
            let expected = try #require(entry["result"]?.array).map { $0.array ?? [] }
            #expect(found.masks.map(\.count) == expected.map(\.count))
            #expect(found.truncatedTokenCount == 0)
            for (candidate, wanted) in zip(found.masks.joined(), expected.joined()) {
                #expect(candidate.token == wanted["token"]?.integer)
                #expect(isSame(candidate.text, wanted["token_str"]?.string))
                #expect(isSame(candidate.sequence, wanted["sequence"]?.string))
                #expect(isNear(candidate.score, wanted["score"]?.number), "\(text)")
            }
        }
    }

    @Test func neitherOrderNorCompanyChangesAnAnswer() throws {
        let (filler, golden) = try open()
        let texts = try golden.inputs.map { TextInput(try $0.text("text")) } + [TextInput("no mask here")]
        let alone = try texts.map { try filler.fill([$0])[0] }
        #expect(try filler.fill(texts) == alone)
        #expect(try filler.fill(texts.reversed()) == alone.reversed())
    }

    @Test func aTextWithoutAMaskIsToldSo() throws {
        let filler = try open().filler
        let found = try filler.fill(["the oak", "the [MASK]", "", "[MASK"])
        #expect(found.map { (try? $0.get()) != nil } == [false, true, false, false])
        #expect(throws: TextProblem.noMask(token: "[MASK]")) { try found[0].get() }
        #expect(throws: TextProblem.noMask(token: "[MASK]")) { try filler.fill("the oak") }
    }

    @Test func aMaskBeyondTheLengthIsSaidToBeCutOff() throws {
        let filler = try open().filler
        var options = TextOptions()
        options.maximumLength = 6
        let long = TextInput("the oak was cut by the [MASK]")
        #expect(throws: TextProblem.maskCutOff(token: "[MASK]", limit: 6)) {
            try filler.fill([long], options: options)[0].get()
        }
        options.longText = .tail
        let tail = try filler.fill([long], options: options)[0].get()
        #expect(tail.masks.count == 1 && tail.truncatedTokenCount == 3)
        options.longText = .window(stride: 1)
        #expect(throws: TaskError.noWindows(what: "masked words")) { try filler.fill([long], options: options) }
    }

    @Test func candidatesAreSortedAndTheirScoresAreProbabilities() throws {
        let filler = try open().filler
        let all = try filler.fill("we [MASK] it", topK: 1_000_000).masks[0]
        #expect(abs(all.reduce(0) { $0 + $1.score } - 1) < 1e-9)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.score >= $1.score })
        for count in [1, 2, 7, 40] {
            #expect(try filler.fill("we [MASK] it", topK: count).masks[0] == Array(all.prefix(count)))
        }
    }

    @Test func targetsThatAreNoTokensAreSaid() throws {
        let filler = try open().filler
        #expect(try filler.targets(["oak", "oak", "adze"]).notes.isEmpty)
        let found = try filler.targets(["weber", "", "🪵"])
        #expect(found.notes.count == 3 && found.notes[1].contains("left out") && found.notes[2].contains("[UNK]"))
        #expect(throws: TaskError.noTargets) { try filler.targets(["", " "]) }
    }
}
