// What the worker's stream says of a file: its tensors by path, Keras' own lists, and what was passed over. Checked
// here, since the sender has met a hostile file.

internal import AdzeBytes
internal import AdzeSafetensors
internal import AdzeTensors

/// An object of a file that is no tensor.
public struct SkippedObject: Sendable, Equatable {
    /// Its path, without the leading slash.
    public let path: String
    /// Why it is none.
    public let reason: String
}

/// The tensors of an HDF5 file and what belongs to them.
struct HDF5Contents: Sendable {
    /// The stream; its names are paths without the leading slash.
    let stream: SafetensorsFile
    /// The paths in the order of Keras' lists where there are any, then the others by name.
    let order: [TensorInfo]
    let skipped: [SkippedObject]
    /// What the worker says of its own confinement: `full`, or why not.
    let sandbox: String

    init(stream: SafetensorsFile) throws(KerasError) {
        let metadata = Dictionary(stream.metadata, uniquingKeysWith: { first, _ in first })
        guard let sandbox = metadata["hdf5.sandbox"] else { throw .metadata("the state of its sandbox") }
        // HDF5 has no such types: nothing that a file holds may go missing in silence.
        if let tensor = stream.unsupported.first {
            throw .stream(.unsupportedDType(tensor: tensor.name, dtype: tensor.dtype))
        }
        self.stream = stream
        self.sandbox = fitForTerminal(sandbox)
        skipped = try HDF5Contents.skipped(metadata["hdf5.skipped"])
        let lists = try NameLists(metadata["hdf5.attributes"])
        order = try HDF5Contents.order(stream.tensors, lists, skipped: skipped)
    }

    private static func skipped(_ text: String?) throws(KerasError) -> [SkippedObject] {
        try rows(text, "the list of skipped objects").map { row throws(KerasError) in
            guard row.count == 2, let path = row[0].string, let reason = row[1].string else {
                throw .metadata("the list of skipped objects")
            }
            return SkippedObject(path: path, reason: fitForTerminal(reason))
        }
    }

    fileprivate static func rows(_ text: String?, _ what: String) throws(KerasError) -> [[JSONValue]] {
        let limits = JSONLimits(bytes: 25_000_000, depth: 4, values: 4_000_000)
        guard let text, let value = try? parseJSON(Array(text.utf8), limits: limits), let rows = value.array else {
            throw .metadata(what)
        }
        return try rows.map { row throws(KerasError) in
            guard let row = row.array else { throw .metadata(what) }
            return row
        }
    }

    /// Every weight that a list names must be there; what no list names follows, by path.
    private static func order(
        _ tensors: [TensorInfo], _ lists: NameLists, skipped: [SkippedObject]
    ) throws(KerasError) -> [TensorInfo] {
        let infos = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let reasons = Dictionary(skipped.map { ($0.path, $0.reason) }, uniquingKeysWith: { first, _ in first })
        var order: [TensorInfo] = []
        var seen: Set<String> = []
        try lists.forEachWeight(isDataset: { infos[$0] != nil }) { path throws(KerasError) in
            guard let info = infos[path] else {
                if let reason = reasons[path] { throw .notATensor(path, reason: reason) }
                throw .missingWeight(path)
            }
            if seen.insert(path).inserted { order.append(info) }
        }
        let others = tensors.filter { !seen.contains($0.name) }
        return order + others.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

/// The attributes `layer_names` and `weight_names`, with which Keras 2 puts its weights in order.
private struct NameLists {
    /// No tensor has a longer name, so no group of a longer one holds any.
    private static let maximumPathLength = 1024

    private var layers: [String: [String]] = [:]
    private var weights: [String: [String]] = [:]
    /// The groups of `layers`, in the order of the file.
    private var groups: [String] = []

    init(_ text: String?) throws(KerasError) {
        let what = "the lists of weights"
        for row in try HDF5Contents.rows(text, what) {
            guard row.count == 3, let path = row[0].string, let name = row[1].string, let list = row[2].array,
                path.utf8.count <= NameLists.maximumPathLength
            else { throw .metadata(what) }
            let texts = list.compactMap(\.string)
            guard texts.count == list.count else { throw .metadata(what) }
            switch name {
            case "layer_names":
                // A group is met once, and has an attribute once.
                guard layers.updateValue(texts, forKey: path) == nil else { throw .metadata(what) }
                groups.append(path)
            case "weight_names":
                guard weights.updateValue(texts, forKey: path) == nil else { throw .metadata(what) }
            default: break
            }
        }
    }

    private static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : path + "/" + name }

    /// Calls `body` with each path that the lists name. A shard's `layer_names` name datasets themselves.
    ///
    /// A layer's weights come once, however often the layer is named: a short file could else name them billions of
    /// times. For the same reason paths are made one at a time.
    func forEachWeight(
        isDataset: (String) -> Bool, _ body: (String) throws(KerasError) -> Void
    ) throws(KerasError) {
        var met: Set<String> = []
        for group in groups {
            for layer in layers[group] ?? [] {
                let inside = NameLists.join(group, layer)
                if let names = weights[inside] {
                    guard met.insert(inside).inserted else { continue }
                    for name in names { try body(NameLists.join(inside, name)) }
                } else if isDataset(inside) {
                    try body(inside)
                }
            }
        }
    }
}
