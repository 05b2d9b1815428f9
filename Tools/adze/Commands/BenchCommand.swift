// `adze bench`: how fast a model runs here, or the arithmetic alone. What it runs on is `BenchInput`, what it prints
// `BenchReport`.

public import Adze
public import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Times the engine.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure throughput and latency.",
        discussion: """
            Times a model, or random weights of a --shape, with every combination of --precision, --threads and --isa on \
            each of its inputs: texts (-i), token ids (--sequences), --ragged sets, or made-up batches of every --batch \
            and --length; without any, 1x32 and 8x128. Prints a line for each: a run is a pass over the whole input, p50 and \
            p99 are of runs, tokens/s is by the median. The share of the limit compares GMAC/s with the product's own \
            step on registers alone, measured on the same threads just before. Loading is not timed, tokenizing is apart. \
            --products times single matrix products of BERT's layers instead, M x N x K, in fp32 beside OpenBLAS's in turns \
            where that is installed, and ours / theirs; --limit what each mix of instructions reaches on registers alone, in \
            every set that the processor has, and which of them its products take.
            """)

    @Argument(
        help: ArgumentHelp("A .adze file, checkpoint file or model folder.", valueName: "MODEL"), completion: .file())
    var model: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Random weights of a well-known shape instead: \(EngineBenchmark.shapeNames.joined(separator: ", ")); "
                + "default: none.", valueName: "NAME"), completion: .list(EngineBenchmark.shapeNames))
    var shape: String?

    @Flag(name: .long, help: "Time matrix products of BERT's layers, without a model.")
    var products = false

    @Flag(name: .long, help: "Measure what each mix of instructions reaches on registers alone, without a model.")
    var limit = false

    @OptionGroup(title: "Texts") var texts: TextFileOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file with a JSON list of token ids on each line; - is standard input; default: none.", valueName: "FILE"),
        completion: .file())
    var sequences: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "short: 512 texts of about 25 tokens; long: 128 of about 230; or both, separated by a comma; default: none.",
            valueName: "KIND"))
    var ragged: String?

    @Option(name: .long, help: ArgumentHelp("Sequences in a batch, such as 1,8,32; default: 8.", valueName: "S,S"))
    var batch: String?

    @Option(name: .long, help: ArgumentHelp("Tokens in each, such as 16,128; default: 128.", valueName: "T,T"))
    var length: String?

    @Option(name: .long, help: ArgumentHelp("Timed runs; default: a second's, 5 to 1000.", valueName: "N"))
    var `repeat`: Int?

    @Option(name: .long, help: ArgumentHelp("The arithmetic: int8, fp32 or both.", valueName: "PRECISION"))
    var precision = "int8,fp32"

    @Option(name: .long, help: ArgumentHelp("Threads to use, such as 1,2; default: every processor.", valueName: "N,N"))
    var threads: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Instruction sets, such as avx2,avx512; default: the best one, for --limit all.", valueName: "ISA,ISA"))
    var isa: String?

    @OptionGroup var multiplying: FloatProductsOptions

    @OptionGroup(title: "Source") var source: SourceOptions

    @Flag(name: .long, help: "Say nothing on standard error but errors.")
    var quiet = false

    @Flag(name: .long, help: "Print JSON lines.")
    var json = false

    private var input: String? { texts.input }
    private var columns: ColumnOptions { texts.columns }

    func validate() throws {
        let subjects = [model != nil, shape != nil, products, limit].count { $0 }
        guard subjects == 1 else {
            throw ValidationError(
                subjects == 0
                    ? "name a MODEL, or give --shape, --products or --limit"
                    : "give one of MODEL, --shape, --products and --limit")
        }
        let inputs = [input != nil, sequences != nil, ragged != nil, batch != nil || length != nil].count { $0 }
        guard inputs <= (products || limit ? 0 : 1) else {
            throw ValidationError(
                products || limit
                    ? "--products and --limit run no texts"
                    : "give one of -i, --sequences, --ragged and --batch with --length")
        }
        guard shape == nil || input == nil else {
            throw ValidationError("--shape has no tokenizer for the texts of -i")
        }
        guard columns.isDefault || input != nil else {
            throw ValidationError("--format, the columns and their like are for the texts of -i")
        }
        if let `repeat`, !(1...10_000).contains(`repeat`) { throw ValidationError("--repeat is 1 to 10000") }
        _ = try (precisions(), threadCounts(), instructionSets(), workloads())
    }

    func run() throws {
        // A bad name costs no loading.
        let sets = try instructionSets()
        for set in sets {
            unsafe setenv("ADZE_FORCE_ISA", set, 1)
            _ = try KernelBenchmark(.int8, threads: 1)
        }
        let bundle = try model.map { try openModel($0, source, products: multiplying, quiet: quiet) }
        let given = try givenInput(bundle)
        var table = BenchTable(products ? .products : limit ? .limits : .runs)
        for set in sets {
            unsafe setenv("ADZE_FORCE_ISA", set, 1)
            for threads in try threadCounts() {
                for precision in try precisions() {
                    try measure(bundle, given, precision, threads) {
                        if json { try StandardOutput.shared.json($0.json) } else { try table.show($0) }
                    }
                }
            }
        }
    }

    /// Every input in one precision on one number of threads.
    private func measure(
        _ bundle: ModelBundle?, _ given: BenchInput?, _ precision: Precision, _ threads: Int?,
        show: (BenchRecord) throws -> Void
    ) throws {
        let arithmetic = try KernelBenchmark(precision, threads: threads)
        if limit { return try showLimits(arithmetic, show: show) }
        var record = BenchRecord(
            cell: "limit", precision: precision, threads: arithmetic.threads, instructionSet: arithmetic.instructionSet,
            limit: arithmetic.limit())
        if products {
            for shape in KernelBenchmark.layerShapes {
                record.cell = "\(shape.rows)x\(shape.columns)x\(shape.depth)"
                let product = arithmetic.product(rows: shape.rows, columns: shape.columns, depth: shape.depth)
                record.openBLAS = product.openBLAS
                record.limit = product.limit
                record.result = BenchRecord.Measured(product)
                try show(record)
            }
            return
        }
        let engine =
            try bundle.map { try EngineBenchmark($0, precision: precision, threads: threads) }
            ?? EngineBenchmark(
                shape: shape ?? "", precision: precision, products: multiplying.fp32Products, threads: threads)
        if precision == .fp32 { record.products = engine.products.rawValue }
        for input in try given.map({ [$0] }) ?? workloads().map({ BenchInput($0, engine.config) }) {
            record.cell = input.name
            record.tokenizing = input.tokenizing
            record.limit = arithmetic.limit()
            record.result = BenchRecord.Measured(try engine.run(input.sequences, repetitions: `repeat`))
            try show(record)
        }
    }

    /// Every mix of instructions of a set, in one precision.
    private func showLimits(_ arithmetic: KernelBenchmark, show: (BenchRecord) throws -> Void) throws {
        for limit in arithmetic.limits() {
            var record = BenchRecord(
                cell: "limit", precision: arithmetic.precision, threads: arithmetic.threads,
                instructionSet: arithmetic.instructionSet, limit: limit.gmacPerSecond)
            record.mix = (limit.instructions, limit.isUsed)
            try show(record)
        }
    }

    private func givenInput(_ bundle: ModelBundle?) throws -> BenchInput? {
        if let sequences { return try BenchInput(sequencesFile: sequences) }
        guard let input, let bundle else { return nil }
        let texts = try BenchInput(textsFile: input, columns, bundle, quiet: quiet)
        if let tokenizing = texts.tokenizing {
            Console.summary(
                "tokenized \(counted(texts.sequences.count, "text")) in \(rounded(tokenizing.seconds * 1000, digits: 1)) "
                    + "ms on one thread, \(grouped(tokenizing.truncated)) truncated", quiet: quiet)
        }
        return texts
    }
}

