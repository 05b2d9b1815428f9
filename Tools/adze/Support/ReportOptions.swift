// A page of what a verb found: where it goes, and its writing.

import AdzeBytes
import ArgumentParser

/// Options of verbs that write a page.
struct ReportOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Write a page for a browser: charts, tables, the worst mistakes; default: none.", valueName: "PAGE.html"),
        completion: .file())
    var report: String?

    @Flag(name: .long, help: "Replace an output that exists.")
    var force = false

    /// Writes the page, where one is wanted.
    func write(_ html: () -> String) throws {
        guard let report else { return }
        var file = try AtomicFile(path: report, replacing: force, order: .sequential)
        try file.write(Array(html().utf8))
        try file.commit()
    }
}
