// --fp32-products as a process: what OpenBLAS may change, and what it may not.

import AdzeKernels
import AdzeTestSupport
import Foundation
import Testing

@Suite(.enabled(if: FloatProducts.available.contains(.openblas))) struct FloatProductsTests {
    private static let texts = ["the beam was good", "cut", "an oak and a saw", "wood good beam oak saw"]
    private static let openBLAS = ["--fp32-products", "openblas"]

    private func logits(_ more: [String]) throws -> [[Double]] {
        try Tool.succeed(["predict", Models.classifier, "--json"] + FloatProductsTests.texts + more).objects().map {
            try #require($0["logits"] as? [Double])
        }
    }

    @Test func answersAreCloseAndIgnoreThreads() throws {
        let ours = try logits(["--precision", "fp32"]).joined()
        let found = try (1...3).map {
            try logits(["--precision", "fp32", "--threads", "\($0)"] + FloatProductsTests.openBLAS)
        }
        #expect(found[1] == found[0] && found[2] == found[0])
        #expect(zip(ours, found[0].joined()).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(try logits(["--precision", "fp32", "--fp32-products", "ours"]).joined().elementsEqual(ours))
    }

    @Test func int8IsOursAlways() throws {
        #expect(try logits(FloatProductsTests.openBLAS) == logits([]))
    }

    @Test func trainingIgnoresThreadsAndItsRecipeSaysWhoMultiplied() throws {
        try withTemporaryFolder { folder in
            let tables = try TrainingTable.write(in: folder)
            func train(_ threads: Int, _ more: [String]) throws -> [UInt8] {
                let out = folder + "/out.adze"
                try Tool.succeed(
                    ["finetune", Models.classifier, "-o", out, "--force", "--epochs", "2", "--threads", "\(threads)"]
                        + tables + more)
                return try bytes(of: out)
            }
            let first = try train(1, FloatProductsTests.openBLAS)
            #expect(try train(3, FloatProductsTests.openBLAS) == first)
            #expect(first.firstRange(of: #""floatProducts":"openblas""#.utf8) != nil)
            #expect(try train(2, []).firstRange(of: "floatProducts".utf8) == nil)
        }
    }

    @Test func anUnknownNameIsOneLine() throws {
        try Tool.refuse(
            64, ["predict", Models.classifier, "good", "--fp32-products", "mkl"], says: ["'mkl'", "ours", "openblas"])
    }
}
