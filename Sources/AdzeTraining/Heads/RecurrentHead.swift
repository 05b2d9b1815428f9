// Classification of texts by an LSTM over their positions, both directions. The recurrent steps are `Kernels.lstmForward`
// and its way back; here are the products around them. Not here: which positions are met when, which is `RecurrentScan`.
//
// Of each layer and direction: one product over all rows that are met, then the steps, a group of sequences at a time on
// each thread; on the way back the steps first, and then the products over all rows.

internal import AdzeKernels
internal import AdzeModels
internal import AdzeThreads

/// What one direction of a layer keeps from forward to backward.
final class RecurrentActivations: @unchecked Sendable {
    // @unchecked: pieces of work write rows of their own; nothing grows while they run.
    /// (R, in): what it read, in the order of the scan.
    fileprivate var input = GrowableBuffer()
    /// (R, 4h): the gates' activations, then the gradients before them.
    fileprivate var gates = GrowableBuffer()
    /// (R, h).
    fileprivate var cells = GrowableBuffer()
    /// (R, h): the outputs; on the way back each row's output of the step before.
    fileprivate var outputs = GrowableBuffer()
    /// (R, h): the outputs' gradient.
    fileprivate var gradient = GrowableBuffer()
    /// (4h): the sum of both biases.
    fileprivate var bias = GrowableBuffer()
    fileprivate let inputWeights = PackedSpace()
    fileprivate let recurrentWeights = PackedSpace()

    fileprivate func reserve(rows: Int, _ place: RecurrentPlace) {
        input.reserve(rows * place.depth)
        gates.reserve(rows * 4 * place.size)
        cells.reserve(rows * place.size)
        outputs.reserve(rows * place.size)
        gradient.reserve(rows * place.size)
        bias.reserve(4 * place.size)
    }
}

/// The memory of an LSTM in training.
final class RecurrentWorkspace {
    /// By layer and direction.
    fileprivate var directions: [[RecurrentActivations]] = []
    /// (T, width): what each layer but the last gives at each position.
    fileprivate var outputs: [GrowableBuffer] = []
    /// Their gradient, of one layer at a time.
    fileprivate var gradient = GrowableBuffer()
    /// (R, in): the gradient of what a direction read.
    fileprivate var inputGradient = GrowableBuffer()

    fileprivate func prepare(layers: Int, directions count: Int) {
        while directions.count < layers { directions.append([]) }
        for layer in 0..<layers {
            while directions[layer].count < count { directions[layer].append(RecurrentActivations()) }
            if outputs.count <= layer { outputs.append(GrowableBuffer()) }
        }
    }
}

/// One direction of one layer at work on a batch.
private struct RecurrentPass: Sendable {
    let place: RecurrentPlace
    let scan: RecurrentScan
    let kept: RecurrentActivations

    var rows: Int { scan.tokens.count }
    var input: MatrixView { kept.input.buffer.matrix(rows: rows, columns: place.depth) }
    var gates: MatrixView { kept.gates.buffer.matrix(rows: rows, columns: 4 * place.size) }
    var cells: MatrixView { kept.cells.buffer.matrix(rows: rows, columns: place.size) }
    var outputs: MatrixView { kept.outputs.buffer.matrix(rows: rows, columns: place.size) }
    var gradient: MatrixView { kept.gradient.buffer.matrix(rows: rows, columns: place.size) }
}

extension EncoderPass {
    /// logits = classifier(dropout(lstm(states)))
    func recurrentForward(_ layer: RecurrentLayer, _ logits: MatrixView) {
        workspace.recurrent.prepare(layers: layer.layerCount, directions: layer.directionCount)
        var input = states
        for index in 0..<layer.layerCount {
            let passes = passes(layer, index)
            for pass in passes {
                pass.kept.reserve(rows: pass.rows, pass.place)
                pass.scan.gather(input, into: pass.input)
                projectForward(pass)
            }
            let isLast = index == layer.layerCount - 1
            runSteps(passes)
            workspace.recurrent.outputs[index].reserve(tokens * layer.width)
            let outputs = isLast ? features(layer) : positions(index, layer)
            for (number, pass) in passes.enumerated() {
                let target = outputs.columns(number * layer.size..<(number + 1) * layer.size)
                if isLast {
                    pass.scan.takeLast(of: pass.outputs, to: target)
                } else {
                    pass.scan.scatter(pass.outputs, to: target)
                }
            }
            input = outputs
        }
        let read = dropped(features(layer), dropout.head, into: workspace.pooledInput)
        applyHead(places.classifier, workspace.headWeights, nil, logits, read)
    }

