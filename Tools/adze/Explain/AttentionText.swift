// Attention weights in the terminal: the text on colours, or a line a token where there are none.

import Adze

/// Prints a report of attention.
struct AttentionText {
    private let report: AttentionReport
    /// The model that is compared.
    private let other: String?

    init(_ report: AttentionReport, before other: String?) { (self.report, self.other) = (report, other) }

    /// Prints it, and on standard error what it is.
    func print(_ depth: ColorDepth, quiet: Bool) throws {
        if depth == .none {
            for (place, index) in report.shown.enumerated() {
                let fields = ["\(index)", report.map.tokens[index].shown, rounded(report.values[place], digits: 4)]
                try StandardOutput.shared.line(fields.map(oneField).joined(separator: "\t"))
            }
        } else {
            try StandardOutput.shared.painted(
                report.pieces.map { ($0.text, $0.value.flatMap(color)) }, depth)
        }
        try StandardOutput.shared.flush()
        Console.summary(title, quiet: quiet)
    }

    /// The colour of a value; below zero only of a difference.
    private func color(_ value: Double) -> UInt32? {
        HeatLevel(value)?.color ?? (report.before == nil ? nil : HeatLevel(-value)?.coldColor)
    }

    /// Layer, head, token and values in one line.
    private var title: String {
        let heads = report.map.heads(ofLayer: report.layer)
        let head = report.selection.head.map { "head \($0)" } ?? "mean of \(counted(heads.count, "head"))"
        let token = report.map.tokens[report.selection.token]
        let cut = report.map.truncatedTokenCount
        return "layer \(report.layer), \(head), as token \(report.selection.token) "
            + "(\(quoted(token.shown, limit: 20))) looks; " + report.normalization.rawValue
            + (other.map { ", less that of \(splitPath($0).name)" } ?? "")
            + (cut > 0 ? "; \(counted(cut, "token")) cut off" : "")
    }
}
