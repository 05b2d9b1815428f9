// Symmetric 8-bit quantization by rows, in plain Swift: the oracle that faster kernels are compared with. The fp32
// operations and their order are the file format's, see FileFormat.md, "Quantization". Not here: any storage.

public import AdzeTensors
public import AdzeThreads
import Synchronization

/// A matrix as 8-bit codes with one scale a row.
public struct QuantizedTensor: Sendable, Equatable {
    /// Rows and columns.
    public let shape: Shape
    /// The codes, row-major, from -127 to 127.
    public let codes: [Int8]
    /// One scale a row; 0 for a row of zeros.
    public let rowScales: [Float]
    /// What each column was multiplied with before it was quantized, or nil for ones.
    public let columnFactors: [Float]?
    /// Elements whose codes lie beyond ±127, in the order of the elements.
    public let outliers: [CodeOutlier]

    /// A quantized matrix of parts that fit each other.
    public init(
        shape: Shape, codes: [Int8], rowScales: [Float], columnFactors: [Float]? = nil, outliers: [CodeOutlier] = []
    ) {
        precondition(shape.rank == 2 && codes.count == shape.count && rowScales.count == shape[0])
        precondition(columnFactors.map { $0.count == shape[1] } ?? true)
        self.shape = shape
        self.codes = codes
        self.rowScales = rowScales
        self.columnFactors = columnFactors
        self.outliers = outliers
    }

    /// Quantizes an fp32 matrix exactly as a file of it would be.
    ///
    /// Nil where it must stay fp32: no matrix, empty, an element that is not finite, or one (times its factor) above
    /// 2^90. The factors, one a column, lie from 2^-24 to 2^24. The elements `outliers`, in their order, may get
    /// codes beyond ±127.
    /// - Complexity: O(n), on all threads of the pool.
    public init?(
        quantizing tensor: Tensor, columnFactors: [Float]? = nil, outliers: [Int] = [], pool: WorkerPool
    ) {
        guard tensor.dtype == .float32, tensor.shape.rank == 2, tensor.shape.count > 0 else { return nil }
        let plain = RowQuantizer(columns: tensor.shape[1], columnFactors: columnFactors)
        let analysis = plain.analyse(tensor, outliers: outliers, pool: pool)
        guard let scales = analysis.scales else { return nil }
        let quantizer = plain.with(analysis.outliers)
        let count = tensor.shape.count
        let codes = unsafe [Int8](unsafeUninitializedCapacity: count) { out, initialized in
            let target = unsafe SharedBuffer(UnsafeMutableRawBufferPointer(out))
            pool.forEach(FloatCoding.chunks(count)) { chunk in
                let range = FloatCoding.range(chunk, of: count)
                unsafe tensor.bytes.withUnsafeBytes { patterns in
                    unsafe quantizer.quantize(patterns, scales: scales, range, into: target.slice(range))
                }
            }
            initialized = count
        }
        self.init(
            shape: tensor.shape, codes: codes, rowScales: scales, columnFactors: columnFactors,
            outliers: quantizer.outliers)
    }

    /// The fp32 values that the codes stand for.
    ///
    /// - Complexity: O(n).
    public func dequantized() -> Tensor {
        let quantizer = RowQuantizer(columns: shape[1], columnFactors: columnFactors, outliers: outliers)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: shape.count * 4) { out, initialized in
            unsafe codes.withUnsafeBytes { codes in
                unsafe quantizer.dequantize(
                    codes, scales: rowScales, 0..<shape.count, into: UnsafeMutableRawBufferPointer(out))
            }
            initialized = shape.count * 4
        }
        return Tensor(dtype: .float32, shape: shape, bytes: bytes)
    }
}

/// Memory that the threads of one job fill, each its own part.
@safe struct SharedBuffer: @unchecked Sendable {
    // @safe: `slice` checks its range; the job that fills the memory ends before its owner lets go.
    // @unchecked: whoever makes one gives every thread a different range of it.
    private let bytes: UnsafeMutableRawBufferPointer

    init(_ bytes: UnsafeMutableRawBufferPointer) { unsafe self.bytes = bytes }

    /// A part that no other thread has.
    func slice(_ range: Range<Int>) -> UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range])
    }
}

