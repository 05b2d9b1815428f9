// @sentiment, the classifier inside, where a path to a model may stand.

import AdzeTestSupport
import Foundation
import Testing

#if Sentiment
@Suite struct SentimentTests {
    @Test func answersOutOfTheBox() throws {
        let run = try Tool.succeed(["predict", "@sentiment", "I love it, wonderful!", "Terrible. A waste of money."])
        let labels = run.output.split(separator: "\n").map { $0.split(separator: "\t").first ?? "" }
        #expect(labels == ["positive", "negative"])
    }

    /// A file of texts needs no model to be named; texts alone do, as one of them may be a path that is wrong.
    @Test func aFileNeedsNoModel() throws {
        try withTemporaryFolder { folder in
            let texts = try write("text\nI love it!\nAwful.\n", to: folder + "/texts.csv")
            let run = try Tool.succeed(["predict", "-i", texts])
            #expect(run.output.contains("positive") && run.output.contains("negative"))
            #expect(run.errors.contains("no MODEL is named, so @sentiment answers"))
            let named = try Tool.succeed(["predict", "@sentiment", "-i", texts])
            #expect(named.output == run.output && !named.errors.contains("no MODEL"))
            try Tool.refuse(64, ["predict"], says: ["MODEL"])
            try Tool.refuse(66, ["predict", "I love it!"], says: ["I love it!"])
        }
    }

    @Test func everyVerbTakesIt() throws {
        try withTemporaryFolder { folder in
            #expect(try Tool.succeed(["inspect", "@sentiment"]).output.contains("negative, neutral, positive"))
            try Tool.succeed(["verify", "@sentiment"])
            try Tool.succeed(["tokenize", "@sentiment", "I love it!"])
            try Tool.succeed(["explain", "@sentiment", "I love it!"])
            let data = try write(
                "text,label\nI love it!,positive\nAwful.,negative\nA table.,neutral\n", to: folder + "/d.csv")
            #expect(try Tool.succeed(["evaluate", "@sentiment", data, "--json"]).object()["accuracy"] != nil)
            try Tool.succeed(["convert", "@sentiment", "-o", folder + "/mine.adze"])
            try Tool.succeed(["prune", "@sentiment", "--keep", "first:1", "-o", folder + "/one.adze"])
            let answers = try ["@sentiment", folder + "/mine.adze"].map {
                try Tool.succeed(["predict", $0, "--json", "A quiet film, carved with care."]).output
            }
            #expect(answers[0] == answers[1])
            // Its weights are codes of 8 bits alone, of which training does not begin unasked.
            try Tool.refuse(
                64, ["finetune", "@sentiment", "--train", data, "-o", folder + "/f.adze"], says: ["--from-int8"])
        }
    }

    /// Another name behind the sign is a path, and so is the name behind a folder.
    @Test func otherNamesArePaths() throws {
        try withTemporaryFolder { folder in
            try Tool.refuse(66, ["predict", "@sentimental", "text"], says: ["@sentimental"])
            try Tool.refuse(66, ["predict", "./@sentiment", "text"], says: ["@sentiment"])
            // An output may not hit a model that is no file.
            let file = folder + "/@sentiment"
            try Tool.succeed(["convert", Models.classifier, "-o", file])
            #expect(try Tool.succeed(["inspect", file]).output.contains("rejected"))
        }
    }
}
#endif
