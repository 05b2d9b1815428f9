// Where each parameter lies in one flat array of fp32: master weights, gradients and an optimizer's moments are all laid
// out alike, so that a step, a norm or a checkpoint is a walk over numbers. Not here: the numbers.

public import AdzeTensors

/// The places of a model's parameters in a flat array.
public struct ParameterLayout: Sendable, Equatable {
    /// One parameter's place.
    public struct Entry: Sendable, Equatable {
        /// The name, as `ParameterPaths` has it.
        public let name: String
        /// The dimensions.
        public let shape: Shape
        /// Where its values lie, row by row; begins on a cache line.
        public let range: Range<Int>
    }

    /// The parameters in the order of the array.
    public let entries: [Entry]
    /// Values in the array, with the gaps that put each parameter on a cache line.
    public let count: Int

    /// Lays parameters out one after another, in the order given; their names are distinct.
    public init(_ parameters: [(name: String, shape: Shape)]) {
        var (entries, end): ([Entry], Int) = ([], 0)
        for (name, shape) in parameters {
            let start = (end + 15) / 16 * 16
            end = start + shape.count
            entries.append(Entry(name: name, shape: shape, range: start..<end))
        }
        self.entries = entries
        count = (end + 15) / 16 * 16
        precondition(Set(entries.map(\.name)).count == entries.count, "names are distinct")
    }

    /// Values at the start of the array of whose gradients and moments most stay zero: those of the word embeddings, which
    /// a model's parameters begin with.
    var sparseCount: Int { entries.first?.range.upperBound ?? 0 }

    /// The place of a parameter, or nil where there is none of the name.
    ///
    /// - Complexity: O(parameters).
    public func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }
}
