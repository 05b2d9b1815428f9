// Answers against the question-answering pipeline: from its logits, and from the model itself.

import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@testable import Adze

@Suite struct AnswerTests {
    /// Opened once for all tests.
    static let opened = Result {
        try AnswerFinder(contentsOf: AnswerGolden("questions").url, precision: .fp32, threads: 2)
    }

    func finder() throws -> AnswerFinder { try Self.opened.get() }

    /// A case's options; the layout of windows is the input's.
    func options(_ entry: JSONValue, _ input: JSONValue) throws -> AnswerOptions {
        var options = AnswerOptions()
        let stated = try #require(entry["options"])
        options.topK = stated["top_k"]?.integer ?? options.topK
        options.maximumAnswerLength = stated["max_answer_len"]?.integer ?? options.maximumAnswerLength
        options.allowsNoAnswer = stated["handle_impossible_answer"]?.bool ?? options.allowsNoAnswer
        options.alignsToWords = stated["align_to_words"]?.bool ?? options.alignsToWords
        options.maximumLength = input["layout"]?["max_seq_len"]?.integer
        options.stride = input["layout"]?["doc_stride"]?.integer
        return options
    }

    /// The pipeline fills a list that is too short with spans of probability 0; ours is as long as there are answers.
    func expect(_ found: [Answer], _ entry: JSONValue, in context: String) throws {
        let expected = try #require(entry["result"]?.array).filter { ($0["score"]?.number ?? 0) > 0 }
        #expect(found.count == expected.count)
        for (answer, wanted) in zip(found, expected) {
            #expect(isSame(answer.text, wanted["answer"]?.string))
            #expect(isNear(answer.score, wanted["score"]?.number), "\(answer) \(wanted)")
            #expect(answer.range == (try wanted.number("start")..<wanted.number("end")))
            #expect(isSame(slice(context, answer.range), answer.text))
        }
    }

    /// The windows' ids, and from the pipeline's own logits its answers: no model in between.
    @Test func logitsBecomeTheAnswersOfThePipeline() throws {
        let golden = try AnswerGolden("questions")
        let tokenizer = try golden.tokenizer()
        for entry in golden.cases {
            let (index, input) = try golden.input(entry)
            let (context, options) = (try input.text("context"), try options(entry, input))
            let limit = options.maximumLength ?? 384
            let windows = try tokenizer.encodeWindows(
                input.text("question"), pair: context, maximumLength: limit, stride: options.stride ?? limit / 2,
                offsets: true)
            // The default of 384 and 128 is the façade's; its windows are compared there.
            guard try windows.map(\.ids) == input.windows() else {
                #expect(options.maximumLength == nil)
                continue
            }
            let decoder = AnswerDecoder(classifierID: tokenizer.classifierID, options: options)
            let logits = try golden.logits(index, windows: windows.count)
            try expect(decoder.decode(context, windows, logits: logits).get().answers, entry, in: context)
        }
    }

    @Test func textsBecomeTheAnswersOfThePipeline() throws {
        let golden = try AnswerGolden("questions")
        let finder = try finder()
        for entry in golden.cases {
            let (_, input) = try golden.input(entry)
            let context = try input.text("context")
            let question = TextInput(try input.text("question"), pair: context)
            let found = try finder.answer([question], options: options(entry, input))[0].get()
            #expect(try found.windowCount == input.windows().count)
            try expect(found.answers, entry, in: context)
        }
    }

    @Test func rowsWithoutAnAnswerAreToldWhy() throws {
        let finder = try finder()
        let good = TextInput("Who?", pair: "Anna cut it.")
        let long = TextInput(String(repeating: "who ", count: 390), pair: String(repeating: "oak ", count: 300))
        let found = try finder.answer([
            good, "Who?", TextInput("", pair: "Anna"), TextInput("Who?", pair: ""), long, good,
        ])
        #expect(found.compactMap { try? $0.get() }.count == 2)
        #expect(throws: TextProblem.noPair) { try found[1].get() }
        #expect(throws: TextProblem.empty("question")) { try found[2].get() }
        #expect(throws: TextProblem.empty("context")) { try found[3].get() }
        #expect(throws: TextProblem.questionTooLong(needed: 1302, limit: 384)) { try found[4].get() }
        #expect(try found[0].get() == found[5].get())
        var options = AnswerOptions()
        (options.maximumLength, options.stride) = (20, 16)
        #expect(refusal { try finder.answer([long], options: options) } is TokenizerError)
    }

