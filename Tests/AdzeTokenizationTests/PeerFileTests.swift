// Tokenizations that other people's programs made, where they lie beside the checkout. Not here: golden data of ours.

import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@Suite struct PeerFileTests {
    @Test(.enabled(if: Fixtures.shared != nil))
    func fiveThousandQuestionsAsTheOriginalBert() throws {
        let shared = try #require(Fixtures.shared)
        func bytes(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: shared.appending(path: path))) }
        let vocabulary = try bytes("vocab/bert-base-uncased-vocab.txt")
        let tokenizer = try Tokenizer(files: TokenizerFiles([.vocabulary: vocabulary]))
        let questions = try #require(
            try parseJSON(bytes("peerfiles/tokenizer/question_tokens_first5000.json")).array)
        #expect(questions.count == 5000)
        for question in questions {
            let text = try #require(question["original"]?.string)
            let pieces = try #require(question["wordpiece"]?.array).compactMap(\.string)
            let words = try #require(question["basic"]?.array).compactMap(\.string)
            #expect(tokenizer.tokens(of: text) == pieces)
            // The words of the first step: their pieces, one after the other, are the pieces of the text.
            #expect(words.flatMap { tokenizer.tokens(of: $0) } == pieces)
        }
    }
}
