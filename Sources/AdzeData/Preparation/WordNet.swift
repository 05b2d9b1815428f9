// Lemmas of English words by WordNet's own files, which its users bring: index.noun, index.verb, noun.exc and verb.exc, as
// Debian's package wordnet-base has them. Not here: meanings.

internal import AdzeBytes

/// WordNet's words and exceptions, in memory.
///
/// - Source: NLTK's `WordNetLemmatizer` (3.9 and later): the exception's bases where a form is one, else what the rules of
///   detachment, applied once, make of it; of those that are words of the class, and the form itself, the shortest.
public struct WordNet: Sendable {
    /// A class of words.
    public enum WordClass: String, Sendable, CaseIterable {
        case noun
        case verb

        /// Endings, and what takes their place.
        fileprivate var rules: [(old: [UInt8], new: [UInt8])] {
            switch self {
            case .noun: WordNet.nounRules
            case .verb: WordNet.verbRules
            }
        }
    }

    /// Where Debian's package lays the files.
    public static let debianFolder = "/usr/share/wordnet"

    /// What files share that are equal: 16 hexadecimal digits.
    public let fingerprint: String
    private let nouns: LemmaIndex
    private let verbs: LemmaIndex

    /// Reads the files of a folder.
    ///
    /// Throws `CleaningError.noWordNet` where one is missing, `.notWordNet` for what is none of WordNet's, and `FileError`.
    /// - Complexity: O(bytes), some 5 MB.
    package init(folder: String) throws {
        var hash: UInt64 = 0
        func read(_ name: String) throws -> [UInt8] {
            let path = "\(folder)/\(name)"
            guard pathExists(path) else { throw CleaningError.noWordNet(folder: folder, file: name) }
            let bytes = try InputFile.readAll(path: path, limit: WordNet.byteLimit) {
                CleaningError.notWordNet(
                    path: path, problem: "\($0) bytes, of which at most \(WordNet.byteLimit) are read")
            }
            hash = unsafe bytes.withUnsafeBytes { unsafe xxh64($0, seed: hash) }
            return bytes
        }
        func index(_ wordClass: WordClass) throws -> LemmaIndex {
            let name = "index.\(wordClass.rawValue)", exceptions = "\(wordClass.rawValue).exc"
            do {
                return try LemmaIndex(read(name), exceptions: read(exceptions))
            } catch let problem as LemmaIndex.Problem {
                throw CleaningError.notWordNet(
                    path: "\(folder)/\(problem.isOfExceptions ? exceptions : name)", problem: problem.found)
            }
        }
        nouns = try index(.noun)
        verbs = try index(.verb)
        fingerprint = hexDigits(hash)
    }

    /// Ten times the largest there is.
    static let byteLimit = 64 << 20

    /// The shortest lemma of a word, or the word itself where none is known. Words are in lower case.
    package func lemma(of word: [UInt8], as wordClass: WordClass) -> [UInt8] {
        let index = wordClass == .noun ? nouns : verbs
        let forms =
            index.exceptions[word]
            ?? wordClass.rules.compactMap { rule in
                word.count >= rule.old.count && word.suffix(rule.old.count).elementsEqual(rule.old)
                    ? Array(word.dropLast(rule.old.count)) + rule.new : nil
            }
        // Most words are no form of another.
        guard !forms.isEmpty else { return word }
        var shortest: [UInt8]?
        for form in [word] + forms where index.contains(form) && form.count < shortest?.count ?? .max {
            shortest = form
        }
        return shortest ?? word
    }

    private static func rules(_ pairs: [(String, String)]) -> [(old: [UInt8], new: [UInt8])] {
        pairs.map { (Array($0.utf8), Array($1.utf8)) }
    }

    private static let nounRules = rules([
        ("s", ""), ("ses", "s"), ("ves", "f"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"),
        ("men", "man"), ("ies", "y"),
    ])
    private static let verbRules = rules([
        ("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", ""),
    ])
}

/// The lemmas of a class of words: the lines of an index file, found by a table of hashes, and its exceptions.
struct LemmaIndex: Sendable {
    /// Forms that no rule makes, each with its bases.
    let exceptions: [[UInt8]: [[UInt8]]]
    private let bytes: [UInt8]
    /// Where a line begins, by the hash of its lemma, with linear probing; no place is `.max`.
    private let table: [UInt32]

    /// What is none of WordNet's files.
    struct Problem: Error {
        let found: String
        var isOfExceptions = false
    }

    init(_ bytes: [UInt8], exceptions: [UInt8]) throws(Problem) {
        self.bytes = bytes
        let starts = try LemmaIndex.lines(bytes)
        var table = [UInt32](repeating: .max, count: LemmaIndex.capacity(starts.count))
        for start in starts {
            let space = bytes[start...].firstIndex(of: UInt8(ascii: " ")) ?? start
            var place = LemmaIndex.hash(bytes[start..<space]) & (table.count - 1)
            while table[place] != .max { place = (place + 1) & (table.count - 1) }
            table[place] = UInt32(start)
        }
        self.table = table
        self.exceptions = try LemmaIndex.exceptions(exceptions)
    }

    /// Whether a form is a lemma.
    func contains(_ form: [UInt8]) -> Bool { start(of: form) != nil }

    /// The line of a lemma; nil for what is none.
    func line(of form: [UInt8]) -> ArraySlice<UInt8>? {
        start(of: form).map { bytes[$0...].prefix { $0 != UInt8(ascii: "\n") } }
    }

    private func start(of form: [UInt8]) -> Int? {
        guard !form.isEmpty else { return nil }
        var place = LemmaIndex.hash(form[...]) & (table.count - 1)
        while table[place] != .max {
            let start = Int(table[place])
            // Every line goes on behind its lemma.
            let end = start + form.count
            if end < bytes.count, bytes[start...].starts(with: form), bytes[end] == UInt8(ascii: " ") { return start }
            place = (place + 1) & (table.count - 1)
        }
        return nil
    }

    /// A power of two, at least twice the count.
    private static func capacity(_ count: Int) -> Int {
        var capacity = 16
        while capacity < 2 * count { capacity *= 2 }
        return capacity
    }

    /// FNV-1a.
    private static func hash(_ bytes: ArraySlice<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }

    /// Where the lines of lemmas begin; those of the licence begin with a space.
    private static func lines(_ bytes: [UInt8]) throws(Problem) -> [Int] {
        var (starts, start) = ([Int](), 0)
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let space = bytes[start..<end].firstIndex(of: UInt8(ascii: " "))
            guard let space, end - start <= 1 << 16 else {
                throw Problem(found: "a line without a lemma at offset \(start)")
            }
            if space > start { starts.append(start) }
            start = end + 1
        }
        guard (1...1_000_000).contains(starts.count) else { throw Problem(found: "\(starts.count) lemmas") }
        return starts
    }

    private static func exceptions(_ bytes: [UInt8]) throws(Problem) -> [[UInt8]: [[UInt8]]] {
        var found: [[UInt8]: [[UInt8]]] = [:]
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }.map { Array($0) }
            guard words.count >= 2, line.count <= 1 << 12 else {
                throw Problem(found: "no form with its bases on line \(index + 1)", isOfExceptions: true)
            }
            found[words[0]] = Array(words.dropFirst())
        }
        return found
    }
}