// MARK: - Lists

extension BenchCommand {
    private func precisions() throws -> [Precision] {
        try precision.split(separator: ",", omittingEmptySubsequences: false).map { name in
            guard let precision = Precision(rawValue: String(name)) else {
                throw ValidationError("--precision \(quoted(String(name))): expected fp32, int8 or int8,fp32")
            }
            return precision
        }
    }

    private func threadCounts() throws -> [Int?] {
        guard let threads else { return [nil] }
        return try numbers(threads, "--threads", 1...1024)
    }

    private func instructionSets() throws -> [String] {
        let known = KernelBenchmark.instructionSets
        guard let isa else {
            let forced = ProcessInfo.processInfo.environment["ADZE_FORCE_ISA"] ?? ""
            return limit && forced.isEmpty ? known : [forced]
        }
        return try isa.split(separator: ",", omittingEmptySubsequences: false).map { name in
            guard known.contains(String(name)) else {
                throw ValidationError(
                    "--isa \(quoted(String(name))): this processor runs \(known.joined(separator: ", "))")
            }
            return String(name)
        }
    }

    private func workloads() throws -> [BenchmarkWorkload] {
        if let ragged {
            return try ragged.split(separator: ",", omittingEmptySubsequences: false).map { name in
                switch name {
                case "short": return .raggedShort
                case "long": return .raggedLong
                default: throw ValidationError("--ragged \(quoted(String(name))): expected short, long or short,long")
                }
            }
        }
        if batch == nil && length == nil { return [.even(batch: 1, length: 32), .even(batch: 8, length: 128)] }
        let batches = try numbers(batch ?? "8", "--batch", 1...100_000)
        let lengths = try numbers(length ?? "128", "--length", 1...100_000)
        return try batches.flatMap { batch in
            try lengths.map { length in
                guard batch * length <= 10_000_000 else {
                    throw ValidationError(
                        "--batch times --length: at most 10,000,000 tokens, found \(grouped(batch * length))")
                }
                return .even(batch: batch, length: length)
            }
        }
    }

    private func numbers(_ text: String, _ option: String, _ range: ClosedRange<Int>) throws -> [Int] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let number = Int(part), range.contains(number) else {
                throw ValidationError(
                    "\(option) \(quoted(String(part))): expected a number from \(range.lowerBound) to \(grouped(range.upperBound))"
                )
            }
            return number
        }
    }
}

extension BenchRecord.Measured {
    fileprivate init(_ result: EngineBenchmark.Result) {
        self.init(
            texts: result.texts, tokens: result.tokens, median: result.percentile(50) * 1000,
            slowest: result.percentile(99) * 1000, gmacPerSecond: result.gmacPerSecond, shareOfLimit: nil)
    }

    fileprivate init(_ product: KernelBenchmark.Product) {
        let last = product.runs[min(product.runs.count - 1, product.runs.count * 99 / 100)]
        self.init(
            median: product.seconds * 1000, slowest: last * 1000, gmacPerSecond: product.gmacPerSecond,
            shareOfLimit: product.shareOfLimit)
    }
}

extension Precision: ExpressibleByArgument {}
