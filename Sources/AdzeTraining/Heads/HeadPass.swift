// The heads in training: from the hidden state to logits, and from the logits' gradient back. Each head's two directions
// stand in its own file; here is what they share. Not here: losses, and the encoder below.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

extension EncoderPass {
    /// C logits of each sequence or token, from the hidden state of the rows that the head reads.
    func headForward() -> [Float] {
        let logits = logits(workspace.logits)
        switch model.head.form {
        case .pooled, .firstToken: classifyForward(logits)
        case .flattened: flattenedForward(logits)
        case .recurrent(let layer): recurrentForward(layer, logits)
        case .mean: meanForward(logits)
        case .prompt(let layer): promptForward(layer, logits)
        case .transformed(let layer): transformedForward(layer, logits)
        case .none, .tokens, .vocabulary, .vocabularyAndPooled: classifyTokensForward(logits)
        }
        return workspace.logits.buffer.values(0..<logitRows * model.logitCount)
    }

    /// Adds the head's gradients, and leaves that of the hidden state where something below learns.
    func headBackward(_ gradient: [Float], frozenPooler: Bool) {
        precondition(gradient.count == logitRows * model.logitCount)
        unsafe workspace.logitGradient.buffer.base.update(from: gradient, count: gradient.count)
        let logits = logits(workspace.logitGradient)
        switch model.head.form {
        case .pooled, .firstToken: classifyBackward(logits, frozenPooler: frozenPooler)
        case .flattened: flattenedBackward(logits)
        case .recurrent(let layer): recurrentBackward(layer, logits)
        case .mean: meanBackward(logits)
        case .prompt(let layer): promptBackward(layer, logits)
        case .transformed(let layer): transformedBackward(layer, logits)
        case .none, .tokens, .vocabulary, .vocabularyAndPooled: classifyTokensBackward(logits)
        }
    }

    /// Whether anything below the head gets a gradient.
    var learnsBelow: Bool { extent.lowest < config.layerCount || extent.reachesInput }

    func reserveHead() {
        let (rows, size) = (finalRows, config.hiddenSize)
        workspace.logits.reserve(logitRows * model.logitCount)
        workspace.logitGradient.reserve(logitRows * model.logitCount)
        if case .transformed = model.head.form { return reserveTransformed() }
        if model.head.form.readsEveryPosition { return reserveSequenceHead() }
        workspace.pooled.reserve(rows * size)
        workspace.pooledInput.reserve(rows * size)
        workspace.pooledGradient.reserve(rows * size)
        if case .firstToken = model.head.form {
            workspace.dense.reserve(rows * size)
            workspace.denseInput.reserve(rows * size)
        }
    }

    private func logits(_ space: GrowableBuffer) -> MatrixView {
        space.buffer.matrix(rows: logitRows, columns: model.logitCount)
    }

    // MARK: Layers

    /// output = layer(input), shared out by rows and columns.
    func applyHead(
        _ place: DensePlace, _ space: PackedSpace, _ rounded: ForwardLayer?, _ output: MatrixView, _ input: MatrixView
    ) {
        let pieces = RowPieces(input.rows)
        if let rounded {
            return pool.forEachWithWorker(pieces.count) { piece, worker in
                apply(rounded, output.rows(pieces[piece]), input.rows(pieces[piece]), worker)
            }
        }
        let weights = unsafe model.weights.base
        let matrix = space.matrix(columns: place.columns, depth: place.depth, for: kernels)
        unsafe pool.pack(
            [PackingJob(matrix: matrix, parts: [PackingJob.Part(place, in: weights)], isBackward: false)],
            kernels: kernels)
        unsafe multiplyHead(output, input, matrix, bias: place.hasBias ? weights + place.bias : nil)
    }

    /// input's gradient = output's · weight.
    func unapplyHead(
        _ place: DensePlace, _ space: PackedSpace, _ weights: UnsafePointer<Float>, _ input: MatrixView,
        _ output: MatrixView
    ) {
        let matrix = space.matrix(columns: place.depth, depth: place.columns, for: kernels)
        unsafe pool.pack(
            [PackingJob(matrix: matrix, parts: [PackingJob.Part(place, in: weights)], isBackward: true)],
            kernels: kernels)
        unsafe multiplyHead(input, output, matrix, bias: nil)
    }

    /// output = input · matrixᵀ + bias, shared out by rows and columns.
    func multiplyHead(
        _ output: MatrixView, _ input: MatrixView, _ matrix: PackedMatrix, bias: UnsafePointer<Float>?
    ) {
        let (pieces, width) = (RowPieces(input.rows), 8 * PackedMatrix.panel)
        let across = (matrix.columns + width - 1) / width
        nonisolated(unsafe) let bias = unsafe bias
        pool.forEach(pieces.count * across) { index in
            let (piece, column) = index.quotientAndRemainder(dividingBy: across)
            let (rows, columns) = (pieces[piece], column * width..<min((column + 1) * width, matrix.columns))
            unsafe kernels.multiply(
                output.rows(rows).columns(columns), input.rows(rows), matrix, columns: columns, biasAt: bias)
        }
    }

    /// Adds a layer's gradients, given those of its outputs and its input; none where only inputs' are wanted.
    func addHeadGradients(_ place: DensePlace, _ outputs: MatrixView, _ inputs: MatrixView) {
        if extent.findsInputs { return }
        let gradients = model.gradients
        add(
            [
                WeightGradient(
                    sums: gradients.matrix(rows: place.columns, columns: place.depth, offset: place.weight),
                    outputs: outputs, inputs: inputs)
            ])
        if place.hasBias { unsafe kernels.addRows(gradients.base + place.bias, outputs) }
    }
}
