// AdamW's three variants as the numbers that one kernel takes, and the definition of a step. Not here: which parameters
// a step moves, see `Optimizer`.

internal import CKernels

/// Which published AdamW.
public enum AdamWVariant: String, Sendable, CaseIterable {
    /// `torch.optim.AdamW`: weights decay before the update, ε is added to the corrected root.
    case torch
    /// `AdamW` of pytorch_transformers and of transformers before version 5: the bias correction is folded into the
    /// rate, so that ε is added to the uncorrected root, and weights decay after the update.
    case transformers
    /// `AdamWeightDecayOptimizer` of Google's BERT for TensorFlow 1: no bias correction, decay inside the update.
    case google
}

/// The numbers of AdamW that all parameters share.
public struct AdamW: Sendable, Equatable {
    /// The variant.
    public var variant: AdamWVariant
    /// How much of the first moment stays at each step.
    public var beta1: Double
    /// How much of the second moment stays at each step.
    public var beta2: Double
    /// What is added to the root of the second moment.
    public var epsilon: Double

    /// A variant with the numbers that its authors chose: ε is 1e-8, and 1e-6 for Google's.
    public init(_ variant: AdamWVariant, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double? = nil) {
        self.variant = variant
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon ?? (variant == .google ? 1e-6 : 1e-8)
    }

    /// The kernel's numbers for a parameter's `update`-th update, counted from 1.
    ///
    /// `rate` is the learning rate of this parameter at this step. Everything is computed in double precision and
    /// rounded once.
    /// - Source: torch/optim/adamw.py (`_single_tensor_adamw`), transformers 4 optimization.py (`AdamW.step`),
    ///   google-research/bert optimization.py (`apply_gradients`).
    func constants(update: Int, rate: Double, weightDecay: Double, gradientScale: Float = 1) -> ck_adamw {
        precondition(update > 0, "updates are counted from 1")
        var step = ck_adamw(
            beta1: Float(beta1), rest1: Float(1 - beta1), beta2: Float(beta2), rest2: Float(1 - beta2),
            root_correction: 1, epsilon: Float(epsilon), rate: Float(rate), decay_before: 1, decay_inside: 0,
            decay_after: 0, gradient_scale: gradientScale)
        let correction1 = 1 - power(beta1, update)
        let correction2 = 1 - power(beta2, update)
        switch variant {
        case .torch:
            step.root_correction = Float(1 / correction2.squareRoot())
            step.rate = Float(rate / correction1)
            step.decay_before = Float(1 - rate * weightDecay)
        case .transformers:
            step.rate = Float(rate * correction2.squareRoot() / correction1)
            step.decay_after = Float(rate * weightDecay)
        case .google:
            step.decay_inside = Float(weightDecay)
        }
        return step
    }
}

/// By squaring: the C library's `pow` may differ between systems in the last bit.
private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}

extension ck_adamw {
    /// What a step does to one weight and its moments: the definition that the kernels agree with to the bit.
    func advance(weight: inout Float, first: inout Float, second: inout Float, gradient: Float) {
        let g = gradient * gradient_scale
        first = ck_adamw.settled((first * beta1).addingProduct(rest1, g))
        second = ck_adamw.settled((second * beta2).addingProduct(g * rest2, g))
        let direction = first / epsilon.addingProduct(second.squareRoot(), root_correction)
        let update = direction.addingProduct(decay_inside, weight)
        let moved = (weight * decay_before).addingProduct(-rate, update)
        weight = moved.addingProduct(-decay_after, moved)
    }

    /// Moments too small to move a weight become 0 before they are denormal and slow.
    private static func settled(_ moment: Float) -> Float { abs(moment) < 0x1p-120 ? 0 : moment }
}
