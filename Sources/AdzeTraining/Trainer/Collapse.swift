// Detection of a collapsed run: a loss that is not finite or has exploded, or one class for all of the development set.
// Not here: the retry.

/// Why a run was given up.
public struct Collapse: Sendable, Equatable {
    /// What was seen.
    public enum Sign: String, Sendable, CaseIterable {
        /// A loss or a gradient is infinite or not a number.
        case notFinite = "not-finite"
        /// The loss has grown far beyond what it was at the start.
        case exploded
        /// Every example of the dev set is given one and the same class, though it has more.
        case oneClass = "one-class"
    }

    /// What was seen.
    public var sign: Sign
    /// The retry that it was seen in; 0 for the first attempt.
    public var attempt: Int
    /// The epoch, counted from 0.
    public var epoch: Int
    /// Steps that had been taken.
    public var step: Int

    /// One line, for a person.
    public var description: String {
        let place = "epoch \(epoch + 1), step \(step)"
        return switch sign {
        case .notFinite: "the loss or a gradient is not a finite number at \(place)"
        case .exploded: "the loss has grown far beyond its start at \(place)"
        case .oneClass: "every text of the dev set is given the same class after \(place)"
        }
    }
}

/// What a run watches to see a collapse; a part of its checkpoint.
struct CollapseWatch: Sendable, Equatable {
    /// Steps seen.
    var steps = 0
    /// The loss that the run may not go far beyond: that of the first step, or of a model that knows nothing.
    var reference = 0.0
    /// The loss, averaged over about the last ten steps.
    var average = 0.0
    /// Evaluations in a row that saw one class alone.
    var oneClassInARow = 0

    /// Takes a step's loss and says what it shows; `ignorant` is the loss of a model that knows nothing.
    mutating func add(loss: Double, norm: Double, ignorant: Double) -> Collapse.Sign? {
        guard loss.isFinite, norm.isFinite else { return .notFinite }
        steps += 1
        if steps == 1 {
            // The first loss is of the weights as they came, and cannot have exploded yet.
            reference = max(loss, ignorant.isFinite ? ignorant : 0)
            average = loss
        }
        average += 0.1 * (loss - average)
        return steps >= 10 && reference > 0 && average > 3 * reference ? .exploded : nil
    }

    /// Takes an evaluation: whether it saw one class alone, whether everything that ever learns is learning by now, and
    /// whether it is the last.
    ///
    /// A head on a frozen body may well begin with the commonest class: one class is a collapse where it is seen twice
    /// in a row while all learns, or at the end.
    mutating func add(sawOneClass: Bool, inLastStage: Bool, isLast: Bool) -> Collapse.Sign? {
        guard sawOneClass, inLastStage else {
            oneClassInARow = 0
            return nil
        }
        oneClassInARow += 1
        return oneClassInARow >= 2 || isLast ? .oneClass : nil
    }

    /// Whether all rows of logits have their greatest value at one place while the classes are more than one.
    static func seesOneClass(_ logits: [[Float]], _ targets: Targets) -> Bool {
        guard case .classes(let classes) = targets, Set(classes).count > 1 else { return false }
        let predicted = Set(logits.map { row in row.indices.max { row[$0] < row[$1] } })
        return predicted.count == 1
    }
}
