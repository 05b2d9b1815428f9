// Timing of a tokenizer: one thread, texts in memory, whole encodings.

import Adze

/// The timing of one pass over texts, repeated.
struct TokenizerTiming {
    private(set) var texts = 0
    private(set) var tokens = 0
    /// UTF-8 bytes of the texts.
    private(set) var bytes = 0
    /// Seconds of each timed run, sorted.
    private(set) var runs: [Double] = []
    /// CRC-32 of all ids as little-endian 32-bit integers, so that two tokenizers can be compared.
    private(set) var checksum: UInt32 = 0

    /// The median; never 0, which a coarse clock reads for few texts and which no speed can be divided by.
    var seconds: Double { max(runs[runs.count / 2], 1e-9) }
    var megabytesPerSecond: Double { Double(bytes) / seconds / 1e6 }
    var tokensPerSecond: Double { Double(tokens) / seconds }

    /// Encodes all rows once untimed, for the counts, then `repetitions` times.
    init(_ rows: [Row], repetitions: Int, encode: (Row) -> [Int32]) {
        texts = rows.count
        var sum = CRC32()
        for row in rows {
            let ids = encode(row)
            tokens += ids.count
            bytes += row.text.utf8.count + (row.pair?.utf8.count ?? 0)
            unsafe ids.map(\.littleEndian).withUnsafeBytes { unsafe sum.update($0) }
        }
        checksum = sum.value
        for _ in 0..<max(1, repetitions) {
            let clock = ContinuousClock()
            var found = 0
            let duration = clock.measure { for row in rows { found += encode(row).count } }
            precondition(found == tokens, "the same texts give the same tokens")
            runs.append(duration.inSeconds)
        }
        runs.sort()
    }

    var line: String {
        "1 thread, \(counted(texts, "text")), \(counted(tokens, "token")), \(byteSize(bytes)): "
            + "\(rounded(megabytesPerSecond, digits: 1)) MB/s, \(grouped(tokensPerSecond)) tokens/s, "
            + "\(rounded(seconds * 1000, digits: 2)) ms"
    }

    var json: JSONValue {
        .object([
            "threads": .integer(1), "texts": .integer(texts), "tokens": .integer(tokens), "bytes": .integer(bytes),
            "seconds": .number(seconds), "megabytesPerSecond": .number(megabytesPerSecond),
            "tokensPerSecond": .number(tokensPerSecond), "idsCRC32": .integer(Int(checksum)),
        ])
    }
}
