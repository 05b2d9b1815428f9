// Errors that end a run. Not here: damaged checkpoints, see `RunCheckpointError`.

public import AdzeBytes

/// Why a run ended without a result.
public enum TrainerError: AdzeFailure {
    /// Somebody asked it to stop; what was done is in the checkpoint, where there is one.
    case cancelled(step: Int, savedAt: String?)
    /// It collapsed, and no retry is left.
    case collapsed(Collapse, retries: Int)
    /// There is nothing to learn from.
    case noExamples(what: String)
    /// The recipe's metric is none that the dev set has.
    case unknownMetric(String, known: [String], nearest: String?)
    /// A checkpoint could not be saved; the one before stands.
    case cannotSave(FileError, step: Int, lastStep: Int?)

    /// A request, data, or the system.
    public var kind: FailureKind {
        switch self {
        case .cancelled, .cannotSave: .inputOutput
        case .collapsed, .noExamples: .badData
        case .unknownMetric: .usage
        }
    }

    /// One line: what happened and what to do.
    public var description: String {
        switch self {
        case .cancelled(let step, let path):
            "stopped after step \(step)"
                + (path.map { "; go on with the checkpoint in \($0)" } ?? "; nothing was saved")
        case .collapsed(let collapse, let retries):
            "training collapsed: \(collapse.description)"
                + (retries > 0 ? ", after \(retries) retries at lower rates" : "")
                + "; lower the learning rate, lengthen the warm-up, or allow retries"
        case .noExamples(let what): "the \(what) set has no examples"
        case .unknownMetric(let name, let known, let nearest):
            "no score is called \(quoted(name, limit: 40)); there are \(known.joined(separator: ", "))"
                + (nearest.map { "; did you mean \(quoted($0))?" } ?? "")
        case .cannotSave(let error, let step, let lastStep):
            "cannot save the checkpoint of step \(step): \(error.description)"
                + (lastStep.map { "; the checkpoint of step \($0) is whole, make room and resume" } ?? "")
        }
    }
}
