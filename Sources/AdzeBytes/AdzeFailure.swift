// The one shape that every error of Adze has: a line a user can act on, and the kind that decides the exit code.
// Not here: the errors themselves; each reader keeps its own closed enum.

/// What sort of trouble an error is, in the terms of the command line's exit codes.
public enum FailureKind: Sendable, Equatable {
    /// The request makes no sense: exit 64.
    case usage
    /// The content is damaged, unrecognised or contradicts itself: exit 65.
    case badData
    /// Something named does not exist: exit 66.
    case missingInput
    /// A bug of ours: exit 70.
    case internalBug
    /// The output exists already and may not be overwritten: exit 73.
    case outputExists
    /// The system refused a read or a write: exit 74.
    case inputOutput
}

/// An error of Adze: its description is one line that says what, where, expected, found and what to do.
public protocol AdzeFailure: Error, Sendable, CustomStringConvertible {
    /// The sort of trouble, which decides the exit code.
    var kind: FailureKind { get }
}

extension AdzeFailure {
    /// Damaged content is what a reader's errors are about, unless one says otherwise.
    public var kind: FailureKind { .badData }
}

/// Text from a file made fit for one line of a terminal: control characters escaped, long strings cut in the middle.
///
/// - Complexity: O(n) in the length of `text`.
package func quoted(_ text: some StringProtocol, limit: Int = 80) -> String {
    var out = "'"
    var count = 0
    for scalar in text.unicodeScalars {
        if count == limit {
            out += "…"
            break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            out += "\\u{" + String(scalar.value, radix: 16) + "}"
        default:
            out.unicodeScalars.append(scalar)
        }
        count += 1
    }
    return out + "'"
}

extension FailureKind {
    /// The process's exit code, after BSD's sysexits.
    package var exitCode: Int32 {
        switch self {
        case .usage: 64
        case .badData: 65
        case .missingInput: 66
        case .internalBug: 70
        case .outputExists: 73
        case .inputOutput: 74
        }
    }
}
