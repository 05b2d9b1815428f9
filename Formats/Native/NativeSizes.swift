// How many bytes of a file go where, for reports.

/// The bytes of a native file by what they are for; they add up to `file`.
public struct NativeSizes: Sendable, Equatable {
    /// Prologue, header, frame table and padding.
    public private(set) var header = 0
    /// The vocabulary.
    public private(set) var vocabulary = 0
    /// int8 codes.
    public private(set) var codes = 0
    /// Row scales and column factors of int8 tensors.
    public private(set) var scales = 0
    /// Tensors kept in fp32.
    public private(set) var floats = 0
    /// What gives int8 tensors their exact fp32 elements back.
    public private(set) var residual = 0
    /// The whole file.
    public let file: Int

    /// What int8 inference reads: everything but the residual.
    public var inference: Int { file - residual }

    init(layout: NativeLayout, records: [FrameRecord], fileSize: Int) {
        file = fileSize
        for (kind, record) in zip(layout.kinds, records) {
            switch kind {
            case .vocabulary: vocabulary += record.storedBytes
            case .codes: codes += record.storedBytes
            case .residual: residual += record.storedBytes
            case .exponents, .fractions: floats += record.storedBytes
            }
        }
        for case .int8(let run, let factors, _, _) in layout.tensors {
            for part in [run, factors].compactMap({ $0 }) {
                let frames = part.frame..<part.frame + 2 * FloatCoding.chunks(part.count)
                scales += records[frames].reduce(0) { $0 + $1.storedBytes }
            }
        }
        floats -= scales
        header = file - vocabulary - codes - scales - floats - residual
    }
}
