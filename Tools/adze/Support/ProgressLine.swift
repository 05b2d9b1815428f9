// One line on standard error that says how far a long job is. On a terminal only, and gone when the job is done.

/// How many texts of how many are done.
struct ProgressLine {
    private let total: Int?
    private let isShown: Bool

    /// A line for `total` texts, nil where nobody knows.
    init(total: Int?, quiet: Bool) {
        self.total = total
        isShown = !quiet && Console.isTerminal
    }

    /// Says that so many are done.
    func show(_ done: Int) {
        guard isShown else { return }
        Console.redraw("\(grouped(done))\(total.map { " of \(grouped($0))" } ?? "") texts")
    }

    /// Says how far one part of the job is.
    func show(_ part: String, _ done: Int, of total: Int) {
        guard isShown else { return }
        Console.redraw("\(part): \(grouped(done)) of \(grouped(total)) texts")
    }

    /// Takes the line away.
    func end() {
        if isShown { Console.erase() }
    }
}
