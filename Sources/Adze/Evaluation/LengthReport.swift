// Statistics of text lengths in tokens, and for each maximum length how many texts are truncated and how many tokens
// windows add. Not here: the running time, which `LengthTiming` measures.

public import AdzeData
internal import AdzeThreads
public import AdzeTokenization

/// The lengths of a set of texts under a tokenizer.
public struct LengthReport: Sendable, Equatable {
    /// What one maximum length does to the set. Lengths count the special tokens.
    public struct Cut: Sendable, Equatable {
        /// The most tokens of an input.
        public let maximumLength: Int
        /// Texts that do not fit.
        public let cutTexts: Int
        /// Tokens that head, tail and head+tail leave out; which of them differs, not how many.
        public let lostTokens: Int
        /// Tokens that are left, in one input a text.
        public let keptTokens: Int
        /// Texts that lose more than half of their tokens.
        public let halvedTexts: Int
        /// Inputs that windows make of the set, and their tokens; nil where a pair leaves no room for windows.
        public let windows: Windows?
    }

    /// What windows make of a set.
    public struct Windows: Sendable, Equatable {
        /// Inputs.
        public let inputs: Int
        /// Tokens of all inputs.
        public let tokens: Int
    }

    /// What to do, and why.
    public struct Advice: Sendable, Equatable {
        /// The maximum length.
        public let maximumLength: Int
        /// Whether so much does not fit that the middle, or windows, should be thought of.
        public let isTooLongForHead: Bool
        /// One line for a person.
        public let reason: String
    }

    /// The lengths that are weighed, as far as the model takes them.
    public static let candidates = [32, 64, 96, 128, 192, 256, 384, 512]
    /// The percentiles that are told.
    public static let percentiles = [1, 5, 25, 50, 75, 90, 95, 99]
    /// Tokens that neighbouring windows share.
    public static let stride = 64

    /// Tokens of each text with its frame, ascending.
    public let lengths: [Int32]
    /// How many texts are pairs.
    public let pairCount: Int
    /// Tokens that frame a text, or a pair where there are some.
    public let frame: Int
    /// The most tokens that the model takes; nil where the tokenizer does not say.
    public let limit: Int?
    /// What each candidate does, ascending.
    public let cuts: [Cut]

    /// How many texts there are.
    public var textCount: Int { lengths.count }
    /// All tokens.
    public var tokenCount: Int { lengths.reduce(0) { $0 + Int($1) } }
    /// The longest text.
    public var longest: Int { Int(lengths.last ?? 0) }

    /// The length that `percent` of the texts do not exceed (nearest rank).
    public func percentile(_ percent: Int) -> Int {
        guard !lengths.isEmpty else { return 0 }
        let rank = (lengths.count * percent + 99) / 100
        return Int(lengths[min(max(rank, 1), lengths.count) - 1])
    }

    /// Texts by length in bins of equal width, at most `count` of them; the last takes all that is longer than the 99th
    /// percentile's bin.
    public func histogram(bins count: Int) -> [(range: ClosedRange<Int>, texts: Int)] {
        guard !lengths.isEmpty, count > 1 else { return [] }
        let shortest = Int(lengths[0])
        let top = max(percentile(99), shortest)
        let width = max(1, (top - shortest) / (count - 1) + 1)
        var bins: [(range: ClosedRange<Int>, texts: Int)] = []
        var position = 0
        var low = shortest
        while position < lengths.count {
            let isLast = bins.count == count - 1
            let high = isLast ? longest : low + width - 1
            var end = position
            while end < lengths.count, Int(lengths[end]) <= high { end += 1 }
            bins.append((low...high, end - position))
            (position, low) = (end, high + 1)
        }
        return bins
    }

    /// The least candidate that leaves 99 % of the texts, or of the tokens, whole; the model's own limit where none does.
    public var advice: Advice {
        let tokens = max(tokenCount, 1)
        let most = cuts.last
        for cut in cuts
        where cut.cutTexts * 100 <= textCount || (cut.lostTokens * 100 <= tokens && cut.halvedTexts * 100 <= textCount)
        {
            let whole =
                cut.cutTexts == 0 ? "no text is cut" : "\(percent(cut.cutTexts, textCount)) of the texts are cut"
            let reason = "\(whole), \(percent(cut.lostTokens, tokens)) of the tokens lost"
            return Advice(maximumLength: cut.maximumLength, isTooLongForHead: false, reason: reason)
        }
        let length = most?.maximumLength ?? 512
        let reason =
            "even so \(percent(most?.cutTexts ?? 0, textCount)) of the texts are cut and "
            + "\(percent(most?.lostTokens ?? 0, tokens)) of the tokens lost; try head+tail, or window"
        return Advice(maximumLength: length, isTooLongForHead: true, reason: reason)
    }

