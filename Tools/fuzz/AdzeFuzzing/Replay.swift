// The main program of a fuzz target that is built without libFuzzer: runs every file and folder given through the
// properties. Not here: the test that does so with the committed corpora.

import AdzeBytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension FuzzTarget {
    /// Runs the files and folders of the command line, or with `--grow` inputs of two sizes; exits with 1 where a property
    /// does not hold, 64 without any.
    public func replay() -> Never {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.isEmpty {
            print("usage: fuzz-\(name) FILE-OR-FOLDER... or --grow")
            exit(64)
        }
        if arguments == ["--grow"] { grow() }
        var failures = 0
        var files = 0
        for path in arguments.flatMap(FuzzTarget.files(under:)) {
            files += 1
            do {
                try run(InputFile.readAll(path: path, limit: 1 << 30, onTooLarge: FuzzTarget.tooLarge))
            } catch {
                failures += 1
                print("\(path): \(error)")
            }
        }
        print("\(name): \(files) files, \(failures) violations")
        exit(failures == 0 && files > 0 ? 0 : 1)
    }

    private static func tooLarge(_ size: Int) -> FileError {
        .notARegularFile(path: "input", found: "\(size) bytes")
    }

    /// The path itself, or the files in it, sorted.
    private static func files(under path: String) -> [String] {
        guard let folder = opendir(path) else { return [path] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted().flatMap { files(under: "\(path)/\($0)") }
    }
}
