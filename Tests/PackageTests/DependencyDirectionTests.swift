// Dependencies point one way, downwards: what the manifest declares and what the sources import.

import Testing

@Suite struct DependencyDirectionTests {
    private func targets() throws -> [PackageTarget] { try PackageManifest.targets.get() }

    @Test func everyTargetKeepsToTheTable() throws {
        let targets = try targets()
        #expect(targets.contains { $0.name == "Adze" } && targets.contains { $0.name == "AdzeBytes" })
        #expect(DependencyTable.violations(in: targets) == [])
    }

    @Test func theTableItselfPointsDownwards() {
        var above: Set<String> = []
        for row in DependencyTable.rows {
            #expect(row.maySee.isSubset(of: above), "\(row.name) names a row that stands below it")
            #expect(above.insert(row.name).inserted, "\(row.name) has two rows")
        }
    }

    @Test func formatsSeeNeitherModelsNorEachOther() throws {
        for target in try targets() where DependencyTable.formats.contains(target.name) {
            var others = DependencyTable.formats.union(["AdzeModels", "AdzeKernels", "AdzeTraining", "Adze"])
            if target.name == "AdzeKeras" { others.remove("AdzeSafetensors") }
            #expect(others.isDisjoint(with: target.targets), "\(target.name) sees \(target.targets)")
        }
    }

    /// Who takes the library, or builds `adze`, builds no server.
    @Test func onlyTheServerSeesNIO() throws {
        let targets = try targets()
        for target in targets where target.name != "adze-serve" {
            #expect(
                !target.products.contains { $0.contains("NIO") || $0.contains("Hummingbird") },
                "\(target.name) sees \(target.products)")
            if target.kind != .test { #expect(!target.targets.contains("adze-serve")) }
        }
        #expect(targets.contains { $0.name == "adze-serve" && $0.products.contains("Hummingbird") })
    }

    @Test func aForbiddenDependencyIsFound() {
        let lies = [
            PackageTarget(name: "AdzeBytes", kind: .regular, targets: ["AdzeTensors"]),
            PackageTarget(name: "AdzeTorch", kind: .regular, targets: ["AdzeBytes", "AdzeNative"]),
            PackageTarget(name: "AdzeModels", kind: .regular, products: ["NIOCore"]),
            PackageTarget(name: "Adze", kind: .regular, targets: ["AdzeTestSupport"]),
            PackageTarget(name: "Extra", kind: .regular),
        ]
        let found = DependencyTable.violations(in: lies)
        #expect(
            found == [
                "AdzeBytes may not see AdzeTensors", "AdzeTorch may not see AdzeNative",
                "AdzeModels may not see the product NIOCore", "Adze may not see AdzeTestSupport",
                "Extra is not in the table",
            ])
    }

    /// Bare names would collide with other packages in a user's graph.
    @Test func moduleNamesCarryThePrefix() throws {
        for target in try targets() where target.kind != .executable && target.kind != .test {
            let isC = target.name.hasPrefix("C") && target.name.dropFirst().first?.isUppercase == true
            #expect(target.name.hasPrefix("Adze") || isC, "\(target.name)")
        }
    }

    /// SwiftPM lets a target import a module that it does not declare, once another target has built it.
    @Test func sourcesImportOnlyWhatTheirTargetDeclares() throws {
        let targets = try targets()
        let ours = Set(targets.map { $0.name })
        for target in targets {
            let files = try SourceTree.files(under: target.folder)
            #expect(!files.isEmpty, "no sources in \(target.folder)")
            for file in files {
                for (module, line) in file.imports where ours.contains(module) {
                    #expect(target.targets.contains(module), "\(file.path):\(line) imports \(module)")
                }
            }
        }
    }

    /// The façade and what stands on it may speak of Foundation's types, since their users do.
    @Test func foundationStaysAboveTheFacade() throws {
        let files = try SourceTree.files(under: "Sources") + SourceTree.files(under: "Formats")
        let mayImport = ["Sources/Adze/", "Sources/AdzeInsight/"]
        for file in files where !mayImport.contains(where: file.path.hasPrefix) {
            for (module, line) in file.imports {
                #expect(!module.hasPrefix("Foundation"), "\(file.path):\(line) imports \(module)")
            }
        }
    }

    @Test(arguments: [
        "import Foundation", "public import Foundation", "@preconcurrency import FoundationEssentials",
        "internal import struct Foundation.URL", "  @_spi(Testing) @testable import Foundation;",
    ])
    func everyFormOfImportIsSeen(line: String) {
        let file = SourceFile(path: "X.swift", lines: ["// One.", Substring(line), "important()"])
        #expect(file.imports.map { $0.line } == [2])
        #expect(["Foundation", "FoundationEssentials"].contains(file.imports.first?.module))
    }
}
