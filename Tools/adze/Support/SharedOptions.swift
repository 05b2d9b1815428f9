// Options that several verbs have in common.

import Adze
import ArgumentParser

/// Options that every verb takes.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Threads to use, 1 to 1024; default: every processor.", valueName: "N"))
    var threads: Int?

    @Flag(name: .long, help: "Say nothing on standard error but errors.")
    var quiet = false

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be 1 to 1024") }
    }
}

/// The output of a verb that cannot do without one.
struct OutputPath: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Where to write.", valueName: "OUT"),
        completion: .file())
    var path: String
}

/// Options of verbs that write a file or folder.
struct OutputOptions: ParsableArguments {
    @OptionGroup(title: "Required") private var place: OutputPath

    @Flag(name: .long, help: "Replace an output that exists.")
    var force = false

    /// Where to write.
    var output: String { place.path }
}

/// What becomes of the objects in a checkpoint.
struct ObjectOptions: ParsableArguments {
    @Flag(
        name: .long,
        help: "Read a checkpoint that holds objects of classes: inert values take their place, and nothing is run.")
    var ignoreObjects = false
}

/// What completes or overrides what a model's files say.
struct SourceOptions: ParsableArguments {
    @OptionGroup var stated: StatedOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The number of attention heads, where no config.json says it; default: the configuration's.", valueName: "N"
        )
    )
    var heads: Int?

    func validate() throws {
        if let heads, heads < 1 { throw ValidationError("--heads must be 1 or more") }
    }

    /// The statements for the library.
    func modelOptions() throws -> ModelOptions {
        var options = try stated.modelOptions()
        options.checkpoint.headCount = heads
        return options
    }
}

/// The same but for the number of attention heads, which a verb may have another use of the word for.
struct StatedOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A config.json, for a bare file of weights; default: the folder's.", valueName: "FILE"),
        completion: .file())
    var config: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A folder, tokenizer.json or vocab.txt; default: the model's own.",
            valueName: "PATH"), completion: .file())
    var tokenizer: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Label names in the order of the classes, separated by commas; default: the model's own.", valueName: "A,B")
    )
    var labels: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The key under which a nested checkpoint keeps the model; default: found by itself.", valueName: "KEY"))
    var key: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A well-known shape instead of a config.json: \(EncoderShape.wellKnownNames.joined(separator: ", ")); "
                + "default: none.", valueName: "NAME"), completion: .list(EncoderShape.wellKnownNames))
    var like: String?

    @OptionGroup var objects: ObjectOptions
    @OptionGroup var lemmas: WordNetOptions

    /// The statements for the library.
    func modelOptions() throws -> ModelOptions {
        var options = ModelOptions()
        options.configPath = config
        options.tokenizerPath = tokenizer
        options.checkpoint.labels = try labels.map(splitLabels)
        options.checkpoint.key = key
        options.like = like
        options.wordNetPath = lemmas.wordnet
        options.weights.ignoresObjects = objects.ignoreObjects
        return options
    }
}

/// The names in `A,B,C`; none may be empty.
func splitLabels(_ text: String) throws -> [String] {
    let labels = text.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
    guard labels.allSatisfy({ !$0.isEmpty }) else {
        throw ValidationError("labels are separated by single commas, and none is empty: \(quoted(text))")
    }
    return labels
}
