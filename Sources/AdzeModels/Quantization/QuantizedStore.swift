// Where a model's 8-bit weights come from: what the engine and its oracle ask for, whoever keeps them. Not here: how
// weights get their codes, which the native format defines.

public import AdzeTensors
public import AdzeThreads

/// A matrix as s8 codes and row scales.
public struct QuantizedWeights: Sendable {
    /// (N, K), row-major, -127 … 127.
    public let codes: [Int8]
    /// N: weight · factor of its column = Float(code) · scale of its row.
    public let rowScales: [Float]
    /// K: what each column was multiplied with before it got its codes, so that an input is divided by it; nil for ones.
    public let columnFactors: [Float]?
    /// Elements whose codes lie beyond ±127, in the order of the elements; their own among `codes` are ±127.
    public let outliers: [CodeOutlier]

    /// Codes and scales of a matrix with as many rows as there are scales.
    public init(
        codes: [Int8], rowScales: [Float], columnFactors: [Float]? = nil, outliers: [CodeOutlier] = []
    ) {
        precondition(rowScales.isEmpty || codes.count.isMultiple(of: rowScales.count), "whole rows")
        precondition(columnFactors.map { $0.count * rowScales.count == codes.count } ?? true, "a factor a column")
        self.codes = codes
        self.rowScales = rowScales
        self.columnFactors = columnFactors
        self.outliers = outliers
    }

    /// What an input is multiplied with before it is quantized: 1 / factor.
    package static func inputFactors(_ columnFactors: [Float]?) -> [Float]? { columnFactors?.map { 1 / $0 } }
}

/// Where the codes of a model's matrices are found, by the names of `ParameterPaths`.
///
/// Matrices of one input (query, key and value) have the same factors, or are all kept in fp32.
public protocol QuantizedStore: Sendable {
    /// The codes of a matrix that is stored in int8, or nil where it is kept in fp32.
    func quantized(_ name: String) throws -> QuantizedWeights?
    /// The same without making an array of the codes: they are borrowed for the time of `body`.
    func withQuantized(_ name: String, _ body: (borrowing BorrowedWeights) throws -> Void) throws -> Bool
    /// The codes of a large table, read on the threads of the pool; nil where it is kept in fp32.
    func quantized(_ name: String, pool: WorkerPool) throws -> QuantizedWeights?
    /// The codes of a large table in parts that may be decoded later; nil where all is read at once.
    func parts(_ name: String) throws -> (any CodeParts)?
    /// A parameter in fp32.
    func load(_ name: String) throws -> Tensor
}

/// What `QuantizedWeights` is, with codes that somebody else keeps.
public struct BorrowedWeights: ~Escapable {
    /// (N, K), row-major, -127 … 127.
    public let codes: Span<Int8>
    /// N scales.
    public let rowScales: [Float]
    /// K factors, or nil for ones.
    public let columnFactors: [Float]?
    /// Elements whose codes lie beyond ±127.
    public let outliers: [CodeOutlier]

    /// Codes, scales, factors and outliers of one matrix.
    @_lifetime(copy codes)
    public init(codes: Span<Int8>, rowScales: [Float], columnFactors: [Float]?, outliers: [CodeOutlier] = []) {
        self.codes = codes
        self.rowScales = rowScales
        self.columnFactors = columnFactors
        self.outliers = outliers
    }
}

extension QuantizedStore {
    /// Nil: all is read at once.
    public func parts(_ name: String) throws -> (any CodeParts)? { nil }

    /// By way of `quantized(_:)`; false where the matrix is kept in fp32.
    public func withQuantized(_ name: String, _ body: (borrowing BorrowedWeights) throws -> Void) throws -> Bool {
        guard let weights = try quantized(name) else { return false }
        try body(
            BorrowedWeights(
                codes: weights.codes.span, rowScales: weights.rowScales, columnFactors: weights.columnFactors,
                outliers: weights.outliers))
        return true
    }

    /// On the caller's thread alone.
    public func quantized(_ name: String, pool: WorkerPool) throws -> QuantizedWeights? { try quantized(name) }
}
