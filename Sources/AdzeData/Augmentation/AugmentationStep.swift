// The steps by which texts may be augmented, by name, and which step makes which copy. Not here: what a step does to a
// text.

public import AdzeBytes

/// A way of making another text out of one.
public enum AugmentationStep: String, Sendable, CaseIterable {
    /// Some words become synonyms by WordNet's files.
    case synonyms
    /// Some words go.
    case delete
    /// Some words change places.
    case swap
    /// Some words become what a masked language model puts in their place.
    case masked
    /// The text is translated there and back by a command.
    case translate

    /// Whether the step is told a share of the words.
    var takesShare: Bool { self != .translate }
}

/// How texts are to be augmented: which steps, of how many words, how many copies a text.
public struct AugmentationPlan: Sendable, Equatable {
    /// A step and the share of a text's words that it changes.
    public struct Part: Sendable, Equatable {
        /// What is done.
        public let step: AugmentationStep
        /// The share; nil for EDA's, and for a step that takes none.
        public internal(set) var share: Double?
    }

    /// The most copies of a text.
    public static let copyLimit = 100
    /// The share of words that a language model replaces where none is said: BERT's of its pretraining.
    static let maskedShare = 0.15

    /// The steps as they are listed, none twice.
    public internal(set) var parts: [Part]
    /// How many copies a text gets at most; nil for as many as EDA says.
    public internal(set) var copies: Int?

    /// A plan of a list such as `synonyms=0.1,swap`; throws `AugmentationError`.
    public init(steps list: String, copies: Int? = nil) throws(AugmentationError) {
        parts = []
        for item in list.split(separator: ",", omittingEmptySubsequences: false) {
            let part = try AugmentationPlan.part(String(item))
            guard !parts.contains(where: { $0.step == part.step }) else { throw .repeatedStep(part.step) }
            parts.append(part)
        }
        if let copies {
            guard (1...AugmentationPlan.copyLimit).contains(copies) else { throw .badCopies(copies) }
            guard copies == 1 || !isTranslationAlone else { throw .oneTranslation(copies) }
        }
        self.copies = copies
    }

    private static func part(_ item: String) throws(AugmentationError) -> Part {
        let halves = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let step = AugmentationStep(rawValue: halves[0]) else {
            throw .unknownStep(
                halves[0], nearest: nearestName(to: halves[0], in: AugmentationStep.allCases.map(\.rawValue)))
        }
        guard halves.count == 2 else { return Part(step: step, share: nil) }
        guard step.takesShare else { throw .noShare(step) }
        guard let share = Double(halves[1]), share > 0, share <= 0.9 else { throw .badShare(step, halves[1]) }
        return Part(step: step, share: share)
    }

    /// Whether a step is among them.
    public func has(_ step: AugmentationStep) -> Bool { parts.contains { $0.step == step } }

    /// Whether a command answers, and nothing else is done.
    private var isTranslationAlone: Bool { parts.map(\.step) == [.translate] }

    /// Where what is left open comes from.
    private func origins(textCount: Int) -> [String] {
        let open = parts.filter { $0.share == nil && $0.step.takesShare }.map(\.step)
        let isEDAs = copies == nil && !isTranslationAlone || open.contains { $0 != .masked }
        return (isEDAs ? ["as EDA has it for \(counted(textCount, "text"))"] : [])
            + (open.contains(.masked) ? ["for masked as BERT's pretraining had it"] : [])
    }

    /// The plan with what it leaves open as EDA recommends it for so many texts: 16 copies of a text up to 500 of them, 8
    /// up to 2,000, else 4; a twentieth of the words up to 2,000 texts, else a tenth.
    ///
    /// - Source: Wei and Zou, "EDA: Easy Data Augmentation Techniques for Boosting Performance on Text Classification
    ///   Tasks", EMNLP 2019, table 3.
    public func settled(textCount: Int) -> AugmentationPlan {
        var plan = self
        if copies == nil { plan.copies = textCount <= 500 ? 16 : textCount <= 2000 ? 8 : 4 }
        for index in parts.indices where parts[index].share == nil && parts[index].step.takesShare {
            plan.parts[index].share =
                parts[index].step == .masked ? AugmentationPlan.maskedShare : textCount <= 2000 ? 0.05 : 0.1
        }
        if isTranslationAlone { plan.copies = 1 }
        return plan
    }

