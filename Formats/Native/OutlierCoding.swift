// Codes beyond ±127 for elements that a writer names, so that the step of their row is not theirs alone. Not here: how the
// header lists them (`NativeHeader+Outliers.swift`), or which elements are worth it, which the writer's caller says.

import AdzeTensors

/// The outliers of a matrix, and the scales that its rows have without them.
struct OutlierCoding {
    /// The most outliers of a tensor: they are exceptions.
    static let mostPerTensor = 4096
    /// The bound on 127 · columns and the magnitudes of a row's outliers together: with it the sum over a row's codes,
    /// each times a code of 255 at most, stays below 2^31.
    static let mostPerRow = 1 << 23

    private(set) var scales: [Float]
    private(set) var outliers: [CodeOutlier] = []

    /// Codes for the elements `indices`, in their order, of a tensor whose rows have these scales without them.
    ///
    /// An element whose code turns out within ±127 is no outlier.
    /// - Complexity: O(columns) for each row that has one.
    init(_ quantizer: RowQuantizer, _ tensor: Tensor, scales: [Float], indices: [Int]) {
        self.scales = scales
        var rest = indices[...]
        while let first = rest.first {
            let row = first / quantizer.columns
            let named = rest.prefix { $0 / quantizer.columns == row }
            rest = rest.dropFirst(named.count)
            code(row, quantizer.row(row, of: tensor), columns: named.map { $0 - row * quantizer.columns })
        }
    }

    private mutating func code(_ row: Int, _ values: [Float], columns: [Int]) {
        guard scales[row] > 0 else { return }
        var inner = values.map(\.magnitude)
        for column in columns { inner[column] = 0 }
        // No code may be wider than the header can list, nor the scale smaller than a file's.
        let least = max(scales[row] * 127 / Float(CodeOutlier.magnitudes.upperBound), RowQuantizer.smallest / 127)
        let scale = max((inner.max() ?? 0) / 127, least)
        scales[row] = scale
        for column in columns {
            let code = RowQuantizer.wholeCode(values[column] / scale)
            guard CodeOutlier.magnitudes.contains(Int32(clamping: code.magnitude)) else { continue }
            outliers.append(CodeOutlier(index: row * values.count + column, code: code))
        }
    }
}
