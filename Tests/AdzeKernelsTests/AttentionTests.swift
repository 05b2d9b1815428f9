// Attention and its bias, both directions, against their plain definitions, for every instruction set at hand.

import AdzeReference
import AdzeTestSupport
import Testing

@testable import AdzeKernels

@Suite struct AttentionTests {
    static let sets = InstructionSet.available

    @Test(arguments: sets, [(1, 1, 1), (1, 7, 6), (50, 50, 32), (100, 100, 8), (1, 130, 64), (17, 17, 33)])
    func attentionEqualsDefinition(set: InstructionSet, shape: (Int, Int, Int)) {
        let (queries, tokens, size) = shape
        let kernels = Kernels(set)
        let (q, k, v) = (
            random(queries * size, seed: 1), random(tokens * size, seed: 2), random(tokens * size, seed: 3)
        )
        let (queryBuffer, keyBuffer, valueBuffer) = (FloatBuffer(q), FloatBuffer(k), FloatBuffer(v))
        let output = FloatBuffer(count: queries * size), weights = FloatBuffer(count: queries * tokens)
        AttentionScratch().attend(
            kernels, output: output.matrix(rows: queries, columns: size),
            query: queryBuffer.matrix(rows: queries, columns: size), key: keyBuffer.matrix(rows: tokens, columns: size),
            value: valueBuffer.matrix(rows: tokens, columns: size), scale: 0.3,
            probabilities: weights.matrix(rows: queries, columns: tokens))
        let expected = ReferenceOps.attention(
            query: q, key: k, value: v, queries: queries, tokens: tokens, size: size, scale: Double(Float(0.3)))
        expectClose(output.values(0..<output.count), expected, 1e-5, "\(set) \(shape)")
        for row in 0..<queries {
            #expect(abs(weights.values(row * tokens..<(row + 1) * tokens).reduce(0, +) - 1) < 1e-5)
        }
    }

    @Test(arguments: sets, [(1, 7, 6, [3]), (50, 50, 32, nil), (3, 130, 64, [0, 9, 129])] as [Shape])
    func attentionWithABiasEqualsDefinition(set: InstructionSet, shape: Shape) {
        let (queries, tokens, size, positions) = shape
        let (q, k, v) = (
            random(queries * size, seed: 1), random(tokens * size, seed: 2), random(tokens * size, seed: 3)
        )
        let bias = random(2 * tokens - 1, seed: 4, scale: 3)
        let (queryBuffer, keyBuffer, valueBuffer) = (FloatBuffer(q), FloatBuffer(k), FloatBuffer(v))
        let (output, biases) = (FloatBuffer(count: queries * size), FloatBuffer(bias))
        AttentionScratch().attend(
            Kernels(set), output: output.matrix(rows: queries, columns: size),
            query: queryBuffer.matrix(rows: queries, columns: size), key: keyBuffer.matrix(rows: tokens, columns: size),
            value: valueBuffer.matrix(rows: tokens, columns: size), scale: 0.3,
            bias: AttentionBias(center: biases.base + tokens - 1, positions: positions))
        let expected = ReferenceOps.attention(
            query: q, key: k, value: v, queries: queries, tokens: tokens, size: size, scale: Double(Float(0.3))
        ) { query, key in Double(bias[tokens - 1 + key - (positions.map { $0[query] } ?? query)]) }
        expectClose(output.values(0..<output.count), expected, 1e-5, "\(set) \(shape)")
    }

    /// Rows of several blocks, windows wider than a text, places far apart, and queries that see no key.
    @Test(arguments: sets, [0, 3, 64])
    func attentionInAWindowEqualsDefinition(set: InstructionSet, reach: Int) {
        let shapes: [Shape] = [(1, 7, 6, [3]), (130, 130, 32, nil), (5, 300, 8, [0, 9, 60, 250, 299])]
        for shape in shapes { expectWindow(set, shape, reach) }
    }

