// Cleaning texts: Python's letters, white space and lower case, NLTK's lemmas, and what holds of steps for every text.

import AdzeBytes
import AdzeTestSupport
import Foundation
import Testing

@testable import AdzeData

/// What Python and NLTK made of texts.
private struct Golden: Decodable {
    struct Text: Decodable {
        let text: String
        let punctuation: String
        let punctuation32: String
        let lower: String
        let spaces: String
        let study: String
    }

    let word: String
    let space: String
    let unassigned: String
    let nouns: [String]
    let verbs: [String]
    let nounExceptions: [String: [String]]
    let verbExceptions: [String: [String]]
    let lemmas: [String: [String]]
    let stopwords: [String]
    let texts: [Text]

    static let shared: Golden = {
        let url = URL(filePath: Fixtures.path("cleaning/golden.json"))
        do {
            return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
        } catch {
            fatalError("\(url.path): \(error)")
        }
    }()

    /// The scalars of ranges such as `30-39 5f`.
    static func scalars(_ ranges: String) -> Set<UInt32> {
        Set(
            ranges.split(separator: " ").flatMap { range -> ClosedRange<UInt32> in
                let ends = range.split(separator: "-").compactMap { UInt32($0, radix: 16) }
                return ends[0]...ends[ends.count - 1]
            })
    }

    /// Writes as much of WordNet's files as the golden words ask for.
    func writeWordNet(to folder: String) throws {
        func write(_ name: String, _ lines: [String]) throws {
            try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: "\(folder)/\(name)"))
        }
        try write("index.noun", ["  1 This line is the licence's  "] + nouns.map { "\($0) n 1 0 1 0 00000001  " })
        try write("index.verb", verbs.map { "\($0) v 1 0 1 0 00000001  " })
        for (name, list) in [("noun.exc", nounExceptions), ("verb.exc", verbExceptions)] {
            try write(name, list.sorted { $0.key < $1.key }.map { ([$0.key] + $0.value).joined(separator: " ") })
        }
    }

    static func withWordNet<Result>(_ body: (WordNet) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            try shared.writeWordNet(to: folder)
            return try body(WordNet(folder: folder))
        }
    }
}

private func cleaned(_ text: String, _ steps: CleaningStep...) throws -> String { try TextCleaner(steps).clean(text) }

/// Equal by their bytes: Swift takes composed and decomposed letters for one.
private func isSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