    func recurrentBackward(_ layer: RecurrentLayer, _ logits: MatrixView) {
        let read = kept(features(layer), dropout.head, in: workspace.pooledInput)
        addHeadGradients(places.classifier, logits, read)
        var gradient = workspace.pooledGradient.buffer.matrix(rows: batch.sequenceCount, columns: layer.width)
        unsafe unapplyHead(
            places.classifier, workspace.headWeights, UnsafePointer(model.weights.base), gradient, logits)
        if let draw = dropout.head { kernels.dropout(draw, gradient, gradient, first: 0, pitch: layer.width) }
        for index in (0..<layer.layerCount).reversed() {
            let passes = passes(layer, index)
            for (number, pass) in passes.enumerated() {
                let source = gradient.columns(number * layer.size..<(number + 1) * layer.size)
                if index == layer.layerCount - 1 {
                    unsafe pass.gradient.base.update(repeating: 0, count: pass.rows * layer.size)
                    pass.scan.putLast(source, into: pass.gradient)
                } else {
                    pass.scan.gather(source, into: pass.gradient)
                }
            }
            runStepsBackward(passes)
            addRecurrentGradients(passes)
            guard index > 0 || learnsBelow else { return }
            if index > 0 { workspace.recurrent.gradient.reserve(tokens * layer.width) }
            let below =
                index > 0
                ? workspace.recurrent.gradient.buffer.matrix(rows: tokens, columns: layer.width) : statesGradient
            projectBackward(passes, to: below)
            gradient = below
        }
    }

    // MARK: Pieces

    private func passes(_ layer: RecurrentLayer, _ index: Int) -> [RecurrentPass] {
        (0..<layer.directionCount).map { direction in
            RecurrentPass(
                place: places.recurrent[index][direction],
                scan: RecurrentScan(
                    batch, layer, isReverse: direction == 1, isLast: index == layer.layerCount - 1),
                kept: workspace.recurrent.directions[index][direction])
        }
    }

    /// What the classifier reads, (S, width).
    private func features(_ layer: RecurrentLayer) -> MatrixView {
        workspace.pooled.buffer.matrix(rows: batch.sequenceCount, columns: layer.width)
    }

    /// What a layer gives at each position, (T, width).
    private func positions(_ index: Int, _ layer: RecurrentLayer) -> MatrixView {
        workspace.recurrent.outputs[index].buffer.matrix(rows: tokens, columns: layer.width)
    }

    /// gates = input · weightᵀ + both biases.
    private func projectForward(_ pass: RecurrentPass) {
        let (place, weights) = unsafe (pass.place, UnsafePointer(model.weights.base))
        let matrix = pass.kept.inputWeights.matrix(columns: 4 * place.size, depth: place.depth, for: kernels)
        let recurrent = recurrentMatrix(pass, isBackward: false)
        pool.pack(
            [(matrix, place.input), (recurrent, place.recurrent)].map {
                unsafe PackingJob(matrix: $0, parts: [PackingJob.Part($1, in: weights)], isBackward: false)
            }, kernels: kernels)
        let bias = unsafe pass.kept.bias.buffer.base
        let (first, second) = unsafe (weights + place.input.bias, weights + place.recurrent.bias)
        for gate in 0..<4 * place.size { unsafe bias[gate] = first[gate] + second[gate] }
        unsafe multiplyHead(pass.gates, pass.input, matrix, bias: UnsafePointer(bias))
    }

