// How a learning rate changes over a run: a factor for each step. Not here: the rates themselves.

/// The shape of a schedule.
public enum Schedule: String, Sendable, CaseIterable {
    /// The full rate after the warm-up.
    case constant
    /// From the full rate after the warm-up down to 0 one step after the last.
    case linear
    /// Up for a short while and down for a long one; the warm-up is the way up.
    case slantedTriangular = "slanted-triangular"

    /// The factor of the rate at a step, counted from 0, of a run of `total` steps.
    ///
    /// `warmup` is the number of steps that the rate rises for, from 0; a warm-up beyond the end of the run never
    /// reaches the full rate. Slanted triangles rise from 1 / `ratio` and sink to about that; they are at their peak at
    /// step `warmup`. Factors are at least 0.
    /// - Source: transformers `get_linear_schedule_with_warmup` and `get_constant_schedule_with_warmup`; Howard & Ruder,
    ///   "Universal language model fine-tuning for text classification", ACL 2018, equation 3, with cut = `warmup`.
    public func factor(step: Int, total: Int, warmup: Int, ratio: Double = 32) -> Double {
        precondition(step >= 0 && total >= 0 && warmup >= 0 && ratio >= 1, "no such schedule")
        switch self {
        case .slantedTriangular:
            let rest = Double(max(total - warmup, 1))
            let height = step < warmup ? Double(step) / Double(warmup) : max(0, 1 - Double(step - warmup) / rest)
            return (1 + height * (ratio - 1)) / ratio
        case .constant, .linear:
            if step < warmup { return Double(step) / Double(warmup) }
            if self == .constant { return 1 }
            return max(0, Double(total - step) / Double(max(total - warmup, 1)))
        }
    }
}
