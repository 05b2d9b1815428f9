// The forward pass of heads that read every position: flattened states, and an LSTM; fp32 in every precision, over an
// encoder in fp32 or int8. Not here: the backward pass, which is AdzeTraining's.

internal import AdzeKernels
internal import AdzeThreads

extension EncoderModel {
    /// The most rows that are computed at once, unless one text has more: padding may make many of few tokens.
    private static let rowBudget = 4096

    /// C logits of each sequence.
    ///
    /// - Complexity: as for `run`, with as many tokens as the head reads of each text.
    func sequenceLogits(_ batch: PackedBatch, pool: WorkerPool, workspace: Workspace) -> [[Float]] {
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
            logits += pass.sequenceLogits()
            start = end
        }
        return logits
    }
}

extension ForwardPass {
    fileprivate func sequenceLogits() -> [[Float]] {
        guard let classifier = model.layers.classifier else { preconditionFailure("outputs have been checked") }
        let states = readStates()
        let features: MatrixView
        let memory: FloatBuffer
        if case .recurrent(let layer) = model.head.form {
            memory = runRecurrent(layer, states)
            features = memory.matrix(rows: batch.sequenceCount, columns: layer.width)
        } else {
            // A text's rows follow each other: they are one row of all its positions.
            memory = states.buffer
            features = memory.matrix(rows: batch.sequenceCount, columns: config.tokenLimit * states.width)
        }
        let logits = FloatBuffer(count: batch.sequenceCount * classifier.columns)
        multiply(logits.matrix(rows: batch.sequenceCount, columns: classifier.columns), features, classifier)
        return (0..<batch.sequenceCount).map {
            logits.values($0 * classifier.columns..<($0 + 1) * classifier.columns)
        }
    }

    /// Rows of some width in a buffer.
    private struct States {
        let buffer: FloatBuffer
        let width: Int
    }

    /// Runs the encoder; gives what the head reads of it, (T, H) or (T, (L + 1) · H).
    private func readStates() -> States {
        guard model.head.form.states == .all else {
            runBlocks(selection: nil) { _ in }
            return States(buffer: workspace.hidden, width: config.hiddenSize)
        }
        let (size, count) = (config.hiddenSize, config.layerCount + 1)
        let all = FloatBuffer(zeroPages: batch.tokenCount * count * size)
        var index = 0
        runBlocks(selection: nil) { _ in
            for token in 0..<batch.tokenCount {
                unsafe (all.base + (token * count + index) * size).update(
                    from: hidden.base + token * size, count: size)
            }
            index += 1
        }
        return States(buffer: all, width: count * size)
    }

    // MARK: LSTM

    /// What each sequence's answer is, (S, width), of states that are one row a token.
    private func runRecurrent(_ layer: RecurrentLayer, _ states: States) -> FloatBuffer {
        let answers = FloatBuffer(count: batch.sequenceCount * layer.width)
        var input = states
        for (index, directions) in model.layers.recurrent.enumerated() {
            let isLast = index == layer.layerCount - 1
            let runs = directions.enumerated().map { number, direction in
                let scan = RecurrentScan(batch, layer, isReverse: number == 1, isLast: isLast)
                return RecurrentRun(scan, direction, gates: gates(direction, scan, input), layer.size)
            }
            let pieces = runs.indices.flatMap { run in runs[run].scan.groups.indices.map { (run, $0) } }
            pool.forEach(pieces.count) { piece in
                let (run, group) = (runs[pieces[piece].0], runs[pieces[piece].0].scan.groups[pieces[piece].1])
                kernels.lstmForward(
                    gates: run.gates.rows(group.rows), cells: run.cells.rows(group.rows),
                    outputs: run.outputs.rows(group.rows), steps: group.steps, recurrent: run.direction.recurrent)
            }
            let next = isLast ? answers : FloatBuffer(zeroPages: batch.tokenCount * layer.width)
            for (number, run) in runs.enumerated() {
                let target = next.matrix(
                    rows: isLast ? batch.sequenceCount : batch.tokenCount, columns: layer.width
                ).columns(number * layer.size..<(number + 1) * layer.size)
                let scan = run.scan
                if isLast {
                    for (sequence, row) in scan.lastRows.enumerated() { copy(run.outputs, row, to: target, sequence) }
                } else {
                    for (row, token) in scan.tokens.enumerated() { copy(run.outputs, row, to: target, token) }
                }
            }
            input = States(buffer: next, width: layer.width)
        }
        return answers
    }

    /// The inputs' part of a direction's gates, in the order of the scan: one product over all of its rows.
    private func gates(_ direction: RecurrentDirection, _ scan: RecurrentScan, _ input: States) -> FloatBuffer {
        let rows = scan.tokens.count
        let gathered = FloatBuffer(zeroPages: rows * input.width)
        for (row, token) in scan.tokens.enumerated() {
            unsafe (gathered.base + row * input.width).update(
                from: input.buffer.base + token * input.width, count: input.width)
        }
        let gates = FloatBuffer(zeroPages: rows * direction.input.columns)
        multiply(
            gates.matrix(rows: rows, columns: direction.input.columns),
            gathered.matrix(rows: rows, columns: input.width), direction.input)
        return gates
    }

    private func copy(_ source: MatrixView, _ row: Int, to target: MatrixView, _ targetRow: Int) {
        unsafe (target.base + targetRow * target.stride).update(
            from: source.base + row * source.stride, count: source.columns)
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
