// The texts that int8 is calibrated on: the user's own, in place of the sentences that ship with Adze.

import Adze
import ArgumentParser

/// `--calibrate`.
struct CalibrationOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Texts like those that the model will get, to calibrate int8 with: .txt, .csv, .tsv or .jsonl, - for "
                + "standard input; default: sentences that ship with Adze.", valueName: "TEXTS"), completion: .file())
    var calibrate: String?

    /// Reads the texts, nil where there are none; throws `InputError`.
    ///
    /// Every row must be readable. What is kept does not grow with the file.
    func calibration(_ columns: ColumnOptions, quiet: Bool) throws -> Calibration? {
        guard let calibrate else { return nil }
        guard calibrate == "-" || pathExists(calibrate) else { throw FileError.notFound(path: calibrate) }
        var stream = try TextStream(path: calibrate, columns, quiet: quiet)
        var calibration = Calibration()
        while let window = try stream.next() {
            for row in window {
                let row = try stream.required(row)
                calibration.add(TextInput(row.text, pair: row.pair))
            }
        }
        guard calibration.count > 0 else {
            throw InputError(path: calibrate, underlying: BundleError.noCalibrationTokens(texts: 0))
        }
        return calibration
    }
}

/// What a report says of the texts that int8 was calibrated on, for a person.
func describeCalibration(_ calibration: JSONValue?) -> String {
    guard let texts = calibration?["texts"]?.integer, let tokens = calibration?["tokens"]?.integer else {
        return "not calibrated"
    }
    let all = calibration?["of"]?.integer.map { $0 == texts ? "" : " of \(grouped($0))" } ?? ""
    let source = calibration?["source"]?.string == "built in" ? "built-in sentence" : "text"
    return "calibrated on \(counted(texts, source))\(all), \(counted(tokens, "token"))"
}
