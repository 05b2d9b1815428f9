// Steps of an int8 product beyond those of its depth: what codes wider than a byte have beyond their bytes. Not here: the
// product, or which weights have such codes.

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

/// Steps of some panels: each the codes of 16 columns for one group of four indices of K, which are added to what the
/// panel has for that group already.
struct ExtraSteps {
    private struct Step {
        let group: Int
        var codes = [Int8](repeating: 0, count: 4 * PackedMatrix.panel)
    }

    private var steps: [Int: [Step]] = [:]

    /// Adds what an outlier has beyond its byte, in pieces that are codes themselves.
    mutating func add(_ outlier: OutlierCode, firstColumn: Int) {
        let column = firstColumn + outlier.row
        let (panel, group) = (column / PackedMatrix.panel, outlier.column / 4)
        let place = column % PackedMatrix.panel * 4 + outlier.column % 4
        var rest = outlier.code - Int32(outlier.byte)
        var position = 0
        while rest != 0 {
            let piece = min(127, max(-127, rest))
            rest -= piece
            // The first step of the group from there on, in which this place is free.
            let list = steps[panel] ?? []
            position = list[position...].firstIndex { $0.group == group && $0.codes[place] == 0 } ?? list.count
            if position == list.count { steps[panel, default: []].append(Step(group: group)) }
            steps[panel, default: []][position].codes[place] = Int8(piece)
        }
    }

    /// The steps as the product reads them, panel after panel; nil where there are none.
    func packed(panels: Int) -> PackedExtraSteps? {
        steps.isEmpty ? nil : PackedExtraSteps((0..<panels).map { steps[$0]?.map { ($0.group, $0.codes) } ?? [] })
    }
}

/// Extra steps in memory; immutable.
@safe final class PackedExtraSteps: @unchecked Sendable {
    // @safe: keeps the memory that its pointers are into, sized for what is written there.
    // @unchecked: nothing is written after init.
    let starts: UnsafeMutablePointer<Int32>
    let groups: UnsafeMutablePointer<Int32>
    let codes: UnsafeMutablePointer<Int8>
    private let memory: [BufferMemory]

    /// The steps of each panel: a group and the codes of its columns.
    init(_ panels: [[(group: Int, codes: [Int8])]]) {
        let size = 4 * PackedMatrix.panel
        let count = panels.reduce(0) { $0 + $1.count }
        memory = [(panels.count + 1) * 4, max(count, 1) * 4, max(count, 1) * size].map { BufferMemory(byteCount: $0) }
        unsafe starts = memory[0].base.bindMemory(to: Int32.self, capacity: panels.count + 1)
        unsafe groups = memory[1].base.bindMemory(to: Int32.self, capacity: max(count, 1))
        unsafe codes = memory[2].base.bindMemory(to: Int8.self, capacity: max(count, 1) * size)
        var next = 0
        for (panel, steps) in panels.enumerated() {
            unsafe starts[panel] = Int32(next)
            for step in steps {
                unsafe groups[next] = Int32(step.group)
                unsafe (codes + next * size).update(from: step.codes, count: size)
                next += 1
            }
        }
        unsafe starts[panels.count] = Int32(next)
    }

    deinit { for part in memory { part.free() } }
}
