// What a page of a calibration draws and says.

import AdzeBytes
import AdzeData
import AdzeModels
import AdzeThreads
import Testing

@testable import Adze
@testable import AdzeInsight

@Suite struct CalibrationPageTests {
    private func found(_ coverage: Double?, sets: Bool, _ type: ProblemType = .singleLabel) throws -> AnswerCalibration
    {
        let rows = (0..<90).map { index -> AnswerFit.Row in
            let likely = index % 7 > 3 ? 0 : 1
            return AnswerFit.Row(windows: [[Float(index % 7), 3, 1]], actual: [index % 5 == 0 ? 2 : likely])
        }
        let fit = AnswerFit(
            head: ClassificationHead(labels: ["<b>", "b", "c"], problemType: type), aggregate: .mean, rows: rows,
            pool: WorkerPool(threadCount: 1))
        return try fit.calibration(coverage.flatMap(Coverage.init), givesSets: sets, precision: .int8)
    }

    @Test func reliabilityIsDrawnBeforeAndAfter() throws {
        let page = CalibrationPage.html(try found(nil, sets: false), title: "t")
        for words in ["<b>Before</b>", "<b>After</b>", "<b>After, held out</b>", "calibration error", "90 texts"] {
            #expect(page.contains(words), "\(words)")
        }
        #expect(!page.contains("What is promised") && !page.contains("<script"))
        #expect(page == CalibrationPage.html(try found(nil, sets: false), title: "t"))
    }

    @Test func thePromiseIsSaid() throws {
        let page = CalibrationPage.html(try found(0.6, sets: false), title: "t")
        #expect(page.contains("at most 40 % get a wrong answer") && page.contains("wrong of all"))
        let sets = CalibrationPage.html(try found(0.9, sets: true), title: "t")
        #expect(sets.contains("For 90 % of texts") && sets.contains("labels of a set, mean"))
    }

    @Test func labelsAreOnlyWords() throws {
        let page = CalibrationPage.html(try found(nil, sets: false, .multiLabel), title: "<i>")
        #expect(page.contains("&lt;b&gt;") && !page.contains("<i>") && page.contains("From which score"))
    }
}
