// Synonyms of English words by WordNet's own files, which its users bring: index and data of nouns, verbs, adjectives and
// adverbs, as Debian's package wordnet-base has them. Not here: lemmas, which are `WordNet`'s.

internal import AdzeBytes
internal import Synchronization

/// WordNet's sets of synonyms, in memory.
///
/// - Source: WordNet 3.0, wndb(5WN).
package struct Thesaurus: Sendable {
    /// A class of words: where its lemmas are, and the sets that they are in.
    fileprivate struct WordClass: Sendable {
        let index: LemmaIndex
        let sets: [UInt8]
        let indexPath: String
        let setsPath: String
    }

    private let classes: [WordClass]
    /// What was looked up already: lemmas alone, so no more than the files have.
    private let known = Known()

    private final class Known: Sendable {
        let synonyms = Mutex<[String: [String]]>([:])
    }

    /// Reads the files of a folder, nil being Debian's.
    ///
    /// Throws `AugmentationError.noWordNet` where one is missing, `.notWordNet` for what is none of WordNet's, and
    /// `FileError`.
    /// - Complexity: O(bytes), some 28 MB.
    package init(folder: String?) throws {
        let folder = folder ?? WordNet.debianFolder
        func read(_ name: String) throws -> (bytes: [UInt8], path: String) {
            let path = "\(folder)/\(name)"
            guard pathExists(path) else { throw AugmentationError.noWordNet(folder: folder, file: name) }
            let bytes = try InputFile.readAll(path: path, limit: WordNet.byteLimit) {
                AugmentationError.notWordNet(
                    path: path, problem: "\($0) bytes, of which at most \(WordNet.byteLimit) are read")
            }
            return (bytes, path)
        }
        classes = try ["noun", "verb", "adj", "adv"].map { name in
            let (index, sets) = (try read("index.\(name)"), try read("data.\(name)"))
            do {
                return WordClass(
                    index: try LemmaIndex(index.bytes, exceptions: []), sets: sets.bytes, indexPath: index.path,
                    setsPath: sets.path)
            } catch let problem as LemmaIndex.Problem {
                throw AugmentationError.notWordNet(path: index.path, problem: problem.found)
            }
        }
    }

    /// The other words of every set that a lemma in lower case is in, of any class and sense, in WordNet's order and
    /// spelling, each once; those of several words have spaces.
    ///
    /// Throws `AugmentationError.notWordNet` where the lemma's lines are none of WordNet's.
    package func synonyms(of lemma: String) throws(AugmentationError) -> [String] {
        let form = Array(lemma.utf8)
        guard !form.isEmpty, form.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "_") }) else { return [] }
        if let found = known.synonyms.withLock({ $0[lemma] }) { return found }
        var (found, seen, isLemma) = ([String](), Set([lemma]), false)
        for wordClass in classes {
            guard let line = wordClass.index.line(of: form) else { continue }
            isLemma = true
            for offset in try wordClass.offsets(line) {
                for word in try wordClass.words(at: offset) where seen.insert(word.lowercased()).inserted {
                    found.append(word)
                }
            }
        }
        if isLemma { known.synonyms.withLock { $0[lemma] = found } }
        return found
    }
}

extension Thesaurus.WordClass {
    /// The places of a lemma's sets: `lemma pos sets pointers symbol… senses tagged offset…`.
    fileprivate func offsets(_ line: ArraySlice<UInt8>) throws(AugmentationError) -> [Int] {
        let fields = Thesaurus.fields(line)
        guard fields.count > 5, let count = Int(fields[2]), let symbols = Int(fields[3]),
            (1...fields.count).contains(count), (0...fields.count).contains(symbols),
            fields.count >= 6 + symbols + count
        else { throw .notWordNet(path: indexPath, problem: "a line without sets: \(quoted(fields[0], limit: 40))") }
        return try fields[(6 + symbols)..<(6 + symbols + count)].map { (field) throws(AugmentationError) in
            guard let offset = Int(field), field.utf8.count == 8 else {
                throw .notWordNet(path: indexPath, problem: "no place of a set: \(quoted(field, limit: 40))")
            }
            return offset
        }
    }

    /// The words of a set: `offset file type words word id … | gloss`, the number of words being hexadecimal.
    fileprivate func words(at offset: Int) throws(AugmentationError) -> [String] {
        let refusal = AugmentationError.notWordNet(path: setsPath, problem: "no set at offset \(offset)")
        guard offset >= 0, offset < sets.count else { throw refusal }
        let line = sets[offset...].prefix(1 << 16).prefix { $0 != UInt8(ascii: "\n") }
        let fields = Thesaurus.fields(line)
        guard fields.count > 4, Int(fields[0]) == offset, let count = Int(fields[3], radix: 16),
            (1...fields.count).contains(count), fields.count >= 4 + 2 * count
        else { throw refusal }
        return (0..<count).map { Thesaurus.word(fields[4 + 2 * $0]) }
    }
}

extension Thesaurus {
    /// The fields of a line, as far as they are ASCII.
    fileprivate static func fields(_ line: ArraySlice<UInt8>) -> [String] {
        line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// A word as it is written: with spaces, and without the place that an adjective takes, such as `(p)`.
    fileprivate static func word(_ field: String) -> String {
        var word = field
        if word.hasSuffix(")"), let open = word.lastIndex(of: "(") { word = String(word[..<open]) }
        return String(word.map { $0 == "_" ? " " : $0 })
    }
}
