// Timing of the kernels alone: the highest rate of multiply-adds that the processor reaches, and the rate of one matrix
// product. Not here: models, which are `EngineBenchmark`'s.

internal import AdzeBytes
internal import AdzeKernels
internal import AdzeThreads
internal import Synchronization

/// The arithmetic of one precision on some threads, without a model.
public struct KernelBenchmark: Sendable {
    /// The timing of one product.
    public struct Product: Sendable {
        /// M, N and K: rows, columns and the summed dimension.
        public let shape: (rows: Int, columns: Int, depth: Int)
        /// Seconds of each timed run, sorted.
        public let runs: [Double]
        /// What the registers alone reached between the runs: the median, in 10⁹ multiply-adds a second.
        public let limit: Double
        /// What OpenBLAS made of the product between the runs: its median in 10⁹ multiply-adds a second, and the median of
        /// our speed over its own; nil in int8, and where it is not installed.
        public let openBLAS: (gmacPerSecond: Double, ratio: Double)?
        /// The median of the shares of the limit that runs reached beside it. A machine whose speed drifts changes both.
        public let shareOfLimit: Double
        /// The median.
        public var seconds: Double { runs[runs.count / 2] }
        /// 10⁹ multiply-adds in a second, by the median.
        public var gmacPerSecond: Double {
            Double(shape.rows) * Double(shape.columns) * Double(shape.depth) / seconds / 1e9
        }
    }

    /// What one mix of instructions reaches with everything in registers.
    public struct Limit: Sendable {
        /// The instructions by their names, as in `vpmaddubsw, vpmaddwd, vpaddd`.
        public let instructions: String
        /// Whether the products of the instruction set take this step, all of them or a part.
        public let isUsed: Bool
        /// 10⁹ multiply-adds in a second, on all threads at once.
        public let gmacPerSecond: Double
    }

    /// The products of BERT-base's and MiniLM's layers, M = 512.
    public static let layerShapes = [
        (rows: 512, columns: 768, depth: 768), (rows: 512, columns: 3072, depth: 768),
        (rows: 512, columns: 768, depth: 3072), (rows: 512, columns: 384, depth: 384),
        (rows: 512, columns: 1536, depth: 384), (rows: 512, columns: 384, depth: 1536),
    ]

    /// The instruction sets of this processor by name, the plainest first.
    public static var instructionSets: [String] { InstructionSet.available.map(\.rawValue) }

    /// The arithmetic.
    public let precision: Precision
    /// Threads that take part.
    public var threads: Int { pool.threadCount }
    /// The kernels' instruction set.
    public var instructionSet: String { kernels.instructionSet.rawValue }
    private let kernels: Kernels
    private let pool: WorkerPool
    /// Never empty: every set has the steps of its own products.
    private let steps: [ArithmeticLimit]

    /// Throws `InstructionSetError`.
    public init(_ precision: Precision, threads: Int? = nil) throws {
        self.precision = precision
        kernels = try Kernels.chosen(products: .ours)
        pool = WorkerPool(threads: threads)
        steps = kernels.limits.filter { $0.isInt8 == (precision == .int8) }
    }

    /// 10⁹ multiply-adds in a second, when the product's own step runs on registers alone, on all threads at once.
    ///
    /// The best of five tries of 20 milliseconds each: nothing but another program's work makes it slower.
    public func limit() -> Double { best(steps[0]) }

    /// The same of each step that products of this precision are made of, or could be, on this instruction set; the first is
    /// that of `limit`.
    public func limits() -> [Limit] {
        steps.map { Limit(instructions: $0.instructions, isUsed: $0.isUsed, gmacPerSecond: best($0)) }
    }

    private func best(_ step: ArithmeticLimit) -> Double { (0..<5).map { _ in once(step) }.max() ?? 0 }