struct CleaningTests {
    @Test func lettersAndWhiteSpaceArePythons() {
        let (words, spaces) = (Golden.scalars(Golden.shared.word), Golden.scalars(Golden.shared.space))
        // Later versions of Unicode give meaning to more of them.
        let unassigned = Golden.scalars(Golden.shared.unassigned)
        var wrong: [String] = []
        for value in UInt32(0)...0x10FFFF where !unassigned.contains(value) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            if scalar.isCleaningWord != words.contains(value) || scalar.isCleaningSpace != spaces.contains(value) {
                wrong.append(String(value, radix: 16))
            }
        }
        #expect(wrong == [])
    }

    @Test func stepsDoWhatPythonDoes() throws {
        for golden in Golden.shared.texts {
            #expect(isSame(try cleaned(golden.text, .punctuation), golden.punctuation), "\(golden.text)")
            #expect(isSame(try cleaned(golden.text, .punctuation32), golden.punctuation32), "\(golden.text)")
            #expect(isSame(try cleaned(golden.text, .lower), golden.lower), "\(golden.text)")
            #expect(isSame(try cleaned(golden.text, .spaces), golden.spaces), "\(golden.text)")
        }
    }

    @Test func lemmasAreNLTKs() throws {
        try Golden.withWordNet { wordNet in
            for (word, lemmas) in Golden.shared.lemmas where word.utf8.allSatisfy({ $0 < 128 }) {
                let noun = wordNet.lemma(of: Array(word.utf8), as: .noun)
                let found = [noun, wordNet.lemma(of: Array(word.utf8), as: .verb), wordNet.lemma(of: noun, as: .verb)]
                #expect(found.map { String(decoding: $0, as: UTF8.self) } == lemmas, "\(word)")
            }
        }
    }

    @Test func theStudysWayIsTheStudys() throws {
        try Golden.withWordNet { wordNet in
            let cleaner = try TextCleaner(
                CleaningStep.study, stopWords: Golden.shared.stopwords, wordNet: wordNet)
            // The study knows no white space but the space.
            for golden in Golden.shared.texts
            where golden.text.unicodeScalars.allSatisfy({ $0 == " " || !$0.isCleaningSpace }) {
                #expect(isSame(cleaner.clean(golden.text), golden.study), "\(golden.text)")
            }
        }
    }

    @Test(arguments: [
        ("a<br />b<BR>c<br/>d<br   />e", "a b c d e"), ("a<br /><br />b", "a  b"), ("<br", "<br"),
        ("<b>r</b> <broad> <br clear>", "<b>r</b> <broad> <br clear>"), ("<<br />br />", "< br />"),
    ]) func breaksBecomeSpaces(text: String, expected: String) throws {
        #expect(try cleaned(text, .breaks) == expected)
    }

    @Test func gluedBreaksGlueAsTheStudysDo() throws {
        #expect(try cleaned("good<br /><br />bad<br>", .gluedBreaks) == "goodbad<br>")
    }

    @Test func wordsOfTheListGo() throws {
        #expect(try cleaned("The film is not the book", .stopWords, .spaces) == "film not book")
        let own = try TextCleaner([.stopWords, .spaces], stopWords: ["film", "film", "book"])
        #expect(own.clean("The Film is not the book") == "The is not the")
        #expect(own.cleaning.stopWords == ["book", "film"])
    }

    @Test func cleaningTwiceIsCleaningOnce() throws {
        // Lemmas of lemmas may be others, and glued breaks may glue a tag.
        for steps: [CleaningStep] in [
            [.breaks], [.punctuation], [.lower], [.stopWords], [.spaces], [.breaks, .punctuation, .lower, .spaces],
            [.breaks, .punctuation, .lower, .stopWords, .spaces],
        ] {
            let cleaner = try TextCleaner(steps)
            // Nor does it hold of İ, whose lower case ends in a mark, which is punctuation to Python.
            for golden in Golden.shared.texts where !golden.text.unicodeScalars.contains("İ") {
                let once = cleaner.clean(golden.text)
                #expect(isSame(cleaner.clean(once), once), "\(steps) \(golden.text)")
            }
        }
    }

    @Test func stepsHaveOneOrder() throws {
        #expect(try CleaningStep.steps(named: "spaces,lower,breaks,lower") == [.breaks, .lower, .spaces])
        #expect(try CleaningStep.steps(named: "none") == [])
        #expect(throws: CleaningError.twoOfOne("breaks", "glued-breaks")) {
            try CleaningStep.steps(named: "glued-breaks,breaks")
        }
        #expect(throws: CleaningError.unknownStep("lemma", nearest: "lemmas")) {
            try CleaningStep.steps(named: "lemma")
        }
        #expect(throws: CleaningError.lemmasWithoutFiles) { try TextCleaner([.lemmas]) }
    }

    @Test func whatIsNotWordNetIsRefused() throws {
        try withTemporaryFolder { folder in
            let missing = #expect(throws: CleaningError.self) { try WordNet(folder: folder) }
            #expect(missing?.kind == .missingInput && missing?.description.contains("wordnet-base") == true)
            try Golden.shared.writeWordNet(to: folder)
            let whole = try WordNet(folder: folder).fingerprint
            for (name, text) in [
                ("index.noun", ""), ("index.noun", "  1 licence alone  \n"), ("index.verb", "act v 1\nno-space\n"),
                ("noun.exc", "men\n"),
            ] {
                try Golden.shared.writeWordNet(to: folder)
                try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
                let error = #expect(throws: CleaningError.self) { try WordNet(folder: folder) }
                #expect(error?.description.contains("\(folder)/\(name): expected a file of WordNet's") == true)
            }
            // Another exception is another WordNet.
            try Golden.shared.writeWordNet(to: folder)
            try Data("men man\n".utf8).write(to: URL(filePath: "\(folder)/noun.exc"))
            #expect(try WordNet(folder: folder).fingerprint != whole)
        }
    }
}
