// The classifier that ships inside: what it says of plain texts, and that it is the same model as its bytes in a file.

import AdzeBytes
import AdzeModelFiles
import AdzeNative
import AdzeTestSupport
import AdzeTokenization
import Foundation
import Testing

@testable import Adze

@Suite struct SentimentTests {
    /// Opened once for all tests.
    static let opened = Result { try TextClassifier.sentiment(threads: 2) }

    #if Sentiment
    @Test(arguments: [
        ("I love this film, it is wonderful!", "positive"), ("What a waste of an evening. Terrible.", "negative"),
        ("The parcel holds a lamp and two cables.", "neutral"), ("Not bad at all, I would buy it again.", "positive"),
        ("It broke after two days and nobody answers.", "negative"), ("WORST. SERVICE. EVER.", "negative"),
    ])
    func plainTextsHaveTheirLabel(text: String, label: String) throws {
        #expect(try Self.opened.get().classify(text).label == label)
    }

    @Test func itsLabelsAreThree() throws {
        #expect(try Self.opened.get().labels == ["negative", "neutral", "positive"])
    }

    /// Every row of the table of words is looked up, whatever order they come in: it is decoded in parts, when it is needed.
    @Test func itIsTheModelOfItsFile() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Sources/CSentiment")
        let inside = try ModelBundle(path: "@sentiment")
        let outside = try ModelBundle(path: file.standardized.path + "/sentiment.adze")
        let tokens = try #require(inside.tokenizer).vocabulary.tokens
        // Some words at a time, from far apart.
        let texts = (0..<200).map { first in
            TextInput(stride(from: first, to: tokens.count, by: 200).map { tokens[$0] }.joined(separator: " "))
        }
        let classifiers = try [inside, outside].map { try TextClassifier($0, threads: 2) }
        // The last first: a part that is asked for later changes nothing of those before.
        let one = try texts.reversed().map { try classifiers[0].classify([$0])[0].logits }
        let other = try classifiers[1].classify(texts.reversed()).map(\.logits)
        #expect(one == other && Set(one).count == texts.count)
    }

    /// Threads that ask at once for rows which nobody has decoded yet.
    @Test func callersAtOnceGetTheSame() async throws {
        let expected = try Self.opened.get().classify("A quiet film, carved with care.").logits
        let fresh = try TextClassifier.sentiment(threads: 2)
        try await withThrowingTaskGroup(of: [Float].self) { group in
            for _ in 0..<8 { group.addTask { try fresh.classify("A quiet film, carved with care.").logits } }
            for try await logits in group { #expect(logits == expected) }
        }
    }
    #else
    @Test func aBuildWithoutItSaysSo() {
        #expect(throws: ModelFileError.leftOut(.sentiment)) { try TextClassifier.sentiment() }
    }
    #endif
}
