// Every error that the library can throw shows its line where a program asks for `localizedDescription`.

import Testing

@Suite struct LocalizedErrorTests {
    @Test func everyErrorIsLocalized() throws {
        let list = try SourceTree.file("Sources/Adze/LocalizedErrors.swift")
        let listed = Set(
            list.lines.compactMap { line -> Substring? in
                guard line.hasPrefix("extension "), line.hasSuffix(": LocalizedError {}") else { return nil }
                return line.dropFirst("extension ".count).prefix { $0 != ":" }
            })
        var found: Set<Substring> = []
        // Pages are no part of the library.
        for file in try SourceTree.files(under: "Sources") + SourceTree.files(under: "Formats")
        where !file.path.hasPrefix("Sources/AdzeInsight/") {
            for line in file.lines {
                guard let name = error(line) else { continue }
                found.insert(name)
                #expect(listed.contains(name), "\(file.path): \(name) is not in LocalizedErrors.swift")
            }
        }
        #expect(found.count > 25 && listed == found)
    }

    /// The type that a line declares to be an error.
    private func error(_ line: Substring) -> Substring? {
        let words = line.split(whereSeparator: { " :,{".contains($0) })
        guard words.contains("AdzeFailure"), let kind = words.firstIndex(where: { $0 == "enum" || $0 == "struct" }),
            words.indices.contains(kind + 1)
        else { return nil }
        return words[kind + 1]
    }
}
