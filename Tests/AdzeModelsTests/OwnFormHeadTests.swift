// Classifiers by the mean of hidden states and by a prompt beside PyTorch, sentence-transformers and transformers
// (Tools/reference/make_mean_golden.py, make_prompt_golden.py), and the laws of such heads.

import AdzeBytes
import AdzeKernels
import AdzeTestSupport
import Testing

@testable import AdzeModels

@Suite struct OwnFormHeadTests {
    static let folders = FamilyFixtures.means + FamilyFixtures.prompts

    @Test(arguments: folders) func everyLogitIsThatOfTheLibrary(folder: String) throws {
        let golden = try Golden(folder: folder)
        let expected = golden.expected["logits"] ?? []
        for set in InstructionSet.available {
            let found = try golden.checkpoint.run(golden.sequences, .logits, set: set).flatMap(\.logits)
            try #require(found.count == expected.count && !found.isEmpty)
            #expect(largestDifference(found, expected) < 1e-5, "\(set)")
        }
        #expect(Self.folders.count == 9)
    }

    @Test(arguments: folders) func batchThreadsAndInstructionSetChangeNoBit(folder: String) throws {
        let golden = try Golden(folder: folder)
        // More tokens than are computed at once.
        let many = (0..<150).flatMap { _ in golden.sequences }
        let reference = try golden.checkpoint.run(golden.sequences, .logits, threads: 1)
        for set in InstructionSet.available where set != .scalar {
            for threads in [1, 3] {
                let found = try golden.checkpoint.run(many, .logits, threads: threads, set: set)
                #expect(found.indices.allSatisfy { found[$0] == reference[$0 % reference.count] }, "\(set), \(threads)")
            }
        }
    }

    @Test(arguments: FamilyFixtures.means) func theConfigurationSaysTheForm(folder: String) throws {
        let golden = try Golden(folder: folder)
        let isNormalized = folder.contains("normalized")
        let form = golden.checkpoint.head.form
        #expect(form == .mean(normalizes: isNormalized))
        #expect(golden.checkpoint.configMembers["adze_head"]?.string == form.specification)
        #expect(!form.readsPadding && form.readsEveryPosition && !form.isInStudysFiles)
        #expect(form.rows(ofTokens: 3, golden.checkpoint.config) == 3)
    }

    /// What a mean reads is what any other output reads: all can be had at once.
    @Test func otherOutputsAreBeside() throws {
        let golden = try Golden(folder: "mean/bert")
        let all = try golden.checkpoint.run(golden.sequences, [.sequence, .logits])
        #expect(try all.map(\.logits) == golden.checkpoint.run(golden.sequences, .logits).map(\.logits))
        #expect(try all.map(\.sequence) == golden.checkpoint.encoder.run(golden.sequences, .sequence).map(\.sequence))
    }
}