/// Quantizes and dequantizes runs of a matrix's elements.
struct RowQuantizer: Sendable {
    /// Elements a row.
    let columns: Int
    /// The columns' factors, or nil for ones.
    let columnFactors: [Float]?
    /// Elements whose codes lie beyond ±127, in the order of the elements.
    let outliers: [CodeOutlier]

    init(columns: Int, columnFactors: [Float]?, outliers: [CodeOutlier] = []) {
        (self.columns, self.columnFactors, self.outliers) = (columns, columnFactors, outliers)
    }

    /// The largest magnitude that is quantized, and the smallest that does not count as zero: between them no
    /// expression of the format overflows or becomes denormal, whatever the factors.
    static let largest: Float = 0x1p90
    static let smallest: Float = 0x1p-90
    /// What a factor may be.
    static let factors: ClosedRange<Float> = 0x1p-24...0x1p24

    /// What one look at all elements says.
    struct Analysis: Sendable {
        /// The OR of all patterns.
        var union: UInt32 = 0
        /// The rows' scales, or nil where the tensor must stay fp32.
        var scales: [Float]?
        /// The elements whose codes lie beyond ±127 under those scales.
        var outliers: [CodeOutlier] = []
    }

    /// Looks at every element, rows shared out to the threads; `outliers` are elements that may have wider codes.
    func analyse(_ tensor: Tensor, outliers: [Int] = [], pool: WorkerPool) -> Analysis {
        let rows = columns == 0 ? 0 : tensor.shape.count / columns
        let block = max(1, FloatCoding.chunk / max(columns, 1))
        let blocks = (rows + block - 1) / block
        var scales = [Float](repeating: 0, count: rows)
        let parts = Mutex((union: UInt32(0), quantizable: true))
        unsafe scales.withUnsafeMutableBytes { scales in
            let scales = unsafe SharedBuffer(scales)
            pool.forEach(blocks) { index in
                let range = index * block..<min(rows, (index + 1) * block)
                let part = unsafe tensor.bytes.withUnsafeBytes {
                    unsafe analyse($0, rows: range, scales: scales.slice(range.lowerBound * 4..<range.upperBound * 4))
                }
                parts.withLock {
                    $0.union |= part.union
                    $0.quantizable = $0.quantizable && part.quantizable
                }
            }
        }
        let (union, quantizable) = parts.withLock { ($0.union, $0.quantizable) }
        guard quantizable, rows > 0 else { return Analysis(union: union) }
        let coding = OutlierCoding(self, tensor, scales: scales, indices: outliers)
        return Analysis(union: union, scales: coding.scales, outliers: coding.outliers)
    }

    /// The elements of a row, each times its factor.
    func row(_ row: Int, of tensor: Tensor) -> [Float] {
        unsafe tensor.bytes.withUnsafeBytes { patterns in
            (0..<columns).map { column in
                let value = unsafe Float(bitPattern: FloatCoding.pattern(patterns, row &* columns &+ column))
                return columnFactors.map { value * $0[column] } ?? value
            }
        }
    }

    private func analyse(
        _ patterns: UnsafeRawBufferPointer, rows: Range<Int>, scales: UnsafeMutableRawBufferPointer
    ) -> (union: UInt32, quantizable: Bool) {
        var union: UInt32 = 0
        var quantizable = true
        for row in rows {
            var rowUnion: UInt32 = 0
            // Magnitudes compare as their patterns do, and infinities and NaN are above every finite one.
            var greatest: UInt32 = 0
            for column in 0..<columns {
                let pattern = unsafe FloatCoding.pattern(patterns, row &* columns &+ column)
                rowUnion |= pattern
                greatest = max(greatest, pattern & 0x7FFF_FFFF)
            }
            union |= rowUnion
            if let columnFactors {
                greatest = 0
                for column in 0..<columns {
                    let weight = unsafe Float(bitPattern: FloatCoding.pattern(patterns, row &* columns &+ column))
                    greatest = max(greatest, (weight * columnFactors[column]).bitPattern & 0x7FFF_FFFF)
                }
            }
            quantizable = quantizable && greatest <= RowQuantizer.largest.bitPattern
            let magnitude = Float(bitPattern: greatest)
            let scale = magnitude < RowQuantizer.smallest ? 0 : magnitude / 127
            unsafe scales.storeBytes(of: scale, toByteOffset: (row - rows.lowerBound) * 4, as: Float.self)
        }
        return (union, quantizable)
    }

