// A token that is found in texts as a whole. Not here: finding it.

/// A token that is matched as a whole, before the model sees the text.
public struct AddedToken: Sendable, Equatable {
    /// The text to match.
    public var content: String
    /// Its id.
    public var id: Int
    /// Match only where no letter, digit or mark stands beside it.
    public var singleWord = false
    /// Swallow the white space before it.
    public var stripsLeft = false
    /// Swallow the white space after it.
    public var stripsRight = false
    /// Match in the normalized text instead of the raw text.
    public var normalized = false
    /// A control token such as `[SEP]`.
    public var special = true

    /// The most bytes: it bounds the search at each place of a text.
    static let byteLimit = 1024

    /// A special token, matched in the raw text.
    public init(content: String, id: Int) {
        self.content = content
        self.id = id
    }
}
