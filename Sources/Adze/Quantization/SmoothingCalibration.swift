// Calibrating the smoothing of a model on texts. Not here: what smoothing is, see `ChannelSmoothing` in AdzeModels, nor
// which texts, see `Calibration`.

internal import AdzeBytes
internal import AdzeModels
internal import AdzeTokenization

/// Which matrices a file keeps in int8, under which factors, and what the file says of that.
struct QuantizationPlan: Sendable {
    /// The columns' factors.
    var smoothing = ChannelSmoothing.none
    /// The weights that may have codes beyond ±127.
    var outliers = WeightOutliers.none
    /// Matrices that stay in fp32 though they could be in int8.
    var kept: Set<String> = []
    /// The header's report; nil for none.
    var report: JSONObject?
}

extension Engine {
    /// The smoothing that this exact fp32 model needs on some texts, none without a tokenizer, and the outliers that its
    /// weights have under it.
    ///
    /// `checkpoint` is the model's own. Throws the store's errors, and `BundleError` for texts of the user's that cannot
    /// be read.
    func plan(
        _ checkpoint: ModelCheckpoint, _ calibration: Calibration, tokenizer: Tokenizer?
    ) throws -> QuantizationPlan {
        var plan = QuantizationPlan()
        if let sample = try calibration.sample(tokenizer, checkpoint.config) {
            plan.smoothing = try ChannelSmoothing(try activationRanges(sample.sequences), checkpoint)
            plan.report = ["calibration": .object(sample.description)]
        }
        plan.outliers = try WeightOutliers(plan.smoothing, checkpoint, pool: pool)
        return plan
    }
}
