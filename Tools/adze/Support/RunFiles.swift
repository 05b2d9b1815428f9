// The files of one run: what it reads and what it writes, looked at before its work. Not here: the writing, which is
// `AtomicFile`'s, and what may be written over at all, which `OutputPlace` says.

import Adze
import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The paths that a verb was given, each with the option that a person knows it by.
///
///     try RunFiles().reads(model, as: "MODEL").writes(output.output, as: "-o", force: output.force).check()
///
/// Every verb that writes says so here before it works, and writes by `AtomicFile` (rows one after another with
/// `order: .sequential`). Then an output is never an input, under whatever name; two outputs are never one file; and what
/// is in the way of an output is told at once. A verb that prints says what it reads, so that it is not appended to that.
struct RunFiles {
    private struct Output {
        let option: String
        let path: String
        let purpose: OutputPlace.Purpose
        let replacing: Bool
    }

    private var inputs: [(option: String, path: String)] = []
    private var outputs: [Output] = []

    /// Adds a file or folder that is read; `-` is standard input, and nil nothing.
    func reads(_ path: String?, as option: String) -> RunFiles {
        guard let path else { return self }
        var files = self
        files.inputs.append((option, path))
        return files
    }

    /// Adds what a checkpoint's description is read from.
    func reads(_ source: SourceOptions) -> RunFiles { reads(source.stated) }

    /// The same.
    func reads(_ source: StatedOptions) -> RunFiles {
        reads(source.config, as: "--config").reads(source.tokenizer, as: "--tokenizer")
    }

    /// Adds a file or folder that is written; nil is nothing.
    func writes(
        _ path: String?, as option: String, _ purpose: OutputPlace.Purpose = .file, force: Bool
    ) -> RunFiles {
        guard let path else { return self }
        var files = self
        files.outputs.append(Output(option: option, path: path, purpose: purpose, replacing: force))
        return files
    }

    /// Refuses early what a save would refuse after the work, and what would lose an input.
    ///
    /// Throws `ValidationError`, `FileError`, `BundleError.notAModelFolder` and `FileConflict`.
    func check() throws {
        for output in outputs where output.path.isEmpty {
            throw ValidationError("\(output.option) is empty; name the output")
        }
        let places = try outputs.map { try OutputPlace($0.path) }
        try checkInputs(places)
        try checkOutputs(places)
        for (output, place) in zip(outputs, places) {
            switch output.purpose {
            case .folder: try ModelBundle.checkExport(to: output.path, replacing: output.replacing)
            case .file, .workFolder: try place.check(output.purpose, replacing: output.replacing)
            }
        }
    }

    // MARK: Conflicts

    private func checkInputs(_ places: [OutputPlace]) throws {
        let written = zip(outputs, places).map { RunFiles.replaced($0.purpose, $1) }
        let printed = FileIdentity(descriptor: STDOUT_FILENO)
        for input in inputs {
            let read = RunFiles.read(input.path)
            for (index, output) in outputs.enumerated() {
                guard !read.isDisjoint(with: written[index]) || isLabelledText(places[index], in: input.path) else {
                    continue
                }
                throw FileConflict.isInput(path: output.path, option: output.option, input: input.option)
            }
            if let printed, read.contains(printed) {
                throw FileConflict.isPrinted(input: input.option)
            }
        }
    }

    private func checkOutputs(_ places: [OutputPlace]) throws {
        for second in outputs.indices {
            for first in 0..<second {
                let (a, b) = (places[first], places[second])
                let areOne =
                    switch (outputs[first].purpose, outputs[second].purpose) {
                    case (.file, .file): a.isSame(as: b) && !RunFiles.takesTwo(a)
                    case (.file, let purpose): RunFiles.isIn(b, purpose, a)
                    case (let purpose, .file): RunFiles.isIn(a, purpose, b)
                    // A run's checkpoints and a model have no name in common.
                    case (let one, let other): one == other && a.isSame(as: b)
                    }
                guard areOne else { continue }
                throw FileConflict.areOne(
                    path: outputs[second].path, first: outputs[first].option, second: outputs[second].option)
            }
        }
    }

    /// Whether two outputs may well go to one place, one after the other.
    private static func takesTwo(_ place: OutputPlace) -> Bool { place.kind == .stream }

    /// Whether a file is one of those that a folder's writer writes.
    private static func isIn(_ folder: OutputPlace, _ purpose: OutputPlace.Purpose, _ file: OutputPlace) -> Bool {
        if file.isSame(as: folder) { return true }
        let (place, name) = splitPath(file.target)
        guard let identity = folder.identity, identity == FileIdentity(path: place) else { return false }
        return isOurs(name, purpose)
    }

    private static func isOurs(_ name: String, _ purpose: OutputPlace.Purpose) -> Bool {
        purpose == .workFolder ? Trainer.isCheckpointFile(name) : ModelFolder.layout.isOurs(name)
    }

    /// What an output takes the place of.
    private static func replaced(_ purpose: OutputPlace.Purpose, _ place: OutputPlace) -> Set<FileIdentity> {
        guard let identity = place.identity else { return [] }
        guard place.kind == .folder else { return [identity] }
        let names = ((try? folderEntries(place.target)) ?? []).filter { isOurs($0, purpose) }
        let files = Set(names.compactMap { FileIdentity(path: place.target + "/" + $0) })
        return purpose == .folder ? files.union([identity]) : files
    }

    /// What is read where a path is an input: a file, or a folder and the model in it.
    private static func read(_ path: String) -> Set<FileIdentity> {
        if path == "-" { return Set([FileIdentity(descriptor: STDIN_FILENO)].compactMap(\.self)) }
        guard let identity = FileIdentity(path: path) else { return [] }
        guard isFolder(path) else { return [identity] }
        var names = ((try? folderEntries(path)) ?? []).filter(ModelFolder.layout.isOurs) + ["1_Pooling/config.json"]
        if let folder = try? WeightsFolder(path: path) { names += [folder.weights.name] + folder.weights.files }
        return Set(names.compactMap { FileIdentity(path: path + "/" + $0) }).union([identity])
    }

    /// Whether an output that is there is one of the texts of a folder of `neg` and `pos`.
    private func isLabelledText(_ place: OutputPlace, in folder: String) -> Bool {
        guard place.kind == .file, place.target.hasSuffix(".txt"), isFolder(folder) else { return false }
        let text = FileIdentity(path: splitPath(place.target).folder)
        return text != nil && ["neg", "pos"].contains { FileIdentity(path: "\(folder)/\($0)") == text }
    }
}

/// Two paths of one run that may not be one.
enum FileConflict: AdzeFailure {
    case isInput(path: String, option: String, input: String)
    case isPrinted(input: String)
    case areOne(path: String, first: String, second: String)

    var kind: FailureKind {
        switch self {
        case .isInput, .isPrinted: .outputExists
        case .areOne: .usage
        }
    }

    var description: String {
        switch self {
        case .isInput(let path, let option, let input):
            "\(path): \(option) would write over \(input), which this run reads; choose another name"
        case .isPrinted(let input):
            "standard output is the file of \(input), which this run reads; print to another file"
        case .areOne(let path, let first, let second):
            "\(path): \(first) and \(second) would write over each other; choose another name for one"
        }
    }
}
