// One line on standard error that says how far a long job is. On a terminal only, and gone when the job is done. Not here:
// the line of a training run, which is `RunProgress`.

internal import Adze

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How many texts of how many are done, how fast, and how long the rest takes.
final class ProgressLine {
    private let total: Int?
    private let isShown: Bool
    private var part = ""
    private var start = ContinuousClock.now
    private var lastDraw: ContinuousClock.Instant? = .now

    /// A line for `total` texts, nil where nobody knows.
    /// - Parameter besideOutput: whether the job prints as it goes: where that is seen on a terminal, it is progress
    ///   enough, and a line between the lines would spoil them.
    init(total: Int?, quiet: Bool, besideOutput: Bool = false) {
        self.total = total
        isShown = !quiet && Console.isTerminal && !(besideOutput && isatty(STDOUT_FILENO) == 1)
    }

    /// Says that so many texts are done.
    func show(_ done: Int) { show("", done, of: total) }

    /// Says how far one part of the job is.
    func show(_ part: String, _ done: Int, of total: Int?) {
        guard isShown, done > 0 else { return }
        let now = ContinuousClock.now
        if part != self.part { (self.part, start, lastDraw) = (part, now, nil) }
        if let lastDraw, now - lastDraw < .milliseconds(100), done != total { return }
        lastDraw = now
        Console.redraw(
            ProgressLine.text(
                part, done, of: total, after: (now - start).inSeconds, columns: ProgressBar.terminalWidth - 1))
    }

    /// Says what is being done, for which there is no count.
    func show(_ what: String) {
        if isShown { Console.redraw(cut("\(what) …", columns: ProgressBar.terminalWidth - 1)) }
    }

    /// Takes the line away.
    func end() { if isShown { Console.erase() } }

    /// The line: a bar and the time left where the total is known, else the speed.
    static func text(_ part: String, _ done: Int, of total: Int?, after seconds: Double, columns: Int) -> String {
        let name = part.isEmpty ? "" : "\(part): "
        let speed = seconds > 0 ? Double(done) / seconds : 0
        guard let total, total > 0 else {
            return cut("\(name)\(counted(done, "text")), \(grouped(speed)) texts/s", columns: columns)
        }
        let share = Double(done) / Double(total)
        let count = "\(grouped(done)) of \(counted(total, "text"))"
        let left = speed > 0 ? "  \(duration(Double(total - done) / speed)) left" : ""
        let bar = ProgressBar.text(share, columns: min(24, max(8, columns - 56 - columnCount(name))))
        return cut("\(name)\(bar) \(grouped((share * 100).rounded(.down))) %  \(count)\(left)", columns: columns)
    }
}

/// A bar of text, and the terminal that it is on.
enum ProgressBar {
    /// A bar in halves of columns; shares beyond 0 and 1 are none and all.
    static func text(_ share: Double, columns: Int) -> String {
        let share = share.isNaN ? 0 : min(max(share, 0), 1)
        let halves = Int(share * Double(2 * columns))
        let full = String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : "")
        return full + String(repeating: "·", count: columns - (halves + 1) / 2)
    }

    /// Columns of the terminal that standard error is.
    static var terminalWidth: Int {
        var size = winsize()
        guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
        return Int(size.ws_col)
    }
}
