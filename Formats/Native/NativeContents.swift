// The input of the native writer, and the summary that it returns. Not here: the writing.

import AdzeBytes
public import AdzeTensors

/// How a tensor is to be stored.
public enum TensorScheme: Sendable, Equatable {
    /// Exact fp32.
    case float32
    /// 8-bit codes with a scale a row; with factors, each column is multiplied by its own before. Outliers are elements,
    /// row-major and in their order, that may have codes beyond ±127: where any does, the file is of version 2.
    case int8(columnFactors: [Float]? = nil, outliers: [Int] = [])
}

/// A tensor to be written.
public struct NativeTensorPlan: Sendable, Equatable {
    /// The name in the file.
    public var name: String
    /// The dimensions that the loaded tensor will have.
    public var shape: Shape
    /// The element type in the source, for information.
    public var originalDType: DType
    /// How it is to be stored; a store of fp32 keeps everything in fp32 whatever this says.
    public var scheme: TensorScheme

    /// A plan.
    public init(name: String, shape: Shape, originalDType: DType = .float32, scheme: TensorScheme) {
        self.name = name
        self.shape = shape
        self.originalDType = originalDType
        self.scheme = scheme
    }
}

/// A whole model to be written; its elements come later, tensor by tensor.
public struct NativeContents: Sendable, Equatable {
    /// How the weights are stored.
    public var store: NativeStore
    /// Everything that is JSON.
    public var metadata: NativeMetadata
    /// The tokens by id, or nil for a model without vocabulary.
    public var vocabulary: [String]?
    /// The tensors in the order of the file.
    public var tensors: [NativeTensorPlan]

    /// Contents.
    public init(
        store: NativeStore = .full, metadata: NativeMetadata = NativeMetadata(), vocabulary: [String]? = nil,
        tensors: [NativeTensorPlan]
    ) {
        self.store = store
        self.metadata = metadata
        self.vocabulary = vocabulary
        self.tensors = tensors
    }
}

/// What was written.
public struct NativeWriteReport: Sendable, Equatable {
    /// The tensors as they are stored.
    public let tensors: [NativeTensorRecord]
    /// Tensors that were to be int8 and stayed fp32: not a matrix, empty, not finite or too large.
    public let keptInFloat32: [String]
    /// The file's bytes by use.
    public let sizes: NativeSizes
}

extension NativeTensorPlan {
    /// The name as messages show it.
    var quotedName: String { quoted(name) }

    /// Throws what makes the plan impossible.
    func check() throws(NativeError) {
        if let problem = NativeTensorRecord.problem(name: name) {
            throw .cannotWrite(part: "tensor \(quotedName)", problem: "expected a name, found \(problem)")
        }
        guard NativeTensorRecord.dtypes.contains(originalDType) else {
            throw .cannotWrite(
                part: "tensor \(quotedName)", problem: "elements of type \(originalDType.rawValue), expected floats")
        }
        guard shape.count <= NativeLimits.elements else {
            throw .limit(part: "elements of tensor \(quotedName)", found: shape.count, limit: NativeLimits.elements)
        }
        guard case .int8(let factors, let outliers) = scheme else { return }
        try check(outliers: outliers)
        guard let factors else { return }
        let columns = shape.rank == 2 ? shape[1] : 0
        guard factors.count == columns else {
            throw .cannotWrite(
                part: "tensor \(quotedName)", problem: "\(factors.count) column factors for the shape \(shape)")
        }
        if let bad = factors.first(where: { !RowQuantizer.factors.contains($0) }) {
            throw .cannotWrite(
                part: "tensor \(quotedName)", problem: "a column factor of \(bad), expected 2^-24 to 2^24")
        }
    }

    private func check(outliers: [Int]) throws(NativeError) {
        guard outliers.count <= OutlierCoding.mostPerTensor else {
            throw .limit(
                part: "outliers of tensor \(quotedName)", found: outliers.count, limit: OutlierCoding.mostPerTensor)
        }
        let isSorted = zip(outliers, outliers.dropFirst()).allSatisfy { $0 < $1 }
        guard isSorted, outliers.first ?? 0 >= 0, outliers.last ?? 0 < max(shape.count, 1) else {
            throw .cannotWrite(
                part: "tensor \(quotedName)", problem: "outliers that are no ascending elements of the shape \(shape)")
        }
    }
}