    private func expectWindow(_ set: InstructionSet, _ shape: Shape, _ reach: Int) {
        let (queries, tokens, size, positions) = shape
        let (q, k, v) = (
            random(queries * size, seed: 1), random(tokens * size, seed: 2), random(tokens * size, seed: 3)
        )
        let (queryBuffer, keyBuffer, valueBuffer) = (FloatBuffer(q), FloatBuffer(k), FloatBuffer(v))
        let output = FloatBuffer(count: queries * size), weights = FloatBuffer(count: queries * tokens)
        func attend(_ rows: Range<Int>, _ positions: [Int]?) -> [Float] {
            AttentionScratch().attend(
                Kernels(set), output: output.matrix(rows: queries, columns: size).rows(rows),
                query: queryBuffer.matrix(rows: queries, columns: size).rows(rows),
                key: keyBuffer.matrix(rows: tokens, columns: size),
                value: valueBuffer.matrix(rows: tokens, columns: size), scale: 0.3,
                window: AttentionWindow(reach: reach, positions: positions),
                probabilities: weights.matrix(rows: queries, columns: tokens).rows(rows))
            return output.values(rows.lowerBound * size..<rows.upperBound * size)
        }
        let found = attend(0..<queries, positions)
        func place(_ query: Int) -> Int { positions.map { $0[query] } ?? query }
        let expected = ReferenceOps.attention(
            query: q, key: k, value: v, queries: queries, tokens: tokens, size: size, scale: Double(Float(0.3))
        ) { query, key in abs(place(query) - key) <= reach ? 0 : -.infinity }
        expectClose(found, expected, 1e-5, "\(set) \(shape)")
        for (index, value) in weights.values(0..<queries * tokens).enumerated() {
            #expect(value == 0 || abs(place(index / tokens) - index % tokens) <= reach)
        }
        // A row's bits are its own.
        for row in [0, queries / 2, queries - 1] {
            #expect(attend(row..<row + 1, [place(row)]) == Array(found[row * size..<(row + 1) * size]))
        }
        let beyond = attend(0..<1, [tokens + reach + 1])
        #expect(beyond.allSatisfy { $0 == 0 })
    }

    /// Keys and queries of distances, which end at 40 with ten more that two share, and of which 20 and 21 share one before the
    /// others go on in step; tiles are 16 wide, blocks 48 high.
    private struct Distances {
        let rows: DistanceRows
        let (keys, queries): ([Float]?, [Float]?)
        let size: Int

        init(tokens: Int, size: Int, kinds: (keys: Bool, queries: Bool)) {
            rows = DistanceRows(reach: tokens - 1) { distance in
                let reach = min(abs(distance) == 21 ? 20 : abs(distance), 60)
                return 60 + distance.signum() * (reach < 40 ? reach : 40 + (reach - 40) / 2)
            }
            keys = kinds.keys ? random(rows.count * size, seed: 8) : nil
            queries = kinds.queries ? random(rows.count * size, seed: 9) : nil
            self.size = size
        }

        func view(_ buffer: FloatBuffer) -> MatrixView { buffer.matrix(rows: rows.count, columns: size) }

        func terms(_ kernels: Kernels, _ positions: [Int]?) -> DistanceTerms {
            func packed(_ values: [Float]?) -> PackedMatrix? {
                values.map(FloatBuffer.init).map { buffer in
                    withExtendedLifetime(buffer) { DistanceTerms.pack(view(buffer), rows, kernels: kernels) }
                }
            }
            return DistanceTerms(rows: rows, keys: packed(keys), queries: packed(queries), positions: positions)
        }

        /// What a query and a key add to their score, in double precision.
        func term(_ query: ArraySlice<Float>, _ key: ArraySlice<Float>, _ distance: Int) -> Double {
            func product(_ vector: ArraySlice<Float>, _ table: [Float]?) -> Double {
                guard let table else { return 0 }
                return zip(vector, table[rows[distance] * size..<(rows[distance] + 1) * size])
                    .reduce(0) { $0 + Double($1.0) * Double($1.1) }
            }
            return product(query, keys) + product(key, queries)
        }
    }

    private static let distanceShapes: [Shape] = [
        (1, 1, 3, nil), (1, 70, 6, nil), (50, 50, 32, nil), (130, 130, 8, nil), (5, 130, 64, [0, 9, 40, 41, 129]),
    ]

