// Every key of a tokenizer's files against the ids that transformers makes of it, for texts longer than the limit too; and
// that nothing of it is lost when the tokenizer is exported or described. Not here: the logits, which are the façade's.

import AdzeBytes
import AdzeTestSupport
import AdzeTokenization
import Testing

extension TokenizerFiles {
    fileprivate init(_ testCase: TokenizerCase) {
        self.init(
            [
                .vocabulary: testCase.bytes("vocab.txt"), .json: testCase.bytes("tokenizer.json"),
                .config: testCase.bytes("tokenizer_config.json"),
                .specialTokensMap: testCase.bytes("special_tokens_map.json"),
                .addedTokens: testCase.bytes("added_tokens.json"),
            ], modelClass: testCase.modelClass)
    }
}

@Suite struct TokenizerSettingsTests {
    private func expectIDs(_ tokenizer: Tokenizer, _ testCase: TokenizerCase, _ what: Comment) throws {
        let limit = min(tokenizer.maximumLength ?? TokenizerCase.limit, TokenizerCase.limit)
        for ((text, pair), row) in zip(TokenizerCase.texts, testCase.rows) {
            let found = try tokenizer.encodeLong(
                text, pair: pair, maximumLength: limit, strategy: tokenizer.longText)[0]
            #expect(found.ids == row.ids, what)
            #expect(found.typeIDs == row.types, what)
        }
    }

    @Test func thereAreCases() {
        #expect(TokenizerCase.all.count > 80)
        #expect(TokenizerCase.texts.count == 5)
    }

    @Test(arguments: TokenizerCase.all) func everyKeyCountsAsInTransformers(_ testCase: TokenizerCase) throws {
        let tokenizer = try Tokenizer(files: TokenizerFiles(testCase))
        try expectIDs(tokenizer, testCase, "as read")
        // What is not as in transformers is said.
        if testCase.followsFile {
            #expect(
                tokenizer.notes.contains { $0.contains("transformers") }
                    || testCase.description.contains("decoder not"),
                "\(tokenizer.notes)")
        }
    }

    @Test(arguments: TokenizerCase.all) func settingsSurviveExportAndDescription(_ testCase: TokenizerCase) throws {
        let tokenizer = try Tokenizer(files: TokenizerFiles(testCase))
        let described = try Tokenizer(tokens: tokenizer.vocabulary.tokens, settings: tokenizer.description)
        #expect(described.description == tokenizer.description)
        try expectIDs(described, testCase, "from the description")
        let exported = try Tokenizer(files: exported(tokenizer))
        #expect(exported.description == tokenizer.description)
        try expectIDs(exported, testCase, "from the exported files")
    }
}
