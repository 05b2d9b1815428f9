// Texts longer than a model takes: which part is kept, or how windows are laid. Not here: cutting to length inside
// `encode`, which is `Truncation`.

extension Tokenizer {
    /// A text, or two, as one or more inputs of the model, none longer than `maximumLength`.
    ///
    /// `head` and `tail` cut a pair as `Truncation.longestFirst` does, from the right or the left. The others cut only
    /// the first text and keep the second whole. Only `window` gives more than one encoding: each has its own frame,
    /// neighbours share `stride` tokens, every token is in at least one, and none counts as cut off.
    ///
    /// Throws `TokenizerError.impossibleBudget` where the frame, the second text and one token (for windows one more
    /// than `stride`) do not fit; a text that fits is never refused for its strategy's sake.
    /// - Complexity: O(n) for the text and O(windows · maximumLength).
    public func encodeLong(
        _ text: String, pair second: String? = nil, maximumLength: Int, strategy: LongText, offsets: Bool = false
    ) throws(TokenizerError) -> [Encoding] {
        try requireRoom(pair: second != nil, maximumLength: maximumLength)
        let frame = specialTokenCount(pair: second != nil)
        let first = run(text, offsets: offsets)
        let other = second.map { run($0, offsets: offsets) }
        switch strategy {
        case .head, .tail:
            return [
                assemble(
                    first, other, maximumLength: maximumLength, truncation: .longestFirst,
                    side: strategy == .head ? .right : .left, offsets: offsets)
            ]
        case .headAndTail:
            let room = try roomForFirst(maximumLength, frame, first, other, atLeast: 1)
            return [headAndTail(first, other, room: room, head: room / 2, offsets: offsets)]
        case .headThenTail(let head):
            let room = try roomForFirst(maximumLength, frame, first, other, atLeast: 1)
            return [headAndTail(first, other, room: room, head: min(max(head, 0), room), offsets: offsets)]
        case .window(let stride):
            guard stride >= 0 else {
                throw .impossibleBudget(
                    maximumLength: maximumLength, needed: 0, why: "a stride of \(stride) is below 0, and windows")
            }
            // Each window must bring at least one token that the one before it had not.
            let least = stride == .max ? stride : stride + 1
            let room = try roomForFirst(maximumLength, frame, first, other, atLeast: least)
            return windows(first, other, room: room, stride: stride, offsets: offsets)
        }
    }

    /// Throws `TokenizerError.impossibleBudget` where the frame and a token of each text do not fit.
    package func requireRoom(pair: Bool, maximumLength: Int) throws(TokenizerError) {
        let (frame, texts) = (specialTokenCount(pair: pair), pair ? 2 : 1)
        guard maximumLength >= frame + texts else {
            throw .impossibleBudget(
                maximumLength: maximumLength, needed: frame + texts,
                why: "\(frame) special tokens and a token of \(pair ? "each text" : "the text")")
        }
    }

    /// The tokens of the first text that fit beside the frame and the whole second text.
    private func roomForFirst(
        _ maximumLength: Int, _ frame: Int, _ first: TokenRun, _ second: TokenRun?, atLeast least: Int
    ) throws(TokenizerError) -> Int {
        let beside = frame + (second?.ids.count ?? 0)
        let room = maximumLength - beside
        // What fits needs no room to move.
        guard room >= first.ids.count || room >= least else {
            let why =
                second == nil
                ? "\(frame) special tokens" : "\(beside) tokens of the frame and the second text"
            let (needed, overflow) = beside.addingReportingOverflow(least)
            throw .impossibleBudget(
                maximumLength: maximumLength, needed: overflow ? .max : needed, why: why)
        }
        return room
    }

    private func headAndTail(
        _ first: TokenRun, _ second: TokenRun?, room: Int, head: Int, offsets: Bool
    ) -> Encoding {
        let count = first.ids.count
        guard count > room else { return framed(first, 0..<count, second, offsets: offsets) }
        let tail = count - (room - head)..<count
        var kept = TokenRun()
        kept.ids = Array(first.ids[..<head] + first.ids[tail])
        if offsets {
            kept.offsets = Array(first.offsets[..<head] + first.offsets[tail])
            kept.words = Array(first.words[..<head] + first.words[tail])
        }
        var encoding = framed(kept, 0..<room, second, offsets: offsets)
        encoding.truncatedTokenCount = count - room
        return encoding
    }

    private func windows(
        _ first: TokenRun, _ second: TokenRun?, room: Int, stride: Int, offsets: Bool
    ) -> [Encoding] {
        var windows: [Encoding] = []
        var start = 0
        repeat {
            let end = min(start + room, first.ids.count)
            windows.append(framed(first, start..<end, second, offsets: offsets))
            if end == first.ids.count { break }
            // Above 0: a text that does not fit has been given more room than the stride.
            start += room - stride
        } while true
        return windows
    }

    private func framed(_ first: TokenRun, _ range: Range<Int>, _ second: TokenRun?, offsets: Bool) -> Encoding {
        frame(first, range, second.map { ($0, 0..<$0.ids.count) }, offsets: offsets)
    }
}