    @Test(arguments: [(true, true), (true, false), (false, true)], distanceShapes)
    func attentionWithDistancesEqualsDefinition(kinds: (Bool, Bool), shape: Shape) {
        let (queries, tokens, size, positions) = shape
        let rows = [queries, tokens, tokens].enumerated().map { random($1 * size, seed: UInt64($0)) }
        let distances = Distances(tokens: tokens, size: size, kinds: kinds)
        let found = onEverySet { kernels in
            let buffers = rows.map { FloatBuffer($0) }
            let views = buffers.map { $0.matrix(rows: $0.count / size, columns: size) }
            // In place, as the engine has it.
            AttentionScratch().attend(
                kernels, output: views[0], query: views[0], key: views[1], value: views[2], scale: 0.3,
                terms: distances.terms(kernels, positions))
            return withExtendedLifetime(buffers) { buffers[0].values(0..<buffers[0].count) }
        }
        let expected = ReferenceOps.attention(
            query: rows[0], key: rows[1], value: rows[2], queries: queries, tokens: tokens, size: size,
            scale: Double(Float(0.3))
        ) { query, key in
            Double(Float(0.3))
                * distances.term(
                    rows[0][query * size..<(query + 1) * size], rows[1][key * size..<(key + 1) * size],
                    (positions.map { $0[query] } ?? query) - key)
        }
        expectClose(found, expected, 1e-5, "\(shape)")
    }

    @Test(arguments: [(true, true), (true, false), (false, true)], distanceShapes)
    func gradientWithDistancesEqualsDefinition(kinds: (Bool, Bool), shape: Shape) {
        let (queries, tokens, size, positions) = shape
        let rows = [queries, tokens, tokens, queries].enumerated().map { random($1 * size, seed: UInt64($0)) }
        let distances = Distances(tokens: tokens, size: size, kinds: kinds)
        let count = distances.rows.count * size
        let found = onEverySet { kernels in
            let buffers = rows.map { FloatBuffer($0) }
            let views = buffers.map { $0.matrix(rows: $0.count / size, columns: size) }
            let (keys, queries) = (distances.keys.map { FloatBuffer($0) }, distances.queries.map { FloatBuffer($0) })
            let sums = [FloatBuffer(count: count), FloatBuffer(count: count)]
            AttentionScratch().attendBackward(
                kernels, gradient: views[3], query: views[0], key: views[1], value: views[2], scale: 0.3,
                terms: distances.terms(kernels, positions),
                sums: DistanceSums(
                    keys: keys.map(distances.view), keyGradient: distances.view(sums[0]),
                    queries: queries.map(distances.view), queryGradient: distances.view(sums[1])))
            return withExtendedLifetime((keys, queries)) {
                (buffers.prefix(3) + sums).flatMap { $0.values(0..<$0.count) }
            }
        }
        let scale = Double(Float(0.3))
        func distance(_ query: Int, _ key: Int) -> Int { (positions.map { $0[query] } ?? query) - key }
        var expected = ReferenceOps.attentionBackward(
            gradient: rows[3], query: rows[0], key: rows[1], value: rows[2], size: size, scale: scale
        ) { query, key in
            scale
                * distances.term(
                    rows[0][query * size..<(query + 1) * size], rows[1][key * size..<(key + 1) * size],
                    distance(query, key))
        }
        var sums = [[Double](repeating: 0, count: count), [Double](repeating: 0, count: count)]
        for query in 0..<queries {
            for key in 0..<tokens {
                let (slope, row) = (scale * expected.scores[query * tokens + key], distances.rows[distance(query, key)])
                for d in 0..<size {
                    if let values = distances.keys {
                        expected.query[query * size + d] += slope * Double(values[row * size + d])
                        sums[0][row * size + d] += slope * Double(rows[0][query * size + d])
                    }
                    if let values = distances.queries {
                        expected.key[key * size + d] += slope * Double(values[row * size + d])
                        sums[1][row * size + d] += slope * Double(rows[1][key * size + d])
                    }
                }
            }
        }
        expectClose(found, expected.query + expected.key + expected.value + sums[0] + sums[1], 1e-5, "\(shape)")
    }

    @Test(arguments: sets, [(1, 1, 0), (3, 17, -1), (7, 33, -1), (50, 50, -1), (4, 16, 0), (12, 47, 49)])
    func biasEqualsDefinition(set: InstructionSet, shape: (Int, Int, Int)) {
        let (rows, columns, step) = shape, stride = columns + 3
        let scores = random(rows * stride, seed: 1, scale: 9), bias = random((rows - 1) * abs(step) + columns, seed: 2)
        let (buffer, biases, first) = (FloatBuffer(scores), FloatBuffer(bias), max(0, -step) * (rows - 1))
        Kernels(set).addBias(
            buffer.matrix(rows: rows, columns: columns, stride: stride), scale: 0.3, bias: biases.base + first,
            step: step)
        let found = (0..<rows).flatMap { buffer.values($0 * stride..<$0 * stride + columns) }
        let expected = ReferenceOps.addBias(
            (0..<rows).flatMap { Array(scores[$0 * stride..<$0 * stride + columns]) }, queries: rows, tokens: columns,
            scale: 0.3
        ) { bias[first + $0 * step + $1] }
        // One rounding: the nearest float of the exact value, which a double holds but for some halves.
        #expect(found == expected.map { Float($0) }, "\(set) \(shape)")
        for row in 0..<rows {
            let between = row * stride + columns..<(row + 1) * stride
            #expect(buffer.values(between) == Array(scores[between]))
        }
    }

