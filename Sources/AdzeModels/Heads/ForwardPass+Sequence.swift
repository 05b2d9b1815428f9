// The forward pass of heads that read every position: flattened states, an LSTM, a mean, a prompt's mask, and a transform of
// the mean; in fp32 but for the transform's layer, over an encoder in fp32 or int8. Not here: the backward pass, which is AdzeTraining's.

internal import AdzeKernels
internal import AdzeThreads

extension EncoderModel {
    /// The most rows that are computed at once, unless one text has more: padding may make many of few tokens.
    private static let rowBudget = 4096

    /// C logits of each sequence.
    ///
    /// - Complexity: as for `run`, with as many tokens as the head reads of each text.
    func sequenceLogits(
        _ batch: PackedBatch, pool: WorkerPool, workspace: Workspace
    ) throws(CancellationError) -> [[Float]] {
        var (logits, start): ([[Float]], Int) = ([], 0)
        while start < batch.sequenceCount {
            var (end, rows) = (start, 0)
            while end < batch.sequenceCount {
                rows += head.form.rows(ofTokens: batch.tokens(of: end).count, config)
                if end > start && rows > EncoderModel.rowBudget { break }
                end += 1
            }
            let part = batch.part(start..<end).padded(for: head, config)
            let pass = ForwardPass(model: self, batch: part, pool: pool, workspace: workspace)
            logits += try pass.sequenceLogits()
            start = end
        }
        return logits
    }
}

extension ForwardPass {
    fileprivate func sequenceLogits() throws(CancellationError) -> [[Float]] {
        let states = try readStates()
        switch model.head.form {
        case .recurrent(let layer): return logits(of: runRecurrent(layer, states))
        case .mean(let normalizes): return logits(of: means(of: states, normalizes: normalizes))
        case .prompt(let layer): return logits(of: transformedMasks(layer, states))
        case .transformed: return logits(of: transformedMeans(of: states))
        // A text's rows follow each other: flattened they are one row of all its positions.
        default: return logits(of: states.buffer)
        }
    }

    /// The mean of each sequence's states, (S, H).
    private func means(of states: States, normalizes: Bool) -> FloatBuffer {
        let means = FloatBuffer(count: batch.sequenceCount * states.width)
        let rows = means.matrix(rows: batch.sequenceCount, columns: states.width)
        pool.forEach(batch.sequenceCount) { sequence in
            kernels.meanPool(
                rows.rows(sequence..<sequence + 1), states.matrix.rows(batch.tokens(of: sequence)),
                normalizes: normalizes)
        }
        return means
    }
}

extension ForwardPass {
    /// What a head's layer and normalisation make of the mean of each sequence's states, (S, H).
    private func transformedMeans(of states: States) -> FloatBuffer {
        guard let transform = model.layers.transform else { preconditionFailure("the head transforms what it reads") }
        let means = means(of: states, normalizes: false)
        let transformed = FloatBuffer(count: means.count)
        let output = transformed.matrix(rows: batch.sequenceCount, columns: config.hiddenSize)
        multiply(
            output, means.matrix(rows: batch.sequenceCount, columns: config.hiddenSize), transform.dense,
            activation: transform.activation)
        normalizeAll(output, transform.norm)
        return transformed
    }

    /// What the mask of each sequence's prompt says, (S, E).
    private func transformedMasks(_ layer: PromptLayer, _ states: States) -> FloatBuffer {
        guard let transform = model.layers.prompt else { preconditionFailure("the head reads a prompt's mask") }
        let (rows, width) = (batch.sequenceCount, transform.dense.columns)
        let masks = FloatBuffer(count: rows * states.width)
        let transformed = FloatBuffer(count: rows * width)
        let input = masks.matrix(rows: rows, columns: states.width)
        for row in 0..<rows { states.matrix.copy(row: layer.row(in: batch.tokens(of: row)), to: input, row: row) }
        let output = transformed.matrix(rows: rows, columns: width)
        multiply(output, input, transform.dense, activation: transform.activation)
        normalize(output, output, transform.norm)
        return transformed
    }

    /// C logits of each sequence, of what its classifier reads: a row for each sequence.
    func logits(of features: FloatBuffer) -> [[Float]] {
        guard let classifier = model.layers.classifier else { preconditionFailure("outputs have been checked") }
        let (rows, depth) = (batch.sequenceCount, model.head.form.classifierDepth(config))
        let logits = FloatBuffer(count: rows * classifier.columns)
        multiply(
            logits.matrix(rows: rows, columns: classifier.columns), features.matrix(rows: rows, columns: depth),
            classifier)
        return (0..<rows).map { logits.values($0 * classifier.columns..<($0 + 1) * classifier.columns) }
    }

