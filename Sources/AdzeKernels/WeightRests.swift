// What codes of weights have beyond the bytes that the int8 product's step multiplies. Not here: adding them up, which is
// i8_rests.inc.h.

internal import AdzeBytes
internal import CKernels

/// A weight whose code lies beyond ±127: a row of the codes that are packed, a column (an index of K), and the code.
package struct OutlierCode: Sendable, Equatable {
    package let row: Int
    package let column: Int
    package let code: Int32

    package init(row: Int, column: Int, code: Int32) { (self.row, self.column, self.code) = (row, column, code) }

    /// The byte that stands for it among the codes.
    var byte: Int8 { code < 0 ? -127 : 127 }
}

/// Collects the rests of panels that are packed in their order.
struct RestCollector {
    /// From this share of pairs on a panel is left whole: the step that takes it as it is costs less than its rests.
    private static let mostSplit = 0.15

    /// Where each column's rests end.
    private var ends: [Int32] = []
    private var rests: [ck_i8_rest] = []
    private var unsplit: [UInt8] = []

    /// Splits one packed panel where the instruction set's step needs it, and adds the rests of the outliers that its
    /// columns have, whose rows count from the panel's first column.
    ///
    /// - Complexity: O(K), and O(log n) for each of n outliers.
    mutating func add(
        panel: UnsafeMutablePointer<Int8>, depth: Int, outliers: ArraySlice<OutlierCode>, kernels: Kernels
    ) {
        let width = PackedMatrix.panel
        var counts = [Int32](repeating: 0, count: width)
        if let split = unsafe kernels.table.i8_split { unsafe split(panel, depth, &counts, nil) }
        let pairs = width * ((depth + 3) / 4) * 2
        let isWhole = Double(counts.reduce(0, +)) > Double(pairs) * RestCollector.mostSplit
        if isWhole { counts = [Int32](repeating: 0, count: width) }
        unsplit.append(isWhole ? 1 : 0)

        var own = counts
        for outlier in outliers { own[outlier.row] += 1 }
        var next = Int32(rests.count)
        var places: [Int32] = []
        for column in 0..<width {
            places.append(next)
            next += own[column]
            ends.append(next)
        }
        rests += [ck_i8_rest](repeating: ck_i8_rest(k: 0, code: 0), count: Int(next) - rests.count)
        for outlier in outliers {
            let rest = outlier.code - Int32(outlier.byte)
            rests[Int(places[outlier.row])] = ck_i8_rest(k: Int32(outlier.column), code: rest & 0xFFFF)
            places[outlier.row] += 1
        }
        if !isWhole, let split = unsafe kernels.table.i8_split {
            unsafe rests.withUnsafeMutableBufferPointer { unsafe split(panel, depth, &places, $0.baseAddress) }
        }
    }

    /// What was collected, nil where it is nothing.
    func packed() -> PackedRests? {
        rests.isEmpty && !unsplit.contains(1) ? nil : PackedRests(ends: ends, rests: rests, unsplit: unsplit)
    }
}

/// The rests of a matrix in memory; immutable.
@safe final class PackedRests: @unchecked Sendable {
    // @safe: keeps the memory that its pointers are into, sized for what is written there.
    // @unchecked: nothing is written after init.
    let starts: UnsafeMutablePointer<Int32>
    let rests: UnsafeMutablePointer<ck_i8_rest>
    let unsplit: UnsafeMutablePointer<UInt8>
    /// Whether there are none but panels that were left whole.
    let isEmpty: Bool
    private let memory: [BufferMemory]

    fileprivate init(ends: [Int32], rests: [ck_i8_rest], unsplit: [UInt8]) {
        isEmpty = rests.isEmpty
        memory = [(ends.count + 1) * 4, max(rests.count, 1) * 8, unsplit.count].map { BufferMemory(byteCount: $0) }
        unsafe starts = memory[0].base.bindMemory(to: Int32.self, capacity: ends.count + 1)
        unsafe self.rests = memory[1].base.bindMemory(to: ck_i8_rest.self, capacity: max(rests.count, 1))
        unsafe self.unsplit = memory[2].base.bindMemory(to: UInt8.self, capacity: unsplit.count)
        unsafe starts[0] = 0
        unsafe (starts + 1).update(from: ends, count: ends.count)
        unsafe self.rests.update(from: rests, count: rests.count)
        unsafe self.unsplit.update(from: unsplit, count: unsplit.count)
    }

    deinit { for part in memory { part.free() } }
}
