// Every kernel of the table, called with operands of exactly the size that its contract in ckernels.h names. Not here:
// what the results are held against.

import AdzeBytes
import AdzeTestSupport
import CKernels

@testable import AdzeKernels

/// Memory for the operands of calls: against a guard page at one side, or with room around it and something else there.
final class Operands {
    private let side: GuardSide?
    private var guarded: [AnyObject] = []
    private var roomy: [UnsafeMutableRawPointer] = []

    /// `side` is nil for operands with room around them.
    init(_ side: GuardSide?) { self.side = side }

    deinit { for memory in roomy { memory.deallocate() } }

    /// A copy of the values.
    func callAsFunction<Element: BitwiseCopyable>(_ values: [Element]) -> UnsafeMutablePointer<Element> {
        if let side {
            let array = GuardedArray(values, at: side)
            guarded.append(array)
            return array.base
        }
        let room = 256, size = values.count * MemoryLayout<Element>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size + 2 * room, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0x3F, count: size + 2 * room)
        roomy.append(memory)
        let base = (memory + room).bindMemory(to: Element.self, capacity: values.count)
        base.update(from: values, count: values.count)
        return base
    }

    /// Random floats.
    func floats(_ count: Int, _ seed: UInt64, scale: Float = 1) -> UnsafeMutablePointer<Float> {
        self(random(count, seed: seed, scale: scale))
    }

    /// Random codes, most of them small, as those of trained weights are: kernels tell which may be added up.
    func codes(_ count: Int, _ seed: UInt64) -> UnsafeMutablePointer<Int8> {
        var generator = SeededGenerator(seed: seed)
        func part() -> Int8 { Int8.random(in: -42...42, using: &generator) }
        return self((0..<count).map { _ in part() + part() + part() })
    }
}

/// The kernels of the table by their names there.
enum GuardedKernel: String, CaseIterable, Sendable {
    case f32_gemm, f32_pack, f32_layer_norm, f32_softmax, f32_adamw, f32_adamw_replay, f32_sum_of_squares
    case f32_activate, f32_add3, f32_outer, f32_add_rows, f32_layer_norm_backward, f32_activate_backward
    case f32_softmax_backward, f32_scale_add, f32_add_distances, f32_sum_distances, f32_dropout
    case i8_gemm, i8_pack, i8_quantize, i8_restore, limits

    /// Rows, columns, depth. Tiles are 4, 6 or 12 rows by 16 or 32 columns, slices of the depth are 256 long, groups of
    /// codes 4, and what is left over of each is something else in each.
    static let shapes = [
        (1, 1, 1), (1, 16, 3), (2, 17, 5), (3, 1, 600), (5, 15, 1), (6, 32, 16), (6, 6, 64), (7, 33, 31), (11, 31, 17),
        (12, 12, 15), (12, 48, 32), (13, 31, 385), (14, 47, 257), (18, 18, 2), (24, 32, 258), (25, 30, 256),
        (25, 100, 64), (36, 65, 255), (1, 144, 12),
    ]

    /// The bits of all that the kernel wrote, and of what lies between the rows of it, over all shapes.
    func run(_ table: ck_kernels, _ side: GuardSide?) -> [[UInt32]] {
        GuardedKernel.shapes.flatMap { rows, columns, depth in
            run(table, side, rows, columns, depth)
        }
    }

    /// Values from the first of a matrix to its last.
    static func extent(_ rows: Int, _ stride: Int, _ columns: Int) -> Int { (rows - 1) * stride + columns }

    static func padded(_ count: Int) -> Int { (count + 15) / 16 * 16 }

    private func bits(_ base: UnsafeMutablePointer<Float>, _ count: Int) -> [UInt32] {
        (0..<count).map { base[$0].bitPattern }
    }

