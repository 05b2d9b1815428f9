// AdamW over the flat arrays: the norm of the gradients, and the step. Rows of the word embeddings that no text of the
// run has touched for a while are left behind and replayed when they are next read. Not here: schedules and loops.

internal import AdzeBytes
public import AdzeKernels
internal import AdzeModels
internal import AdzeTensors
public import AdzeThreads
internal import CKernels

/// The optimizer of a run.
///
/// Not thread-safe: one thread drives it, and the pool's threads share its work. Results do not depend on how many.
public final class Optimizer {
    /// Where each parameter lies.
    public let layout: ParameterLayout
    /// The settings of each parameter, in the order of the layout.
    public let settings: [ParameterSettings]
    /// AdamW's numbers.
    public let adamW: AdamW
    /// Updates that each parameter has seen: what its bias correction counts.
    public private(set) var updateCounts: [Int]
    /// Whether each parameter is trained at present; a frozen one keeps its moments and does not decay.
    public var isTrained: [Bool] {
        willSet {
            precondition(newValue.count == settings.count, "one for each parameter")
            // A row may not be left behind over a time in which its matrix is frozen.
            settle()
        }
    }

    let weights: FloatBuffer
    let gradients: FloatBuffer
    /// Moments of the parameters from `origin` on; those before are never trained.
    let firstMoments: FloatBuffer
    let secondMoments: FloatBuffer
    let origin: Int
    private let kernels: Kernels
    private let pool: WorkerPool
    private let pieces: [Piece]
    private var rows: LazyRows?

    /// A run of values of one parameter.
    private struct Piece: Sendable {
        let entry: Int
        let range: Range<Int>
    }

    /// An optimizer without moments.
    ///
    /// - `neverTrained`: parameters that no step of the run will train; those at the start of the layout cost no moments.
    /// - `leavesRowsBehind`: whether rows of the layout's first parameter, the word embeddings, wait for their updates
    ///   until they are read; the caller then calls `prepare(rows:)` before it reads rows, and `settle()` before it reads
    ///   all. Not for a model whose decoder shares the matrix, since that reads all of it at every step.
    public init(
        layout: ParameterLayout, settings: [ParameterSettings], adamW: AdamW, weights: FloatBuffer,
        gradients: FloatBuffer, neverTrained: [Bool]? = nil, leavesRowsBehind: Bool = false, kernels: Kernels,
        pool: WorkerPool
    ) {
        precondition(settings.count == layout.entries.count && neverTrained?.count ?? settings.count == settings.count)
        precondition(weights.count >= layout.count && gradients.count >= layout.count, "the arrays follow the layout")
        self.layout = layout
        self.settings = settings
        self.adamW = adamW
        self.weights = weights
        self.gradients = gradients
        self.kernels = kernels
        self.pool = pool
        updateCounts = [Int](repeating: 0, count: settings.count)
        isTrained = neverTrained?.map { !$0 } ?? [Bool](repeating: true, count: settings.count)
        let first = isTrained.firstIndex(of: true)
        origin = first.map { layout.entries[$0].range.lowerBound } ?? layout.count
        let dense = max(0, layout.sparseCount - origin)
        firstMoments = FloatBuffer(zeroPages: layout.count - origin, largePagesFrom: dense)
        secondMoments = FloatBuffer(zeroPages: layout.count - origin, largePagesFrom: dense)
        pieces = layout.entries.indices.dropFirst(leavesRowsBehind ? 1 : 0).flatMap { entry in
            let (range, shape) = (layout.entries[entry].range, layout.entries[entry].shape)
            // Embeddings go row by row, so that their norm is summed alike where most rows are left out as zeros.
            let isTable = layout.entries[entry].parameter.role.isTokenTable
            let size = isTable ? shape[1] : Optimizer.pieceSize
            return stride(from: range.lowerBound, to: range.upperBound, by: size).map {
                Piece(entry: entry, range: $0..<min($0 + size, range.upperBound))
            }
        }
        precondition(!leavesRowsBehind || layout.wordTable != nil, "only the table of words leaves rows behind")
        rows = leavesRowsBehind ? LazyRows(entry: 0, shape: layout.entries[0].shape) : nil
    }

    /// Values that one thread takes at a time; 64 KiB of each of four arrays.
    private static let pieceSize = 16_384

    // MARK: - Rows left behind

    /// Brings rows up to date that the next pass will read, and notes that they may get gradients.
    ///
    /// The ids are those of the tokens, in any order and as often as they come; without lazy rows nothing happens.
    public func prepare(rows ids: some Sequence<Int32>) {
        guard var rows, isTrained[rows.entry] else { return }
        self.rows = nil
        let late = rows.read(ids)
        replay(late, of: rows)
        rows.markCurrent(late)
        self.rows = rows
    }