    /// In panels whoever multiplies elsewhere: a step is too small for a library.
    private func recurrentMatrix(_ pass: RecurrentPass, isBackward: Bool) -> PackedMatrix {
        let size = pass.place.size
        return pass.kept.recurrentWeights.matrix(
            columns: isBackward ? size : 4 * size, depth: isBackward ? 4 * size : size, for: kernels.exact)
    }

    private func runSteps(_ passes: [RecurrentPass]) {
        let matrices = passes.map { recurrentMatrix($0, isBackward: false) }
        forEachGroup(passes) { number, group in
            let pass = passes[number]
            kernels.lstmForward(
                gates: pass.gates.rows(group.rows), cells: pass.cells.rows(group.rows),
                outputs: pass.outputs.rows(group.rows), steps: group.steps, recurrent: matrices[number])
        }
    }

    private func runStepsBackward(_ passes: [RecurrentPass]) {
        let weights = unsafe UnsafePointer(model.weights.base)
        let matrices = passes.map { recurrentMatrix($0, isBackward: true) }
        pool.pack(
            zip(passes, matrices).map {
                unsafe PackingJob(
                    matrix: $1, parts: [PackingJob.Part($0.place.recurrent, in: weights)], isBackward: true)
            }, kernels: kernels)
        forEachGroup(passes) { number, group in
            let pass = passes[number]
            kernels.lstmBackward(
                gates: pass.gates.rows(group.rows), cells: pass.cells.rows(group.rows),
                gradient: pass.gradient.rows(group.rows), steps: group.steps, recurrent: matrices[number])
            shiftOutputs(pass.outputs.rows(group.rows), group.steps)
        }
    }

    /// Sequences that go step by step together, of every direction, on all threads.
    private func forEachGroup(_ passes: [RecurrentPass], _ body: @Sendable (Int, RecurrentScan.Group) -> Void) {
        pool.forEachPiece(passes.map { $0.scan.groups.count }) { number, group, _ in
            body(number, passes[number].scan.groups[group])
        }
    }

    /// Puts in place of each row's output that of its sequence's step before, zero before the first.
    private func shiftOutputs(_ outputs: MatrixView, _ steps: [Int]) {
        for step in (0..<steps.count - 1).reversed() {
            for row in steps[step]..<steps[step + 1] {
                if step == 0 {
                    unsafe (outputs.base + row * outputs.stride).update(repeating: 0, count: outputs.columns)
                } else {
                    outputs.copy(row: row - steps[step] + steps[step - 1], to: outputs, row: row)
                }
            }
        }
    }

    private func addRecurrentGradients(_ passes: [RecurrentPass]) {
        if extent.findsInputs { return }
        let gradients = model.gradients
        add(
            passes.flatMap { pass in
                [(pass.place.input, pass.input), (pass.place.recurrent, pass.outputs)].map { place, inputs in
                    WeightGradient(
                        sums: gradients.matrix(rows: place.columns, columns: place.depth, offset: place.weight),
                        outputs: pass.gates, inputs: inputs)
                }
            })
        for pass in passes {
            unsafe kernels.addRows(gradients.base + pass.place.input.bias, pass.gates)
            unsafe kernels.addRows(gradients.base + pass.place.recurrent.bias, pass.gates)
        }
    }

    /// The gradient of what a layer read at each position, (T, in): the sum over the directions that met it.
    private func projectBackward(_ passes: [RecurrentPass], to target: MatrixView) {
        for row in 0..<target.rows {
            unsafe (target.base + row * target.stride).update(repeating: 0, count: target.columns)
        }
        for pass in passes {
            workspace.recurrent.inputGradient.reserve(pass.rows * pass.place.depth)
            let gradient = workspace.recurrent.inputGradient.buffer.matrix(rows: pass.rows, columns: pass.place.depth)
            unsafe unapplyHead(
                pass.place.input, pass.kept.inputWeights, UnsafePointer(model.weights.base), gradient, pass.gates)
            for (row, token) in pass.scan.tokens.enumerated() {
                unsafe kernels.addRows(target.base + token * target.stride, gradient.rows(row..<row + 1))
            }
        }
    }
}
