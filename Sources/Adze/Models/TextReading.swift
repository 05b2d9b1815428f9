// How a classifier reads texts, where it says so itself: what happens to long ones, and how all are cleaned before. It
// stands in the configuration, under a key of ours, in `.adze` files and exported folders alike. Not here: its JSON, and
// cutting and cleaning texts.

public import AdzeBytes
public import AdzeData
internal import AdzeModels
public import AdzeTokenization

/// How a classifier of texts is to read them; what is nil it leaves to its tokenizer and its number of positions.
public struct TextReading: Sendable, Equatable {
    /// What happens to texts longer than an input.
    public var longText: LongText?
    /// The most tokens of an input, fewer than the model takes.
    public var maximumLength: Int?
    /// How windows are joined; nil for the mean of their probabilities.
    public var aggregate: WindowAggregate?
    /// How texts are cleaned; nil for not at all.
    public var cleaning: Cleaning?

    /// A model that says so much.
    public init(
        longText: LongText? = nil, maximumLength: Int? = nil, aggregate: WindowAggregate? = nil,
        cleaning: Cleaning? = nil
    ) {
        (self.longText, self.maximumLength, self.aggregate) = (longText, maximumLength, aggregate)
        self.cleaning = cleaning
    }

    /// Whether nothing is said.
    public var isEmpty: Bool { self == TextReading() }

    /// Whether long texts are read in windows.
    package var readsWindows: Bool { if case .window = longText { true } else { false } }

    /// The same for what cannot be said of windows: a model that reads long texts in them has them read whole.
    package var withoutWindows: TextReading {
        guard readsWindows else { return self }
        var reading = self
        (reading.longText, reading.maximumLength, reading.aggregate) = (nil, nil, nil)
        return reading
    }

    /// What is said of long texts, in words; nil for nothing.
    package var longTextNote: String? {
        guard longText != nil || maximumLength != nil else { return nil }
        var parts = [longText.map { "as \($0)" }, maximumLength.map { "in inputs of \($0) tokens" }].compactMap(\.self)
        if let aggregate { parts.append("joined by \(aggregate.rawValue)") }
        return "the model says that long texts are read \(parts.joined(separator: ", "))"
    }
}

// MARK: - Beside a model

extension TextReading {
    /// The reading of a model, without what it would do by itself.
    ///
    /// Throws for a model that is no classifier of texts, a length beyond its positions, and a way that leaves no room.
    func fitted(
        to checkpoint: ModelCheckpoint, _ tokenizer: Tokenizer?, limit: Int
    ) throws(TextReadingError) -> TextReading {
        guard !isEmpty else { return self }
        guard checkpoint.head.classification != nil else {
            throw .noClassifier(architecture: checkpoint.head.architectureName)
        }
        let length = maximumLength ?? limit
        guard length <= limit else { throw .tooLong(length, limit: limit) }
        let frame = tokenizer?.specialTokenCount(pair: false) ?? 0
        let room = length - frame
        switch longText {
        case .window(let stride)? where stride >= room:
            throw .noRoom("windows that share \(stride) tokens", length: length, frame: frame)
        case .headThenTail(let head)? where head > room:
            throw .noRoom("\(head) tokens of the head", length: length, frame: frame)
        default: guard room > 0 else { throw .noRoom("a token", length: length, frame: frame) }
        }
        var fitted = limited(to: limit)
        if longText == tokenizer?.longText { fitted.longText = nil }
        if !readsWindows || aggregate == .mean { fitted.aggregate = nil }
        return fitted
    }
}

extension TextReading {
    /// The reading of a model that takes so many tokens: a length that says no less is none.
    func limited(to limit: Int) -> TextReading {
        var limited = self
        if let maximumLength, maximumLength >= limit { limited.maximumLength = nil }
        return limited
    }
}

extension ModelBundle {
    /// The model with another way of reading long texts, which is carried by what is written of it.
    ///
    /// What the model would do by itself is not carried: the head, in inputs of its own length. Throws
    /// `BundleError.unfitReading` where the way leaves no room, and for a model that is no classifier of texts.
    public func reading(longTexts wish: TextReading) throws(BundleError) -> ModelBundle {
        var wish = wish
        wish.cleaning = reading.cleaning
        return try reading(as: wish, option: "--long")
    }

    /// The model with another reading, for which an option asks.
    func reading(as wish: TextReading, option: String) throws(BundleError) -> ModelBundle {
        do throws(TextReadingError) {
            return ModelBundle(self, reading: try wish.fitted(to: checkpoint, tokenizer, limit: maximumLength))
        } catch {
            throw .unfitReading(error, option: option)
        }
    }
}

extension TextOptions {
    /// The options with what they leave open as the model says it: its way of reading long texts is one whole, of which
    /// another length may be asked for.
    func completed(by reading: TextReading) -> TextOptions {
        guard longText == nil else { return self }
        var options = self
        options.longText = reading.longText
        options.maximumLength = maximumLength ?? reading.maximumLength
        options.aggregate = aggregate ?? reading.aggregate
        return options
    }
}

/// What a model says of reading texts, and cannot mean.
public enum TextReadingError: AdzeFailure, Equatable {
    /// A value of no use.
    case wrong(key: String?, expected: String, found: String)
    /// A key that is none.
    case unknownKey(String, nearest: String?)
    /// Only classifiers of texts say it.
    case noClassifier(architecture: String)
    /// An input longer than the model takes.
    case tooLong(Int, limit: Int)
    /// What does not fit into an input.
    case noRoom(String, length: Int, frame: Int)
    /// What no cleaner does.
    case cleaning(CleaningError)

    /// One line.
    public var description: String {
        switch self {
        case .wrong(let key, let expected, let found):
            "\(TextReading.configKey)\(key.map { "." + $0 } ?? ""): expected \(expected), found \(found)"
        case .unknownKey(let key, let nearest):
            "\(TextReading.configKey): unknown key \(quoted(key, limit: 40))"
                + (nearest.map { "; did you mean \($0)?" } ?? "; use a newer program, or take it out")
        case .noClassifier(let architecture):
            "the model is \(withArticle(architecture)); only classifiers of texts are told how to read them"
        case .tooLong(let length, let limit): "inputs of \(length) tokens; the model takes at most \(limit)"
        case .cleaning(let error): "\(TextReading.configKey).clean: \(error)"
        case .noRoom(let what, let length, let frame):
            "\(what) do not fit: an input takes \(length) tokens, \(frame) of them special; say less, or a longer input"
        }
    }
}
