// What `adze bench` prints: a line a cell, as JSON or as a row that lines up with those before it. Measures nothing.

import Adze

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

/// One measured cell.
struct BenchRecord {
    /// What was run: `8x128`, `ragged-short`, a file's name, `512x768x768`.
    var cell: String
    var precision: Precision
    var threads: Int
    var instructionSet: String
    /// What the registers alone reach with the same threads.
    var limit: Double
    /// The passes; nil where only the limit was measured.
    var result: Measured?
    var tokenizing: Tokenizing?
    /// Who multiplied in fp32.
    var products: String?
    /// The same product by OpenBLAS: 10⁹ multiply-adds a second, and our speed over its own.
    var openBLAS: (gmacPerSecond: Double, ratio: Double)?
    /// What the limit is of, and whether products take it; nil for the step that products of the precision take first.
    var mix: (instructions: String, isUsed: Bool)?

    struct Measured {
        var texts: Int?
        var tokens: Int?
        /// Milliseconds that half of the runs, and 99 of 100, do not exceed.
        var (median, slowest): (Double, Double)
        var gmacPerSecond: Double
        /// Where it was measured turn by turn; else it follows from the limit measured before.
        var shareOfLimit: Double?
    }

    /// What went before the passes where texts were given.
    struct Tokenizing {
        var seconds: Double
        var truncated: Int
    }

    var json: JSONValue {
        var object: JSONObject = [
            "cell": .string(cell), "precision": .string(precision.rawValue), "threads": .integer(threads),
            "isa": .string(instructionSet), "limitGmacPerSecond": .number(limit),
        ]
        if let result {
            let seconds = result.median / 1000
            object["seconds"] = .number(seconds)
            if let texts = result.texts, let tokens = result.tokens {
                object["texts"] = .integer(texts)
                object["tokens"] = .integer(tokens)
                object["tokensPerSecond"] = .number(Double(tokens) / seconds)
                object["textsPerSecond"] = .number(Double(texts) / seconds)
            }
            object["p50Milliseconds"] = .number(result.median)
            object["p99Milliseconds"] = .number(result.slowest)
            object["gmacPerSecond"] = .number(result.gmacPerSecond)
            object["shareOfLimit"] = .number(share(result))
        }
        if let mix {
            object["instructions"] = .string(mix.instructions)
            object["used"] = .bool(mix.isUsed)
        }
        if let products { object["products"] = .string(products) }
        if let openBLAS {
            object["openblasGmacPerSecond"] = .number(openBLAS.gmacPerSecond)
            object["openblasRatio"] = .number(openBLAS.ratio)
        }
        if let tokenizing {
            object["tokenizeSeconds"] = .number(tokenizing.seconds)
            object["truncatedTexts"] = .integer(tokenizing.truncated)
        }
        object["peakMiB"] = .number(peakMemory())
        return .object(object)
    }

    private func share(_ result: Measured) -> Double { result.shareOfLimit ?? result.gmacPerSecond / limit }

    /// The columns of `BenchTable.Kind.runs`.
    fileprivate var cells: [String] {
        var cells = [cell, precision.rawValue, "\(threads)", instructionSet]
        guard let result else { return cells }
        let seconds = result.median / 1000
        cells.append(result.tokens.map { grouped(Double($0) / seconds) } ?? "")
        cells.append(result.texts.map { rounded(Double($0) / seconds, digits: 1) } ?? "")
        cells += [rounded(result.median, digits: 2), rounded(result.slowest, digits: 2)]
        cells += [rounded(result.gmacPerSecond, digits: 1), rounded(100 * share(result), digits: 0) + "%"]
        return cells + [rounded(peakMemory(), digits: 0)]
    }

    /// The columns of `BenchTable.Kind.products`.
    fileprivate var productCells: [String] {
        guard let result else { return cells }
        let peer = openBLAS.map { [rounded($0.gmacPerSecond, digits: 1), rounded($0.ratio, digits: 2)] } ?? ["", ""]
        return [cell, precision.rawValue, "\(threads)", instructionSet]
            + [rounded(result.median, digits: 2), rounded(result.gmacPerSecond, digits: 1)]
            + [rounded(100 * share(result), digits: 0) + "%"] + peer
    }

    /// The columns of `BenchTable.Kind.limits`.
    fileprivate var limitCells: [String] {
        [
            mix?.instructions ?? "", precision.rawValue, "\(threads)", instructionSet, rounded(limit, digits: 1),
            mix?.isUsed == true ? "yes" : "no",
        ]
    }
}

/// Rows of a fixed width, so that each can be printed when its cell is measured.
struct BenchTable {
    /// What the rows are of: passes of a model, single products beside OpenBLAS, or limits of the arithmetic.
    enum Kind { case runs, products, limits }

    private let kind: Kind
    private var hasBegun = false

    init(_ kind: Kind) { self.kind = kind }

    private var columns: [(String, Int)] {
        switch kind {
        case .runs:
            [
                ("cell", 13), ("prec", 4), ("threads", 7), ("isa", 11), ("tokens/s", 10), ("texts/s", 9), ("p50 ms", 9),
                ("p99 ms", 9), ("GMAC/s", 8), ("of limit", 8), ("peak MiB", 8),
            ]
        case .products:
            [
                ("M x N x K", 13), ("prec", 4), ("threads", 7), ("isa", 11), ("p50 ms", 9), ("GMAC/s", 8),
                ("of limit", 8), ("OpenBLAS", 8), ("ratio", 5),
            ]
        case .limits:
            [("instructions", 38), ("prec", 4), ("threads", 7), ("isa", 11), ("GMAC/s", 8), ("in use", 6)]
        }
    }

    mutating func show(_ record: BenchRecord) throws {
        if !hasBegun { try StandardOutput.shared.line(line(columns.map(\.0))) }
        hasBegun = true
        let cells =
            switch kind {
            case .runs: record.cells
            case .products: record.productCells
            case .limits: record.limitCells
            }
        try StandardOutput.shared.line(line(cells))
        try StandardOutput.shared.flush()
    }

    /// The first, second and fourth column are flush left.
    private func line(_ cells: [String]) -> String {
        var text = ""
        for (index, (cell, column)) in zip(cells, columns).enumerated() {
            let space = String(repeating: " ", count: max(0, column.1 - columnCount(cell)))
            text += (index == 0 ? "" : "  ") + ([0, 1, 3].contains(index) ? cell + space : space + cell)
        }
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// The largest resident set of this process so far, in MiB.
///
/// `getrusage` would count what the process that started this one held before it became us.
private func peakMemory() -> Double {
    if let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
        let kibibytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({ Double($0) }
        )
    {
        return kibibytes / 1024
    }
    var usage = rusage()
    #if canImport(Darwin)
    getrusage(RUSAGE_SELF, &usage)
    return Double(usage.ru_maxrss) / 1_048_576
    #else
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
    #endif
}
