// An int8 weight matrix with its bias in the order in which the product reads it. Packed once, when a model is opened.

internal import AdzeBytes
internal import CKernels

/// A matrix of shape (N, K) as s8 codes with an fp32 scale a row, and a bias, packed into panels of 16 columns.
///
/// A panel holds, for each four steps of K, the four codes of each of 16 columns side by side; what is missing to whole
/// panels and steps is zero. Codes that need 16 bits are zero there, and steps of their own. Where the instruction set's step
/// cannot add any neighbours up, the groups of four codes have an order of their own. Immutable once packed.
@safe package final class PackedInt8Matrix: @unchecked Sendable {
    // @safe: keeps the memory that its pointers are into, sized for its shape when it is made.
    // @unchecked: nothing is written once it is packed, which is done before it is shared.
    /// N: the columns of a product with this matrix.
    package let columns: Int
    /// K: the summed dimension.
    package let depth: Int
    private let memory: WeightMemory.Part
    private let codes: UnsafeMutablePointer<Int8>
    private let sums: UnsafeMutablePointer<Int32>
    private let sumMemory: BufferMemory
    private let scales: FloatBuffer
    private let bias: FloatBuffer
    private var packedColumns = 0
    private var order: PanelOrder?
    private var wideSteps: WideSteps
    private var wide: WideCodes?

    /// The greatest depth whose sums stay exact: 255 · 127 · K is below 2³¹.
    package static let depthLimit = 65_536

    /// Whether the sums of rows of `depth` codes with these outliers stay exact: 255 · Σ |code| is below 2³¹, whatever the
    /// other codes are.
    package static func staysExact(depth: Int, outliers: [OutlierCode]) -> Bool {
        var sums: [Int: Int] = [:]
        for outlier in outliers { sums[outlier.row, default: 127 * depth] += Int(outlier.code.magnitude) - 127 }
        return depth <= depthLimit && sums.values.allSatisfy { $0 <= Int(Int32.max) / 255 }
    }

    /// Packs row-major codes of shape (N, K), -127 … 127, with N scales and biases.
    ///
    /// - Complexity: O(N · K).
    package convenience init(
        codes: Span<Int8>, outliers: [OutlierCode] = [], scales: [Float], bias: [Float], depth: Int, kernels: Kernels
    ) {
        self.init(bias: bias, depth: depth)
        pack(codes, outliers: outliers, scales: scales, firstColumn: 0, kernels: kernels)
    }

    /// A matrix with N biases whose columns `pack` brings, all of them before the first product.
    package init(bias: [Float], depth: Int, memory weights: WeightMemory = WeightMemory()) {
        precondition(depth > 0 && depth <= PackedInt8Matrix.depthLimit && !bias.isEmpty)
        columns = bias.count
        self.depth = depth
        let padded = (columns + PackedMatrix.panel - 1) / PackedMatrix.panel * PackedMatrix.panel
        let bytes = padded * ((depth + 3) / 4) * 4
        scales = FloatBuffer(count: padded)
        self.bias = FloatBuffer(bias + [Float](repeating: 0, count: padded - columns))
        memory = weights.allocate(byteCount: bytes)
        unsafe codes = memory.base.bindMemory(to: Int8.self, capacity: bytes)
        sumMemory = BufferMemory(byteCount: padded * 4)
        unsafe sums = sumMemory.base.bindMemory(to: Int32.self, capacity: padded)
        wideSteps = WideSteps(panels: padded / PackedMatrix.panel)
    }

    /// Packs the row-major codes and the scales of the next columns, from `firstColumn`, which starts a panel; what fills
    /// up their last panel becomes zero.
    ///
    /// At an outlier's place its code counts and the byte does not. Outliers lie at different places, their codes are
    /// within ±32,767, and the sums of their rows stay exact.
    /// - Complexity: O(columns · K).
    package func pack(
        _ source: Span<Int8>, outliers: [OutlierCode] = [], scales: [Float], firstColumn: Int, kernels: Kernels
    ) {
        let panel = PackedMatrix.panel, rows = scales.count
        precondition(PackedInt8Matrix.staysExact(depth: depth, outliers: outliers), "sums stay exact")
        precondition(source.count == rows * depth && firstColumn % panel == 0 && firstColumn >= 0)
        precondition(rows <= columns - firstColumn, "the columns lie inside the matrix")
        precondition(firstColumn == packedColumns, "columns are packed in their order")
        for outlier in outliers {
            precondition((0..<rows).contains(outlier.row) && (0..<depth).contains(outlier.column))
            precondition(outlier.code.magnitude <= OutlierCode.limit)
        }
        unsafe (self.scales.base + firstColumn).update(from: scales, count: rows)
        unsafe source.withUnsafeBufferPointer { source in
            unsafe BufferMemory.borrow(source) { source in
                guard let first = source.baseAddress else { return }
                var packed = 0
                for (start, own) in byPanel(outliers) {
                    let end = min(start + panel, rows)
                    unsafe pack(first + packed * depth, packed..<start, firstColumn, kernels)
                    unsafe pack(first + start * depth, start..<end, without: own, firstColumn, kernels)
                    packed = end
                }
                unsafe pack(first + packed * depth, packed..<rows, firstColumn, kernels)
            }
        }
        wideSteps.add(outliers, firstPanel: firstColumn / panel)
        packedColumns += (rows + panel - 1) / panel * panel
        guard packedColumns == self.scales.count else { return }
        order?.finish()
        if !wideSteps.isEmpty { wide = WideCodes(wideSteps) }
        wideSteps = WideSteps(panels: 0)
    }

    /// The first rows of panels with outliers, in order, and those.
    private func byPanel(_ outliers: [OutlierCode]) -> [(start: Int, outliers: [OutlierCode])] {
        Dictionary(grouping: outliers) { $0.row / PackedMatrix.panel * PackedMatrix.panel }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Packs one panel with zeros for its outliers, which count in its columns' sums.
    private func pack(
        _ source: UnsafePointer<Int8>, _ rows: Range<Int>, without outliers: [OutlierCode], _ firstColumn: Int,
        _ kernels: Kernels
    ) {
        let copy = BufferMemory(byteCount: rows.count * depth)
        defer { copy.free() }
        let codes = unsafe copy.base.bindMemory(to: Int8.self, capacity: rows.count * depth)
        unsafe codes.update(from: source, count: rows.count * depth)
        for outlier in outliers { unsafe codes[(outlier.row - rows.lowerBound) * depth + outlier.column] = 0 }
        unsafe pack(codes, rows, firstColumn, kernels)
        for outlier in outliers { unsafe sums[firstColumn + outlier.row] += outlier.code }
    }

    /// Packs rows of codes as columns that begin `firstColumn` columns later.
    private func pack(_ source: UnsafePointer<Int8>, _ rows: Range<Int>, _ firstColumn: Int, _ kernels: Kernels) {
        guard !rows.isEmpty else { return }
        let groups = (depth + 3) / 4, panel = PackedMatrix.panel, first = firstColumn + rows.lowerBound
        let (target, sums) = unsafe (codes + first * groups * 4, self.sums + first)
        guard kernels.table.has_order != 0 else {
            return unsafe kernels.table.i8_pack(target, sums, nil, nil, nil, source, rows.count, depth)
        }
        let order = order ?? PanelOrder(panels: scales.count / panel, groups: groups)
        self.order = order
        unsafe order.collect(first: first / panel, count: (rows.count + panel - 1) / panel) { panels, places, masks in
            unsafe kernels.table.i8_pack(target, sums, panels, places, masks, source, rows.count, depth)
        }
    }

    deinit { sumMemory.free() }

    var view: ck_i8_matrix {
        precondition(packedColumns == scales.count, "every column was packed once")
        return unsafe ck_i8_matrix(
            codes: codes, column_sums: sums, scales: scales.base, bias: bias.base, depth: depth,
            panels: order.map { unsafe UnsafePointer($0.panels) },
            places: order.map { unsafe UnsafePointer($0.places) },
            masks: order?.masks.map { unsafe UnsafePointer($0) }, wide_ranges: wide?.ranges, wide_depths: wide?.depths,
            wide_codes: wide?.codes)
    }
}