    @Test(arguments: [(1, 1, 0), (5, 5, 0), (48, 100, 48), (3, 130, 127)])
    func diagonalsAreSummedByDistance(shape: (Int, Int, Int)) {
        let (rows, columns, position) = shape, stride = columns + 2
        let sums = random(rows + columns + position, seed: 1), values = random(rows * stride, seed: 2)
        let center = rows - 1 + position
        let found = onEverySet { kernels in
            let (target, source) = (FloatBuffer(sums), FloatBuffer(values))
            kernels.addDiagonals(
                target.base + center, source.matrix(rows: rows, columns: columns, stride: stride), position: position)
            return target.values(0..<sums.count)
        }
        var expected = sums
        for row in 0..<rows {
            for column in 0..<columns { expected[center + column - position - row] += values[row * stride + column] }
        }
        #expect(found == expected)
    }

    /// Queries of the whole sequence, of some positions, and of one; 48 rows are a block.
    @Test(arguments: [(1, 1, 3, nil), (50, 50, 12, nil), (97, 97, 8, nil), (3, 60, 64, [0, 9, 59])] as [Shape])
    func gradientEqualsDefinition(shape: Shape) {
        let (queries, tokens, size, positions) = shape
        let rows = [queries, tokens, tokens, queries].enumerated().map { random($1 * size, seed: UInt64($0)) }
        let bias = random(2 * tokens - 1, seed: 4, scale: 3)
        func position(_ query: Int) -> Int { positions.map { $0[query] } ?? query }
        let found = onEverySet { kernels in
            let buffers = rows.map { FloatBuffer($0) }, sums = FloatBuffer(count: bias.count)
            let views = buffers.map { $0.matrix(rows: $0.count / size, columns: size) }
            let biases = FloatBuffer(bias)
            AttentionScratch().attendBackward(
                kernels, gradient: views[3], query: views[0], key: views[1], value: views[2], scale: 0.3,
                bias: AttentionBias(center: biases.base + tokens - 1, positions: positions),
                biasGradient: sums.base + tokens - 1)
            return (buffers.prefix(3) + [sums]).flatMap { $0.values(0..<$0.count) }
        }
        let expected = ReferenceOps.attentionBackward(
            gradient: rows[3], query: rows[0], key: rows[1], value: rows[2], size: size, scale: Double(Float(0.3))
        ) { Double(bias[tokens - 1 + $1 - position($0)]) }
        var sums = [Double](repeating: 0, count: bias.count)
        for query in 0..<queries {
            for key in 0..<tokens { sums[tokens - 1 + key - position(query)] += expected.scores[query * tokens + key] }
        }
        expectClose(found, expected.query + expected.key + expected.value + sums, 1e-5, "\(shape)")
    }

    /// A bias of zeros changes no gradient but for a rounding.
    @Test func gradientWithoutABiasIsThatOfZeros() {
        let (tokens, size) = (61, 16)
        let rows = (0..<4).map { random(tokens * size, seed: UInt64($0)) }
        func run(_ kernels: Kernels, _ bias: AttentionBias?) -> [Float] {
            let buffers = rows.map { FloatBuffer($0) }
            let views = buffers.map { $0.matrix(rows: tokens, columns: size) }
            AttentionScratch().attendBackward(
                kernels, gradient: views[3], query: views[0], key: views[1], value: views[2], scale: 0.25, bias: bias)
            return buffers.prefix(3).flatMap { $0.values(0..<$0.count) }
        }
        let zeros = FloatBuffer(count: 2 * tokens - 1)
        let plain = onEverySet { run($0, nil) }
        let biased = onEverySet { run($0, AttentionBias(center: zeros.base + tokens - 1)) }
        expectClose(biased, plain.map(Double.init), 1e-6)
    }
}

/// Queries, tokens, size, and the queries' positions.
typealias Shape = (Int, Int, Int, [Int]?)
