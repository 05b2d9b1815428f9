// Attention of each query to the keys near it, both directions: a block of query rows meets the keys of its windows alone,
// so that neither time nor memory grows with the square of a text. Not here: attention to a whole text.

/// Which keys a query sees: those of positions no further from its own than `reach`.
package struct AttentionWindow {
    let reach: Int
    /// The position of each query row in its sequence, ascending; nil where row m is position m.
    let positions: [Int]?

    /// A window of 2 · reach + 1 keys, for queries at `positions`, or at 0, 1, 2 … where nil.
    package init(reach: Int, positions: [Int]? = nil) { (self.reach, self.positions) = (reach, positions) }

    private func position(_ row: Int) -> Int { positions?[row] ?? row }

    /// Whether some query does not see some key.
    func hides(queries: Int, keys: Int) -> Bool {
        queries > 0 && (position(queries - 1) > reach || keys - 1 > reach + position(0))
    }

    /// Query rows that are computed at once, none of them further from the first than a block is high, and the keys that
    /// they see of `keys`. Rows that see none are left out.
    func blocks(_ rows: Int, keys: Int) -> [(rows: Range<Int>, keys: Range<Int>)] {
        var (blocks, start): ([(rows: Range<Int>, keys: Range<Int>)], Int) = ([], 0)
        while start < rows {
            let first = position(start)
            var end = start + 1
            while end < rows, end - start < AttentionScratch.queryBlock,
                position(end) - first < AttentionScratch.queryBlock
            {
                end += 1
            }
            let span = (low: max(0, first - reach), high: min(keys, position(end - 1) + reach + 1))
            if span.low < span.high { blocks.append((start..<end, span.low..<span.high)) }
            start = end
        }
        return blocks
    }

    /// weights = softmax(scale · scores) over each row's window, and 0 beside it. The rows are `block.rows`.
    ///
    /// A row's window is a row of its own for the kernel, so that its bits do not depend on the rows beside it.
    func softmax(
        _ kernels: Kernels, _ weights: MatrixView, _ block: (rows: Range<Int>, keys: Range<Int>), scale: Float
    ) {
        for (index, row) in block.rows.enumerated() {
            let place = position(row)
            let low = min(max(place - reach, block.keys.lowerBound), block.keys.upperBound) - block.keys.lowerBound
            let high = max(min(place + reach + 1, block.keys.upperBound) - block.keys.lowerBound, low)
            let line = unsafe weights.base + index * weights.stride
            unsafe line.update(repeating: 0, count: low)
            unsafe (line + high).update(repeating: 0, count: weights.stride - high)
            guard low < high else { continue }
            unsafe kernels.softmax(
                MatrixView(base: line + low, rows: 1, columns: high - low, stride: high - low), scale: scale)
        }
    }
}

extension AttentionScratch {
    /// `attend` over windows.
    func attend(
        _ kernels: Kernels, _ window: AttentionWindow, output: MatrixView, query: MatrixView, key: MatrixView,
        value: MatrixView, scale: Float, dropout: AttentionDropout?, probabilities: MatrixView?
    ) {
        probabilities?.clear()
        var done = 0
        for block in window.blocks(query.rows, keys: key.rows) {
            output.rows(done..<block.rows.lowerBound).clear()
            done = block.rows.upperBound
            let packedKeys = pack(kernels, &keys, transposing: key.rows(block.keys))
            let packedValues = pack(kernels, &valueRows, value.rows(block.keys))
            let weights = self.block(&weights, block.rows, tokens: block.keys.count)
            kernels.multiply(weights, query.rows(block.rows), packedKeys)
            window.softmax(kernels, weights, block, scale: scale)
            if let probabilities { weights.copy(to: probabilities.rows(block.rows).columns(block.keys)) }
            dropout?.from(key: block.keys.lowerBound).apply(kernels, block.rows, output: weights, input: weights)
            kernels.multiply(output.rows(block.rows), weights, packedValues)
        }
        output.rows(done..<output.rows).clear()
    }

    /// `attendBackward` over windows.
    func attendBackward(
        _ kernels: Kernels, _ window: AttentionWindow, gradient: MatrixView, query: MatrixView, key: MatrixView,
        value: MatrixView, scale: Float, dropout: AttentionDropout?
    ) {
        let (dKey, dValue) = (cleared(&keyGradient, as: key), cleared(&valueGradient, as: value))
        var done = 0
        for block in window.blocks(query.rows, keys: key.rows) {
            query.rows(done..<block.rows.lowerBound).clear()
            done = block.rows.upperBound
            let packedKeys = pack(kernels, &keys, transposing: key.rows(block.keys))
            let packedValues = pack(kernels, &values, transposing: value.rows(block.keys))
            let packedKeyRows = pack(kernels, &keyRows, key.rows(block.keys))
            let weights = self.block(&weights, block.rows, tokens: block.keys.count)
            let slopes = self.block(&slopes, block.rows, tokens: block.keys.count)
            kernels.multiply(weights, query.rows(block.rows), packedKeys)
            window.softmax(kernels, weights, block, scale: scale)
            kernels.multiply(slopes, gradient.rows(block.rows), packedValues)
            var dropped = weights
            if let dropout {
                dropped = self.block(&kept, block.rows, tokens: block.keys.count)
                dropout.from(key: block.keys.lowerBound).apply(
                    kernels, block.rows, output: dropped, input: weights, second: slopes)
            }
            kernels.addOuter(dValue.rows(block.keys), dropped, gradient.rows(block.rows))
            kernels.softmaxBackward(gradient: slopes, probabilities: weights, scale: scale)
            kernels.addOuter(dKey.rows(block.keys), slopes, query.rows(block.rows))
            // The queries of these rows have been read for the last time; the keys are read again by the next block.
            kernels.multiply(query.rows(block.rows), slopes, packedKeyRows)
        }
        query.rows(done..<query.rows).clear()
        dKey.copy(to: key)
        dValue.copy(to: value)
    }
}

extension AttentionDropout {
    /// The same draws for weights whose first column is that of a key.
    fileprivate func from(key: Int) -> AttentionDropout {
        AttentionDropout(draw: draw, first: first + key, pitch: pitch)
    }
}
