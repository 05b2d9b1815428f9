// Lines about a conversion's tensors: those renamed, tied or dropped, and how many stayed as they were. All of them on
// request.

import Adze

/// Lines about the tensors of a conversion.
struct ConversionText {
    private let source: OpenedModel
    private let map: ParameterMap
    /// More tensors than these that are left out for one reason are counted, not listed.
    private static let reasonLimit = 12

    init?(_ bundle: ModelBundle) {
        guard let map = bundle.checkpoint.map else { return nil }
        self.map = map
        source = bundle.source
    }

    /// The lines: with `isVerbose` one for each tensor.
    func lines(isVerbose: Bool) -> [String] {
        var lines: [String] = []
        var kept = 0
        for entry in map.entries {
            let name = source.sourceName(of: entry.source)
            let isRenamed = name != entry.name && name != map.prefix + entry.name
            guard isVerbose || isRenamed || entry.tiedTo != nil else {
                kept += 1
                continue
            }
            lines.append(
                "\(oneField(name)) → \(entry.name)" + (entry.wasRespelled ? " (renamed)" : "")
                    + (entry.tiedTo.map { " (tied to \(oneField($0)))" } ?? ""))
        }
        lines += map.ties.map { "\(oneField(source.sourceName(of: $0.source))) tied to \($0.name)" }
        lines += dropped(isVerbose: isVerbose)
        lines += source.unreadable.map { "\(quoted($0.name)) not read: \(quoted($0.reason, limit: 200))" }
        if kept > 0 {
            let front = map.prefix.isEmpty ? "" : ", but for \(quoted(map.prefix)) in front"
            lines.append(
                "\(counted(kept, "tensor")) under \(kept == 1 ? "its" : "their") own name\(kept == 1 ? "" : "s")\(front)"
            )
        }
        return lines
    }

    /// What was left out; an optimizer's state has a reason in common, and a thousand tensors.
    private func dropped(isVerbose: Bool) -> [String] {
        var names: [String: [String]] = [:]
        var reasons: [String] = []
        for tensor in map.dropped {
            if names[tensor.reason] == nil { reasons.append(tensor.reason) }
            names[tensor.reason, default: []].append(oneField(source.sourceName(of: tensor.source)))
        }
        return reasons.flatMap { reason -> [String] in
            let all = names[reason] ?? []
            guard !isVerbose, all.count > ConversionText.reasonLimit else {
                return all.map { "\($0) dropped: \(reason)" }
            }
            return ["\(all[0]) and \(grouped(all.count - 1)) more dropped: \(reason)"]
        }
    }
}
