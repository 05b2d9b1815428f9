// Dense layers in training: master weights packed anew for each direction, and the gradients of weights and biases. Not
// here: the order of the layers.

internal import AdzeKernels
internal import AdzeThreads

/// Memory for one packed matrix.
final class PackedSpace {
    private var space = GrowableBuffer()

    /// The matrix that will be packed here.
    func matrix(columns: Int, depth: Int) -> PackedMatrix {
        space.reserve(PackedMatrix.storageCount(columns: columns, depth: depth))
        return PackedMatrix(borrowing: space.buffer, columns: columns, depth: depth)
    }
}

/// A matrix and the parts of parameters that it is packed from.
struct PackingJob: @unchecked Sendable {
    // @unchecked: pieces write panels of their own, and read weights that nobody writes meanwhile.
    /// A layer's rows or columns within the matrix.
    struct Part {
        /// Its weights, (columns, depth).
        let source: UnsafePointer<Float>
        let columns: Int
        let depth: Int
        /// Where its outputs begin within the matrix.
        var first = 0

        init(_ place: DensePlace, in values: UnsafePointer<Float>, first: Int = 0) {
            (source, columns, depth) = (values + place.weight, place.columns, place.depth)
            self.first = first
        }
    }

    let matrix: PackedMatrix
    let parts: [Part]
    /// Whether the product sums over the layers' outputs, as the backward pass does.
    let isBackward: Bool

    /// Panels of one piece of work.
    static let panels = 4

    var pieceCount: Int {
        let panels = (matrix.columns + PackedMatrix.panel - 1) / PackedMatrix.panel
        return (panels + PackingJob.panels - 1) / PackingJob.panels
    }

    func run(_ piece: Int, kernels: Kernels) {
        let width = PackingJob.panels * PackedMatrix.panel
        let first = piece * width
        for column in stride(from: first, to: min(first + width, matrix.columns), by: PackedMatrix.panel) {
            let panel = matrix.panelBase(column)
            if isBackward {
                packBackward(panel, column, kernels)
            } else {
                packForward(panel, column, kernels)
            }
        }
    }

    /// A panel of outputs: each lies within one part, or between two.
    private func packForward(_ panel: UnsafeMutablePointer<Float>, _ column: Int, _ kernels: Kernels) {
        for part in parts where part.first <= column && column < part.first + part.columns {
            let row = column - part.first
            kernels.pack(
                panel, part.source + row * matrix.depth, kStride: 1, nStride: matrix.depth, depth: matrix.depth,
                columns: min(PackedMatrix.panel, part.columns - row))
            return
        }
        panel.update(repeating: 0, count: matrix.depth * PackedMatrix.panel)
    }

    /// A panel of inputs, for all outputs one part after another; between parts zeros.
    private func packBackward(_ panel: UnsafeMutablePointer<Float>, _ column: Int, _ kernels: Kernels) {
        var end = 0
        func fill(to next: Int) {
            (panel + end * PackedMatrix.panel).update(repeating: 0, count: (next - end) * PackedMatrix.panel)
        }
        for part in parts {
            fill(to: part.first)
            kernels.pack(
                panel + part.first * PackedMatrix.panel, part.source + column, kStride: part.depth, nStride: 1,
                depth: part.columns, columns: min(PackedMatrix.panel, matrix.columns - column))
            end = part.first + part.columns
        }
        fill(to: matrix.depth)
    }
}

/// A product of gradients and inputs that is added to the gradient of a weight.
struct WeightGradient: @unchecked Sendable {
    // @unchecked: pieces write rows and columns of their own.
    /// The weight's gradient, (N, K).
    let sums: MatrixView
    /// The gradient of the layer's outputs, (T, N).
    let outputs: MatrixView
    /// The layer's input, (T, K).
    let inputs: MatrixView

    /// Rows and columns of one piece of work.
    struct PieceSize {
        let height: Int
        let width: Int

        /// Slices of both factors and the sums stay in a core's second cache, and are large beside the copying of the
        /// factors.
        static let largest = PieceSize(height: 384, width: 768)
        /// A quarter of it.
        var smaller: PieceSize { PieceSize(height: height / 2, width: width / 2) }
        /// Scratch memory of a piece.
        var scratchCount: Int { Kernels.outerScratchCount(rows: height, columns: width) }
    }

    func pieceCount(_ size: PieceSize) -> Int {
        (sums.columns + size.width - 1) / size.width * ((sums.rows + size.height - 1) / size.height)
    }

    func run(_ piece: Int, _ size: PieceSize, kernels: Kernels, scratch: FloatBuffer) {
        let (row, column) = piece.quotientAndRemainder(dividingBy: (sums.columns + size.width - 1) / size.width)
        let rows = row * size.height..<min((row + 1) * size.height, sums.rows)
        let columns = column * size.width..<min((column + 1) * size.width, sums.columns)
        kernels.addOuter(
            sums.rows(rows).columns(columns), outputs.columns(rows), inputs.columns(columns), scratch: scratch)
    }
}

extension WorkerPool {
    /// Runs the pieces of several jobs as one.
    func forEachPiece(_ counts: [Int], _ body: @Sendable (_ job: Int, _ piece: Int, _ worker: Int) -> Void) {
        var owners: [(job: Int, piece: Int)] = []
        for (job, count) in counts.enumerated() { owners += (0..<count).map { (job, $0) } }
        let list = owners
        forEachWithWorker(list.count) { body(list[$0].job, list[$0].piece, $1) }
    }

    func pack(_ jobs: [PackingJob], kernels: Kernels) {
        forEachPiece(jobs.map(\.pieceCount)) { job, piece, _ in jobs[job].run(piece, kernels: kernels) }
    }
}

extension EncoderPass {
    /// Adds the products that make weights' gradients, in pieces as large as leave each thread some; no bit depends on them.
    func add(_ products: [WeightGradient]) {
        var size = WeightGradient.PieceSize.largest
        func counts() -> [Int] { products.map { $0.pieceCount(size) } }
        while counts().reduce(0, +) < 4 * pool.threadCount && size.height > 48 { size = size.smaller }
        let chosen = size
        pool.forEachPiece(counts()) { job, piece, worker in
            products[job].run(piece, chosen, kernels: kernels, scratch: workspace.workers[worker].panels.buffer)
        }
    }
}
