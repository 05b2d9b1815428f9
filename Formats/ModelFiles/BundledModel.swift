// The models that ship inside, by the names that stand where a path may. Not here: how they are read, which is as any
// native file.

package import AdzeBytes

#if Sentiment
internal import CSentiment
#endif

/// A model that is part of the program.
public enum BundledModel: String, Sendable, CaseIterable {
    /// A classifier of English texts as negative, neutral or positive; there with the package's trait `Sentiment`, which is on
    /// unless it is turned off.
    case sentiment

    /// The model's name where a path is expected; a file of that name is meant by `./@sentiment`.
    public var path: String { "@" + rawValue }

    /// The model that a path names; nil for a path of the file system.
    public init?(path: String) {
        guard path.hasPrefix("@"), let model = BundledModel(rawValue: String(path.dropFirst())) else { return nil }
        self = model
    }

    /// Whether a path is a folder of the file system, and not the name of a model inside.
    public static func isFolder(_ path: String) -> Bool { BundledModel(path: path) == nil && AdzeBytes.isFolder(path) }

    /// The bytes of its `.adze` file; throws `ModelFileError.leftOut` in a build without them.
    package var bytes: ResidentBytes {
        get throws(ModelFileError) {
            #if Sentiment
            switch self {
            case .sentiment:
                // The array is a constant of the program: it lives as long, and its count is its size.
                unsafe ResidentBytes(
                    forEver: UnsafeRawBufferPointer(
                        start: adze_sentiment_bytes(), count: adze_sentiment_byte_count()))
            }
            #else
            throw .leftOut(self)
            #endif
        }
    }
}
