// Masked words against the fill-mask pipeline, and what it never says: rows without a mask, order, ties.

import Adze
import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@Suite struct MaskFillerTests {
    /// Opened once for all tests.
    static let opened = Result { try MaskFiller(contentsOf: AnswerGolden("masked").url, precision: .fp32, threads: 2) }

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

    /// A sequence is written when it is asked for: from the text's own tokens, whichever texts were filled with it.
    @Test func sequencesAreThoseOfTheirText() throws {
        let filler = try open().filler
        let texts: [TextInput] = ["we [MASK] it", "[MASK] [MASK] it", "the oak [MASK]"]
        let found = try filler.fill(texts, topK: 2).map { try $0.get() }
        for (text, filled) in zip(texts, found) {
            #expect(try filled == filler.fill([text], topK: 2)[0].get())
            for candidate in filled.masks.joined() where !candidate.text.hasPrefix("[") {
                // Special tokens are left out of the sentence.
                #expect(candidate.sequence.contains(candidate.text))
            }
        }
        #expect(Set(found.flatMap { $0.masks.joined().map(\.sequence) }).count == 8)
        #expect(found[1].masks[0][0].sequence.contains("[CLS]") && !found[0].masks[0][0].sequence.contains("[CLS]"))
        // A text full of masks has many candidates: each is some words, not a text.
        #expect(MemoryLayout<FilledText.Candidate>.size <= 64)
    }

    @Test func targetsThatAreNoTokensAreSaid() throws {
        let filler = try open().filler
        #expect(try filler.targets(["oak", "oak", "adze"]).notes.isEmpty)
        let found = try filler.targets(["weber", "", "🪵"])
        #expect(found.notes.count == 3 && found.notes[1].contains("left out") && found.notes[2].contains("[UNK]"))
        #expect(throws: TaskError.noTargets) { try filler.targets(["", " "]) }
    }
}