    /// A row a token in a buffer.
    struct States {
        let buffer: FloatBuffer
        let rows: Int
        let width: Int

        var matrix: MatrixView { buffer.matrix(rows: rows, columns: width) }
    }

    /// Runs the encoder; gives what the head reads of it, (T, H) or (T, (L + 1) · H).
    func readStates() throws(CancellationError) -> States {
        guard model.head.form.states == .all else {
            try runBlocks(selection: nil) { _ in }
            return States(buffer: workspace.hidden, rows: batch.tokenCount, width: config.hiddenSize)
        }
        let (size, count) = (config.hiddenSize, config.layerCount + 1)
        let all = States(
            buffer: FloatBuffer(zeroPages: batch.tokenCount * count * size), rows: batch.tokenCount, width: count * size
        )
        var index = 0
        try runBlocks(selection: nil) { _ in
            hidden.copy(to: all.matrix.columns(index * size..<(index + 1) * size))
            index += 1
        }
        return all
    }

    // MARK: LSTM

    /// What each sequence's answer is, (S, width), of states that are one row a token; or with `atEveryToken` what the
    /// last layer has at each, (T, width).
    func runRecurrent(_ layer: RecurrentLayer, _ states: States, atEveryToken: Bool = false) -> FloatBuffer {
        var input = states
        for (index, directions) in model.layers.recurrent.enumerated() {
            let isLast = index == layer.layerCount - 1 && !atEveryToken
            let runs = directions.enumerated().map { number, direction in
                let scan = RecurrentScan(batch, layer, isReverse: number == 1, isLast: isLast)
                return RecurrentRun(scan, direction, gates: gates(direction, scan, input), layer.size)
            }
            pool.forEachPiece(runs.map { $0.scan.groups.count }) { number, piece, _ in
                let (run, group) = (runs[number], runs[number].scan.groups[piece])
                kernels.lstmForward(
                    gates: run.gates.rows(group.rows), cells: run.cells.rows(group.rows),
                    outputs: run.outputs.rows(group.rows), steps: group.steps, recurrent: run.direction.recurrent)
            }
            let rows = isLast ? batch.sequenceCount : batch.tokenCount
            let next = States(
                buffer: isLast ? FloatBuffer(count: rows * layer.width) : FloatBuffer(zeroPages: rows * layer.width),
                rows: rows, width: layer.width)
            for (number, run) in runs.enumerated() {
                let target = next.matrix.columns(number * layer.size..<(number + 1) * layer.size)
                if isLast {
                    run.scan.takeLast(of: run.outputs, to: target)
                } else {
                    run.scan.scatter(run.outputs, to: target)
                }
            }
            input = next
        }
        return input.buffer
    }

    /// The inputs' part of a direction's gates, in the order of the scan: one product over all of its rows.
    private func gates(_ direction: RecurrentDirection, _ scan: RecurrentScan, _ input: States) -> FloatBuffer {
        let rows = scan.tokens.count
        let gathered = FloatBuffer(zeroPages: rows * input.width)
        scan.gather(input.matrix, into: gathered.matrix(rows: rows, columns: input.width))
        let gates = FloatBuffer(zeroPages: rows * direction.input.columns)
        multiply(
            gates.matrix(rows: rows, columns: direction.input.columns),
            gathered.matrix(rows: rows, columns: input.width), direction.input)
        return gates
    }
}

/// The memory of one direction of one layer.
private struct RecurrentRun: Sendable {
    let scan: RecurrentScan
    let direction: RecurrentDirection
    let gates: MatrixView
    let cells: MatrixView
    let outputs: MatrixView
    // What the views lie in.
    private let buffers: [FloatBuffer]

    init(_ scan: RecurrentScan, _ direction: RecurrentDirection, gates: FloatBuffer, _ size: Int) {
        let rows = scan.tokens.count
        let (cells, outputs) = (FloatBuffer(zeroPages: rows * size), FloatBuffer(zeroPages: rows * size))
        (self.scan, self.direction) = (scan, direction)
        self.gates = gates.matrix(rows: rows, columns: 4 * size)
        self.cells = cells.matrix(rows: rows, columns: size)
        self.outputs = outputs.matrix(rows: rows, columns: size)
        buffers = [gates, cells, outputs]
    }
}
