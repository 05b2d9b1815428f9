// Errors of a teacher that cannot teach a model.

public import AdzeBytes

/// Why a model cannot learn from a teacher.
public enum TeacherError: AdzeFailure, Equatable {
    /// The teacher says nothing of whole texts.
    case noClassifier(architecture: String)
    /// The teacher says something else of a text.
    case otherTask(teacher: String, student: String)
    /// The teacher lacks labels of the model, or has labels that the model lacks.
    case otherLabels(missing: [String], foreign: [String])
    /// The teacher's answer to a text, counted from 1, is no number.
    case notFinite(text: Int)
    /// The recipe is that of a training with a teacher, and there is none.
    case noTeacher

    /// A request, but for a teacher whose weights are damaged.
    public var kind: FailureKind {
        switch self {
        case .notFinite: .badData
        default: .usage
        }
    }

    /// One line.
    public var description: String {
        switch self {
        case .noClassifier(let architecture):
            "the teacher is a \(architecture); expected a classifier of whole texts"
        case .otherTask(let teacher, let student):
            "the teacher says \(teacher) of a text, the model \(student); expected the same of both"
        case .otherLabels(let missing, let foreign):
            "the teacher has other labels: "
                + [
                    missing.isEmpty ? nil : "it lacks \(list(missing))",
                    foreign.isEmpty ? nil : "the model lacks \(list(foreign))",
                ].compactMap(\.self).joined(separator: ", ")
                + "; name both alike (convert --labels), or give the model a new classifier with the teacher's (--new-head)"
        case .notFinite(let text):
            "the teacher's answer to text \(text) is not a finite number; its weights are damaged"
        case .noTeacher:
            "the recipe has a teacher's temperature or weight, and no teacher is given; give one, or take teacherTemperature"
                + " and teacherWeight out of the recipe"
        }
    }
}

/// The first names of a list.
private func list(_ names: [String]) -> String {
    names.prefix(6).map { quoted($0, limit: 40) }.joined(separator: ", ") + (names.count > 6 ? ", …" : "")
}
