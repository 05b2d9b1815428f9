// Terms of attention scores by the distance from key to query, both directions: a query's product with the key of a
// distance, and a key's with the query of a distance. Not here: how a model makes those keys and queries, nor attention.
//
// Source: He et al. (2021), DeBERTa: Decoding-enhanced BERT with Disentangled Attention, arXiv:2006.03654, section 3.1.

internal import CKernels

/// Which row of a table each distance from a key to its query has.
package struct DistanceRows: Sendable, Equatable {
    /// The greatest distance on either side.
    package let reach: Int
    /// R, the rows that distances have.
    package let count: Int
    /// As far as this from 0, rows follow one another as distances do; beyond, some may again, which is not asked.
    package let near: Int
    /// The row in the whole table that is row 0 here.
    package let first: Int
    /// That of distance d at d + reach.
    private let rows: [Int32]

    /// The rows of the distances up to `reach`, given those in the whole table, which never fall as distances grow.
    ///
    /// - Complexity: O(reach).
    package init(reach: Int, row: (_ distance: Int) -> Int) {
        let first = row(-reach)
        let rows = (-reach...reach).map { Int32(row($0) - first) }
        precondition(zip(rows, rows.dropFirst()).allSatisfy { $0 <= $1 }, "rows never fall")
        let middle = Int(rows[reach])
        (self.reach, self.first, self.rows) = (reach, first, rows)
        count = Int(rows[2 * reach]) + 1
        near = (0...reach).prefix { rows[reach + $0] == middle + $0 && rows[reach - $0] == middle - $0 }.last ?? 0
    }

    /// The row of a distance.
    package subscript(_ distance: Int) -> Int { Int(rows[distance + reach]) }

    /// R rounded up to whole panels, the columns of products with them.
    package var paddedCount: Int { (count + PackedMatrix.panel - 1) / PackedMatrix.panel * PackedMatrix.panel }

    /// The whole panels of rows in which a run of distances lies.
    func panels(_ distances: ClosedRange<Int>) -> Range<Int> {
        let panel = PackedMatrix.panel
        return self[distances.lowerBound] / panel * panel..<(self[distances.upperBound] / panel + 1) * panel
    }

    fileprivate func withColumns(position: Int, first: Int, _ body: (borrowing ck_distances) -> Void) {
        unsafe rows.withUnsafeBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            unsafe body(ck_distances(columns: base + reach, near: near, position: position, first: first))
        }
    }
}

/// What one head's attention adds to its scores by distance.
package struct DistanceTerms {
    /// The rows of the distances between the queries and the sequence's keys.
    package let rows: DistanceRows
    /// The keys of distances, (R, D) in whole panels, with which queries are multiplied; nil where they are not.
    package let keys: PackedMatrix?
    /// The queries of distances, with which keys are multiplied; nil where they are not.
    package let queries: PackedMatrix?
    /// The position of each query row in its sequence, ascending; nil where row m is position m.
    package let positions: [Int]?

    /// The terms of queries at `positions`, or at 0, 1, 2 … where nil.
    package init(rows: DistanceRows, keys: PackedMatrix?, queries: PackedMatrix?, positions: [Int]? = nil) {
        (self.rows, self.keys, self.queries, self.positions) = (rows, keys, queries, positions)
    }

    /// (R, D) as one head's rows of a distance, packed for products over D.
    ///
    /// Of `storage` where it is given, which must hold as many values as `storageCount`.
    package static func pack(
        _ values: MatrixView, _ rows: DistanceRows, in storage: FloatBuffer? = nil, kernels: Kernels
    ) -> PackedMatrix {
        precondition(values.rows == rows.count, "a row for each distance")
        let storage = storage ?? FloatBuffer(count: storageCount(rows, size: values.columns))
        unsafe kernels.pack(
            storage.base, values.base, kStride: 1, nStride: values.stride, depth: values.columns, columns: values.rows)
        return PackedMatrix(borrowing: storage, columns: rows.paddedCount, depth: values.columns)
    }

    /// Values that a packed head takes.
    package static func storageCount(_ rows: DistanceRows, size: Int) -> Int {
        PackedMatrix.storageCount(columns: rows.count, depth: size)
    }

    /// The positions of the query rows in a range: the least and the greatest.
    func reach(of range: Range<Int>) -> ClosedRange<Int> {
        guard let positions else { return range.lowerBound...range.upperBound - 1 }
        return positions[range.lowerBound]...positions[range.upperBound - 1]
    }
}

/// Where attention leaves the gradients of one head's keys and queries of distances: (R, D) each, which are added to, and
/// the values that these are the gradients of.
package struct DistanceSums {
    package let keys: MatrixView?
    package let keyGradient: MatrixView?
    package let queries: MatrixView?
    package let queryGradient: MatrixView?

    /// The rows of distances, and where their gradients are added; those nil where nobody asks.
    package init(keys: MatrixView?, keyGradient: MatrixView?, queries: MatrixView?, queryGradient: MatrixView?) {
        (self.keys, self.keyGradient, self.queries, self.queryGradient) = (keys, keyGradient, queries, queryGradient)
    }
}

