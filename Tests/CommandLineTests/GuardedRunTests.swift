// Whole runs whose buffers all lie against pages that may not be touched (ADZE_GUARD_PAGES), on every instruction set that
// the machine has: nothing is read or written beyond a buffer, and what comes out is what comes out otherwise.

import AdzeKernels
import AdzeTestSupport
import Testing

@Suite struct GuardedRunTests {
    static let sets = InstructionSet.available.map(\.rawValue)
    /// A model none of whose sizes fills a tile.
    static let odd = Fixtures.path("models/seqcls-odd")

    /// A run on an instruction set; `side` is the end of the buffers that is guarded, empty for none.
    private func run(_ arguments: [String], _ set: String, _ side: String) throws -> Outcome {
        let outcome = try Tool.run(arguments, environment: ["ADZE_FORCE_ISA": set, "ADZE_GUARD_PAGES": side])
        #expect(outcome.code == 0, "\(set), guarded at the \(side): \(arguments): \(outcome.errors)")
        return outcome
    }

    /// The tables of `TrainingTable`, its labels as the odd model calls them where `isOdd`.
    private func tables(_ folder: String, isOdd: Bool) throws -> (train: String, dev: String) {
        func table(_ count: Int, from first: Int, _ name: String) throws -> String {
            let rows = TrainingTable.rows(count, from: first).enumerated().map { index, row in
                (text: row.text, label: isOdd ? "LABEL_\(index % 3)" : row.label)
            }
            return try write(TrainingTable.csv(rows), to: "\(folder)/\(name).csv")
        }
        return (try table(24, from: 0, "train"), try table(9, from: 1000, "dev"))
    }

    @Test(arguments: sets)
    func inferenceStaysWithinItsBuffers(set: String) throws {
        try withTemporaryFolder { folder in
            let (train, dev) = try tables(folder, isOdd: true)
            let commands = [
                ["predict", GuardedRunTests.odd, "-i", train, "--json", "--precision", "fp32"],
                ["predict", GuardedRunTests.odd, "-i", train, "--json", "--precision", "int8"],
                ["predict", Models.classifier, "the oak beam was good"],
                ["embed", Models.encoder, "-i", train], ["evaluate", GuardedRunTests.odd, dev, "--json"],
            ]
            for command in commands {
                let plain = try run(command, set, "").bytes
                for side in ["end", "start"] { #expect(try run(command, set, side).bytes == plain, "\(command)") }
            }
            var files: Set<[UInt8]> = []
            for side in ["", "end", "start"] {
                let out = "\(folder)/\(side).adze"
                _ = try run(
                    ["quantize", GuardedRunTests.odd, "-o", out, "--dev", dev, "--max-drop", "100"], set, side)
                files.insert(try bytes(of: out))
            }
            #expect(files.count == 1)
        }
    }

    /// Recipes that take every way through a step: with and without int8, frozen blocks and kept activations.
    static let recipes: [[String]] = [
        [], ["--quantize-aware"], ["--freeze", "2"], ["--freeze", "body"], ["--checkpoint-activations"],
    ]

    @Test(arguments: recipes, [true, false])
    func trainingStaysWithinItsBuffers(recipe: [String], isOdd: Bool) throws {
        // The odd model has one block.
        guard !isOdd || recipe != ["--freeze", "2"] else { return }
        try withTemporaryFolder { folder in
            let (train, dev) = try tables(folder, isOdd: isOdd)
            let command = ["finetune", isOdd ? GuardedRunTests.odd : Models.classifier, "--train", train, "--dev", dev]
            // Where there is no fma OpenBLAS would multiply, in bits of its own.
            let more = ["--epochs", "1", "--batch-size", "8", "--fp32-products", "ours", "--quiet"] + recipe
            var files: Set<[UInt8]> = []
            let guarded = GuardedRunTests.sets.flatMap { set in ["end", "start"].map { (set, $0) } }
            for (set, side) in [(InstructionSet.best.rawValue, "")] + guarded {
                let out = "\(folder)/\(set)\(side).adze"
                _ = try run(command + ["-o", out] + more, set, side)
                files.insert(try bytes(of: out))
            }
            #expect(files.count == 1, "every instruction set trains the same weights")
        }
    }
}
