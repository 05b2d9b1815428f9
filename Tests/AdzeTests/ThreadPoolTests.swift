// Models that share threads answer as each does alone.

import Adze
import AdzeTestSupport
import Dispatch
import Testing

@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 3]) func modelsOfOnePoolAnswerAsEachDoesAlone(threads: Int) throws {
        let inputs = ["good", "a bad film", "nothing much of a story but for the last scene", ""].map { TextInput($0) }
        let bundles = try [
            "seqcls-gelu", "seqcls-odd", "../families/distilbert/sequence", "../families/mpnet/sequence",
        ]
        .map { try ModelBundle(path: fixture($0)) }
        let alone = try bundles.map { bundle in
            try TextClassifier(bundle, threads: 1).classify(inputs).map { $0.logits.map(\.bitPattern) }
        }
        let pool = ThreadPool(threads: threads)
        let models = try bundles.map { try TextClassifier($0, on: pool) }
        DispatchQueue.concurrentPerform(iterations: 24) { index in
            let which = index % models.count
            #expect(throws: Never.self) {
                let found = try models[which].classify(inputs).map { $0.logits.map(\.bitPattern) }
                #expect(found == alone[which], "model \(which)")
            }
        }
    }

    @Test func aPoolHasAtLeastTheCallersThread() {
        #expect(ThreadPool(threads: 0).threadCount == 1)
        #expect(ThreadPool(threads: -3).threadCount == 1)
        #expect(ThreadPool(threads: 5).threadCount == 5)
        #expect(ThreadPool().threadCount >= 1)
    }
}