/// Scratch memory for the terms of one head; grows to the longest sequence it meets.
final class DistanceScratch {
    private var byQuery = FloatBuffer(count: 0)
    private var byKey = FloatBuffer(count: 0)
    private var byKeySlopes = FloatBuffer(count: 0)
    private var packed = FloatBuffer(count: 0)
    private var product = FloatBuffer(count: 0)

    /// Keys whose products are computed side by side.
    private func blockHeight(queries: Int) -> Int {
        queries < AttentionScratch.queryBlock ? PackedMatrix.panel : AttentionScratch.queryBlock
    }

    // MARK: Forward

    /// The products of a sequence's keys with the queries of distances, for `add`.
    ///
    /// A block of keys at a time, each with the distances to any query alone.
    func multiplyKeys(_ kernels: Kernels, _ terms: DistanceTerms, _ key: MatrixView, queries: Int) {
        guard let matrix = terms.queries else { return }
        reserve(&byKey, key.rows * matrix.columns)
        for keys in blocks(key.rows, queries: queries) {
            let columns = terms.rows.panels(distances(terms, 0..<queries, keys))
            kernels.multiply(keyTerms(keys, columns, matrix), key.rows(keys), matrix, columns: columns)
        }
    }

    /// scores += the terms of the query rows in `rows`, of `queries` in all; those of the keys have been multiplied.
    ///
    /// First what queries say of distances, then what keys say. A score's bits depend on its query and key alone.
    func add(
        _ kernels: Kernels, _ terms: DistanceTerms, to scores: MatrixView, query: MatrixView, rows: Range<Int>,
        queries: Int
    ) {
        if let matrix = terms.keys {
            let columns = terms.rows.panels(distances(terms, rows, 0..<scores.columns))
            reserve(&byQuery, rows.count * columns.count)
            let products = byQuery.matrix(rows: rows.count, columns: columns.count)
            kernels.multiply(products, query, matrix, columns: columns)
            forEachRun(terms, rows) { part, position in
                kernels.addDistances(
                    terms.rows, to: scores.rows(part), products.rows(part), position: position,
                    first: columns.lowerBound, byKey: false)
            }
        }
        guard let matrix = terms.queries else { return }
        for keys in blocks(scores.columns, queries: queries) {
            let columns = terms.rows.panels(distances(terms, 0..<queries, keys))
            let products = keyTerms(keys, columns, matrix)
            forEachRun(terms, rows) { part, position in
                kernels.addDistances(
                    terms.rows, to: scores.rows(part).columns(keys), products, position: position - keys.lowerBound,
                    first: columns.lowerBound, byKey: true)
            }
        }
    }

    /// The products of a block of keys.
    private func keyTerms(_ keys: Range<Int>, _ columns: Range<Int>, _ matrix: PackedMatrix) -> MatrixView {
        byKey.matrix(rows: keys.count, columns: columns.count, offset: keys.lowerBound * matrix.columns)
    }

    // MARK: Backward

    /// Makes room for the gradients of a sequence's terms.
    func startBackward(_ terms: DistanceTerms, tokens: Int) {
        guard let matrix = terms.queries else { return }
        reserve(&byKeySlopes, tokens * matrix.columns)
        unsafe byKeySlopes.base.update(repeating: 0, count: tokens * matrix.columns)
    }

    /// From the gradient of the scores of the query rows in `rows` to those of the keys of distances, which are added, and
    /// of the queries, which take the place of `query` with `added` to them.
    func addBackward(
        _ kernels: Kernels, _ terms: DistanceTerms, _ sums: DistanceSums, gradient: MatrixView, query: MatrixView,
        added: PackedMatrix, rows: Range<Int>
    ) {
        if let matrix = terms.queries {
            let products = byKeySlopes.matrix(rows: gradient.columns, columns: matrix.columns)
            forEachRun(terms, rows) { part, position in
                kernels.sumDistances(terms.rows, products, gradient.rows(part), position: position, byKey: true)
            }
        }
        guard let matrix = terms.keys, let keys = sums.keys else {
            return kernels.multiply(query, gradient, added)
        }
        reserve(&byQuery, rows.count * matrix.columns)
        let products = byQuery.matrix(rows: rows.count, columns: matrix.columns)
        unsafe byQuery.base.update(repeating: 0, count: rows.count * matrix.columns)
        forEachRun(terms, rows) { part, position in
            kernels.sumDistances(terms.rows, products.rows(part), gradient.rows(part), position: position, byKey: false)
        }
        let used = products.columns(0..<keys.rows)
        if let target = sums.keyGradient { kernels.addOuter(target, used, query) }
        reserve(&product, query.rows * query.columns)
        let plain = product.matrix(rows: query.rows, columns: query.columns)
        kernels.multiply(plain, gradient, added)
        kernels.multiply(query, used, pack(kernels, keys), residual: plain)
    }

