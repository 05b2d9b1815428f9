// A pair whose second text is laid out in windows beside the whole first: a question and its long context. Windows over
// a first text are in `LongTexts.swift`.

/// The windows of a pair, counted at once and made one by one: short steps make many times the tokens of the text.
public struct PairWindows: Sendable {
    /// How many there are; at least one.
    public let count: Int
    private let tokenizer: Tokenizer
    private let first: TokenRun
    private let second: TokenRun
    private let room: Int
    private let step: Int
    private let hasOffsets: Bool

    fileprivate init(
        _ tokenizer: Tokenizer, _ first: TokenRun, _ second: TokenRun, room: Int, step: Int, hasOffsets: Bool
    ) {
        (self.tokenizer, self.first, self.second) = (tokenizer, first, second)
        (self.room, self.step, self.hasOffsets) = (room, step, hasOffsets)
        // A rest that does not fit the first window takes steps that are then above 0, the last perhaps in part.
        let rest = second.ids.count - room
        count = rest > 0 ? 1 + (rest - 1) / step + 1 : 1
    }

    /// A window as an input of the model.
    ///
    /// - Complexity: O(its tokens).
    public subscript(index: Int) -> Encoding {
        precondition((0..<count).contains(index), "a window that there is")
        let given = index * step
        // Where the left side gives way the first window is the end of the text, and the others go on to its start.
        let (start, end) =
            tokenizer.settings.truncationSide == .right
            ? (given, min(given + room, second.ids.count))
            : (max(0, second.ids.count - given - room), second.ids.count - given)
        return tokenizer.frame(first, 0..<first.ids.count, (second, start..<end), offsets: hasOffsets)
    }
}

extension Tokenizer {
    /// A pair as one or more inputs of the model: the first text whole in each, the second in windows.
    ///
    /// Neighbours share `stride` tokens of the second text, and every token of it is in at least one window; a pair that
    /// fits is one input, whatever the stride. It is what the reference gives for `only_second` with overflowing tokens:
    /// windows begin at the end of the text where the settings truncate the left side.
    ///
    /// Throws `TokenizerError.impossibleBudget` where the frame and the first text leave no more than `stride` tokens.
    /// - Complexity: O(n) for the texts; no window is made yet.
    public func pairWindows(
        _ first: String, pair second: String, maximumLength: Int, stride: Int, offsets: Bool = false
    ) throws(TokenizerError) -> PairWindows {
        let (first, second) = (run(first, offsets: offsets), run(second, offsets: offsets))
        let beside = specialTokenCount(pair: true) + first.ids.count
        let (room, count) = (max(0, maximumLength) - beside, second.ids.count)
        guard stride >= 0 else {
            throw .impossibleBudget(
                maximumLength: maximumLength, needed: 0, why: "a stride of \(stride) is below 0, and windows")
        }
        // Each window must bring at least one token that the one before it had not.
        guard room >= count || room > stride else {
            let (needed, overflow) = (beside + 1).addingReportingOverflow(stride)
            throw .impossibleBudget(
                maximumLength: maximumLength, needed: overflow ? .max : needed,
                why: "\(beside) tokens of the frame and the first text, beside windows that share \(stride),")
        }
        return PairWindows(self, first, second, room: room, step: room - stride, hasOffsets: offsets)
    }

    /// All `pairWindows` of a pair, at once.
    ///
    /// - Complexity: O(n) for the texts and O(windows · maximumLength), in time and in memory.
    public func encodeWindows(
        _ first: String, pair second: String, maximumLength: Int, stride: Int, offsets: Bool = false
    ) throws(TokenizerError) -> [Encoding] {
        let windows = try pairWindows(
            first, pair: second, maximumLength: maximumLength, stride: stride, offsets: offsets)
        return (0..<windows.count).map { windows[$0] }
    }
}
