// How `adze evaluate` repeats the study's own program. Not here: what that computes.

import Adze
import ArgumentParser

/// The program's batch and dropout.
struct StudyProgramOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Score as the source study's program did, in batches of N: an LSTM's answers gathered across the batch, and"
                + " dropout; for comparison with its figures alone; default: none.", valueName: "N"))
    var studyCompat: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("The dropout of --study-compat; default: 0.2.", valueName: "RATE"))
    var studyDropout: Double?

    /// The program; nil where it is not asked for.
    var program: StudyProgram? {
        studyCompat.map { StudyProgram(batchSize: $0, dropout: studyDropout ?? 0.2) }
    }

    func validate() throws {
        if let studyCompat, !(1...4096).contains(studyCompat) {
            throw ValidationError("--study-compat is 1 to 4096, the texts of a batch; the study had 32, 16 and 8")
        }
        guard let studyDropout else { return }
        guard studyCompat != nil else { throw ValidationError("--study-dropout is for --study-compat") }
        guard (0..<1).contains(studyDropout) else { throw ValidationError("--study-dropout is 0 to below 1") }
    }
}