    /// After all query rows: adds the gradient of the queries of distances, and makes that of the keys, in place of them,
    /// of `plain`, their gradient without the terms.
    func finishBackward(
        _ kernels: Kernels, _ terms: DistanceTerms, _ sums: DistanceSums, key: MatrixView, plain: MatrixView
    ) {
        guard let matrix = terms.queries, let queries = sums.queries else { return plain.copy(to: key) }
        let products = byKeySlopes.matrix(rows: key.rows, columns: matrix.columns).columns(0..<queries.rows)
        if let target = sums.queryGradient { kernels.addOuter(target, products, key) }
        kernels.multiply(key, products, pack(kernels, queries), residual: plain)
    }

    // MARK: Pieces

    /// Rows of distances packed for a product that sums over them.
    private func pack(_ kernels: Kernels, _ view: MatrixView) -> PackedMatrix {
        reserve(&packed, PackedMatrix.storageCount(columns: view.columns, depth: view.rows))
        unsafe kernels.pack(
            packed.base, view.base, kStride: view.stride, nStride: 1, depth: view.rows, columns: view.columns)
        return PackedMatrix(borrowing: packed, columns: view.columns, depth: view.rows)
    }

    private func blocks(_ tokens: Int, queries: Int) -> some Sequence<Range<Int>> {
        let height = blockHeight(queries: queries)
        return stride(from: 0, to: tokens, by: height).lazy.map { $0..<min($0 + height, tokens) }
    }

    /// The distances from some keys to some query rows.
    private func distances(_ terms: DistanceTerms, _ rows: Range<Int>, _ keys: Range<Int>) -> ClosedRange<Int> {
        let reach = terms.reach(of: rows)
        return reach.lowerBound - (keys.upperBound - 1)...reach.upperBound - keys.lowerBound
    }

    /// Runs of query rows of following positions, counted within `rows`, and the first one's position.
    private func forEachRun(_ terms: DistanceTerms, _ rows: Range<Int>, _ body: (Range<Int>, Int) -> Void) {
        guard let positions = terms.positions else { return body(0..<rows.count, rows.lowerBound) }
        for (index, row) in rows.enumerated() { body(index..<index + 1, positions[row]) }
    }

    private func reserve(_ buffer: inout FloatBuffer, _ count: Int) {
        if buffer.count < count { buffer = FloatBuffer(count: count) }
    }
}

extension Kernels {
    /// scores[m, n] += terms[m, c], or with `byKey` terms[n, c], c being the row of distance position + m − n less `first`.
    func addDistances(
        _ rows: DistanceRows, to scores: MatrixView, _ terms: MatrixView, position: Int, first: Int, byKey: Bool
    ) {
        precondition(terms.rows == (byKey ? scores.columns : scores.rows), "a row of terms for each")
        precondition(
            rows.covers(position, rows: scores.rows, columns: scores.columns, first: first, width: terms.columns))
        unsafe rows.withColumns(position: position, first: first) { distances in
            unsafe withUnsafePointer(to: distances) {
                unsafe table.f32_add_distances(
                    scores.base, scores.stride, terms.base, terms.stride, $0, byKey ? 1 : 0, scores.rows,
                    scores.columns)
            }
        }
    }

    /// The gradient of `addDistances` with a `first` of 0: terms += that of the scores.
    func sumDistances(
        _ rows: DistanceRows, _ terms: MatrixView, _ scores: MatrixView, position: Int, byKey: Bool
    ) {
        precondition(terms.rows == (byKey ? scores.columns : scores.rows), "a row of terms for each")
        precondition(rows.covers(position, rows: scores.rows, columns: scores.columns, first: 0, width: terms.columns))
        unsafe rows.withColumns(position: position, first: 0) { distances in
            unsafe withUnsafePointer(to: distances) {
                unsafe table.f32_sum_distances(
                    terms.base, terms.stride, scores.base, scores.stride, $0, byKey ? 1 : 0, scores.rows,
                    scores.columns)
            }
        }
    }
}

extension DistanceRows {
    /// Whether the distances of some scores are there, and their rows from `first` on within `width`.
    fileprivate func covers(_ position: Int, rows: Int, columns: Int, first: Int, width: Int) -> Bool {
        guard rows > 0, columns > 0 else { return true }
        let (least, most) = (position - (columns - 1), position + rows - 1)
        return -reach <= least && most <= reach && self[least] >= first && self[most] < first + width
    }
}
