// A LoRA adapter as PEFT saves it, and how it is merged: a base's tensors with the changes added as they are loaded, in fp32.
// Not here: its description, and files.
//
// Source: PEFT 0.21, `save_and_load.py` for the names and `lora/layer.py`, `get_delta_weight`, for the sum.

package import AdzeBytes
package import AdzeTensors

/// An adapter that has been read and not yet merged.
package struct Adapter: Sendable {
    /// What is done to one weight.
    enum Change {
        /// scale · B · A is added: A (r, in), B (out, r) of a layer; of a table its transpose, A (r, V), B (H, r).
        /// To the adapter's own tensor where it has one, else to the base's.
        case product(a: String, b: String, scale: Float, isTable: Bool, own: String?)
        /// The adapter's own tensor takes its place.
        case replacement(TensorInfo)
    }

    private let description: AdapterDescription
    private let store: any TensorStore

    /// An adapter of `adapter_config.json` and the tensors beside it; throws `AdapterError`.
    package init(description json: JSONValue, store: any TensorStore) throws(AdapterError) {
        description = try AdapterDescription(json: json)
        self.store = store
    }

    /// A base with the adapter merged.
    package struct Merged {
        /// The base's tensors, and what the adapter adds.
        package let store: any TensorStore
        /// The base's configuration, with the class that the adapter makes of it.
        package let configJSON: JSONValue?
        /// What a user should hear of.
        package let notes: [String]
        /// What a file says of it: how many layers were changed and how many weights replaced.
        package let facts: JSONObject
    }

    /// Merges it into a base; nothing is loaded yet.
    ///
    /// Throws `AdapterError`, and what finding a model in the base throws.
    package func merged(
        into base: any TensorStore, configJSON: JSONValue?, options: CheckpointOptions
    ) throws -> Merged {
        let (family, _) = try ModelCheckpoint.family(configJSON, base, options)
        let map = try ParameterMap(store: base, family: family, isOurs: options.hasOurNames, key: options.key)
        var merger = Merger(base: base, adapter: store, map: map, family: family, hasOurNames: options.hasOurNames)
        // With all biases PEFT saves those of a head twice, under the layer and under its wrapper; they are the same.
        let (whole, lowRank) = try tensors()
        guard !whole.isEmpty || !lowRank.isEmpty else { throw AdapterError.empty }
        var taken: Set<String> = []
        for (name, tensor) in whole.sorted(by: { $0.tensor.name.count < $1.tensor.name.count })
        where taken.insert(name).inserted {
            try merger.replace(name, by: tensor)
        }
        // Behind the whole ones: a layer that is saved whole too is what its product is added to.
        for (layer, matrices) in lowRank.sorted(by: { $0.key < $1.key }) {
            try merger.add(matrices, to: layer, description)
        }
        if let task = description.task, options.newHead == nil, task.kind != .encoder {
            let hasAnswers = family.names.isHead(ParameterPaths.answers + ".weight")
            let isOfAnswers = task.kind == .questionAnswering && hasAnswers
            let weight = (isOfAnswers ? ParameterPaths.answers : ParameterPaths.classifier) + ".weight"
            // A base's own classifier is another: PEFT saves the one that was trained.
            guard merger.brings(weight) else {
                throw AdapterError.noHead(task: task.name, weight: family.names.theirs(weight))
            }
        }
        return merger.finish(configJSON, kind: description.task?.kind)
    }

    /// The weights that are saved whole, and the pairs of matrices by the layer that they change.
    private func tensors() throws(AdapterError) -> (
        whole: [(name: String, tensor: TensorInfo)], lowRank: [String: LowRank]
    ) {
        var (whole, found): ([(name: String, tensor: TensorInfo)], [String: LowRank]) = ([], [:])
        for tensor in store.tensors {
            guard let name = AdapterName(tensor.name) else { throw .foreignTensor(tensor.name) }
            switch name.part {
            case .original: continue
            case .whole: whole.append((name.layer, tensor))
            case .a(let isTable): found[name.layer, default: LowRank(isTable: isTable)].a = tensor
            case .b(let isTable): found[name.layer, default: LowRank(isTable: isTable)].b = tensor
            }
        }
        if let name = store.unreadable.keys.min() { throw .foreignTensor(name) }
        return (whole, found)
    }
}

/// The two matrices of a layer's change.
struct LowRank {
    let isTable: Bool
    var a: TensorInfo?
    var b: TensorInfo?
}

/// A tensor's name in an adapter: the layer, and what it is of it.
struct AdapterName: Equatable {
    enum Part: Equatable {
        case a(isTable: Bool)
        case b(isTable: Bool)
        /// A weight of its own, which stands for the base's.
        case whole
        /// What the base had before the adapter, of which nothing is taken.
        case original
    }

    /// The layer's name in the model; of a whole weight the weight's.
    let layer: String
    let part: Part

    private static let prefix = "base_model.model."
    private static let ends: [(String, Part)] = [
        (".lora_A.weight", .a(isTable: false)), (".lora_B.weight", .b(isTable: false)),
        (".lora_embedding_A", .a(isTable: true)), (".lora_embedding_B", .b(isTable: true)),
    ]

    /// Reads a name; nil for one that is none of a LoRA adapter's.
    init?(_ name: String) {
        guard name.hasPrefix(AdapterName.prefix) else { return nil }
        let rest = String(name.dropFirst(AdapterName.prefix.count))
        if let (end, part) = AdapterName.ends.first(where: { rest.hasSuffix($0.0) }) {
            (layer, self.part) = (String(rest.dropLast(end.count)), part)
            return
        }
        guard !rest.contains("lora_") else { return nil }
        guard !rest.contains(".original_module.") else {
            (layer, part) = (rest, .original)
            return
        }
        // Wrappers that PEFT puts around layers whose biases or weights it trains as they are.
        let parts = rest.split(separator: ".").filter {
            $0 != "base_layer" && $0 != "modules_to_save" && $0 != "default"
        }
        (layer, part) = (parts.joined(separator: "."), .whole)
    }
}