    private func run(_ table: ck_kernels, _ side: GuardSide?, _ rows: Int, _ columns: Int, _ depth: Int) -> [[UInt32]] {
        let count = rows * columns, operand = Operands(side)
        switch self {
        case .f32_gemm, .f32_pack, .f32_outer: return products(table, side, rows, columns, depth)
        case .i8_gemm, .i8_pack, .i8_quantize, .i8_restore: return int8(table, side, rows, columns, depth)
        case .f32_dropout: return dropouts(table, side, rows, columns)
        case .f32_adamw, .f32_adamw_replay: return [steps(table, operand, count, 1 + depth % 40)]
        case .f32_layer_norm_backward:
            return [true, false].map { normSlopes(table, Operands(side), rows, columns, $0) }
        case .f32_layer_norm:
            let y = operand.floats(count, 1), x = operand.floats(count, 2)
            let gamma = operand.floats(columns, 3), beta = operand.floats(columns, 4)
            table.f32_layer_norm(y, x, gamma, beta, 1e-12, rows, columns)
            table.f32_layer_norm(x, x, gamma, beta, 1e-5, rows, columns)
            return [bits(y, count), bits(x, count)]
        case .f32_softmax:
            let x = operand.floats(rows * (columns + 5), 1)
            table.f32_softmax(x, columns + 5, 0.7, rows, columns)
            return [bits(x, rows * (columns + 5))]
        case .f32_softmax_backward:
            let stride = columns + 5
            let gradient = operand.floats(rows * stride, 1)
            let p = operand.floats(GuardedKernel.extent(rows, stride, columns), 2)
            table.f32_softmax_backward(gradient, p, stride, 0.7, rows, columns)
            return [bits(gradient, rows * stride)]
        case .f32_scale_add: return [-1, 0, 1, columns + 2].map { scaleAdd(table, Operands(side), rows, columns, $0) }
        case .f32_add_distances, .f32_sum_distances:
            return [0, 1].flatMap { byKey in
                [0, 5, depth].map { distances(table, Operands(side), rows, columns, byKey: byKey == 1, position: $0) }
            }
        case .f32_sum_of_squares:
            let sum = table.f32_sum_of_squares(operand.floats(count, 1), count).bitPattern
            return [[UInt32(truncatingIfNeeded: sum), UInt32(sum >> 32)]]
        case .f32_activate, .f32_activate_backward:
            return Activation.allCases.flatMap { activation in
                let operand = Operands(side)
                let x = operand.floats(count, 1, scale: 9), y = operand.floats(count, 2)
                if self == .f32_activate {
                    table.f32_activate(y, x, count, activation.code)
                } else {
                    table.f32_activate_backward(y, x, count, activation.code)
                }
                return [bits(x, count), bits(y, count)]
            }
        case .f32_add3:
            let y = operand.floats(count, 1)
            table.f32_add3(y, operand.floats(count, 2), operand.floats(count, 3), operand.floats(count, 4), count)
            return [bits(y, count)]
        case .f32_add_rows:
            let sums = operand.floats(columns, 1), stride = columns + 3
            let x = operand.floats(GuardedKernel.extent(rows, stride, columns), 2)
            table.f32_add_rows(sums, x, stride, rows, columns)
            return [bits(sums, columns)]
        case .limits:
            // As many products as each says: nothing is left over.
            var (place, excess) = (0, 0.0)
            while let limit = table.limit(place)?.pointee {
                let sink = operand([UInt32](repeating: 3, count: 16)), done = limit.run(sink, 10)
                for lane in 0..<16 {
                    excess += limit.is_int8 != 0 ? Double(sink[lane]) : Double(Float(bitPattern: sink[lane]))
                }
                (place, excess) = (place + 1, excess - Double(done))
            }
            return [[UInt32(excess.magnitude)]]
        }
    }

