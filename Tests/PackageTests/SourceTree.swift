// The package's own source files and what they import. Reads text; knows no Swift beyond import lines.

import Foundation

struct SourceFile: Sendable {
    /// The path inside the package, such as `Sources/AdzeBytes/StrictJSON.swift`.
    var path: String
    /// The lines; a newline at the end of the file begins none.
    var lines: [Substring]

    /// The modules that its import lines name, with the line number of each.
    var imports: [(module: String, line: Int)] {
        lines.enumerated().compactMap { index, line in
            Self.importedModule(line).map { ($0, index + 1) }
        }
    }

    /// The module of an import line: after attributes, an access level and the kind of a single declaration.
    private static func importedModule(_ line: Substring) -> String? {
        let words = line.split(whereSeparator: \.isWhitespace)
        let levels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        let rest = words.drop { $0.hasPrefix("@") || levels.contains($0) }
        guard rest.first == "import" else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
        return rest.dropFirst().drop { kinds.contains($0) }.first.map { String($0.prefix { $0 != "." && $0 != ";" }) }
    }
}

enum SourceTree {
    /// Swift, C and header files under `folder`, sorted by path; generated tables and fixtures are left out.
    static func files(under folder: String) throws -> [SourceFile] {
        let start = PackageManifest.root.appending(path: folder).path(percentEncoded: false)
        guard let walk = FileManager.default.enumerator(atPath: start) else { return [] }
        let names = walk.compactMap { $0 as? String }.filter(isSource).sorted()
        return try names.map { try file("\(folder)/\($0)") }
    }

    /// One file, by its path inside the package.
    static func file(_ path: String) throws -> SourceFile {
        let text = try String(contentsOf: PackageManifest.root.appending(path: path), encoding: .utf8)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        return SourceFile(path: path, lines: lines)
    }

    /// Every source file of the package's four folders.
    static func all() throws -> [SourceFile] {
        try ["Sources", "Formats", "Tests", "Tools"].flatMap(files(under:))
    }

    private static func isSource(_ path: String) -> Bool {
        let leftOut = path.split(separator: "/").contains {
            $0 == "Generated" || $0 == "Fixtures" || $0.hasPrefix(".")
        }
        return !leftOut && [".swift", ".c", ".h"].contains(where: path.hasSuffix)
    }
}
