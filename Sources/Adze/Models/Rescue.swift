// The tensors of any readable checkpoint, as they are: listed, or written as safetensors. Not here: models, which need
// a configuration and names that are known.

internal import AdzeBytes
package import AdzeModelFiles
internal import AdzeSafetensors
package import AdzeTensors

/// The tensors of a file or a folder's weights under their own names, whether or not they make a model.
package struct Rescue: Sendable {
    /// What was opened.
    package let weights: RawWeights
    private let size: RescueSize

    /// Opens a file of weights, or a folder's; throws the readers' errors, each with its path.
    package init(path: String, options: WeightsOptions = WeightsOptions()) throws {
        weights = try RawWeights(path: path, options: options)
        size = RescueSize(weights.store.tensors, aliases: weights.store.aliases)
    }

    /// The tensors, in the file's order.
    package var tensors: [TensorInfo] { weights.store.tensors }
    /// Bytes of all tensors, each name with elements of its own.
    package var byteCount: Int { size.named }

    /// What a user should hear of: what the readers found, what is no tensor, and names that share their elements.
    package var notes: [String] {
        var notes = weights.notes
        if weights.otherValueCount > 0 {
            notes.append("\(counted(weights.otherValueCount, "value")) of other kinds (numbers, texts) left out")
        }
        for tensor in weights.unreadable {
            notes.append("tensor \(quoted(tensor.name)) left out: \(tensor.reason)")
        }
        let aliases = weights.store.aliases
        let tied = tensors.compactMap { info in
            aliases[info.name].map { "\(quoted(info.name)) = \(quoted($0))" }
        }
        if !tied.isEmpty {
            let more = tied.count > 4 ? " and \(tied.count - 4) more" : ""
            notes.append("names that share their elements: \(tied.prefix(4).joined(separator: ", "))\(more)")
        }
        return notes
    }

    /// Throws where reading every name would take far more than the tensors have.
    package func requireSoundSize() throws {
        if size.isTooLarge { throw LocatedError(path: weights.path, underlying: size) }
    }

    /// The list as one JSON object; `sum` gives the SHA-256 of a tensor, nil where none is wanted.
    package func json(sum: (TensorInfo) throws -> String?) throws -> JSONObject {
        let aliases = weights.store.aliases
        let entries = try tensors.map { info -> JSONValue in
            var entry: JSONObject = [
                "name": .string(info.name), "dtype": .string(info.dtype.rawValue),
                "shape": .array(info.shape.dimensions.map { .integer($0) }), "bytes": .integer(info.byteCount),
            ]
            if let sum = try sum(info) { entry["sha256"] = .string(sum) }
            if let first = aliases[info.name] { entry["tiedTo"] = .string(first) }
            return .object(entry)
        }
        return [
            "path": .string(weights.path), "format": .string(weights.format.rawValue), "tensors": .array(entries),
            "unreadable": .array(
                weights.unreadable.map { .object(["name": .string($0.name), "reason": .string($0.reason)]) }),
            "otherValues": .integer(weights.otherValueCount),
            "ignored": .array(weights.ignoredNames.map(JSONValue.string)),
        ]
    }

    /// Writes the tensors as safetensors; throws the readers' errors, `FileError`, and for a checkpoint without one.
    package func write(to path: String, replacing: Bool) throws {
        guard !tensors.isEmpty else {
            throw LocatedError(path: weights.path, underlying: NothingToRescue(values: weights.otherValueCount))
        }
        do {
            try SafetensorsWriter.write(to: path, replacing: replacing, tensors: tensors, metadata: weights.metadata) {
                try weights.store.load($0.name)
            }
        } catch let error as SafetensorsError {
            // The names are the source's; safetensors cannot take all that a pickle can.
            throw LocatedError(path: weights.path, underlying: error)
        }
    }
}

/// A checkpoint without a single tensor that could be written.
struct NothingToRescue: AdzeFailure {
    let values: Int
    var description: String {
        "no tensor in it can be read" + (values > 0 ? "; it has \(counted(values, "value")) of other kinds" : "")
            + "; --list shows what is there"
    }
}

/// What the tensors take when each name has elements of its own, as it has in the output.
///
/// The readers keep distinct tensors in proportion to the file; names cost nothing, so that a small file could ask for
/// terabytes by repeating a tensor under many.
struct RescueSize: AdzeFailure {
    /// Bytes under all names.
    private(set) var named = 0
    /// Bytes of the tensors that are no other's.
    private(set) var distinct = 0

    init(_ tensors: [TensorInfo], aliases: [String: String]) {
        for info in tensors {
            named = RescueSize.sum(named, info.byteCount)
            if aliases[info.name] == nil { distinct = RescueSize.sum(distinct, info.byteCount) }
        }
    }

    var isTooLarge: Bool {
        let (most, overflow) = distinct.multipliedReportingOverflow(by: 16)
        return !overflow && named > max(1 << 30, most)
    }

    var description: String {
        "names that share their elements come to \(byteSize(named)) for \(byteSize(distinct)) of tensors; at most 16"
            + " times as much is written or summed; --list alone shows the names"
    }

    /// A sum that stays at the most that an Int holds.
    private static func sum(_ first: Int, _ second: Int) -> Int {
        let (sum, overflow) = first.addingReportingOverflow(second)
        return overflow ? .max : sum
    }
}
