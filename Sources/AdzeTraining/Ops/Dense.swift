// Dense layers in training: master weights packed anew for each direction, and the gradients of weights and biases. Not
// here: the order of the layers.

internal import AdzeKernels
internal import AdzeThreads

/// Memory for one packed matrix.
final class PackedSpace {
    private var space = GrowableBuffer()

    /// The matrix that will be packed here for the products of these kernels.
    func matrix(columns: Int, depth: Int, for kernels: Kernels) -> PackedMatrix {
        space.reserve(PackedMatrix.storageCount(columns: columns, depth: depth))
        return PackedMatrix(borrowing: space.buffer, columns: columns, depth: depth, layout: kernels.layout)
    }
}

/// A matrix and the parts of parameters that it is packed from.
struct PackingJob: @unchecked Sendable {
    // @unchecked: pieces write panels of their own, and read weights that nobody writes meanwhile.
    /// A layer's rows or columns within the matrix.
    @safe struct Part {
        // @safe: the weights lie in the masters, which outlive the packing.
        /// Its weights, (columns, depth).
        let source: UnsafePointer<Float>
        let columns: Int
        let depth: Int
        /// Where its outputs begin within the matrix.
        var first = 0

        init(_ place: DensePlace, in values: UnsafePointer<Float>, first: Int = 0) {
            unsafe (source, columns, depth) = (values + place.weight, place.columns, place.depth)
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
            if isBackward { packBackward(column, kernels) } else { packForward(column, kernels) }
        }
    }

    /// A panel of outputs: each lies within one part, or between two.
    private func packForward(_ column: Int, _ kernels: Kernels) {
        for part in parts where part.first <= column && column < part.first + part.columns {
            let row = column - part.first
            return unsafe matrix.pack(
                panel: column, depths: 0..<matrix.depth, from: part.source + row * matrix.depth, kStride: 1,
                nStride: matrix.depth, count: min(PackedMatrix.panel, part.columns - row), kernels)
        }
        matrix.clear(panel: column, depths: 0..<matrix.depth)
    }

    /// A panel of inputs, for all outputs one part after another; between parts zeros.
    private func packBackward(_ column: Int, _ kernels: Kernels) {
        var end = 0
        for part in parts {
            matrix.clear(panel: column, depths: end..<part.first)
            end = part.first + part.columns
            unsafe matrix.pack(
                panel: column, depths: part.first..<end, from: part.source + column, kStride: part.depth, nStride: 1,
                count: min(PackedMatrix.panel, matrix.columns - column), kernels)
        }
        matrix.clear(panel: column, depths: end..<matrix.depth)
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
        /// Leaves two threads some of a usual layer; for products whose bits depend on the piece.
        static let fixed = PieceSize(height: 192, width: 384)
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
        kernels.addWeightGradient(
            sums.rows(rows).columns(columns), outputs: outputs.columns(rows), inputs: inputs.columns(columns),
            scratch: scratch)
    }
}

extension WorkerPool {
    func pack(_ jobs: [PackingJob], kernels: Kernels) {
        forEachPiece(jobs.map(\.pieceCount)) { job, piece, _ in jobs[job].run(piece, kernels: kernels) }
    }
}

extension EncoderPass {
    /// Adds the products that make weights' gradients, in pieces as large as leave each thread some, where no bit depends
    /// on them.
    func add(_ products: [WeightGradient]) {
        var size = kernels.isBlockIndependent ? WeightGradient.PieceSize.largest : .fixed
        func counts() -> [Int] { products.map { $0.pieceCount(size) } }
        while kernels.isBlockIndependent && counts().reduce(0, +) < 4 * pool.threadCount && size.height > 48 {
            size = size.smaller
        }
        let chosen = size
        pool.forEachPiece(counts()) { job, piece, worker in
            products[job].run(piece, chosen, kernels: kernels, scratch: workspace.workers[worker].panels.buffer)
        }
    }
}
