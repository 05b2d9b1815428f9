// The header's JSON as types: what a file holds, tensor by tensor, and the opaque values that travel with it. Not here:
// places in the file, which follow from this and the frame table (`NativeLayout.swift`).

public import AdzeBytes
public import AdzeTensors

/// How a file stores its weights.
public enum NativeStore: String, Sendable, CaseIterable {
    /// int8 codes, and the residual that gives exact fp32 back.
    case full
    /// int8 codes alone.
    case int8
    /// Exact fp32 alone.
    case fp32
}

/// What a model is besides its weights; each value is any JSON, not interpreted by this format.
public struct NativeMetadata: Sendable, Equatable {
    /// The encoder's configuration.
    public var config: JSONValue?
    /// The recipe of the head.
    public var head: JSONValue?
    /// The names of the classes.
    public var labels: JSONValue?
    /// The tokenizer's settings; the vocabulary stands apart.
    public var tokenizer: JSONValue?
    /// Where the weights come from.
    public var provenance: JSONValue?
    /// Texts with their results, to be checked again later.
    public var probes: JSONValue?
    /// The quality report of the conversion.
    public var report: JSONValue?

    /// Metadata; all of it may be absent.
    public init(
        config: JSONValue? = nil, head: JSONValue? = nil, labels: JSONValue? = nil, tokenizer: JSONValue? = nil,
        provenance: JSONValue? = nil, probes: JSONValue? = nil, report: JSONValue? = nil
    ) {
        self.config = config
        self.head = head
        self.labels = labels
        self.tokenizer = tokenizer
        self.provenance = provenance
        self.probes = probes
        self.report = report
    }

    /// The header keys, and where their values live.
    static var keys: [(String, WritableKeyPath<NativeMetadata, JSONValue?>)] {
        [
            ("config", \.config), ("head", \.head), ("labels", \.labels), ("tokenizer", \.tokenizer),
            ("provenance", \.provenance), ("probes", \.probes), ("report", \.report),
        ]
    }
}

/// How the elements of a tensor are stored.
public enum StoredScheme: Sendable, Equatable {
    /// Exact fp32; the low `shift` bits of every pattern are zero and left out.
    case float32(shift: Int)
    /// Codes and row scales, perhaps column factors, in a full file the residual with its own shift, and the elements
    /// whose codes lie beyond ±127.
    case int8(hasColumnFactors: Bool, residualShift: Int?, outliers: [CodeOutlier])
}

/// A tensor of a native file.
public struct NativeTensorRecord: Sendable, Equatable {
    /// The name, unique in the file.
    public let name: String
    /// The dimensions.
    public let shape: Shape
    /// The element type before conversion; what the file gives is fp32.
    public let originalDType: DType
    /// How the elements are stored.
    public let scheme: StoredScheme

    static let dtypes: [DType] = [.float16, .bfloat16, .float32, .float64]
}

/// The size of a vocabulary: bytes once decoded, and tokens.
struct VocabularySize: Sendable, Equatable {
    var bytes: Int
    var count: Int
}

/// All that the header says.
struct NativeHeader: Sendable, Equatable {
    var store: NativeStore
    var metadata: NativeMetadata
    var vocabulary: VocabularySize?
    var tensors: [NativeTensorRecord]

    // MARK: Writing

    /// The header's canonical text.
    var text: [UInt8] {
        var object = JSONObject()
        object["store"] = .string(store.rawValue)
        object["tensors"] = .array(tensors.map(NativeHeader.json))
        if let vocabulary {
            object["vocabulary"] = .object(["bytes": .integer(vocabulary.bytes), "count": .integer(vocabulary.count)])
        }
        for (key, path) in NativeMetadata.keys { object[key] = metadata[keyPath: path] }
        return Array(JSONValue.object(object).canonicalText.utf8)
    }

    private static func json(_ tensor: NativeTensorRecord) -> JSONValue {
        var scheme: JSONObject
        switch tensor.scheme {
        case .float32(let shift): scheme = ["kind": .string("float32"), "shift": .integer(shift)]
        case .int8(let hasColumnFactors, let residualShift, let outliers):
            scheme = ["bits": .integer(8), "columns": .bool(hasColumnFactors), "kind": .string("int8")]
            if !outliers.isEmpty { scheme["outliers"] = json(outliers) }
            if let residualShift { scheme["residual"] = .object(["shift": .integer(residualShift)]) }
        }
        return .object([
            "dtype": .string(tensor.originalDType.rawValue), "name": .string(tensor.name), "scheme": .object(scheme),
            "shape": .array(tensor.shape.dimensions.map { .integer($0) }),
        ])
    }

    // MARK: Reading

    /// Parses and checks a header; the text must be canonical.
    init(text: [UInt8]) throws(NativeError) {
        let value: JSONValue
        do throws(JSONError) {
            value = try parseJSON(text, limits: JSONLimits(bytes: NativeLimits.headerBytes))
        } catch {
            throw .headerJSON(error)
        }
        try NativeHeader.requireCanonical(value, text: text)
        var fields = try HeaderFields(value, "(top)")
        let storeName = try fields.string("store")
        guard let store = NativeStore(rawValue: storeName) else {
            throw .headerField("store", expected: "full, int8 or fp32", found: quoted(storeName))
        }
        let tensors = try NativeHeader.tensors(try fields.array("tensors"), store: store)
        let vocabulary = try fields.optional("vocabulary").map { value throws(NativeError) in
            try NativeHeader.vocabulary(value)
        }
        var metadata = NativeMetadata()
        for (key, path) in NativeMetadata.keys { metadata[keyPath: path] = fields.optional(key) }
        try fields.end()
        self.init(store: store, metadata: metadata, vocabulary: vocabulary, tensors: tensors)
    }

