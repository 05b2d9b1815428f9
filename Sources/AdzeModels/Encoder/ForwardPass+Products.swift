// One dense layer of a forward pass: which rows and columns go to which thread, and in int8 how the input gets its codes.
// Not here: the order of the layers.

internal import AdzeKernels
internal import AdzeThreads

extension ForwardPass {
    /// The most rows of one piece of work: enough for the tiles to share the weights, few enough for the values between
    /// two layers to stay in a core's cache.
    static let blockRows = 48

    /// Below this, a product is shared out by columns: each core then reads its own part of the weights only once.
    static func fewRows(workers: Int) -> Int { blockRows * max(workers, 2) }

    /// How work is cut may depend on the number of threads only where no bit depends on how it is cut.
    func isFew(_ rows: Int) -> Bool {
        rows < ForwardPass.fewRows(workers: kernels.isBlockIndependent ? pool.threadCount : 2)
    }

    /// Rows of one piece: like pieces for every thread.
    func blockHeight(rows: Int) -> Int {
        guard kernels.isBlockIndependent else { return ForwardPass.blockRows }
        let workers = pool.threadCount
        let pieces = (rows + ForwardPass.blockRows * workers - 1) / (ForwardPass.blockRows * workers) * workers
        return (rows + pieces - 1) / pieces
    }

    /// output = activation(layer(input) + residual) for a worker's own rows, on its thread.
    ///
    /// Of the layer's columns those in `columns`, all where nil; `output` and `residual` have as many.
    func apply(
        _ layer: Dense, _ output: MatrixView, _ input: MatrixView, _ worker: Int, columns: Range<Int>? = nil,
        residual: MatrixView? = nil, activation: Activation = .identity
    ) {
        switch layer.weights {
        case .float(let matrix, let bias):
            kernels.multiply(
                output, input, matrix, columns: columns, bias: bias, residual: residual, activation: activation)
        case .int8(let matrix, let factors):
            let codes = workspace.codes[worker]
            kernels.quantize(codes, rows: 0..<input.rows, input, factors: factors)
            kernels.multiply(
                output, codes, rows: 0..<input.rows, matrix, columns: columns, residual: residual,
                activation: activation)
        }
    }

    /// The same for any number of rows, shared out among the threads.
    func multiply(
        _ output: MatrixView, _ input: MatrixView, _ layer: Dense, columns: Range<Int>? = nil,
        residual: MatrixView? = nil, activation: Activation = .identity
    ) {
        let columns = columns ?? 0..<layer.columns
        if isFew(input.rows) {
            multiplyByColumns(output, input, layer, columns: columns, residual: residual, activation: activation)
        } else {
            let height = blockHeight(rows: input.rows)
            pool.forEachWithWorker((input.rows + height - 1) / height) { piece, worker in
                let rows = piece * height..<min((piece + 1) * height, input.rows)
                apply(
                    layer, output.rows(rows), input.rows(rows), worker, columns: columns,
                    residual: residual?.rows(rows), activation: activation)
            }
        }
    }

    /// Columns of one piece of work.
    private static let columnBlock = 128

    private func multiplyByColumns(
        _ output: MatrixView, _ input: MatrixView, _ layer: Dense, columns: Range<Int>, residual: MatrixView?,
        activation: Activation
    ) {
        if case .int8(_, let factors) = layer.weights {
            forEachRows(input.rows) {
                kernels.quantize(workspace.sharedCodes, rows: $0, input.rows($0), factors: factors)
            }
        }
        let width = ForwardPass.columnBlock
        pool.forEach((columns.count + width - 1) / width) { piece in
            let part = piece * width..<min((piece + 1) * width, columns.count)
            let wanted = columns.lowerBound + part.lowerBound..<columns.lowerBound + part.upperBound
            let (output, residual) = (output.columns(part), residual?.columns(part))
            switch layer.weights {
            case .float(let matrix, let bias):
                kernels.multiply(
                    output, input, matrix, columns: wanted, bias: bias, residual: residual, activation: activation)
            case .int8(let matrix, _):
                kernels.multiply(
                    output, workspace.sharedCodes, rows: 0..<input.rows, matrix, columns: wanted, residual: residual,
                    activation: activation)
            }
        }
    }

    /// Normalises one block of rows.
    func normalize(_ output: MatrixView, _ input: MatrixView, _ norm: LayerNorm) {
        kernels.layerNorm(output, input, gamma: norm.gamma, beta: norm.beta, epsilon: Float(config.layerNormEpsilon))
    }

    /// Normalises few rows in place, on all threads where that pays.
    func normalizeAll(_ values: MatrixView, _ norm: LayerNorm) { normalizeAll(values, values, norm) }

    /// The same into rows of their own.
    func normalizeAll(_ output: MatrixView, _ input: MatrixView, _ norm: LayerNorm) {
        forEachRows(input.rows) { normalize(output.rows($0), input.rows($0), norm) }
    }

    /// Some rows at a time; the work on a row is some tenths of a microsecond, waking a thread costs one or two.
    func forEachRows(_ rows: Int, _ body: @Sendable (Range<Int>) -> Void) {
        let height = 8
        if rows <= height { return body(0..<rows) }
        pool.forEach((rows + height - 1) / height) { body($0 * height..<min(($0 + 1) * height, rows)) }
    }
}
