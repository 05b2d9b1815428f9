// A file of token sequences: its bytes, and reading them with distrust. Not here: where files are, and what they are named.
//
//     8 bytes    AdzeTok and the version
//     16 bytes   the key
//     u32 each   examples, sequences, examples that were cut
//     u32 each   inputs of each example; then tokens of each sequence
//     u32 each   ids of all tokens; then u8 each, their types
//     8 bytes    XXH64 of all before
//
// Numbers are little-endian.

internal import AdzeBytes
internal import AdzeModels

/// Why a file is not used; nobody sees it but in a note.
struct TokenFileProblem: Error {
    let what: String
}

enum TokenFile {
    static let version = 1
    static let suffix = ".tokens"
    /// More than memory should hold of one set.
    static let byteLimit = 1 << 31
    private static let magic = Array("AdzeTok".utf8) + [UInt8(version)]

    /// Whether a file's name is that of a set.
    static func isName(_ name: String) -> Bool {
        guard name.hasSuffix(suffix) else { return false }
        let key = name.dropLast(suffix.count)
        return key.utf8.count == 32 && key.allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }

    // MARK: Writing

    /// The bytes of a file; nil for what is too much for one.
    static func bytes(_ tokens: TokenizedTexts, key: TokenKey) -> [UInt8]? {
        let count = tokens.sequences.reduce(0) { $0 + $1.ids.count }
        let size = 44 + 4 * (tokens.windowCounts.count + tokens.sequences.count) + 5 * count
        guard size <= byteLimit else { return nil }
        var bytes = magic
        bytes.reserveCapacity(size)
        func add<Number: FixedWidthInteger>(_ number: Number) {
            unsafe withUnsafeBytes(of: number.littleEndian) { unsafe bytes.append(contentsOf: $0) }
        }
        for half in key.halves { add(half) }
        for count in [tokens.windowCounts.count, tokens.sequences.count, tokens.truncatedCount] { add(UInt32(count)) }
        for count in tokens.windowCounts { add(UInt32(count)) }
        for sequence in tokens.sequences { add(UInt32(sequence.ids.count)) }
        for sequence in tokens.sequences {
            for id in sequence.ids { add(id) }
        }
        for sequence in tokens.sequences {
            for type in sequence.typeIDs {
                guard type == 0 || type == 1 else { return nil }
                bytes.append(UInt8(type))
            }
        }
        add(unsafe bytes.withUnsafeBytes { unsafe xxh64($0) })
        return bytes
    }

    // MARK: Reading

    /// The tokens of a file; throws `TokenFileProblem` for one that is damaged, of another set, or of no such tokenizer.
    static func tokens(
        _ bytes: [UInt8], key: TokenKey, exampleCount: Int, maximumLength: Int, vocabularyCount: Int
    ) throws(TokenFileProblem) -> TokenizedTexts {
        guard bytes.count >= 44, bytes.starts(with: magic) else { throw TokenFileProblem(what: "it begins otherwise") }
        let end = bytes.count - 8
        guard
            unsafe bytes.withUnsafeBytes({ unsafe xxh64(UnsafeRawBufferPointer(rebasing: $0[..<end])) })
                == number(bytes, end)
        else { throw TokenFileProblem(what: "its checksum does not hold") }
        guard key.halves == [number(bytes, 8), number(bytes, 16)] else {
            throw TokenFileProblem(what: "its key is another")
        }
        func count(_ offset: Int) -> Int { Int(number(bytes, offset) as UInt32) }
        let sequenceCount = count(28), truncatedCount = count(32)
        // No sum overflows: each is of at most 2^32 numbers below 2^32.
        let lengths = 36 + 4 * exampleCount, ids = lengths + 4 * sequenceCount
        guard count(24) == exampleCount, truncatedCount <= exampleCount, ids <= end else {
            throw TokenFileProblem(what: "its counts are others")
        }
        let windowCounts = (0..<exampleCount).map { count(36 + 4 * $0) }
        let tokenCounts = (0..<sequenceCount).map { count(lengths + 4 * $0) }
        let tokenCount = tokenCounts.reduce(0, +)
        guard windowCounts.allSatisfy({ $0 > 0 }), windowCounts.reduce(0, +) == sequenceCount,
            tokenCounts.allSatisfy({ (1...maximumLength).contains($0) }), ids + 5 * tokenCount == end
        else { throw TokenFileProblem(what: "its counts are others") }
        let types = ids + 4 * tokenCount
        guard bytes[types..<end].allSatisfy({ $0 <= 1 }) else { throw TokenFileProblem(what: "it has unknown types") }
        var (sequences, first) = ([TokenSequence](), 0)
        sequences.reserveCapacity(sequenceCount)
        for count in tokenCounts {
            let range = first..<first + count
            let found = range.map { number(bytes, ids + 4 * $0) as Int32 }
            guard found.allSatisfy({ $0 >= 0 && $0 < vocabularyCount }) else {
                throw TokenFileProblem(what: "it has ids beyond the vocabulary")
            }
            sequences.append(TokenSequence(ids: found, typeIDs: range.map { Int32(bytes[types + $0]) }))
            first += count
        }
        return TokenizedTexts(sequences: sequences, windowCounts: windowCounts, truncatedCount: truncatedCount)
    }

    /// The number at a place that the caller knows to be inside.
    private static func number<Number: FixedWidthInteger & BitwiseCopyable>(_ bytes: [UInt8], _ offset: Int) -> Number {
        precondition(offset >= 0 && offset + MemoryLayout<Number>.size <= bytes.count)
        // In bounds by the line above; any bit pattern is an integer.
        return unsafe bytes.withUnsafeBytes {
            unsafe Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
    }
}
