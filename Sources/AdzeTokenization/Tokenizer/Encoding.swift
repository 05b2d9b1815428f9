// What a text becomes for a model, how it is cut to length, and how long texts are dealt with: the plain values.

/// Token ids ready for a model, with the frame of special tokens.
public struct Encoding: Sendable, Equatable {
    /// One id a token.
    public var ids: [Int32] = []
    /// Which text each token is of: as the template says, 0 for the first and 1 for the second in BERT.
    public var typeIDs: [Int32] = []
    /// True for the special tokens of the frame; those that stood in the text itself are false.
    public var specialTokensMask: [Bool] = []
    /// For each token its half-open range of Unicode scalars in its text, 0..<0 for the frame; empty where not asked for.
    public var offsets: [Range<Int>] = []
    /// For each token the number of its word in its text, from 0, and −1 for the frame; empty where offsets are.
    ///
    /// A word is what white space, punctuation and CJK ideographs leave together, before it is cut into pieces.
    public var words: [Int] = []
    /// Where the second text's tokens stand; empty without one.
    public var secondText = 0..<0
    /// How many tokens of the texts were cut off.
    public var truncatedTokenCount = 0
    /// Whether any token was cut off.
    public var wasTruncated: Bool { truncatedTokenCount > 0 }
}

/// Which text gives way when a pair is too long.
public enum Truncation: String, Sendable, CaseIterable {
    /// The longer text, until both are equally long; then both.
    case longestFirst = "longest_first"
    /// The first text, and the second only where that is not enough.
    case onlyFirst = "only_first"
    /// The second text, and the first only where that is not enough.
    case onlySecond = "only_second"
    /// Nothing is cut: the encoding may be longer than asked.
    case doNotTruncate = "do_not_truncate"
}

/// What to do with a text that is longer than the model takes.
public enum LongText: Sendable, Equatable {
    /// Keep the start.
    case head
    /// Keep the end.
    case tail
    /// Keep the first half of the room, rounded down, and fill the rest from the end.
    case headAndTail
    /// Keep `head` tokens of the start, fewer where there is no more room, and fill the rest from the end.
    case headThenTail(head: Int)
    /// Several encodings; neighbours share `stride` tokens.
    case window(stride: Int)
}

extension LongText: CustomStringConvertible {
    /// The way in the words of the command line.
    public var description: String {
        switch self {
        case .head: "head"
        case .tail: "tail"
        case .headAndTail: "head+tail"
        case .headThenTail(let head): "head+tail:\(head)"
        case .window(let stride): "window, stride \(stride)"
        }
    }
}

extension LongText {
    /// A way that gives one input a text, by its name as `description` has it; nil for another name.
    public init?(cut name: String) {
        switch name {
        case "head": self = .head
        case "tail": self = .tail
        case "head+tail": self = .headAndTail
        default:
            let part = "head+tail:"
            guard name.hasPrefix(part), let head = Int(name.dropFirst(part.count)), head >= 0 else { return nil }
            self = .headThenTail(head: head)
        }
    }
}

extension Truncation {
    /// How many tokens each text keeps of a room of `room`; the second is 0 without a second text.
    ///
    /// The sum never exceeds `room`, except for `doNotTruncate`. `longestFirst` shares as the reference's
    /// `truncate_encodings` does.
    func lengths(first: Int, second: Int, isPair: Bool, room: Int) -> (first: Int, second: Int) {
        guard self != .doNotTruncate, first + second > room else { return (first, second) }
        switch self {
        case .onlyFirst:
            let kept = max(0, room - second)
            return (kept, min(second, room - kept))
        case .onlySecond:
            let kept = max(0, room - first)
            return (min(first, room - kept), kept)
        default:
            guard isPair else { return (room, 0) }
            var short = min(first, second)
            var long = short > room ? short : max(short, room - short)
            if short + long > room {
                short = room / 2
                long = short + room % 2
            }
            return first > second ? (long, short) : (short, long)
        }
    }
}
