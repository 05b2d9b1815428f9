// A page of what a verb found: where it goes, and its writing.

import Adze
import AdzeInsight
import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

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

    /// The time that a file is to bear, in UTC, as `2026-11-27T02:54:00Z`: now, or what `SOURCE_DATE_EPOCH` says.
    static var time: String { (fixedTime ?? Date.now).formatted(.iso8601) }

    /// What a page says of its making; where the time is given, so that the same work gives the same bytes, not how long
    /// it took.
    static func facts(seconds: Double) -> PageFacts {
        PageFacts(date: time, seconds: fixedTime == nil ? seconds : nil, version: adzeVersion)
    }

    /// See https://reproducible-builds.org/specs/source-date-epoch/.
    private static var fixedTime: Date? {
        guard let text = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"], let seconds = Int(text),
            (0...253_402_300_799).contains(seconds)
        else { return nil }
        return Date(timeIntervalSince1970: Double(seconds))
    }

    /// Writes the page, where one is wanted.
    func write(_ html: () -> String) throws {
        guard let report else { return }
        var file = try AtomicFile(path: report, replacing: force, order: .sequential)
        try file.write(Array(html().utf8))
        try file.commit()
    }
}