    /// The codes of a run of elements.
    func quantize(
        _ patterns: UnsafeRawBufferPointer, scales: [Float], _ range: Range<Int>,
        into out: UnsafeMutableRawBufferPointer
    ) {
        forEachRow(range) { row, columns, start in
            let scale = scales[row]
            let base = row * self.columns
            for column in columns {
                var value = unsafe Float(bitPattern: FloatCoding.pattern(patterns, base &+ column))
                if let columnFactors { value *= columnFactors[column] }
                let code = scale == 0 ? 0 : RowQuantizer.nearest(value / scale)
                unsafe out.storeBytes(
                    of: Int8(truncatingIfNeeded: code), toByteOffset: start &+ column &- columns.lowerBound,
                    as: Int8.self)
            }
        }
    }

    /// The integer nearest to a number of at most 2^15 in magnitude, halves to even, clamped to ±127.
    @inline(__always)
    static func nearest(_ value: Float) -> Int32 { min(127, max(-127, rounded(value))) }

    /// The same, clamped to what an outlier's code may be, for a number of at most 2^15 in magnitude.
    static func wholeCode(_ value: Float) -> Int32 {
        let most = CodeOutlier.magnitudes.upperBound
        return min(most, max(-most, rounded(value)))
    }

    @inline(__always)
    private static func rounded(_ value: Float) -> Int32 {
        // Adding 1.5 · 2^23 leaves no bit for a fraction, so the addition itself rounds half to even; the sum's low bits
        // are the integer.
        Int32(bitPattern: (value + 0x1.8p23).bitPattern) &- 0x4B40_0000
    }

    /// The whole code of an element whose byte is known.
    @inline(__always)
    func code(_ byte: Int8, at index: Int) -> Int32 {
        // An outlier's byte is ±127; few others are.
        guard byte.magnitude == 127, !outliers.isEmpty else { return Int32(byte) }
        let found = outliers.positions(in: index..<index + 1)
        return found.isEmpty ? Int32(byte) : outliers[found.lowerBound].code
    }

    /// The same with outliers.
    func with(_ outliers: [CodeOutlier]) -> RowQuantizer {
        RowQuantizer(columns: columns, columnFactors: columnFactors, outliers: outliers)
    }

    /// The same matrix with its elements numbered from `start` on.
    func moved(by start: Int) -> RowQuantizer {
        with(outliers.map { CodeOutlier(index: $0.index - start, code: $0.code) })
    }

    /// The fp32 values of a run of elements, `codes` being that run's.
    func dequantize(
        _ codes: UnsafeRawBufferPointer, scales: [Float], _ range: Range<Int>, into out: UnsafeMutableRawBufferPointer
    ) {
        forEachRow(range) { row, columns, start in
            let scale = scales[row]
            for column in columns {
                let offset = start &+ column &- columns.lowerBound
                var value = unsafe Float(codes.load(fromByteOffset: offset, as: Int8.self)) * scale
                if let columnFactors { value /= columnFactors[column] }
                unsafe out.storeBytes(of: value, toByteOffset: offset &* 4, as: Float.self)
            }
        }
        for outlier in outliers[outliers.positions(in: range)] {
            let (row, column) = outlier.index.quotientAndRemainder(dividingBy: columns)
            var value = Float(outlier.code) * scales[row]
            if let columnFactors { value /= columnFactors[column] }
            unsafe out.storeBytes(of: value, toByteOffset: (outlier.index - range.lowerBound) * 4, as: Float.self)
        }
    }

    /// Cuts a run of elements at the ends of rows; `body` gets row, columns, and the run's own index of the first.
    @inline(__always)
    func forEachRow(_ range: Range<Int>, _ body: (Int, Range<Int>, Int) -> Void) {
        var position = range.lowerBound
        while position < range.upperBound {
            let row = position / columns
            let end = min(range.upperBound, (row + 1) * columns)
            body(row, position - row * columns..<end - row * columns, position - range.lowerBound)
            position = end
        }
    }
}