    /// A question that leaves windows one token to advance by, over a long context: they would hold many times the text.
    @Test func windowsThatCrawlAreRefused() throws {
        let finder = try finder()
        let tokenizer = try AnswerGolden("questions").tokenizer()
        var options = AnswerOptions()
        options.maximumLength = 40
        let room = 40 - tokenizer.specialTokenCount(pair: true) - tokenizer.ids(of: "who?").count
        options.stride = room - 1
        // Of one token each.
        let tokens = AnswerFinder.windowLimit + room
        let long = TextInput("who?", pair: String(repeating: ". ", count: tokens))
        let found = try finder.answer([long, TextInput("who?", pair: "Anna")], options: options)
        #expect(throws: TextProblem.tooManyWindows(count: tokens - room + 1, limit: AnswerFinder.windowLimit)) {
            try found[0].get()
        }
        #expect(try found[1].get().windowCount == 1)
        options.stride = 0
        #expect(try finder.answer([long], options: options)[0].get().windowCount == (tokens + room - 1) / room)
    }

    @Test func whatIsInMemoryAtATimeChangesNoAnswer() throws {
        let finder = try finder()
        var options = AnswerOptions()
        (options.topK, options.maximumLength, options.stride) = (3, 24, 5)
        let contexts = EntityTests().randomTexts(12) + ["", String(repeating: "Anna cut the oak. ", count: 20)]
        let questions = contexts.map { TextInput("who?", pair: $0) } + ["who?"]
        let all = try finder.answer(questions, options: options)
        #expect(all.contains { ((try? $0.get())?.windowCount ?? 0) > 5 })
        for budget in [1, 3, 8] {
            #expect(try finder.answer(questions, options: options, windowBudget: budget) == all)
        }
    }

    @Test func aContextWithoutTokensHasNoAnswer() throws {
        let finder = try finder()
        let answer = try finder.answer("Who?", from: " \n")
        #expect(answer == Answer(text: "", score: 0, range: 0..<0))
        var options = AnswerOptions()
        (options.allowsNoAnswer, options.topK) = (true, 5)
        let found = try finder.answer([TextInput("Who?", pair: " ")], options: options)[0].get().answers
        #expect(found == [Answer(text: "", score: 1, range: 0..<0)])
    }

    /// Options at the ends of Int are no trap.
    @Test func absurdOptionsAreTaken() throws {
        let finder = try finder()
        for value in [Int.min, -1, 0, 1, Int.max] {
            var options = AnswerOptions()
            (options.topK, options.maximumAnswerLength) = (value, value)
            let found = try finder.answer([TextInput("Who?", pair: "Anna cut it.")], options: options)[0].get()
            #expect(!found.answers.isEmpty)
            for (length, stride) in [(value, value), (value, 5), (20, value)] {
                (options.maximumLength, options.stride) = (length, stride)
                _ = refusal { try finder.answer([TextInput("Who?", pair: "Anna cut it.")], options: options) }
            }
        }
    }

    /// Random contexts: what is answered is a part of the context, at the place that is said.
    @Test func answersSliceTheirContext() throws {
        let finder = try finder()
        let texts = EntityTests().randomTexts(40).filter { !$0.isEmpty }
        var options = AnswerOptions()
        (options.topK, options.maximumLength, options.stride) = (7, 30, 6)
        for aligns in [true, false] {
            options.alignsToWords = aligns
            let found = try finder.answer(texts.map { TextInput("who?", pair: $0) }, options: options)
            for (text, found) in zip(texts, found) {
                for answer in try found.get().answers {
                    #expect(answer.range.upperBound <= text.unicodeScalars.count)
                    #expect(isSame(slice(text, answer.range), answer.text))
                }
            }
        }
    }
}
