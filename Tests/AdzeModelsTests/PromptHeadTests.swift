// Where the head of a classifier by a prompt reads, and what its specification may say. Not here: its logits, which
// `OwnFormHeadTests` has beside transformers'.

import AdzeBytes
import AdzeKernels
import AdzeTestSupport
import Testing

@testable import AdzeModels

@Suite struct PromptHeadTests {
    static let folders = FamilyFixtures.prompts

    @Test(arguments: folders) func theConfigurationSaysTheForm(folder: String) throws {
        let golden = try Golden(folder: folder)
        let form = golden.checkpoint.head.form
        guard case .prompt(let layer) = form else {
            Issue.record("\(form)")
            return
        }
        #expect(golden.checkpoint.configMembers["adze_head"]?.string == form.specification)
        #expect(!form.readsPadding && form.readsEveryPosition && !form.isInStudysFiles)
        for sequence in golden.sequences {
            #expect(sequence.ids[layer.row(in: 0..<sequence.ids.count)] == maskID(folder))
        }
    }

    private func maskID(_ folder: String) -> Int32 { folder.hasSuffix("mpnet") ? 91 : 4 }

    /// A sequence shorter than the prompt, as none that the tokenizer makes is, is read where it ends.
    @Test(arguments: [(2, 3..<4, 3), (-5, 3..<6, 3), (-1, 3..<6, 5), (0, 3..<6, 3), (1, 3..<6, 4)])
    func aPlaceIsAlwaysInTheSequence(place: Int, tokens: Range<Int>, row: Int) {
        #expect(PromptLayer(place: place, activation: .gelu).row(in: tokens) == row)
    }

    @Test(arguments: [
        "prompt", "prompt:at=1", "prompt:at=1:activation=swish", "prompt:activation=gelu:at=1",
        "prompt:at=x:activation=gelu",
        "prompt:at=1001:activation=gelu", "prompt:at=1:activation=gelu:more=1", "prompt:at=:activation=gelu",
    ])
    func otherSpellingsAreRefused(text: String) {
        #expect(throws: HeadFormError.self) { try PromptLayer(specification: text) }
    }

    @Test func whatIsWrittenIsRead() throws {
        for place in [0, 7, -3, 1000, -1000] {
            for activation in Activation.allCases {
                let layer = PromptLayer(place: place, activation: activation)
                #expect(try PromptLayer(specification: layer.specification) == layer)
            }
        }
        #expect(try PromptLayer(specification: "lstm:size=64") == nil)
        // It is no head that a user makes new by name.
        #expect(throws: HeadFormError.self) { try HeadForm.specified("prompt:at=1:activation=gelu") }
    }
}
