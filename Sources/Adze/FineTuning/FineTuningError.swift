// Errors of fine-tuning: a model and data that do not fit each other. Not here: errors of the data alone or of the
// model alone.

public import AdzeBytes
public import AdzeData

/// Why a training cannot begin.
public enum FineTuningError: AdzeFailure, Equatable {
    /// The training data has labels that the model lacks.
    case foreignLabels(DataError)
    /// The training data has labels for which a prompt has no word.
    case labelWithoutWord(DataError)
    /// The development data has labels that the training data lacks.
    case foreignDevLabels(DataError)
    /// The start has no fp32 weights, only the codes of 8 bits.
    case int8Start
    /// The head is none that learns to say labels or numbers of texts.
    case untrainedHead(architecture: String)
    /// Several labels a text are in the data, and the model says one.
    case severalLabels
    /// Pairs of texts with the same label are wanted, and a label has fewer than two.
    case tooFewOfLabel(String, count: Int)
    /// Pairs of texts say whether their labels are the same, and the texts have no one label.
    case notOneLabel(found: String)
    /// There is no development set, and none can be split off.
    case noDevelopmentSet(examples: Int)

    /// A request for the start; the rest is data.
    public var kind: FailureKind {
        switch self {
        case .int8Start, .untrainedHead: .usage
        default: .badData
        }
    }

    /// One line.
    public var description: String {
        switch self {
        case .foreignLabels(let error):
            "\(error); for a new classifier with the labels of the data pass --new-head auto"
        case .labelWithoutWord(let error): "\(error); name a word for each label of the data with --words"
        case .foreignDevLabels(let error): "\(error); the training data and the model know no such label"
        case .int8Start:
            "the file keeps int8 weights alone, and training would start from what rounding left (about 0.4 % of each "
                + "weight's range is lost); start from a full file, or allow it with --from-int8"
        case .untrainedHead(let architecture):
            "the model is a \(architecture); ask for a new classifier in its place with --new-head auto"
        case .severalLabels:
            "the data has several labels a text, the model says one; ask for --new-head auto with --task labels"
        case .tooFewOfLabel(let label, let count):
            "the label \(quoted(label)) has \(count == 0 ? "no text" : "1 text"); learning from pairs of texts needs at least"
                + " 2 of each label: add some, or name the labels that there are with --new-head"
        case .notOneLabel(let found):
            "the data has \(found); learning from pairs of texts needs one label a text"
        case .noDevelopmentSet(let examples):
            "\(examples) examples are too few to hold some out for choosing the best epoch; give a --dev set"
        }
    }
}
