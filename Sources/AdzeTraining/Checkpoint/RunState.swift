// The state of a run between two steps, apart from the arrays of weights and moments.

/// The place of a run between two steps.
struct RunState: Sendable, Equatable {
    /// The retry under way.
    var attempt = 0
    /// The epoch under way; the number of epochs where all are done.
    var epoch = 0
    /// Steps taken in it.
    var stepInEpoch = 0
    /// Steps taken in the attempt.
    var step = 0
    /// The sum of the losses of the epoch's examples so far, and their number.
    var lossSum = 0.0
    var exampleCount = 0
    var watch = CollapseWatch()
    /// The epochs that are done.
    var epochs: [EpochReport] = []
    /// The best of them.
    var best: Int?
    /// The updates that each parameter has seen.
    var updateCounts: [Int] = []
    var collapses: [Collapse] = []
    var stoppedEarly = false
    /// Whether the weights are the result.
    var isFinished = false
}
