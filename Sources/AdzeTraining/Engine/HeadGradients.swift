// Gradients of the loss by a gate on each attention head, which the head's output is multiplied with before the layer after
// it: forward and backward without dropout, and without gradients of parameters. Not here: what is made of them.
//
// The gate is 1, so that its gradient is Σ context · gradient of the context over the sequence's rows and the head's D columns;
// both are there when the backward pass comes to a block's attention.
//
// Source: Michel, Levy and Neubig (2019), Are Sixteen Heads Really Better than One?, arXiv:1905.10650, section 4.1.

internal import AdzeKernels
internal import AdzeModels

/// Where a pass leaves the gradients of gates: each is written by the piece of work that computes it.
final class HeadGates: @unchecked Sendable {
    // @unchecked: pieces write places of their own.
    private let shape: EncoderShape
    private let values: FloatBuffer

    /// Room for some sequences: A places a block.
    init(_ shape: EncoderShape, sequences: Int) {
        self.shape = shape
        values = FloatBuffer(count: sequences * shape.layerCount * shape.headCount)
    }

    private func place(_ sequence: Int, _ head: AttentionHead) -> Int {
        (sequence * shape.layerCount + head.block) * shape.headCount + head.number
    }

    /// The gradient of a gate from what the head gave and the gradient of that, summed in double precision, row after row.
    func set(_ block: Int, _ head: EncoderPass.HeadPiece, _ output: MatrixView, _ gradient: MatrixView) {
        var sum = 0.0
        for row in 0..<output.rows {
            let (x, y) = unsafe (output.base + row * output.stride, gradient.base + row * gradient.stride)
            for column in 0..<output.columns { unsafe sum += Double(x[column]) * Double(y[column]) }
        }
        unsafe values.base[place(head.sequence, AttentionHead(block: block, number: head.number))] = Float(sum)
    }

    /// The gradients of a sequence: for each block those of the heads that it has.
    func gradients(ofSequence sequence: Int) -> [[Float]] {
        (0..<shape.layerCount).map { block in
            shape.heads(ofBlock: block).numbers.map { number in
                unsafe values.base[place(sequence, AttentionHead(block: block, number: number))]
            }
        }
    }
}

/// What a gate on each head would do to the losses of some examples.
public struct HeadGradients: Sendable {
    /// The loss of each sequence by itself.
    public let losses: [Double]
    /// For each sequence and block, the gradient of that loss by the gates of the heads that the block has, in their order.
    public let gradients: [[[Float]]]
}

extension TrainingPass {
    /// The gradients of the loss of each of some examples by a gate on each head.
    ///
    /// An example's bits depend on no other. No parameter's gradient is computed. Throws `BatchError` and `TrainingError`
    /// for targets that do not fit.
    /// - Complexity: that of a forward pass about twice; memory for ten T · H a block.
    public func headGradients(_ examples: TrainingData, _ chosen: Range<Int>) throws -> HeadGradients {
        let sequences = Array(examples.sequences[chosen])
        guard !sequences.isEmpty else { return HeadGradients(losses: [], gradients: []) }
        let function = try LossFunction(head: model.head, classCount: model.logitCount, options: LossOptions())
        var pass = try withoutDropout(
            sequences, PassExtent(start: 0, isFromPrefix: false, lowest: 0, findsInputs: true))
        let gates = HeadGates(model.config, sequences: sequences.count)
        pass.gates = gates
        pass.embed()
        pass.forward()
        var (losses, slopes): ([Double], [Float]) = ([], [])
        for (index, logits) in separate(pass.headForward(), pass.batch).enumerated() {
            let sum = try function(
                logits, examples.targets.selecting([chosen.lowerBound + index]),
                lengths: [sequences[index].ids.count])
            losses.append(sum.mean)
            slopes += sum.gradientOfMean(scale: 1)
        }
        pass.headBackward(slopes, frozenPooler: true)
        pass.backward()
        return HeadGradients(losses: losses, gradients: sequences.indices.map(gates.gradients(ofSequence:)))
    }
}
