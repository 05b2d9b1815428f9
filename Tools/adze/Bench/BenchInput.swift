// What `adze bench` runs a model on: made-up sequences, ids from a file, or texts that are tokenized first.

import Adze

/// Sequences to time, with the name of their cell.
struct BenchInput {
    var name: String
    var sequences: [TokenSequence]
    var tokenizing: BenchRecord.Tokenizing?

    init(_ workload: BenchmarkWorkload, _ config: EncoderShape) {
        name = workload.name
        sequences = workload.sequences(config)
    }

    /// A file with a JSON list of token ids on each line.
    init(sequencesFile path: String) throws {
        name = splitPath(path).name
        let bytes = try InputFile.readAll(path: path, limit: 1 << 30) { _ in TooManySequences(path: path) }
        sequences = try bytes.split(separator: 0x0A).enumerated().map { number, line -> TokenSequence in
            guard let list = try? parseJSON(Array(line)).array else {
                throw BadSequences(path: path, line: number + 1)
            }
            let ids = list.compactMap { $0.integer.flatMap(Int32.init(exactly:)) }
            guard ids.count == list.count else { throw BadSequences(path: path, line: number + 1) }
            return TokenSequence(ids: ids)
        }
        guard !sequences.isEmpty else { throw BadSequences(path: path, line: 1) }
    }

    /// Texts of any reader, cut where the model's limit is; every row must be usable.
    init(textsFile path: String, _ columns: ColumnOptions, _ bundle: ModelBundle, quiet: Bool) throws {
        name = path == "-" ? "stdin" : splitPath(path).name
        let tokenizer = try bundle.requireTokenizer()
        var stream = try TextStream(path: path, columns, quiet: quiet)
        var (rows, bytes) = ([Row](), 0)
        while let window = try stream.next() {
            for row in window {
                let row = try stream.required(row)
                rows.append(Row(lineNumber: row.lineNumber, text: row.text, pair: row.pair))
                bytes += row.text.utf8.count + (row.pair?.utf8.count ?? 0) + MemoryLayout<Row>.stride
            }
            guard bytes <= 1 << 30 else { throw TooManySequences(path: path) }
        }
        guard !rows.isEmpty else { throw NoTexts(path: path) }
        let limit = bundle.maximumLength
        let start = ContinuousClock.now
        let encodings = rows.map { tokenizer.encode($0.text, pair: $0.pair, maximumLength: limit) }
        let duration = (ContinuousClock.now - start).inSeconds
        tokenizing = BenchRecord.Tokenizing(
            seconds: duration, truncated: encodings.count { $0.truncatedTokenCount > 0 })
        sequences = encodings.map { TokenSequence(ids: $0.ids, typeIDs: $0.typeIDs) }
    }
}

/// A file of token ids that is not one.
private struct BadSequences: AdzeFailure {
    let path: String
    let line: Int
    var description: String { "\(path): line \(line): expected a JSON list of token ids" }
}

/// Ids or texts beyond what is held in memory.
private struct TooManySequences: AdzeFailure {
    let path: String
    var description: String { "\(path): larger than 1 GiB; measure with fewer" }
}

/// An input without a row.
private struct NoTexts: AdzeFailure {
    let path: String
    var description: String { "\(path == "-" ? "standard input" : path): expected texts to measure with, found none" }
}
