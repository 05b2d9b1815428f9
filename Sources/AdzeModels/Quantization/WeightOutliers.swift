// The few weights of a matrix that stand so far out of their rows that they would take the codes of all the others: in
// 8 bits a row has one step, and it is its greatest weight's. Not here: the codes that they get, which are the native
// format's, nor how a product adds them.

internal import AdzeTensors
public import AdzeThreads

/// The outliers of a model's matrices, by their names: elements, row-major and in their order.
public struct WeightOutliers: Sendable {
    /// A weight is an outlier from this many times the median row's reach on. Of 2, 3, 4 and 8, tried on
    /// all-mpnet-base-v2, 3 and 4 lose least, and 8 little more: they are few, and far out.
    static let excess: Float = 4
    /// A row with more of them has no few that stand out.
    static let mostPerRow = 64
    /// The same for a matrix.
    static let mostPerMatrix = 2048
    /// The deepest matrix whose outliers are looked for: with `mostPerRow` of the widest codes, its sums stay exact.
    static let mostDepth = 16_384

    private let elements: [String: [Int]]

    /// None at all.
    public static let none = WeightOutliers(elements: [:])

    /// The outliers of a matrix.
    public func elements(_ name: String) -> [Int] { elements[name] ?? [] }

    /// Outliers by the names of their matrices, such as a file has them.
    public init(elements: [String: [Int]]) { self.elements = elements }

    /// The outliers of a model's dense layers under the smoothing that they will have.
    ///
    /// Throws the store's errors.
    /// - Complexity: O(weights), a matrix in memory for each thread of the pool.
    public init(_ smoothing: ChannelSmoothing, _ checkpoint: ModelCheckpoint, pool: WorkerPool) throws {
        let names = checkpoint.parameters.filter { $0.group != nil && $0.role == .weight }.map(\.name)
        let found = try pool.map(names.count) { index in
            let tensor = try checkpoint.store.load(names[index])
            return WeightOutliers.find(
                tensor.floats(), columns: tensor.shape.rowLength, factors: smoothing.factors(names[index]))
        }
        self.init(elements: Dictionary(uniqueKeysWithValues: zip(names, found)).filter { !$0.value.isEmpty })
    }

    /// The outliers of a matrix; none where they are no exceptions.
    static func find(_ weights: [Float], columns: Int, factors: [Float]?) -> [Int] {
        guard (1...mostDepth).contains(columns), !weights.isEmpty else { return [] }
        func magnitude(_ row: Int, _ column: Int) -> Float {
            let weight = weights[row * columns + column]
            return (factors.map { weight * $0[column] } ?? weight).magnitude
        }
        let reaches = (0..<weights.count / columns).map { row in
            var reach: Float = 0
            for column in 0..<columns { reach = max(reach, magnitude(row, column)) }
            return reach
        }
        let limit = reaches.sorted()[reaches.count / 2] * excess
        guard limit > 0, limit.isFinite else { return [] }
        var found: [Int] = []
        for row in reaches.indices where reaches[row] > limit {
            let outliers = (0..<columns).filter { magnitude(row, $0) > limit }
            guard outliers.count <= mostPerRow else { continue }
            found += outliers.map { row * columns + $0 }
        }
        return found.count <= mostPerMatrix ? found : []
    }
}