    private func once(_ step: ArithmeticLimit) -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let end = start + .milliseconds(20)
        let done = Mutex(0.0)
        pool.forEach(pool.threadCount) { _ in
            var mine = 0
            // A thread that took a second share, because another woke late, finds its time over.
            while clock.now < end { mine += step.run(steps: 4096).done }
            done.withLock { [mine] in $0 += Double(mine) }
        }
        return done.withLock { $0 } / (clock.now - start).inSeconds / 1e9
    }

    /// Times output = input · matrixᵀ + bias with fp32 output; in int8 the input has its codes already.
    ///
    /// Runs once untimed, then in ten turns of some hundredths of a second with the registers alone, and in fp32 with
    /// OpenBLAS where it is installed. Each thread has its own columns, and rows 96 at a time; OpenBLAS all rows at once,
    /// which suits it.
    public func product(rows: Int, columns: Int, depth: Int) -> Product {
        precondition(rows > 0 && columns > 0 && depth > 0)
        let work = Operands(precision, rows: rows, columns: columns, depth: depth, kernels: kernels)
        let peer =
            precision == .fp32 && FloatProducts.available.contains(.openblas)
            ? Operands(
                precision, rows: rows, columns: columns, depth: depth,
                kernels: Kernels(kernels.instructionSet, products: .openblas)) : nil
        run(work, height: 96)
        if let peer { run(peer, height: rows) }
        let products = Double(rows) * Double(columns) * Double(depth) / 1e9
        var (all, limits, shares): ([Double], [Double], [Double]) = ([], [], [])
        var (peers, ratios): ([Double], [Double]) = ([], [])
        for _ in 0..<10 {
            limits.append(once(steps[0]))
            let runs = turn { run(work, height: 96) }
            shares.append(products / median(runs) / limits[limits.count - 1])
            all += runs
            guard let peer else { continue }
            let others = turn { run(peer, height: rows) }
            ratios.append(median(others) / median(runs))
            peers += others
        }
        return Product(
            shape: (rows, columns, depth), runs: all.sorted(), limit: median(limits),
            openBLAS: peer == nil ? nil : (products / median(peers), median(ratios)), shareOfLimit: median(shares))
    }

    /// The product once, a thread's columns and `height` rows at a time.
    private func run(_ work: Operands, height: Int) {
        let panels = 2 * PackedMatrix.panel
        let width = ((work.columns + threads - 1) / threads + panels - 1) / panels * panels
        let (pieces, blocks) = ((work.columns + width - 1) / width, (work.rows + height - 1) / height)
        pool.forEach(pieces * blocks) { index in
            let (piece, block) = index.quotientAndRemainder(dividingBy: blocks)
            work.multiply(
                rows: block * height..<min(work.rows, (block + 1) * height),
                columns: piece * width..<min(work.columns, (piece + 1) * width))
        }
    }

    /// Seconds of as many runs as 40 milliseconds have.
    private func turn(_ body: () -> Void) -> [Double] {
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(40)
        var runs: [Double] = []
        while runs.isEmpty || (clock.now < end && runs.count < 1000) { runs.append(clock.measure(body).inSeconds) }
        return runs
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// What one product reads and writes.
private struct Operands: Sendable {
    private enum Matrix {
        case float(PackedMatrix, bias: FloatBuffer)
        case int8(PackedInt8Matrix, QuantizedRows)
    }

    let (rows, columns, depth): (Int, Int, Int)
    private let matrix: Matrix
    private let input: FloatBuffer
    private let output: FloatBuffer
    private let kernels: Kernels

    init(_ precision: Precision, rows: Int, columns: Int, depth: Int, kernels: Kernels) {
        self.kernels = kernels
        (self.rows, self.columns, self.depth) = (rows, columns, depth)
        input = FloatBuffer((0..<rows * depth).map { Float($0 * 7919 % 2001 - 1000) / 1000 })
        output = FloatBuffer(count: rows * columns)
        let bias = [Float](repeating: 0, count: columns)
        switch precision {
        case .fp32:
            let weights = (0..<columns * depth).map { Float($0 * 104_729 % 2001 - 1000) / 50_000 }
            matrix = .float(
                PackedMatrix(weights, columns: columns, depth: depth, kernels: kernels), bias: FloatBuffer(bias))
        case .int8:
            let codes = Operands.bellShapedCodes(columns * depth)
            let scales = [Float](repeating: 0.0001, count: columns)
            let quantized = QuantizedRows(capacity: rows, depth: depth)
            let packed = unsafe codes.withUnsafeBufferPointer {
                unsafe PackedInt8Matrix(codes: $0.span, scales: scales, bias: bias, depth: depth, kernels: kernels)
            }
            kernels.quantize(quantized, rows: 0..<rows, input.matrix(rows: rows, columns: depth))
            matrix = .int8(packed, quantized)
        }
    }

    /// Codes like those of trained weights: few reach the ends of their range.
    private static func bellShapedCodes(_ count: Int) -> [Int8] {
        (0..<count).map { index in
            var code = -125
            for round in 1...5 { code += (index * 104_729 * round + index >> round) % 51 }
            return Int8(code)
        }
    }

    func multiply(rows range: Range<Int>, columns part: Range<Int>) {
        let target = output.matrix(rows: rows, columns: columns).rows(range).columns(part)
        switch matrix {
        case .float(let matrix, let bias):
            let source = input.matrix(rows: rows, columns: depth).rows(range)
            kernels.multiply(target, source, matrix, columns: part, bias: bias)
        case .int8(let matrix, let codes): kernels.multiply(target, codes, rows: range, matrix, columns: part)
        }
    }
}
