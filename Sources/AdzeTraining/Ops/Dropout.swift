// The places at which dropout draws. The draws are a pure function of seed, step, place and element (Random); no mask
// is kept: the backward pass draws again.

internal import AdzeKernels
internal import AdzeModels

/// The dropouts of a step, by their places; nil where nothing is dropped.
///
/// Block b has the places 8 b (attention weights), 8 b + 1 (the attention's output), 8 b + 2 (the feed-forward's output),
/// 8 b + 3 (the vectors of distances, whose elements are numbered row · H + column);
/// the embeddings 8 L, the head 8 L + 1, its input 8 L + 2. A hidden state's elements are numbered token · H + column over the packed batch,
/// the pooled output's sequence · H + column. Attention weights: the sequences' elements follow each other, n tokens
/// having A · n · m, m being n rounded up to 16; within one, (head · n + query) · m + key.
struct DropoutPlaces: Sendable {
    let rates: DropoutRates
    let seed: UInt64
    let step: UInt64
    let layerCount: Int
    /// Blocks before this one drop nothing.
    let firstBlock: Int
    let inEmbeddings: Bool
    /// Whether the last layer finds answers, which drop at a rate of their own.
    let findsAnswers: Bool

    /// The draw on a block's attention weights.
    func attention(_ block: Int) -> DropoutDraw? { inBlock(block, 0, rates.attention) }
    /// The draw on a block's attention output.
    func attended(_ block: Int) -> DropoutDraw? { rates.dropsAttended ? inBlock(block, 1, rates.hidden) : nil }
    /// The draw on a block's feed-forward output.
    func output(_ block: Int) -> DropoutDraw? { rates.dropsFeedForward ? inBlock(block, 2, rates.hidden) : nil }

    /// The draw on the vectors of distances that a block reads.
    func distances(_ block: Int) -> DropoutDraw? { inBlock(block, 3, rates.hidden) }

    var embeddings: DropoutDraw? { inEmbeddings ? draw(8 * layerCount, rates.hidden) : nil }
    /// The draw on the last layer's input.
    var head: DropoutDraw? { draw(8 * layerCount + 1, findsAnswers ? rates.answers : rates.classifier) }
    /// The draw on what a head's own layer on the first token reads.
    var headInput: DropoutDraw? { draw(8 * layerCount + 2, rates.firstToken ?? rates.classifier) }

    private func inBlock(_ block: Int, _ place: Int, _ rate: Float) -> DropoutDraw? {
        block >= firstBlock ? draw(8 * block + place, rate) : nil
    }

    private func draw(_ place: Int, _ rate: Float) -> DropoutDraw? {
        DropoutDraw(seed: seed, step: step, place: UInt32(place), rate: rate)
    }
}
