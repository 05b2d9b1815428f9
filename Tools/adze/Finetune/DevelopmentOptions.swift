// What a training is judged by, beside what it learns from. Not here: how either is read, which is `ExampleOptions`.

import Adze
import ArgumentParser

/// Labelled data that chooses, or the share of the training data that does.
struct DevelopmentOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Labelled data to choose the best epoch by; default: a part of --train.", valueName: "DATA"),
        completion: .file())
    var dev: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The share of --train that is held out where there is no --dev.", valueName: "SHARE"))
    var devShare = DevelopmentOptions.usualShare

    static let usualShare = 0.1

    func validate() throws {
        guard (0.001...0.9).contains(devShare) else { throw ValidationError("--dev-share is 0.001 to 0.9") }
    }

    /// The tables of a training, both read in the same way.
    func tables(train: String, dev: String?, _ data: ExampleOptions, _ piped: PipedData) -> TrainingTables {
        var tables = TrainingTables(train: piped.path(train), dev: dev.map(piped.path))
        tables.format = piped.format
        tables.columns = data.columns.selection(label: data.labelColumn)
        tables.dialect = data.columns.dialect
        tables.separator = data.separator
        tables.devShare = devShare
        return tables
    }
}
