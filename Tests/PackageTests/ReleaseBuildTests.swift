// A program that is built as we say runs where no Swift is: its runtime is inside. That it does is what Tools/release checks
// of what it built; here it is only that nothing says otherwise.

import Foundation
import Testing

@Suite struct ReleaseBuildTests {
    @Test func everyReleaseBuildHasTheRuntimeInside() throws {
        let places =
            ["README.md", "Tools/demo", "Tools/demo-mpnet", "Tools/release"]
            + ["README.md", "compare_inference.py", "compare_tokenizer.py", "compare_training.py", "measure_files.py"]
            .map { "Tools/benchmarks/" + $0 }
        var count = 0
        for place in places {
            for line in try SourceTree.file(place).lines where line.contains("swift build -c release") {
                count += 1
                #expect(line.contains("--static-swift-stdlib"), "\(place): \(line)")
            }
        }
        #expect(count >= 10)
    }
}
