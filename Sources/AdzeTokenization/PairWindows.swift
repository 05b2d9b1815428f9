// A pair whose second text is laid out in windows beside the whole first: a question and its long context. Windows over
// a first text are in `LongTexts.swift`.

extension BertTokenizer {
    /// A pair as one or more inputs of the model: the first text whole in each, the second in windows.
    ///
    /// Neighbours share `stride` tokens of the second text, and every token of it is in at least one window; a pair that
    /// fits is one input, whatever the stride. It is what the reference gives for `only_second` with overflowing tokens.
    ///
    /// Throws `TokenizerError.impossibleBudget` where the frame and the first text leave no more than `stride` tokens.
    /// - Complexity: O(n) for the texts and O(windows · maximumLength).
    public func encodeWindows(
        _ first: String, pair second: String, maximumLength: Int, stride: Int, offsets: Bool = false
    ) throws(TokenizerError) -> [Encoding] {
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
        var windows: [Encoding] = []
        var start = 0
        while true {
            let end = min(start + room, count)
            windows.append(frame(first, 0..<first.ids.count, (second, start..<end), offsets: offsets))
            if end == count { return windows }
            start += room - stride
        }
    }
}
