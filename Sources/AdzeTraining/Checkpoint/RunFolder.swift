// Reading and writing the folder of a run. Each save writes its arrays under a new name and then replaces the manifest;
// what no manifest names is removed last, so that at any moment one whole checkpoint stands.

internal import AdzeBytes
internal import AdzeKernels

#if canImport(Glibc)
private import Glibc
#elseif canImport(Darwin)
private import Darwin
#endif

/// A part of a buffer under a name.
struct NamedArray {
    let name: String
    let buffer: FloatBuffer
    let range: Range<Int>

    var bytes: UnsafeRawBufferPointer {
        // Inside the buffer: the ranges are the layout's. The caller holds the buffer while it uses the bytes.
        unsafe UnsafeRawBufferPointer(start: buffer.base + range.lowerBound, count: range.count * 4)
    }
}

/// The folder of a run.
struct RunFolder {
    let path: String
    var manifestPath: String { path + "/manifest.json" }

    /// Makes the folder unless it is there; its parent must be.
    init(path: String) throws(FileError) {
        self.path = path
        try makeFolder(of: path + "/manifest.json")
    }

    /// The manifest; nil where there is none. Throws `RunCheckpointError` and `FileError`.
    func manifest() throws -> RunManifest? {
        guard pathExists(manifestPath) else { return nil }
        let limit = 64 << 20
        let bytes = try InputFile.readAll(path: manifestPath, limit: limit) { RunCheckpointError.tooLarge(bytes: $0) }
        let json: JSONValue
        do throws(JSONError) {
            json = try parseJSON(bytes, limits: JSONLimits(bytes: limit))
        } catch { throw RunCheckpointError.badJSON(error) }
        return try RunManifest(json: json)
    }

    /// Writes arrays under a name of their own and makes them durable.
    func write(_ arrays: [NamedArray], name: String) throws(FileError) -> ArrayFile {
        var file = try AtomicFile(path: "\(path)/\(name)", replacing: true)
        var sections: [ArraySection] = []
        for array in arrays {
            let bytes = unsafe array.bytes
            try unsafe file.write(bytes)
            unsafe sections.append(
                ArraySection(name: array.name, count: array.range.count, checksum: hexDigits(xxh64(bytes))))
        }
        try file.commit()
        return ArrayFile(name: name, sections: sections)
    }

    /// Reads what `write` wrote, into arrays of the same names and sizes; throws `RunCheckpointError` and `FileError`,
    /// after which the arrays hold anything.
    func read(_ file: ArrayFile, into arrays: [NamedArray]) throws {
        let found = file.sections.map { "\($0.name) (\($0.count))" }.joined(separator: ", ")
        let expected = arrays.map { "\($0.name) (\($0.range.count))" }.joined(separator: ", ")
        guard found == expected else {
            throw RunCheckpointError.wrongSections(file: file.name, expected: expected, found: found)
        }
        let input = try InputFile(path: "\(path)/\(file.name)")
        guard let size = file.byteCount, input.size == size else {
            throw RunCheckpointError.wrongSize(file: file.name, expected: file.byteCount ?? 0, found: input.size)
        }
        var offset = 0
        for (array, section) in zip(arrays, file.sections) {
            try unsafe input.read(at: offset, into: UnsafeMutableRawBufferPointer(mutating: array.bytes))
            guard unsafe hexDigits(xxh64(array.bytes)) == section.checksum else {
                throw RunCheckpointError.checksum(file: file.name, section: section.name)
            }
            offset += array.range.count * 4
        }
    }

    /// Makes a manifest the folder's; from then on its checkpoint is the one.
    func commit(_ manifest: RunManifest) throws(FileError) {
        var file = try AtomicFile(path: manifestPath, replacing: true)
        try file.write(Array((manifest.json.indentedText + "\n").utf8))
        try file.commit()
    }

    /// Removes arrays that the manifest does not name, and what a killed process left of them.
    func removeStale(_ manifest: RunManifest) {
        let kept = [manifest.arrays.name, manifest.best?.name]
        removeDeadTemporaries(in: path) { RunFolder.isOurs($0) }
        for name in (try? folderEntries(path)) ?? [] {
            let isTemporary = name.hasPrefix(".") && name.hasSuffix(".tmp") && RunFolder.hidesOurs(name)
            if isTemporary || RunFolder.serial(of: name) != nil && !kept.contains(name) {
                unsafe unlink("\(path)/\(name)")
            }
        }
    }

    static func arrayName(serial: Int) -> String { "arrays-\(serial).f32" }
    static func bestName(serial: Int) -> String { "best-\(serial).f32" }

    /// The serial in a name that we give to arrays; nil for any other name.
    static func serial(of name: some StringProtocol) -> Int? {
        for prefix in ["arrays-", "best-"] where name.hasPrefix(prefix) && name.hasSuffix(".f32") {
            let digits = name.dropFirst(prefix.count).dropLast(4)
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let serial = Int(digits) else { return nil }
            return serial <= RunFolder.serialLimit ? serial : nil
        }
        return nil
    }

    /// Far more saves than a disk survives.
    static let serialLimit = 1 << 48

    /// Whether a run writes a file of this name.
    static func isOurs(_ name: String) -> Bool { name == "manifest.json" || serial(of: name) != nil }

    /// Whether a temporary of an older version is of one of our files: `.NAME.PROCESS.ATTEMPT.tmp`.
    private static func hidesOurs(_ name: String) -> Bool {
        let parts = name.dropFirst().dropLast(4).split(separator: ".").dropLast(2)
        return isOurs(parts.joined(separator: "."))
    }
}

extension RunIdentity {
    /// What two runs differ in, for a person: the recipe's keys, the data, the model.
    func differences(from other: RunIdentity) -> [String] {
        var list: [String] = []
        if let mine = recipe.json.object, let theirs = other.recipe.json.object {
            for key in mine.keys where mine[key] != theirs[key] {
                let (there, here) = (theirs[key]?.text ?? "none", mine[key]?.text ?? "none")
                list.append("recipe key '\(key)' (\(there) there, \(here) here)")
            }
        }
        if data != other.data {
            list.append(teacher == nil ? "the training examples" : "the training or unlabelled examples")
        }
        // Of other examples a teacher says something else in any case.
        if teacher != other.teacher, data == other.data || teacher == nil || other.teacher == nil {
            list.append("the teacher's answers")
        }
        if development != other.development { list.append("the dev examples") }
        if model != other.model { list.append("the start model") }
        return list
    }
}
