// How labelled data is read: its format, and the columns of texts and labels.

import Adze
import ArgumentParser

/// Options of verbs that read labelled examples.
struct ExampleOptions: ParsableArguments {
    @OptionGroup var columns: ColumnOptions

    @Option(name: .long, help: ArgumentHelp("The column of the label; default: its usual names.", valueName: "COLUMN"))
    var labelColumn: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What separates several labels in one field, for models of any number of labels; default: none.",
            valueName: "CHARACTER"))
    var labelSeparator: String?

    func validate() throws {
        if let labelSeparator, labelSeparator.count != 1 {
            throw ValidationError("--label-separator \(quoted(labelSeparator)): expected one character")
        }
    }

    /// The separator.
    var separator: Character? { labelSeparator?.first }

    /// Refuses a separator for a model that gives a text one answer.
    func check(_ kind: TargetKind) throws {
        if case .labels = kind { return }
        guard separator == nil else { throw ValidationError("--label-separator: the model gives a text one answer") }
    }

    /// Opens labelled data; throws `InputError`.
    func open(_ path: String, kind: TargetKind) throws -> ExampleSource {
        guard path == "-" || pathExists(path) else { throw FileError.notFound(path: path) }
        do {
            return try ExampleSource(
                path: path, format: columns.format, columns: columns.selection(label: labelColumn),
                dialect: columns.dialect, kind: kind)
        } catch {
            throw InputError(path: path, underlying: error)
        }
    }

    /// More examples than a score needs, or than should be in memory.
    private static let exampleLimit = 200_000

    /// All examples of labelled data, of which there is one at least; throws `InputError`.
    func readAll(_ path: String, kind: TargetKind, quiet: Bool) throws -> [Example] {
        var input = try open(path, kind: kind)
        var found: [Example] = []
        do {
            while let example = try input.next() {
                guard found.count < ExampleOptions.exampleLimit else {
                    throw InputError(path: path, underlying: TooManyExamples(limit: ExampleOptions.exampleLimit))
                }
                found.append(example)
            }
            if found.isEmpty { throw DataError.noExamples }
        } catch let error as DataError {
            throw InputError(path: path, underlying: error)
        }
        Console.notes(input.notes, quiet: quiet)
        return found
    }

    /// Whether nothing is asked for.
    var isDefault: Bool { columns.isDefault && !readsLabels }

    /// Whether something is said of labels.
    var readsLabels: Bool { labelColumn != nil || labelSeparator != nil }
}

/// A set too large to be held.
private struct TooManyExamples: AdzeFailure {
    let limit: Int
    let kind = FailureKind.badData
    var description: String { "more than \(grouped(limit)) examples; a part of them says as much" }
}