    init(
        store: NativeStore, metadata: NativeMetadata, vocabulary: VocabularySize?, tensors: [NativeTensorRecord]
    ) {
        self.store = store
        self.metadata = metadata
        self.vocabulary = vocabulary
        self.tensors = tensors
    }

    private static func requireCanonical(_ value: JSONValue, text: [UInt8]) throws(NativeError) {
        var canonical = value.canonicalText
        let difference = canonical.withUTF8 { bytes in
            unsafe bytes.elementsEqual(text) ? nil : zip(bytes, text).prefix { $0 == $1 }.count
        }
        if let difference { throw .headerNotCanonical(offset: difference) }
    }

    private static func vocabulary(_ value: JSONValue) throws(NativeError) -> VocabularySize {
        var fields = try HeaderFields(value, "vocabulary")
        let bytes = try fields.integer("bytes", in: 0...NativeLimits.vocabularyBytes)
        let count = try fields.integer("count", in: 0...NativeLimits.vocabularyCount)
        try fields.end()
        guard count <= bytes else {
            throw .headerField("vocabulary.count", expected: "at most one token a byte", found: "\(count) in \(bytes)")
        }
        return VocabularySize(bytes: bytes, count: count)
    }

    private static func tensors(_ values: [JSONValue], store: NativeStore) throws(NativeError) -> [NativeTensorRecord] {
        guard values.count <= NativeLimits.tensors else {
            throw .limit(part: "number of tensors", found: values.count, limit: NativeLimits.tensors)
        }
        var names = Set<String>(minimumCapacity: values.count)
        var tensors: [NativeTensorRecord] = []
        tensors.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            var fields = try HeaderFields(value, "tensors[\(index)]")
            let name = try fields.string("name")
            if let problem = NativeTensorRecord.problem(name: name) {
                throw .headerField("tensors[\(index)].name", expected: "a tensor's name", found: problem)
            }
            guard names.insert(name).inserted else { throw .duplicateTensor(name) }
            let shape = try shape(try fields.array("shape"), "tensors[\(index)].shape")
            let dtypeName = try fields.string("dtype")
            guard let dtype = DType(rawValue: dtypeName), NativeTensorRecord.dtypes.contains(dtype) else {
                throw .headerField(
                    "tensors[\(index)].dtype", expected: "float16, bfloat16, float32 or float64",
                    found: quoted(dtypeName))
            }
            let scheme = try scheme(
                try fields.required("scheme"), shape: shape, store: store, "tensors[\(index)].scheme")
            try fields.end()
            tensors.append(NativeTensorRecord(name: name, shape: shape, originalDType: dtype, scheme: scheme))
        }
        return tensors
    }

    private static func shape(_ values: [JSONValue], _ path: String) throws(NativeError) -> Shape {
        var dimensions: [Int] = []
        for value in values.prefix(Shape.maximumRank + 1) {
            guard let dimension = value.integer else {
                throw .headerField(path, expected: "whole numbers", found: value.kindName)
            }
            dimensions.append(dimension)
        }
        guard let shape = Shape(dimensions), shape.count <= NativeLimits.elements else {
            throw .headerField(
                path, expected: "at most 8 dimensions ≥ 0 of \(NativeLimits.elements) elements at most",
                found: "\(dimensions)")
        }
        return shape
    }

    private static func scheme(
        _ value: JSONValue, shape: Shape, store: NativeStore, _ path: String
    ) throws(NativeError) -> StoredScheme {
        var fields = try HeaderFields(value, path)
        let kind = try fields.string("kind")
        switch kind {
        case "float32":
            let shift = try fields.integer("shift", in: 0...23)
            try fields.end()
            return .float32(shift: shift)
        case "int8":
            _ = try fields.integer("bits", in: 8...8)
            let hasColumnFactors = try fields.bool("columns")
            var residualShift: Int?
            if let residual = fields.optional("residual") {
                var residual = try HeaderFields(residual, path + ".residual")
                residualShift = try residual.integer("shift", in: 0...23)
                try residual.end()
            }
            let listed: [JSONValue]? = fields.contains("outliers") ? try fields.array("outliers") : nil
            try fields.end()
            guard shape.rank == 2, shape.count > 0 else {
                throw .headerField(path, expected: "float32 for the shape \(shape)", found: "int8")
            }
            guard store != .fp32, (store == .full) == (residualShift != nil) else {
                throw .headerField(
                    path, expected: "what the store \(store.rawValue) has",
                    found: residualShift == nil ? "int8 without a residual" : "int8 with a residual")
            }
            let found = try listed.map { values throws(NativeError) in
                try outliers(values, shape: shape, path + ".outliers")
            }
            return .int8(hasColumnFactors: hasColumnFactors, residualShift: residualShift, outliers: found ?? [])
        default:
            throw .headerField(path + ".kind", expected: "float32 or int8", found: quoted(kind))
        }
    }
}

extension NativeTensorRecord {
    /// What a name must not be, or nil.
    static func problem(name: String) -> String? {
        if name.isEmpty { return "an empty one" }
        if name.utf8.count > NativeLimits.nameBytes { return "one of \(name.utf8.count) bytes" }
        if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return "a control character in \(quoted(name))"
        }
        return nil
    }
}
