// The verbs as a person types them: which one a command line means, what is said where it means none, and whose help an
// error points at. What the verbs do is in Commands/.

import Adze
import ArgumentParser

enum Verbs {
    /// All of them, in the order of the help.
    static let names = AdzeCommand.configuration.subcommands.compactMap { $0.configuration.commandName }

    /// Those that take texts behind the model.
    static let ofTexts = ["predict", "embed", "rerank", "tokenize", "attention", "explain"]

    /// What to refuse a command line with before it is parsed: a verb that there is not, also behind `help`, which the
    /// parser would answer with the help of everything.
    static func refusal(of arguments: [String]) -> (any AdzeFailure)? {
        guard let first = arguments.first else { return nil }
        let name = first == "help" ? arguments.dropFirst().first ?? first : first
        guard name != "help", !name.hasPrefix("-"), !names.contains(name) else { return nil }
        return UnknownVerb(name: name)
    }

    /// Where a user whose command line makes no sense should look: `see 'adze help predict'`.
    static func hint(for arguments: [String]) -> String {
        let verb = arguments.first { $0 != "help" && !$0.hasPrefix("-") }.flatMap {
            names.contains($0) ? " \($0)" : nil
        }
        return "see 'adze help\(verb ?? "")'"
    }

    /// A refusal with the hint behind it, as one sentence.
    static func refusal(_ message: String, hint: String) -> String {
        var message = message[...]
        while message.last == "." { message.removeLast() }
        return message.last == "?" ? "\(message) \(hint)" : "\(message); \(hint)"
    }
}

/// The first word of a command line is no verb.
private struct UnknownVerb: AdzeFailure {
    let name: String
    let kind = FailureKind.usage
    var description: String {
        if let nearest = nearestName(to: name, in: Verbs.names) {
            return "unknown verb \(quoted(name)); did you mean '\(nearest)'?"
        }
        return pathExists(name)
            ? "unknown verb \(quoted(name)); say first what to do with it, as in 'adze inspect MODEL' or 'adze predict MODEL TEXT'"
            : "unknown verb \(quoted(name)); expected one of \(Verbs.names.joined(separator: ", "))"
    }
}