    private func products(
        _ table: ck_kernels, _ side: GuardSide?, _ rows: Int, _ columns: Int, _ depth: Int
    ) -> [[UInt32]] {
        let extent = GuardedKernel.extent, panels = GuardedKernel.padded(columns) * depth
        if self == .f32_pack {
            return [(1, depth + 2), (columns + 3, 1), (2, 2 * depth + 1)].map { kStride, nStride in
                let operand = Operands(side), packed = operand.floats(panels, 1)
                let source = operand.floats((depth - 1) * kStride + (columns - 1) * nStride + 1, 2)
                table.f32_pack(packed, source, kStride, nStride, depth, columns)
                return bits(packed, panels)
            }
        }
        let cStride = columns + 3, size = extent(rows, cStride, columns)
        if self == .f32_outer {
            return [false, true].map { withScratch in
                let operand = Operands(side), c = operand.floats(size, 1)
                let a = operand.floats(extent(depth, rows + 1, rows), 2)
                let b = operand.floats(extent(depth, columns + 2, columns), 3)
                let scratch = operand([Float](repeating: .nan, count: 288 * (rows + columns)))
                table.f32_outer(
                    c, cStride, a, rows + 1, b, columns + 2, rows, columns, depth, withScratch ? scratch : nil)
                return bits(c, size)
            }
        }
        return Activation.allCases.map { activation in
            let operand = Operands(side), c = operand.floats(size, 1)
            let a = operand.floats(extent(rows, depth + 2, depth), 2), packed = operand.floats(panels, 3)
            let bias = operand.floats(columns, 4), residual = operand.floats(extent(rows, columns + 1, columns), 5)
            let isPlain = activation == .identity
            var epilogue = ck_epilogue(
                bias: isPlain ? nil : UnsafePointer(bias), residual: isPlain ? nil : UnsafePointer(residual),
                residual_stride: columns + 1, activation: activation.code)
            table.f32_gemm(c, cStride, a, depth + 2, packed, rows, columns, depth, &epilogue)
            return bits(c, size)
        }
    }

    private func scaleAdd(
        _ table: ck_kernels, _ operand: Operands, _ rows: Int, _ columns: Int, _ step: Int
    ) -> [UInt32] {
        let stride = columns + 5, size = GuardedKernel.extent(rows, stride, columns), x = operand.floats(size, 1)
        let bias = operand.floats(GuardedKernel.extent(rows, abs(step), columns), 2)
        // Where the step is negative, the first row's bias is the last.
        table.f32_scale_add(x, stride, 0.7, bias + max(0, -step) * (rows - 1), step, rows, columns)
        return bits(x, size)
    }

    /// Distances have a column each up to 20 on both sides, and two share one from there on; the table of columns ends with
    /// those that are asked for.
    private func distances(
        _ table: ck_kernels, _ operand: Operands, _ rows: Int, _ columns: Int, byKey: Bool, position: Int
    ) -> [UInt32] {
        let (least, most) = (position - columns + 1, position + rows - 1)
        func column(_ distance: Int) -> Int {
            abs(distance) <= 20 ? distance : distance.signum() * (20 + (abs(distance) - 19) / 2)
        }
        let (first, width) = (column(least), column(most) - column(least) + 1)
        let places = operand((least...most).map { Int32(column($0) + 7) })
        var held = ck_distances(columns: places - least, near: 20, position: position, first: first + 7)
        let (stride, termStride, count) = (columns + 5, width + 3, byKey ? columns : rows)
        let x = operand.floats(GuardedKernel.extent(rows, stride, columns), 1)
        let terms = operand.floats(GuardedKernel.extent(count, termStride, width), 2)
        if self == .f32_add_distances {
            table.f32_add_distances(x, stride, terms, termStride, &held, byKey ? 1 : 0, rows, columns)
            return bits(x, GuardedKernel.extent(rows, stride, columns))
        }
        table.f32_sum_distances(terms, termStride, x, stride, &held, byKey ? 1 : 0, rows, columns)
        return bits(terms, GuardedKernel.extent(count, termStride, width))
    }

