// Byte-pair encoding of one word of normalized text: the symbols that it begins as, and then the merging. Not here: the
// words, and the caching.

import AdzeBytes

/// Cuts words by merges.
final class BytePairCutter: Sendable {
    let model: BytePairs
    private let vocabulary: Vocabulary
    private let merges: MergeTable
    /// Whether a word is bytes, each of which is a symbol.
    private let cutsBytes: Bool
    /// The token of each byte, as a symbol or where it stands for part of an unknown character; −1 for none.
    private let byteIDs: [Int32]
    /// Whether every byte of a word is a symbol, and nothing stands before or behind one.
    private let hasPlainBytes: Bool
    private let unknownID: Int32?
    private let prefix: [UInt8]
    private let suffix: [UInt8]

    /// A cutter of a vocabulary; throws a `TokenizerError` for merges that are not of it.
    init(_ model: BytePairs, _ vocabulary: Vocabulary, cutsBytes: Bool) throws(TokenizerError) {
        (self.model, self.vocabulary, self.cutsBytes) = (model, vocabulary, cutsBytes)
        merges = try MergeTable(model, vocabulary, file: "tokenizer settings")
        (prefix, suffix) = (Array(model.continuingPrefix.utf8), Array(model.wordSuffix.utf8))
        unknownID = model.unknownToken.flatMap { vocabulary.modelID(of: $0.utf8) }
        byteIDs = (0...255).map { (byte: UInt8) -> Int32 in
            let token = cutsBytes ? ByteAlphabet.utf8(byte) : fallbackToken(byte)
            return vocabulary.modelID(of: token) ?? -1
        }
        hasPlainBytes = cutsBytes && prefix.isEmpty && suffix.isEmpty && byteIDs.allSatisfy { $0 >= 0 }
    }

    /// Appends a word's tokens to `ids`, and their places in the text to `places` if asked.
    ///
    /// - Complexity: O(n log n) in the bytes of the word.
    func cut(
        _ text: Span<UInt8>, _ word: Range<Int>, _ scratch: inout PairScratch, into ids: inout [Int32],
        places: inout [Range<Int>], wantsPlaces: Bool
    ) {
        if model.ignoresMerges, let id = whole(text, word) {
            ids.append(id)
            if wantsPlaces { places.append(word) }
            return
        }
        scratch.symbols.removeAll(keepingCapacity: true)
        if hasPlainBytes {
            for place in word {
                let end = Int32(truncatingIfNeeded: place + 1 - word.lowerBound)
                scratch.symbols.append((byteIDs[Int(text[place])], end))
            }
        } else {
            addCharacters(text, word, &scratch)
        }
        let merges = merges
        scratch.merge(merges.walker)
        var start = word.lowerBound
        for symbol in scratch.symbols {
            ids.append(symbol.id)
            let end = word.lowerBound + Int(symbol.end)
            if wantsPlaces { places.append(start..<end) }
            start = end
        }
    }

    /// The merges of the pieces of a map alone, under the ids that it gives them.
    func keptMerges(_ map: VocabularyMap) -> [BytePairs.Merge] {
        let merges = merges
        let walker = merges.walker
        return model.merges.compactMap { merge in
            let result = Int(Int32(truncatingIfNeeded: walker.value(merge.left, merge.right)))
            guard let left = map[Int(merge.left)], let right = map[Int(merge.right)], map[result] != nil else {
                return nil
            }
            return BytePairs.Merge(Int32(left), Int32(right))
        }
    }

    /// The token that a word is as a whole.
    private func whole(_ text: Span<UInt8>, _ word: Range<Int>) -> Int32? {
        vocabulary.modelID(of: written(text, word))
    }

    /// The bytes of a range as tokens have them.
    private func written(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        for place in range { bytes += cutsBytes ? ByteAlphabet.utf8(text[place]) : [text[place]] }
        return bytes
    }

    /// The symbols of a word, character by character: each is a token, or its bytes are, or it is unknown.
    private func addCharacters(_ text: Span<UInt8>, _ word: Range<Int>, _ scratch: inout PairScratch) {
        var unknown: Int32?
        func close() {
            if let end = unknown, let id = unknownID { scratch.symbols.append((id, end)) }
            unknown = nil
        }
        var place = word.lowerBound
        while place < word.upperBound {
            let length = cutsBytes ? 1 : decodeScalar(text, at: place).length
            let next = place + length
            let end = Int32(truncatingIfNeeded: next - word.lowerBound)
            if let id = vocabulary.modelID(of: spelled(text, place..<next, word)) {
                close()
                scratch.symbols.append((id, end))
            } else if !addBytes(text, place..<next, word, &scratch) {
                if !model.fusesUnknown { close() }
                unknown = end
            }
            place = next
        }
        close()
    }

    /// A character with what it has before and behind it.
    private func spelled(_ text: Span<UInt8>, _ range: Range<Int>, _ word: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = range.lowerBound == word.lowerBound ? [] : prefix
        bytes += written(text, range)
        if range.upperBound == word.upperBound { bytes += suffix }
        return bytes
    }

    /// Adds the tokens of the bytes of a character, where all of them are tokens.
    private func addBytes(
        _ text: Span<UInt8>, _ range: Range<Int>, _ word: Range<Int>, _ scratch: inout PairScratch
    ) -> Bool {
        guard model.fallsBackToBytes, !cutsBytes else { return false }
        let bytes = spelled(text, range, word)
        let tokens = bytes.map { byteIDs[Int($0)] }
        guard tokens.allSatisfy({ $0 >= 0 }) else { return false }
        for (index, id) in tokens.enumerated() {
            let end = min(range.lowerBound + index + 1, range.upperBound) - word.lowerBound
            scratch.symbols.append((id, Int32(truncatingIfNeeded: end)))
        }
        return true
    }
}

/// The token that stands for a byte of a character which is not in a vocabulary.
func fallbackToken(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return Array("<0x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)], UInt8(ascii: ">")]
}

/// The characters that stand for bytes in the tokens of byte-level models.
enum ByteAlphabet {
    /// The scalar of each byte: itself where it is a mark or letter of Latin-1, else one of those from U+0100 on.
    static let scalars: [UInt32] = {
        var next: UInt32 = 0x100
        return (0...255).map { (byte: UInt32) -> UInt32 in
            if (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174 { return byte }
            defer { next += 1 }
            return next
        }
    }()

    private static let encoded: [[UInt8]] = scalars.map { scalar in
        var bytes: [UInt8] = []
        encodeScalar(scalar) { bytes.append($0) }
        return bytes
    }

    /// The byte of each scalar below 0x144, or nil.
    private static let bytes: [UInt8?] = {
        var table = [UInt8?](repeating: nil, count: 0x144)
        for (byte, scalar) in scalars.enumerated() { table[Int(scalar)] = UInt8(byte) }
        return table
    }()

    /// The UTF-8 of a byte's character.
    static func utf8(_ byte: UInt8) -> [UInt8] { encoded[Int(byte)] }

    /// The byte that a character stands for, or nil.
    static func byte(_ scalar: UInt32) -> UInt8? { scalar < 0x144 ? bytes[Int(scalar)] : nil }
}
