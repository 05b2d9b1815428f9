// Decoding all of a file to see that it can be, a chunk at a time: nothing is kept, so that a file which stands for more
// than there is memory is verified all the same.

internal import AdzeTensors
public import AdzeThreads

extension NativeFile {
    /// Checks the stored bytes of every frame and decodes what they give, as loading all tensors would.
    ///
    /// Throws `NativeError` for the first damage that is met, or `FileError`.
    /// - Complexity: O(elements); memory is some chunks for each thread, and the column factors of one tensor.
    public func verifyContents(pool: WorkerPool) throws {
        _ = try vocabulary()
        for (index, frames) in tensorFrames.enumerated() {
            switch frames {
            case .float32(let run): try verify(run, pool)
            case .int8(let scales, let factorRun, let codes, let residual):
                try verify(scales, pool)
                let shape = records[index].shape
                let quantizer = RowQuantizer(
                    columns: shape[1], columnFactors: try factors(factorRun), outliers: outliers(index))
                let shift: Int? = if case .int8(_, let shift, _) = records[index].scheme { shift } else { nil }
                try pool.forEachThrowing(FloatCoding.chunks(shape.count)) { chunk in
                    let range = FloatCoding.range(chunk, of: shape.count)
                    // A matrix of codes has neither no rows nor no columns.
                    let rows = range.lowerBound / shape[1]..<(range.upperBound - 1) / shape[1] + 1
                    let scales = try self.scales(scales, rows: rows)
                    try benches.with { bench in
                        let raw = unsafe bench.codes.take(range.count)
                        try unsafe decodeCodes(codes + chunk, range, quantizer.outliers, into: raw, bench)
                        guard let shift, let residual else { return }
                        // The scales are those of some rows only: the run is moved to where they begin.
                        let start = rows.lowerBound * shape[1]
                        let coding = Residual(quantizer: quantizer.moved(by: start), shift: shift)
                        try unsafe decodeResidual(
                            residual + chunk, coding, codes: UnsafeRawBufferPointer(raw), scales: scales,
                            range.lowerBound - start..<range.upperBound - start,
                            into: bench.verified.take(4 * range.count), bench)
                    }
                }
            }
        }
    }

    private func verify(_ run: FloatRun, _ pool: WorkerPool) throws {
        try pool.forEachThrowing(FloatCoding.chunks(run.count)) { chunk in
            try benches.with { bench in
                let count = FloatCoding.range(chunk, of: run.count).count
                try unsafe decodeFloats(run, chunk: chunk, into: bench.verified.take(4 * count), bench)
            }
        }
    }

    /// The scales of some rows: those chunks alone are decoded that have them.
    private func scales(_ run: FloatRun, rows: Range<Int>) throws -> [Float] {
        let chunks = rows.lowerBound / FloatCoding.chunk...(rows.upperBound - 1) / FloatCoding.chunk
        var values: [Float] = []
        for chunk in chunks {
            let range = FloatCoding.range(chunk, of: run.count)
            let wanted = range.clamped(to: rows)
            try benches.with { bench in
                let out = unsafe bench.verified.take(4 * range.count)
                try unsafe decodeFloats(run, chunk: chunk, into: out, bench)
                for row in wanted {
                    let pattern = unsafe FloatCoding.pattern(UnsafeRawBufferPointer(out), row - range.lowerBound)
                    values.append(Float(bitPattern: pattern))
                }
            }
        }
        return try checkedScales(values, run)
    }
}
