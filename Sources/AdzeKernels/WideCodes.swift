// The few weights of an int8 matrix whose codes need 16 bits, in the order in which the product reads them. Not here: the
// other weights, which are PackedInt8Matrix's.

internal import AdzeBytes
internal import CKernels

/// A weight whose code lies beyond ±127.
package struct OutlierCode: Sendable, Equatable {
    /// The row of the codes that are packed with it: an output of the layer.
    package let row: Int
    /// The place in the row: an index of K.
    package let column: Int
    /// ±32,767 at most; may be small, too.
    package let code: Int32

    /// The greatest code.
    package static let limit: Int32 = 32_767

    package init(row: Int, column: Int, code: Int32) {
        (self.row, self.column, self.code) = (row, column, code)
    }
}

/// The wide steps of a matrix while it is packed: pairs of codes at an even k and the next, for all columns of a panel.
struct WideSteps {
    /// For each panel, from which step up to which.
    private(set) var ranges: [Int32]
    private(set) var depths: [Int32] = []
    /// For each step, two codes of each column of the panel.
    private(set) var codes: [Int16] = []

    init(panels: Int) { ranges = [Int32](repeating: 0, count: 2 * panels) }

    var isEmpty: Bool { depths.isEmpty }

    /// Adds codes to the panels from `firstPanel`, each panel once; their rows count from its first column.
    mutating func add(_ outliers: [OutlierCode], firstPanel: Int) {
        let width = PackedMatrix.panel
        func step(_ outlier: OutlierCode) -> (Int, Int) { (outlier.row / width, outlier.column / 2) }
        var last: (panel: Int, pair: Int)?
        for outlier in outliers.sorted(by: { step($0) < step($1) }) {
            let (panel, pair) = step(outlier)
            if last?.panel != panel { ranges[2 * (firstPanel + panel)] = Int32(depths.count) }
            if last?.panel != panel || last?.pair != pair {
                depths.append(Int32(2 * pair))
                codes += [Int16](repeating: 0, count: 2 * width)
            }
            last = (panel, pair)
            ranges[2 * (firstPanel + panel) + 1] = Int32(depths.count)
            codes[codes.count - 2 * width + 2 * (outlier.row % width) + outlier.column % 2] = Int16(outlier.code)
        }
    }
}

/// Packed wide steps. Immutable.
@safe final class WideCodes: @unchecked Sendable {
    // @safe: keeps the memory that its pointers are into, which has the sizes of what is copied there.
    // @unchecked: nothing is written after `init`.
    let ranges: UnsafePointer<Int32>
    let depths: UnsafePointer<Int32>
    let codes: UnsafePointer<Int16>
    private let memory: [BufferMemory]

    init(_ steps: WideSteps) {
        func copy<Element: BitwiseCopyable>(_ values: [Element]) -> (BufferMemory, UnsafePointer<Element>) {
            let memory = BufferMemory(byteCount: values.count * MemoryLayout<Element>.stride)
            let base = unsafe memory.base.bindMemory(to: Element.self, capacity: values.count)
            unsafe base.update(from: values, count: values.count)
            return unsafe (memory, UnsafePointer(base))
        }
        let (ranges, depths, codes) = unsafe (copy(steps.ranges), copy(steps.depths), copy(steps.codes))
        unsafe (self.ranges, self.depths, self.codes) = (ranges.1, depths.1, codes.1)
        memory = unsafe [ranges.0, depths.0, codes.0]
    }

    deinit { for part in memory { part.free() } }
}
