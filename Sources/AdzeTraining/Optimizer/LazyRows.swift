// Bookkeeping of lazily updated rows: how many updates each row is behind, and the settings of those updates. Not here:
// arithmetic on rows.

internal import AdzeTensors
internal import CKernels

/// The account of rows that are left behind.
///
/// A row without a gradient is not moved by a step. The step's numbers are kept until every row has seen them, and a row
/// that is about to be read catches up with exactly the steps that it missed.
struct LazyRows: Sendable {
    /// The index of the matrix among the parameters.
    let entry: Int
    /// Values in a row.
    let width: Int
    /// Rows that the steps under way have read, ascending.
    private(set) var touched: [Int] = []
    /// Updates since the last time at which all rows were current, that each row has seen.
    private var seen: [Int32]
    private var isTouched: [Bool]
    /// Those updates.
    private var history: [ck_adamw] = []

    /// All rows of a matrix, current.
    init(entry: Int, shape: Shape) {
        precondition(shape.rank == 2, "only a matrix has rows")
        self.entry = entry
        width = shape[1]
        seen = [Int32](repeating: 0, count: shape[0])
        isTouched = [Bool](repeating: false, count: shape[0])
    }

    /// The rows that have missed a step, ascending.
    var late: [Int] { seen.indices.filter { seen[$0] < history.count } }

    /// Notes the rows that a pass reads, and tells which of them are late, ascending.
    mutating func read(_ ids: some Sequence<Int32>) -> [Int] {
        var fresh: [Int] = []
        for id in ids where !isTouched[Int(id)] {
            isTouched[Int(id)] = true
            fresh.append(Int(id))
        }
        fresh.sort()
        touched = (touched + fresh).sorted()
        return fresh.filter { seen[$0] < history.count }
    }

    /// The steps that a row missed.
    func missed(_ row: Int) -> ArraySlice<ck_adamw> { history[Int(seen[row])...] }

    /// Notes that rows have caught up.
    mutating func markCurrent(_ rows: [Int]) {
        for row in rows { seen[row] = Int32(history.count) }
    }

    /// Notes that all rows have caught up, and forgets what no row needs.
    mutating func markAllCurrent() {
        for row in seen.indices { seen[row] = 0 }
        history.removeAll()
    }

    /// Notes a step that moved the touched rows alone.
    mutating func moved(_ step: ck_adamw) {
        precondition(history.count < Int32.max, "rows are brought up to date once in two thousand million steps")
        history.append(step)
        markCurrent(touched)
        forgetTouched()
    }

    /// Forgets which rows were read, where no step follows.
    mutating func forgetTouched() {
        for row in touched { isTouched[row] = false }
        touched = []
    }
}