    private func percent(_ part: Int, _ whole: Int) -> String {
        let tenths = Int((Double(part) * 1000 / Double(max(whole, 1))).rounded())
        if tenths == 0, part > 0 { return "less than 0.1 %" }
        return "\(tenths / 10).\(tenths % 10) %"
    }
}

// MARK: - Measuring

extension LengthReport {
    /// Cuts every text of a source into tokens and counts them; only the counts are kept.
    ///
    /// Throws the source's errors, and `DataError.noExamples` for none.
    /// - Parameters:
    ///   - limit: the most tokens that the model takes; nil takes the tokenizer's, where it says.
    ///   - cleaner: cleans each text before; nil for none.
    ///   - progress: is told how many texts are done.
    public init(
        _ source: inout TextRows, tokenizer: Tokenizer, limit: Int? = nil, cleaner: TextCleaner? = nil,
        threads: Int? = nil, progress: (Int) -> Void = { _ in }
    ) throws {
        let pool = WorkerPool(threads: threads)
        var counts: [TokenCounts] = []
        while true {
            var batch: [Row] = []
            var bytes = 0
            while batch.count < 1024, bytes < 4 << 20, let row = try source.next() {
                bytes += row.text.utf8.count + (row.pair?.utf8.count ?? 0)
                batch.append(row)
            }
            if batch.isEmpty { break }
            let rows = batch
            counts += try pool.map(rows.count) { index in
                let text = cleaner.clean(TextInput(rows[index].text, pair: rows[index].pair))
                return TokenCounts(
                    first: Int32(tokenizer.ids(of: text.text).count),
                    second: text.pair.map { Int32(tokenizer.ids(of: $0).count) })
            }
            progress(counts.count)
        }
        guard !counts.isEmpty else { throw DataError.noExamples }
        self.init(counts, tokenizer, limit: limit ?? tokenizer.maximumLength)
    }

    private init(_ counts: [TokenCounts], _ tokenizer: Tokenizer, limit: Int?) {
        let frames = (tokenizer.specialTokenCount(pair: false), tokenizer.specialTokenCount(pair: true))
        func frame(_ counts: TokenCounts) -> Int { counts.second == nil ? frames.0 : frames.1 }
        lengths = counts.map { $0.first + ($0.second ?? 0) + Int32(frame($0)) }.sorted()
        pairCount = counts.filter { $0.second != nil }.count
        self.frame = pairCount > 0 ? frames.1 : frames.0
        self.limit = limit
        let longest = Int(lengths.last ?? 0)
        // Beyond the longest text all are alike, and beyond the model's limit none can be had.
        var tried = LengthReport.candidates.filter { $0 <= limit ?? .max }
        if let limit, limit < 512, !tried.contains(limit) { tried.append(limit) }
        if let whole = tried.firstIndex(where: { $0 >= longest }) { tried.removeSubrange((whole + 1)...) }
        cuts = tried.map { length in Cut(counts, maximumLength: length, frame: frame) }
    }
}

/// Tokens of a text, or of a pair, without a frame.
private struct TokenCounts: Sendable {
    let first: Int32
    let second: Int32?
}

extension LengthReport.Cut {
    fileprivate init(_ counts: [TokenCounts], maximumLength: Int, frame: (TokenCounts) -> Int) {
        var (cut, lost, kept, halved) = (0, 0, 0, 0)
        var windows: LengthReport.Windows? = LengthReport.Windows(inputs: 0, tokens: 0)
        for count in counts {
            let (text, second, frame) = (Int(count.first), Int(count.second ?? 0), frame(count))
            let over = max(0, text + second + frame - maximumLength)
            if over > 0 { cut += 1 }
            if over * 2 > text + second { halved += 1 }
            lost += over
            kept += text + second + frame - over
            let beside = second + frame
            // Half of a short window at most is shared, so that it always moves on.
            let stride = min(LengthReport.stride, max(0, (maximumLength - beside) / 2))
            guard let sum = windows, maximumLength - beside > stride || over == 0 else {
                windows = nil
                continue
            }
            let step = maximumLength - beside - stride
            let inputs = over == 0 ? 1 : 1 + (over + step - 1) / step
            windows = LengthReport.Windows(
                inputs: sum.inputs + inputs, tokens: sum.tokens + text + inputs * beside + (inputs - 1) * stride)
        }
        self.init(
            maximumLength: maximumLength, cutTexts: cut, lostTokens: lost, keptTokens: kept, halvedTexts: halved,
            windows: windows)
    }
}
