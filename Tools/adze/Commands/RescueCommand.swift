// `adze rescue`: the tensors of any readable checkpoint, as they are.

import Adze
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
        let rescue = try Rescue(path: source, options: options)
        Console.notes(rescue.notes, quiet: common.quiet)
        if sums || output != nil { try rescue.requireSoundSize() }
        if list { try printList(rescue) }
        if let output { try rescue.write(to: output, replacing: force) }
        try StandardOutput.shared.flush()
        Console.summary(
            "\(counted(rescue.tensors.count, "tensor")), \(byteSize(rescue.byteCount)), from "
                + rescue.weights.format.rawValue + (output.map { " → \($0)" } ?? ""),
            quiet: common.quiet)
    }

    private func printList(_ rescue: Rescue) throws {
        func sum(_ info: TensorInfo) throws -> String? {
            sums ? hexDigits(SHA256.hash(data: try rescue.weights.store.load(info.name).bytes)) : nil
        }
        if json { return try StandardOutput.shared.json(JSONValue.object(rescue.json(sum: sum))) }
        for info in rescue.tensors {
            var fields = [
                printable(info.name), info.dtype.rawValue,
                "[\(info.shape.dimensions.map(String.init).joined(separator: ","))]", String(info.byteCount),
            ]
            if let sum = try sum(info) { fields.append(sum) }
            try StandardOutput.shared.line(fields.joined(separator: "\t"))
        }
    }

    /// A name fit for one field of one line; most are so already.
    private func printable(_ name: String) -> String {
        let escaped = quoted(name, limit: .max)
        return escaped == "'\(name)'" ? name : escaped
    }
}