    /// Brings every row up to date: before an evaluation, a save, or a change of what is trained.
    public func settle() {
        guard var rows else { return }
        self.rows = nil
        let late = rows.late
        replay(late, of: rows)
        rows.markAllCurrent()
        self.rows = rows
    }

    private func replay(_ late: [Int], of rows: LazyRows) {
        guard !late.isEmpty else { return }
        let (start, width) = (layout.entries[rows.entry].range.lowerBound, rows.width)
        let (table, weights, first, second) = unsafe (
            kernels.table, weights.base, firstMoments.base, secondMoments.base
        )
        // Each index has a row of its own.
        nonisolated(unsafe) let (w, m, v) = unsafe (
            weights + start, first + (start - origin), second + (start - origin)
        )
        nonisolated(unsafe) let call = unsafe table.f32_adamw_replay
        pool.forEach(late.count) { index in
            let row = late[index]
            unsafe rows.missed(row).withUnsafeBufferPointer { steps in
                unsafe BufferMemory.borrow(steps) { steps in
                    guard let base = steps.baseAddress else { return }
                    unsafe call(w + row * width, m + row * width, v + row * width, width, base, steps.count)
                }
            }
        }
    }

    // MARK: - Steps

    /// The Euclidean norm of all trained gradients; not finite iff one of them is not.
    ///
    /// Sums in double precision over fixed pieces in a fixed order.
    public func gradientNorm() -> Double {
        let touched = touchedRows.map { row in
            let (start, width) = (layout.entries[0].range.lowerBound, layout.entries[0].shape[1])
            return start + row * width..<start + (row + 1) * width
        }
        let ranges = touched + pieces.filter { isTrained[$0.entry] }.map(\.range)
        var sums = [Double](repeating: 0, count: ranges.count)
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            // Each index has a sum of its own.
            nonisolated(unsafe) let (sums, x) = unsafe (sums, gradients.base)
            nonisolated(unsafe) let call = unsafe kernels.table.f32_sum_of_squares
            pool.forEach(ranges.count) { unsafe sums[$0] = call(x + ranges[$0].lowerBound, ranges[$0].count) }
        }
        return sums.reduce(0, +).squareRoot()
    }

    /// What gradients are multiplied with so that their norm is at most `limit`, as `clip_grad_norm_` of PyTorch has it.
    public static func clipping(norm: Double, limit: Double?) -> Float {
        guard let limit else { return 1 }
        return Float(min(1, limit / (norm + 1e-6)))
    }

    /// Moves the trained parameters by their gradients times `gradientScale`, at their rates times `rateFactor`; then all
    /// their gradients are 0.
    public func step(rateFactor: Double, gradientScale: Float = 1) {
        var constants: [ck_adamw] = []
        for (entry, settings) in settings.enumerated() {
            if isTrained[entry] { updateCounts[entry] += 1 }
            constants.append(
                adamW.constants(
                    update: max(updateCounts[entry], 1), rate: settings.learningRate * rateFactor,
                    weightDecay: settings.weightDecay, gradientScale: gradientScale))
        }
        let trained = pieces.filter { isTrained[$0.entry] }
        let touched = touchedRows
        let lazy = rows.map { (start: layout.entries[$0.entry].range.lowerBound, width: $0.width, entry: $0.entry) }
        let origin = origin
        let steps = constants
        nonisolated(unsafe) let (w, g) = unsafe (weights.base, gradients.base)
        nonisolated(unsafe) let (m, v) = unsafe (firstMoments.base, secondMoments.base)
        nonisolated(unsafe) let call = unsafe kernels.table.f32_adamw
        pool.forEach(trained.count + touched.count) { index in
            let (start, count, entry): (Int, Int, Int)
            if index < trained.count {
                let piece = trained[index]
                (start, count, entry) = (piece.range.lowerBound, piece.range.count, piece.entry)
            } else {
                guard let lazy else { return }
                (start, count, entry) = (
                    lazy.start + touched[index - trained.count] * lazy.width, lazy.width, lazy.entry
                )
            }
            unsafe withUnsafePointer(to: steps[entry]) {
                unsafe call(w + start, m + (start - origin), v + (start - origin), g + start, count, $0)
            }
        }
        if let entry = rows?.entry, isTrained[entry] { rows?.moved(constants[entry]) }
    }

    /// Makes all gradients 0, for a step that is given up.
    public func clearGradients() {
        unsafe gradients.base.update(repeating: 0, count: gradients.count)
        rows?.forgetTouched()
    }

    private var touchedRows: [Int] {
        guard let rows, isTrained[rows.entry] else { return [] }
        return rows.touched
    }

    /// Takes up what a checkpoint kept; the arrays have been filled, and every row was current when they were saved.
    func restore(updateCounts: [Int]) {
        precondition(updateCounts.count == self.updateCounts.count, "one for each parameter")
        self.updateCounts = updateCounts
        rows = rows.map { LazyRows(entry: $0.entry, shape: layout.entries[$0.entry].shape) }
    }
}
