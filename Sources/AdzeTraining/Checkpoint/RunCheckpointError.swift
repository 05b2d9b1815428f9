// What can be wrong with the folder that a run is to be resumed from.

public import AdzeBytes

/// Why a checkpoint cannot be taken up.
public enum RunCheckpointError: AdzeFailure, Equatable {
    /// The folder holds a run, and neither going on nor starting anew was asked for.
    case exists(folder: String, step: Int)
    /// There is nothing to resume.
    case none(folder: String)
    /// The manifest is not one, or a part of it is not what we write.
    case notAManifest(part: String)
    case badJSON(JSONError)
    case version(found: String, expected: Int)
    /// The checkpoint is of a run with another recipe, other data or another model.
    case otherRun(differences: [String])
    /// The manifest is not as it was written.
    case manifestChecksum
    case wrongSize(file: String, expected: Int, found: Int)
    case wrongSections(file: String, expected: String, found: String)
    case checksum(file: String, section: String)
    case tooLarge(bytes: Int)

    /// A request for the first two, else damage.
    public var kind: FailureKind {
        switch self {
        case .exists: .outputExists
        case .none: .missingInput
        case .otherRun: .usage
        default: .badData
        }
    }

    /// One line: what, expected, found, what to do.
    public var description: String {
        switch self {
        case .exists(let folder, let step):
            "\(folder) holds a run that came to step \(step); resume it, or pass --force to start anew"
        case .none(let folder): "\(folder) holds no checkpoint to resume"
        case .notAManifest(let part): "manifest.json is not one of a run's, or damaged: '\(part)' is not as expected"
        case .badJSON(let error): "manifest.json: \(error.description)"
        case .version(let found, let expected):
            "manifest.json: expected version \(expected), found \(found); resume with the version of adze that wrote it, or pass --force"
                + " to start anew"
        case .otherRun(let differences):
            "the checkpoint is of another run: " + differences.joined(separator: ", ")
                + " differ; resume with what it was started with, or pass --force to start anew"
        case .manifestChecksum:
            "manifest.json: its checksum is wrong: it was edited or damaged; resume with an unchanged copy, or pass --force"
                + " to start anew"
        case .wrongSize(let file, let expected, let found):
            "\(file): expected \(expected) bytes, found \(found); the checkpoint is damaged"
        case .wrongSections(let file, let expected, let found):
            "\(file): expected the arrays \(expected), found \(found)"
        case .checksum(let file, let section):
            "\(file): the checksum of '\(section)' is wrong; the checkpoint is damaged"
        case .tooLarge(let bytes): "manifest.json has \(bytes) bytes; that is no manifest of a run"
        }
    }
}
