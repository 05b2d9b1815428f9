// `adze rescue`: the tensors of any readable checkpoint, as they are.

import Adze
import AdzeBytes
import AdzeModelFiles
import AdzeSafetensors
import AdzeTensors
import ArgumentParser
import Crypto

/// Lists the tensors of a file, or writes them to a safetensors file.
struct RescueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rescue", abstract: "Get the tensors out of any readable checkpoint, as they are.",
        discussion: """
            Reads PyTorch files of every age, HDF5 and .keras files, safetensors (in shards too) and .adze files, of \
            BERT or of anything else. Names are the file's own; nested values and HDF5 groups are joined by dots. \
            Nothing in a file is ever run.
            """)

    @Argument(
        help: ArgumentHelp("A checkpoint file, or a folder with weights.", valueName: "SRC"), completion: .file())
    var source: String

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The safetensors file to write; required unless --list.", valueName: "OUT"),
        completion: .file(extensions: ["safetensors"]))
    var output: String?

    @Flag(name: .long, help: "List the tensors: name, type, shape, bytes.")
    var list = false

    @Flag(name: .long, help: "With --list: the SHA-256 of each tensor's little-endian bytes, too.")
    var sums = false

    @Flag(name: .long, help: "Replace an output that exists.")
    var force = false

    @OptionGroup var objects: ObjectOptions

    @Flag(name: .long, help: "List as one JSON object.")
    var json = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if output == nil && !list { throw ValidationError("say what to do: -o OUT.safetensors, --list, or both") }
        if sums && !list { throw ValidationError("--sums goes with --list") }
        if json && !list { throw ValidationError("--json goes with --list") }
    }

    func run() throws {
        try requireModel(source)
        try RunFiles().reads(source, as: "SRC").writes(output, as: "-o", force: force).check()
        var options = WeightsOptions()
        options.ignoresObjects = objects.ignoreObjects
        let weights = try RawWeights(path: source, options: options)
        let aliases = weights.store.aliases
        Console.notes(weights.notes + RescueCommand.notes(weights), quiet: common.quiet)
        let tensors = weights.store.tensors
        let size = RescueSize(tensors, aliases: aliases)
        if sums || output != nil, size.isTooLarge { throw LocatedError(path: source, underlying: size) }
        if list { try printList(weights, aliases) }
        if let output { try write(weights, to: output) }
        try StandardOutput.shared.flush()
        Console.summary(
            "\(counted(tensors.count, "tensor")), \(byteSize(size.named)), from \(weights.format.rawValue)"
                + (output.map { " → \($0)" } ?? ""),
            quiet: common.quiet)
    }

    /// What is in the file and not among the tensors, and names that share their elements.
    private static func notes(_ weights: RawWeights) -> [String] {
        var notes: [String] = []
        if weights.otherValueCount > 0 {
            notes.append("\(counted(weights.otherValueCount, "value")) of other kinds (numbers, texts) left out")
        }
        for tensor in weights.unreadable {
            notes.append("tensor \(quoted(tensor.name)) left out: \(tensor.reason)")
        }
        let aliases = weights.store.aliases
        let tied = weights.store.tensors.compactMap { info in
            aliases[info.name].map { "\(quoted(info.name)) = \(quoted($0))" }
        }
        if !tied.isEmpty {
            let more = tied.count > 4 ? " and \(tied.count - 4) more" : ""
            notes.append("names that share their elements: \(tied.prefix(4).joined(separator: ", "))\(more)")
        }
        return notes
    }

    // MARK: - List

    private func printList(_ weights: RawWeights, _ aliases: [String: String]) throws {
        var entries: [JSONValue] = []
        for info in weights.store.tensors {
            let sum = sums ? hexadecimal(SHA256.hash(data: try weights.store.load(info.name).bytes)) : nil
            let shape = info.shape.dimensions
            guard json else {
                var fields = [
                    printable(info.name), info.dtype.rawValue, "[\(shape.map(String.init).joined(separator: ","))]",
                    String(info.byteCount),
                ]
                if let sum { fields.append(sum) }
                try StandardOutput.shared.line(fields.joined(separator: "\t"))
                continue
            }
            var entry: JSONObject = [
                "name": .string(info.name), "dtype": .string(info.dtype.rawValue),
                "shape": .array(shape.map { .integer($0) }), "bytes": .integer(info.byteCount),
            ]
            if let sum { entry["sha256"] = .string(sum) }
            if let first = aliases[info.name] { entry["tiedTo"] = .string(first) }
            entries.append(.object(entry))
        }
        guard json else { return }
        let report: JSONObject = [
            "path": .string(weights.path), "format": .string(weights.format.rawValue), "tensors": .array(entries),
            "unreadable": .array(
                weights.unreadable.map { .object(["name": .string($0.name), "reason": .string($0.reason)]) }),
            "otherValues": .integer(weights.otherValueCount),
            "ignored": .array(weights.ignoredNames.map(JSONValue.string)),
        ]
        try StandardOutput.shared.json(JSONValue.object(report))
    }

    /// A name fit for one field of one line; most are so already.
    private func printable(_ name: String) -> String {
        let escaped = quoted(name, limit: .max)
        return escaped == "'\(name)'" ? name : escaped
    }

    private func hexadecimal(_ digest: SHA256.Digest) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    // MARK: - Write

    private func write(_ weights: RawWeights, to output: String) throws {
        guard !weights.store.tensors.isEmpty else {
            throw LocatedError(path: source, underlying: NothingToRescue(values: weights.otherValueCount))
        }
        do {
            try SafetensorsWriter.write(
                to: output, replacing: force, tensors: weights.store.tensors, metadata: weights.metadata
            ) { try weights.store.load($0.name) }
        } catch let error as SafetensorsError {
            // The names are the source's; safetensors cannot take all that a pickle can.
            throw LocatedError(path: source, underlying: error)
        }
    }
}

/// A checkpoint without a single tensor that could be written.
private struct NothingToRescue: AdzeFailure {
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
private struct RescueSize: AdzeFailure {
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
