// Where each parameter lies in one flat array of fp32: master weights, gradients and an optimizer's moments are all laid
// out alike, so that a step, a norm or a checkpoint is a walk over numbers. Not here: the numbers.

public import AdzeModels
public import AdzeTensors

/// The places of a model's parameters in a flat array.
public struct ParameterLayout: Sendable, Equatable {
    /// One parameter's place.
    public struct Entry: Sendable, Equatable {
        /// The parameter, and what is said of it.
        public let parameter: Parameter
        /// Where its values lie, row by row; begins on a cache line.
        public let range: Range<Int>

        /// The parameter's name.
        public var name: String { parameter.name }
        /// Its dimensions.
        public var shape: Shape { parameter.shape }
    }

    /// The parameters in the order of the array.
    public let entries: [Entry]
    /// Values in the array, with the gaps that put each parameter on a cache line.
    public let count: Int

    /// Lays parameters out one after another, in the order given; their names are distinct.
    public init(_ parameters: [Parameter]) {
        var (entries, end): ([Entry], Int) = ([], 0)
        for parameter in parameters {
            let start = (end + 15) / 16 * 16
            end = start + parameter.shape.count
            entries.append(Entry(parameter: parameter, range: start..<end))
        }
        self.entries = entries
        count = (end + 15) / 16 * 16
        precondition(Set(entries.map(\.name)).count == entries.count, "names are distinct")
    }

    /// The table of words, which a model's parameters begin with; nil for a layout without one.
    var wordTable: Entry? { entries.first.flatMap { $0.parameter.role == .wordTable ? $0 : nil } }

    /// Values at the start of the array of whose gradients and moments most stay zero: those of the table of words.
    var sparseCount: Int { wordTable?.range.upperBound ?? 0 }

    /// The place of a parameter, or nil where there is none of the name.
    ///
    /// - Complexity: O(parameters).
    public func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }
}