    /// The steps as a list, their shares with them.
    public var list: String {
        parts.map { part in part.step.rawValue + (part.share.map { "=\($0)" } ?? "") }.joined(separator: ",")
    }

    /// What a person should hear of what was left open.
    public func note(of open: AugmentationPlan, textCount: Int) -> String? {
        let origins = open.origins(textCount: textCount)
        guard !origins.isEmpty, let copies else { return nil }
        return "\(counted(copies, "copy", plural: "copies")) a text at most, by \(list): what is not said is "
            + origins.joined(separator: ", ")
    }

    /// The share of a step; 0 for one that has none.
    package func share(of step: AugmentationStep) -> Double { parts.first { $0.step == step }?.share ?? 0 }

    /// The step of each copy of a text, in turns from a place that is drawn: a step a copy, as EDA has it.
    ///
    /// A command gives a text one answer, so at most one copy is a translation. The plan must be settled.
    package func steps(for row: AugmentedRow) -> [AugmentationStep] {
        let wanted = copies ?? 0
        var (steps, hasTranslation) = ([AugmentationStep](), false)
        var turn = row.turn(of: parts.count)
        while steps.count < wanted {
            let step = parts[turn % parts.count].step
            turn += 1
            if step == .translate {
                if hasTranslation { if parts.count == 1 { break } else { continue } }
                hasTranslation = true
            }
            steps.append(step)
        }
        return steps
    }
}

/// What augmentation cannot be, or lacks.
public enum AugmentationError: AdzeFailure, Equatable {
    /// No step has the name.
    case unknownStep(String, nearest: String?)
    /// A step is listed twice.
    case repeatedStep(AugmentationStep)
    /// A step that changes whole texts was given a share of words.
    case noShare(AugmentationStep)
    /// A share that is none.
    case badShare(AugmentationStep, String)
    /// A number of copies that is none.
    case badCopies(Int)
    /// Several copies of a text by translation alone.
    case oneTranslation(Int)
    /// WordNet is not there.
    case noWordNet(folder: String, file: String)
    /// A file that is none of WordNet's.
    case notWordNet(path: String, problem: String)
    /// Masked words without a model that fills masks; nil where there is no model at all.
    case noMaskedModel(architecture: String?)
    /// Translation without a command.
    case noCommand

    /// A wish that makes no sense, missing files, or bad data.
    public var kind: FailureKind {
        switch self {
        case .noWordNet: .missingInput
        case .notWordNet: .badData
        default: .usage
        }
    }

    /// One line: what is wrong, and what to do.
    public var description: String {
        switch self {
        case .unknownStep(let name, let nearest):
            "no step of augmentation is named \(quoted(name, limit: 40)); "
                + (nearest.map { "did you mean \($0)?" }
                    ?? "there are \(AugmentationStep.allCases.map(\.rawValue).joined(separator: ", "))")
        case .repeatedStep(let step): "\(step.rawValue) is listed twice; name it once"
        case .noShare(let step): "\(step.rawValue) makes whole texts and takes no share of words; leave it out"
        case .badShare(let step, let text):
            "\(step.rawValue)=\(quoted(text, limit: 40)): expected a share of the words, above 0 and at most 0.9"
        case .badCopies(let count): "\(count) copies of a text; expected 1 to \(AugmentationPlan.copyLimit)"
        case .oneTranslation(let count):
            "\(count) copies by translate alone: a command gives a text one answer; ask for 1, or add a step"
        case .noWordNet(let folder, let file):
            "synonyms are WordNet's, and \(folder) has no \(file); install the Debian package wordnet-base, name the "
                + "folder of its files with --wordnet DIR, or leave the step out"
        case .notWordNet(let path, let problem): "\(path): expected a file of WordNet's, found \(problem)"
        case .noMaskedModel(let architecture?):
            "the step masked needs a model that fills masks, and this one is a \(architecture); take a masked language "
                + "model, or leave the step out"
        case .noMaskedModel(nil): "the step masked needs a model that fills masks; name one with --model"
        case .noCommand: "the step translate needs a command that translates; name it with --translate-command"
        }
    }
}
