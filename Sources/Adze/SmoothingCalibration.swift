// Calibrating the smoothing of a model on texts. Not here: what smoothing is, see `ChannelSmoothing` in AdzeModels.

internal import AdzeModels
internal import AdzeThreads
internal import AdzeTokenization

extension ChannelSmoothing {
    /// The most tokens of one text: longer ones say little more about how far channels reach.
    private static let tokenLimit = 128

    /// Measures the texts in fp32 and derives the factors.
    ///
    /// `model` is the checkpoint's own. Throws the store's errors. Without a tokenizer, or where no text has a token, the
    /// factors are ones.
    init(
        calibrating model: BertModel, _ checkpoint: BertCheckpoint, texts: [String], tokenizer: BertTokenizer?,
        pool: WorkerPool
    ) throws {
        let limit = min(checkpoint.config.maximumPositions, ChannelSmoothing.tokenLimit)
        let sequences = texts.compactMap { tokenizer?.encode($0, maximumLength: limit) }.filter { !$0.ids.isEmpty }
            .map { TokenSequence(ids: $0.ids) }
        guard !sequences.isEmpty else {
            self = .none
            return
        }
        let batch = try PackedBatch(sequences, config: checkpoint.config)
        try self.init(model.activationRanges(batch, pool: pool, workspace: Workspace()), checkpoint)
    }
}