    private func normSlopes(
        _ table: ck_kernels, _ operand: Operands, _ rows: Int, _ columns: Int, _ withSums: Bool
    ) -> [UInt32] {
        let count = rows * columns
        let dx = operand.floats(count, 1), dy = operand.floats(count, 2), x = operand.floats(count, 3)
        let gamma = operand.floats(columns, 4)
        let sums = (gamma: operand.floats(columns, 5), beta: operand.floats(columns, 6))
        table.f32_layer_norm_backward(
            dx, dy, x, gamma, 1e-5, withSums ? sums.gamma : nil, withSums ? sums.beta : nil, rows, columns)
        return bits(dx, count) + bits(sums.gamma, columns) + bits(sums.beta, columns)
    }

    private func steps(_ table: ck_kernels, _ operand: Operands, _ count: Int, _ stepCount: Int) -> [UInt32] {
        let weights = operand.floats(count, 1), first = operand.floats(count, 2), gradients = operand.floats(count, 4)
        let second = operand(random(count, seed: 3).map { $0 * $0 })
        let list = operand(
            (1...stepCount).map {
                ck_adamw(
                    beta1: 0.9, rest1: 0.1, beta2: 0.999, rest2: 0.001, root_correction: 1.5, epsilon: 1e-8,
                    rate: 0.01 / Float($0), decay_before: 0.99, decay_inside: 0.01, decay_after: 0.001,
                    gradient_scale: 0.5)
            })
        if self == .f32_adamw {
            table.f32_adamw(weights, first, second, gradients, count, list)
        } else {
            table.f32_adamw_replay(weights, first, second, count, list, stepCount)
        }
        return bits(weights, count) + bits(first, count) + bits(second, count) + bits(gradients, count)
    }

    private func dropouts(_ table: ck_kernels, _ side: GuardSide?, _ rows: Int, _ columns: Int) -> [[UInt32]] {
        let extent = GuardedKernel.extent
        return [true, false].map { isWhole in
            let operand = Operands(side), y = operand.floats(extent(rows, columns + 1, columns), 1)
            let x = operand.floats(extent(rows, columns + 2, columns), 2)
            let added = operand.floats(extent(rows, columns + 3, columns), 3)
            let second = operand.floats(extent(rows, columns + 4, columns), 4)
            var draw = ck_dropout(
                seed: 7, step: 3, place: 11, threshold: 1 << 30, scale: 4 / 3, first: 5, pitch: UInt64(columns + 1))
            table.f32_dropout(
                &draw, y, columns + 1, x, columns + 2, isWhole ? added : nil, columns + 3, isWhole ? second : nil,
                columns + 4, rows, columns)
            return bits(y, extent(rows, columns + 1, columns)) + bits(second, extent(rows, columns + 4, columns))
        }
    }

