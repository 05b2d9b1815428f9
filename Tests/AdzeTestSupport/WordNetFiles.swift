// Files as WordNet's, of a few words. Not here: what is read from them.

import Foundation

/// Writes index and data of sets of synonyms.
public enum WordNetFiles {
    /// A few sets: `movie` is a noun in two of them, `good` an adjective and an adverb.
    public static let sets: [String: [[String]]] = [
        "noun": [["film", "movie", "moving_picture"], ["movie", "cinema"], ["Paris", "City_of_Light"], ["oak"]],
        "verb": [["cut", "trim"], ["shoot", "film"]],
        "adj": [["good", "full"], ["abundant", "galore(ip)"], ["bad", "poor"]],
        "adv": [["well", "good"]],
    ]

    /// Writes the files into a folder that is made; what stands for a name in `replacing` takes that file's place, nil none.
    @discardableResult
    public static func write(in folder: String, replacing: [String: String?] = [:]) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, mark) in [("noun", "n"), ("verb", "v"), ("adj", "a"), ("adv", "r")] {
            let (index, data) = files(sets[name] ?? [], mark)
            for (file, text) in [("index.\(name)", index), ("data.\(name)", data)] {
                guard let text = replacing[file] ?? text else { continue }
                try text.write(toFile: "\(folder)/\(file)", atomically: false, encoding: .utf8)
            }
        }
        return folder
    }

    private static func files(_ sets: [[String]], _ mark: String) -> (index: String, data: String) {
        var (data, places) = ("  1 a licence  \n", [String: [String]]())
        for set in sets {
            let place = padded(String(data.utf8.count), 8)
            let words = set.map { "\($0) 0" }.joined(separator: " ")
            data += "\(place) 00 \(mark) \(padded(String(set.count, radix: 16), 2)) \(words) 000 | a gloss  \n"
            for word in set { places[lemma(word), default: []].append(place) }
        }
        let lines = places.sorted { $0.key < $1.key }.map { lemma, places in
            "\(lemma) \(mark) \(places.count) 1 @ \(places.count) 0 \(places.joined(separator: " "))  \n"
        }
        return ("  1 a licence  \n" + lines.joined(), data)
    }

    private static func lemma(_ word: String) -> String {
        String(word.prefix { $0 != "(" }).lowercased()
    }

    private static func padded(_ text: String, _ count: Int) -> String {
        String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
