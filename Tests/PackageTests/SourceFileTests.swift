// The shape of our files: each begins by saying its subject, and none grows too long to read.

import Testing

@Suite struct SourceFileTests {
    @Test func everyFileSaysItsSubjectFirst() throws {
        for file in try SourceTree.all() {
            let first = file.lines.first ?? ""
            #expect(first.hasPrefix("// ") && first.count > 12, "\(file.path) begins with \"\(first)\"")
        }
    }

    @Test func theManifestBeginsWithItsToolsVersion() throws {
        let manifest = try SourceTree.file("Package.swift")
        #expect(manifest.lines.first?.hasPrefix("// swift-tools-version: ") == true)
    }

    @Test func noFileIsTooLong() throws {
        let files = try SourceTree.all()
        #expect(files.count > 30)
        for file in files {
            #expect(file.lines.count <= 600, "\(file.path) has \(file.lines.count) lines")
        }
    }
}