    /// All kernels of int8 one after the other; the results of the one that is asked for.
    private func int8(
        _ table: ck_kernels, _ side: GuardSide?, _ rows: Int, _ columns: Int, _ depth: Int
    ) -> [[UInt32]] {
        Activation.allCases.flatMap { activation -> [[UInt32]] in
            let extent = GuardedKernel.extent, padded = GuardedKernel.padded(columns), steps = (depth + 3) / 4
            let operand = Operands(side), packed = operand.codes(padded * 4 * steps, 1)
            let sums = operand([Int32](repeating: 3, count: padded))
            let order = table.has_order == 0 ? nil : GroupOrder(operand, panels: padded / 16, groups: steps)
            table.i8_pack(
                packed, sums, order?.panels, order?.places, order?.masks, operand.codes(columns * depth, 2), columns,
                depth)
            if self == .i8_pack {
                // A table has an order of its own; a panel's codes are the same ones in each.
                let panels = (0..<padded / 16).map { panel in
                    (0..<64 * steps).map { packed[panel * 64 * steps + $0] }.sorted()
                }
                return panels.map { codes in codes.map { UInt32(UInt8(bitPattern: $0)) } }
                    + [(0..<padded).map { UInt32(bitPattern: sums[$0]) }]
            }
            let factors = activation == .identity ? nil : operand.floats(depth, 3), stride = 4 * steps + 2
            let x = operand.floats(extent(rows, depth + 1, depth), 4), rowScales = operand.floats(rows, 5)
            let codes = operand([UInt8](repeating: 9, count: extent(rows, stride, 4 * steps)))
            let zeros = operand([Int32](repeating: 3, count: rows))
            table.i8_quantize(codes, stride, rowScales, zeros, x, depth + 1, factors, rows, depth)
            if self == .i8_quantize {
                // The distance from the zero point is the same in both forms of codes.
                let isFlipped = Kernels.flips(table)
                return [bits(rowScales, rows)]
                    + (0..<rows).map { row in
                        (0..<depth).map {
                            let code = codes[row * stride + $0]
                            let value = isFlipped ? Int32(code) : Int32(Int8(bitPattern: code))
                            return UInt32(bitPattern: value - zeros[row])
                        }
                    }
            }
            if self == .i8_restore {
                table.i8_restore(x, depth + 1, codes, stride, rowScales, zeros, factors, rows, depth)
                return [bits(x, extent(rows, depth + 1, depth))]
            }
            let cStride = columns + 3, size = extent(rows, cStride, columns), c = operand.floats(size, 6)
            let residual = operand.floats(extent(rows, columns + 1, columns), 7)
            var epilogue = ck_epilogue(
                bias: nil, residual: activation == .identity ? nil : UnsafePointer(residual),
                residual_stride: columns + 1, activation: activation.code)
            var left = ck_i8_rows(codes: codes, stride: stride, scales: rowScales, zeros: zeros)
            var right = ck_i8_matrix(
                codes: packed, column_sums: sums, scales: operand.floats(padded, 8), bias: operand.floats(padded, 9),
                depth: depth, panels: order.map { UnsafePointer($0.panels) },
                places: order.map { UnsafePointer($0.places) }, masks: order.map { UnsafePointer($0.masks) },
                wide_ranges: nil, wide_depths: nil, wide_codes: nil)
            if activation == .gelu {
                // A step for each panel, at the last pair of the depth, behind which no code stands.
                let steps = padded / 16
                let wide: [Int16] = (0..<32 * steps).map { (index: Int) -> Int16 in
                    let code: Int = (index * 4099) % 65_535 - 32_767
                    return index % 2 == 1 && depth % 2 == 1 ? 0 : Int16(code)
                }
                for (index, code) in wide.enumerated() { sums[index / 2] += Int32(code) }
                right.wide_ranges = UnsafePointer(operand((0..<2 * Int32(steps)).map { ($0 + 1) / 2 }))
                let depths = [Int32](repeating: Int32((depth - 1) / 2 * 2), count: steps)
                right.wide_depths = UnsafePointer(operand(depths))
                right.wide_codes = UnsafePointer(operand(wide))
            }
            table.i8_gemm(c, cStride, &left, rows, &right, 0, columns, &epilogue)
            let whole = bits(c, size), first = (columns - 1) / 16 * 16
            table.i8_gemm(c + first, cStride, &left, rows, &right, first, columns - first, &epilogue)
            return [whole, bits(c, size)]
        }
    }
}

/// Memory for the order of packed groups, and the way back from it.
private struct GroupOrder {
    let panels: UnsafeMutablePointer<ck_i8_panel>
    let places: UnsafeMutablePointer<UInt16>
    let masks: UnsafeMutablePointer<UInt32>

    init(_ operand: Operands, panels count: Int, groups: Int) {
        panels = operand([ck_i8_panel](repeating: ck_i8_panel(), count: count))
        places = operand([UInt16](repeating: 7, count: count * groups))
        masks = operand([UInt32](repeating: 7, count: count * groups))
    }
}

extension Kernels {
    /// Whether a table's activation codes are stored 128 higher: then so is the zero point of a row of zeros.
    static func flips(_ table: ck_kernels) -> Bool {
        var (codes, scale, zero, value): ([UInt8], Float, Int32, Float) = ([0, 0, 0, 0], 0, 0, 0)
        table.i8_quantize(&codes, 4, &scale, &zero, &value, 1, nil, 1, 1)
        return zero != 0
    }
}
