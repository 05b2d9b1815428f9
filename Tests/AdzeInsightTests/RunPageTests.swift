// What a page of a run says besides its curves: whether it is over, how it was asked for, when and for how long.

import AdzeBytes
import Testing

@testable import AdzeInsight

@Suite struct RunPageTests {
    private let start =
        #"{"event":"start","title":"t","recipe":{"preset":"standard","epochs":4,"bodyLearningRate":2e-05,"clipping":null,"#
        + #""patience":null,"hiddenDropout":null,"stages":[{"epoch":0,"trains":"head"},{"epoch":2,"trains":4},{"epoch":3,"#
        + #""trains":"all"}],"classWeights":[0.5,1.5],"quantizeAware":true,"keepsBest":true,"batchSize":"by-depth","#
        + #""bodyWeightDecay":0.01,"headWeightDecay":0.01,"beta1":0.9,"retries":2},"labels":["no","yes"],"#
        + #""labelCounts":[30,10],"trainExamples":40,"devExamples":8,"steps":2000,"version":"0.1.0","#
        + #""time":"2026-11-27T02:54:11Z"}"#
    private let rest = [
        #"{"event":"step","step":500,"epoch":1,"loss":0.5,"learningRate":1e-5,"seconds":75}"#,
        #"{"event":"epoch","epoch":1,"step":500,"devLoss":0.5,"metric":"macro-f1","value":0.8,"metrics":{"mcc":0.6}}"#,
    ]
    private let end = #"{"event":"end","bestEpoch":1}"#

    private func page(_ lines: [String]) throws -> String {
        RunPage.html(try RunLog(bytes: Array((lines.joined(separator: "\n") + "\n").utf8)))
    }

    @Test func aRunWithoutAnEndSaysSo() throws {
        let going = try page([start] + rest)
        #expect(going.contains("going on, or was cut short: the log ends after 500 of 2,000 steps"))
        #expect(going.contains(">epochs done<") && going.contains(">1 of 4<") && !going.contains("epoch kept"))
        // The axes reach as far as the run is to go.
        #expect(going.contains(">2000</text>") && going.contains(">4</text>"))
        let over = try page([start] + rest + [end])
        #expect(!over.contains("going on") && over.contains(">epoch kept<") && !over.contains(">2000</text>"))
        // A run that was taken up again after its end is going on.
        #expect(try page([start] + rest + [end, start]).contains("going on"))
    }

    @Test func theRecipeIsOptionsAsTyped() throws {
        let log = try RunLog(bytes: Array((start + "\n").utf8))
        let entries = RecipeTable.entries(log.recipe, labels: log.labels)
        #expect(
            entries.map { $0.value.isEmpty ? $0.name : "\($0.name) \($0.value)" } == [
                "--preset standard", "--epochs 4", "--lr 2e-5", "--clip 0", "--unfreeze head,head,4,all",
                "--class-weights no=0.5,yes=1.5", "--quantize-aware", "--weight-decay 0.01", "beta1 0.9", "--retry",
            ])
        let page = try page([start])
        #expect(!page.contains("null") && !page.contains("[{") && page.contains("<code>--unfreeze</code>"))
    }

    @Test func theFactsOfARunAreSaid() throws {
        let page = try page([start] + rest + [end])
        #expect(page.contains("begun 2026-11-27 02:54 UTC, trained for 1 min 15 s, Adze 0.1.0"))
        #expect(page.contains("How often each label is") && page.contains(">75.0 %<"))
        #expect(PageFacts.readable("<b>yesterday</b>") == "<b>yesterday</b>" && !page.contains("<b>yesterday"))
        #expect(PageFacts.readable(String(repeating: "9", count: 500)).count == 41)
    }

    @Test func curvesAreNamedWhereNoLineCrossesThem() throws {
        let page = try page([start] + rest + [end])
        let key = #"<div class="key"><span class="ka"><svg"#
        #expect(page.contains(key) && page.contains("</svg>train</span>") && page.contains("</svg>dev</span>"))
        for drawing in page.split(separator: #"<svg viewBox="0 -14"#).dropFirst() {
            let drawing = drawing.prefix(upTo: drawing.firstRange(of: "</svg>")?.lowerBound ?? drawing.endIndex)
            for name in ["train", "dev", "macro F1", "too modest"] { #expect(!drawing.contains(">\(name)</text>")) }
        }
    }
}
