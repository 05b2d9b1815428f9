// Opening the model that a verb is about, and what is said where there is none: Adze downloads nothing, so a name that
// another tool would bring from the network is a path that does not exist.

import Adze
import ArgumentParser

/// Opens a model for a verb and says its notes; `threadsAhead` is `ModelOptions`'.
func openModel(
    _ path: String, _ source: SourceOptions, products: FloatProductsOptions? = nil, threadsAhead: Int? = nil,
    quiet: Bool
) throws -> ModelBundle {
    try requireModel(path)
    var options = try source.modelOptions()
    options.threadsAhead = threadsAhead
    options.floatProducts = products?.fp32Products
    let bundle = try ModelBundle(path: path, options: options)
    Console.notes(bundle.notes, quiet: quiet)
    return bundle
}

extension ModelBundle {
    /// Says that what was made of the model has lost its rule for answers, where it has.
    func noteDroppedRule(in other: ModelBundle, quiet: Bool) {
        if other.rule.isEmpty, let note = droppedRuleNote { Console.notes([note], quiet: quiet) }
    }

    /// The model without its rule for answers, which is said: before what changes the answers.
    func droppingRule(quiet: Bool) -> ModelBundle {
        let other = withoutAnswerRule()
        noteDroppedRule(in: other, quiet: quiet)
        return other
    }
}

/// Throws `ModelNotFound` where nothing has the model's path, and it is not the name of a model inside.
func requireModel(_ path: String) throws {
    guard BundledModel(path: path) != nil || pathExists(path) else { throw ModelNotFound(path: path) }
}

/// The model of a verb that can do without: the classifier inside answers a file of texts where no model is named.
struct OptionalModelArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A .adze file, checkpoint file or model folder, or @sentiment, the classifier inside; required unless -i "
                + "stands without texts.", valueName: "MODEL"), completion: .file())
    private var named: String?

    /// The model; throws `ValidationError` where none is named and texts are not in a file.
    func path(_ texts: TextOptionsGroup) throws -> String {
        if let named { return named }
        guard texts.input != nil else { throw ValidationError("missing expected argument '<MODEL>'") }
        return BundledModel.sentiment.path
    }

    /// What is said where none is named.
    var notes: [String] {
        named == nil ? ["no MODEL is named, so \(BundledModel.sentiment.path) answers, the classifier inside"] : []
    }
}

/// What stands where a model should is no path.
struct ModelNotFound: AdzeFailure {
    let path: String
    var kind: FailureKind { .missingInput }

    var description: String {
        if path == "-" { return "'-': texts and data are read from standard input, a model is a file or folder" }
        return "\(quoted(path)): no such file or folder; \(advice)"
    }

    private var advice: String {
        let (folder, name) = splitPath(path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
        if path.contains("://") {
            return "Adze downloads nothing: bring the model's folder to this machine and name it"
        }
        if path.hasPrefix("@"), folder == "." {
            return "the models inside are \(BundledModel.allCases.map { quoted($0.path) }.joined(separator: ", "))"
        }
        if path.contains(where: \.isWhitespace), folder == "." {
            return firstArgument
        }
        if let beside = try? folderEntries(folder), let nearest = nearestName(to: name, in: beside.sorted()) {
            return "did you mean \(quoted(path.contains("/") ? folder + "/" + nearest : nearest))?"
        }
        if readsTexts, folder == ".", path.allSatisfy(\.isLetter) { return "\(firstArgument); Adze downloads nothing" }
        guard isNameOnAHub else { return "name a file or folder on this machine; Adze downloads nothing" }
        return "Adze downloads nothing: bring the model's folder here first, for example with "
            + "'hf download \(path) --local-dir \(name)' of huggingface_hub, and name that folder"
    }

    private var firstArgument: String {
        "the first argument is the model"
            + (readsTexts ? ", the texts follow it; \(BundledModel.sentiment.path) is the classifier inside" : "")
    }

    /// Whether the verb takes texts behind the model, one of which may stand where the model should.
    private var readsTexts: Bool { CommandLine.arguments.count > 1 && Verbs.ofTexts.contains(CommandLine.arguments[1]) }

    /// Whether it reads as `name` or `owner/name` does: where models are published, and nowhere near a path.
    private var isNameOnAHub: Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count <= 2 && path.utf8.count <= 96
            && parts.allSatisfy { part in
                part.utf8.first.map { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") } ?? false
                    && part.unicodeScalars.allSatisfy {
                        $0.isASCII
                            && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                                || "-_.".contains(Character($0)))
                    }
            }
    }
}
