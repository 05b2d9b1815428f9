// A run that is interrupted and goes on ends with the same bytes; what is no checkpoint of this run is refused.

import AdzeBytes
import AdzeKernels
import AdzeTestSupport
import Foundation
import Testing

@testable import AdzeTraining

@Suite struct ResumeTests {
    /// 26 examples in batches of 4, two to a step, are 4 steps an epoch, 20 in all.
    static let uninterrupted = Result { try TrainerSample.run() }

    /// Run on one instruction set, it goes on with another.
    @Test(arguments: 0..<20)
    func resumeEqualsUninterrupted(cut: Int) throws {
        let sets = InstructionSet.available
        try withTemporaryFolder { (folder) throws -> Void in
            let path = folder + "/run"
            let error = #expect(throws: TrainerError.self) {
                try TrainerSample.run(
                    options: TrainerSample.options(path), set: sets[cut % sets.count], threads: 1 + cut % 3, stopAt: cut
                )
            }
            guard case .cancelled(let step, path) = error else {
                Issue.record("expected a cancelled run, found \(String(describing: error))")
                return
            }
            // Before the first step nothing has been counted.
            #expect(step == max(cut, 1))
            let resumed = try TrainerSample.run(
                options: TrainerSample.options(path, .resume), set: sets[(cut + 1) % sets.count],
                threads: 1 + (cut + 1) % 3)
            #expect(try resumed.equals(Self.uninterrupted.get()))
            #expect(resumed.steps.first?.step == step + 1 || step == 20)
        }
    }

    @Test func everyCheckpointOnTheWayLeadsToTheSameEnd() throws {
        try withTemporaryFolder { (folder) throws -> Void in
            let path = folder + "/run"
            var snapshots: [String] = []
            let whole = try TrainerSample.run(
                options: TrainerSample.options(path, saveSteps: 3),
                observe: { event in
                    guard case .saved = event else { return }
                    // What a kill at this moment, or within the next save, would leave.
                    let copy = "\(folder)/\(snapshots.count)"
                    try? FileManager.default.copyItem(atPath: path, toPath: copy)
                    for name in ["arrays-900.f32", ".arrays-7.f32.1.0.tmp", ".manifest.json.1.0.tmp"] {
                        _ = FileManager.default.createFile(atPath: "\(copy)/\(name)", contents: Data([1, 2, 3]))
                    }
                    snapshots.append(copy)
                })
            #expect(try whole.equals(Self.uninterrupted.get()), "saving changes nothing")
            #expect(snapshots.count == whole.saves && snapshots.count > 10)
            for snapshot in snapshots {
                let resumed = try TrainerSample.run(options: TrainerSample.options(snapshot, .resume), threads: 2)
                #expect(resumed.equals(whole))
                #expect(try folderEntries(snapshot).count == 2, "what no manifest names is gone")
            }
        }
    }

    @Test func aRunThatIsCutAgainAndAgainEndsTheSame() throws {
        try withTemporaryFolder { (folder) throws -> Void in
            for cut in 1..<20 where cut % 3 == 1 {
                _ = try? TrainerSample.run(
                    options: TrainerSample.options(folder + "/run", .resumeIfPresent), stopAt: cut)
            }
            let last = try TrainerSample.run(options: TrainerSample.options(folder + "/run", .resumeIfPresent))
            #expect(try last.equals(Self.uninterrupted.get()))
            #expect(last.steps.count == 1)
            // The run is finished: it is taken up as it is.
            let again = try TrainerSample.run(options: TrainerSample.options(folder + "/run", .resume))
            #expect(again.equals(last) && again.steps.isEmpty)
        }
    }

    @Test func anotherRunsCheckpointIsRefusedWithWhatDiffers() throws {
        try withTemporaryFolder { (folder) throws -> Void in
            _ = try? TrainerSample.run(options: TrainerSample.options(folder), stopAt: 5)
            func refusal(_ change: (inout Recipe) -> Void, training: TrainingData = TrainerSample.training) -> String {
                var recipe = TrainerSample.recipe
                change(&recipe)
                do {
                    _ = try TrainerSample.run(
                        recipe, options: TrainerSample.options(folder, .resume), training: training)
                    return "accepted"
                } catch { return "\(error)" }
            }
            #expect(
                refusal { $0.epochs = 6 }
                    == "the checkpoint is of another run: recipe key 'epochs' (5 there, 6 here) differ; resume with what "
                    + "it was started with, or pass --force to start anew")
            #expect(refusal { $0.floatProducts = .openblas }.contains("recipe key 'floatProducts'"))
            let other = TrainerSample.data(count: 26, seed: 9)
            #expect(refusal({ _ in }, training: other).contains("another run: the training examples differ"))
            #expect(throws: RunCheckpointError.exists(folder: folder, step: 5)) {
                try TrainerSample.run(options: TrainerSample.options(folder))
            }
            let replaced = try TrainerSample.run(options: TrainerSample.options(folder, .replace))
            #expect(try replaced.equals(Self.uninterrupted.get()))
        }
    }

    @Test func anEmptyFolderHasNothingToResume() throws {
        try withTemporaryFolder { (folder) throws -> Void in
            _ = #expect(throws: RunCheckpointError.none(folder: folder)) {
                try TrainerSample.run(options: TrainerSample.options(folder, .resume))
            }
        }
    }

    /// A run stopped in its third epoch, and a change to one of its files.
    func damaged(_ damage: (_ folder: String) throws -> Void) throws -> any Error {
        try withTemporaryFolder { (folder) throws -> any Error in
            _ = try? TrainerSample.run(options: TrainerSample.options(folder), stopAt: 10)
            try damage(folder)
            do {
                _ = try TrainerSample.run(options: TrainerSample.options(folder, .resume))
            } catch { return error }
            throw Unnoticed()
        }
    }

    struct Unnoticed: Error {}

    @Test(arguments: ["arrays-", "best-"])
    func aFlippedBitOfAnArrayIsFound(prefix: String) throws {
        for place in [0.0, 0.5, 0.999] {
            let error = try damaged { folder in
                let name = try #require(folderEntries(folder).first { $0.hasPrefix(prefix) })
                let url = URL(filePath: "\(folder)/\(name)")
                var bytes = try Data(contentsOf: url)
                bytes[Int(Double(bytes.count) * place)] ^= 0x10
                try bytes.write(to: url)
            }
            guard case RunCheckpointError.checksum = error else { throw error }
        }
    }

    @Test func aShortenedArrayIsFound() throws {
        let error = try damaged { folder in
            let name = try #require(folderEntries(folder).first { $0.hasPrefix("arrays-") })
            let url = URL(filePath: "\(folder)/\(name)")
            try Data(contentsOf: url).dropLast(4).write(to: url)
        }
        guard case RunCheckpointError.wrongSize = error else { throw error }
    }

    /// What is edited by hand, and by whoever knows how to write the checksum anew.
    @Test(arguments: [
        ("\"format\": \"adze-run\"", "\"format\": \"x\"", "format"),
        ("\"version\": 2", "\"version\": 1", "version"),
        ("\"isBest\": true", "\"isBest\": false", "state"),
        ("\"isFinished\": false", "\"isFinished\": true", "state"),
        ("\"stoppedEarly\": false", "\"stoppedEarly\": true", "state"),
        ("\"stepInEpoch\": 2", "\"stepInEpoch\": 9", "state"),
        ("\"stepInEpoch\": 2", "\"stepInEpoch\": -2", "state"),
        ("\"exampleCount\": ", "\"exampleCount\": -", "state"),
        ("\"attempt\": 0", "\"attempt\": 3", "state"),
        ("\"best\": 0", "\"best\": 7", "state"),
        ("\"name\": \"arrays-", "\"name\": \"../arrays-", "arrays"),
        ("\"count\": ", "\"count\": 99999999999", "arrays"),
        ("\"name\": \"second moments\"", "\"name\": \"third moments\"", "moments"),
        ("\"preset\"", "\"presets\"", "recipe"),
        ("\"serial\": ", "\"serial\": -", "serial"),
        ("{", "", "JSON"),
    ])
    func aManifestThatLiesIsRefused(text: String, lie: String, part: String) throws {
        for isForged in [false, true] {
            let error = try damaged { folder in
                let url = URL(filePath: folder + "/manifest.json")
                let manifest = try String(contentsOf: url, encoding: .utf8)
                let range = try #require(manifest.range(of: text), "\(text) is not in the manifest")
                let edited = Array(manifest.replacingCharacters(in: range, with: lie).utf8)
                let object = isForged ? try? parseJSON(edited).object : nil
                let bytes = object.map { Array(RunManifest.sealed($0).text.utf8) } ?? edited
                try Data(bytes).write(to: url)
            }
            let line = try #require(error as? RunCheckpointError).description
            let isBefore = ["format", "version", "JSON"].contains(part)
            #expect(line.contains(isForged || isBefore ? part : "checksum is wrong") && !line.contains("\n"), "\(line)")
        }
    }

    /// Every number of the manifest, and each of the two that say which epoch is best, in turn becomes another under a
    /// checksum that is right: the run goes on or is refused, and is never another's.
    @Test func numbersThatLieNeverTrap() throws {
        try withTemporaryFolder { (folder) throws -> Void in
            let path = folder + "/run"
            _ = try? TrainerSample.run(options: TrainerSample.options(path), stopAt: 10)
            let honest = try parseJSON([UInt8](Data(contentsOf: URL(filePath: path + "/manifest.json"))))
            var count = 0
            for lie in [0, 1, -1, 1 << 48, .max] as [Int] {
                for edited in Self.edits(honest, .integer(lie)) + (lie == 0 ? Self.edits(honest, .null) : []) {
                    let copy = "\(folder)/\(count)"
                    count += 1
                    try FileManager.default.copyItem(atPath: path, toPath: copy)
                    let manifest = RunManifest.sealed(try #require(edited.object)).text
                    try Data(manifest.utf8).write(to: URL(filePath: copy + "/manifest.json"))
                    do {
                        _ = try TrainerSample.run(options: TrainerSample.options(copy, .resume))
                    } catch {
                        #expect(error is RunCheckpointError || error is TrainerError, "\(error)")
                    }
                    try FileManager.default.removeItem(atPath: copy)
                }
            }
            #expect(count > 100)
        }
    }

    /// The value with each of its integers in turn replaced.
    private static func edits(_ value: JSONValue, _ lie: JSONValue) -> [JSONValue] {
        switch value {
        case .integer: return [lie]
        case .array(let values):
            return values.indices.flatMap { index in
                edits(values[index], lie).map { edit in
                    var copy = values
                    copy[index] = edit
                    return .array(copy)
                }
            }
        case .object(let object):
            return object.keys.filter { $0 != "recipe" }.flatMap { key in
                edits(object[key] ?? .null, lie).map { edit in
                    var copy = object
                    copy[key] = edit
                    return .object(copy)
                }
            }
        default: return []
        }
    }

    @Test func theBestEpochsWeightsAreMissed() throws {
        for isForged in [false, true] {
            let error = try damaged { folder in
                let url = URL(filePath: folder + "/manifest.json")
                var manifest = try #require(parseJSON([UInt8](Data(contentsOf: url))).object)
                #expect(manifest["best"]?.isNull == false)
                manifest["best"] = .null
                let bytes = isForged ? RunManifest.sealed(manifest).text : JSONValue.object(manifest).text
                try Data(bytes.utf8).write(to: url)
            }
            #expect(
                error as? RunCheckpointError == (isForged ? .notAManifest(part: "state") : .manifestChecksum))
        }
    }

    @Test func aSaveThatFailsLeavesTheCheckpointBefore() throws {
        try withTemporaryFolder { (folder) throws -> Void in
            let error = #expect(throws: TrainerError.self) {
                try TrainerSample.run(
                    options: TrainerSample.options(folder, saveSteps: 3),
                    observe: { event in
                        guard case .saved(step: 9, _) = event else { return }
                        // In the way of the next arrays: what a disk without room does, without filling one.
                        let serial = (try? folderEntries(folder))?.compactMap { RunFolder.serial(of: $0) }.max() ?? 0
                        for next in serial + 1...serial + 3 {
                            for name in [RunFolder.arrayName(serial: next), RunFolder.bestName(serial: next)] {
                                try? FileManager.default.createDirectory(
                                    atPath: "\(folder)/\(name)", withIntermediateDirectories: false)
                            }
                        }
                    })
            }
            let line = try #require(error).description
            #expect(line.contains("cannot save the checkpoint of step 12"))
            #expect(line.hasSuffix("the checkpoint of step 9 is whole, make room and resume"))
            let resumed = try TrainerSample.run(options: TrainerSample.options(folder, .resume))
            #expect(resumed.steps.first?.step == 10)
            #expect(try resumed.equals(Self.uninterrupted.get()))
        }
    }
}
