// Runs the program on damaged and hostile models, and checks how it ends, what it writes where, and how much memory and
// time it takes. Not libFuzzer: a run is a process, and coverage is not seen.

import AdzeBytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Damages copies of model folders and runs verbs on them.
public struct CommandLineFuzzer {
    private let program: String
    private let folder: String
    private var generator: SplitMix64
    private var runs = 0
    private var failures = 0
    private var heaviest = 0

    /// What any run may hold: the program, its libraries and tables.
    private static let memoryBase = 160 << 20
    private static let memoryFactor = 512
    private static let lineBytes = 4 * lineLimit + 200
    private static let seconds = 20

    /// Bytes that a terminal or a parser may take for more than they are.
    private static let harmful: [[UInt8]] = [
        [0x1B, 0x5B, 0x33, 0x31, 0x6D], [0x07], [0x00], [0x7F], [0x0D], [0xC2, 0x85], [0xC2, 0x9B], [0xE2, 0x80, 0xA8],
        [0xE2, 0x80, 0xAE], [0xE2, 0x81, 0xA6], [0xEF, 0xBB, 0xBF], Array("\\u001b[2J".utf8), Array("\\u202e".utf8),
        Array("\\n".utf8), Array("\\u009b".utf8), Array("1e308".utf8), Array("-1".utf8),
        Array("9223372036854775808".utf8),
    ]

    private static let verbs: [[String]] = [
        ["inspect"], ["inspect", "--tensors"], ["inspect", "--json"], ["verify"], ["rescue", "--list"],
        ["predict", "good film"], ["predict", "good film", "--json"], ["embed", "good film"],
        ["tokenize", "good film"],
        ["convert", "--dry-run"],
    ]

    /// Runs for some seconds: `fuzz-commandline ADZE SECONDS MODEL-FOLDER...`; exits with 1 where a property broke.
    public static func main() -> Never {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 3, let seconds = Int(arguments[1]) else {
            print("usage: fuzz-commandline ADZE SECONDS MODEL-FOLDER...")
            exit(64)
        }
        var template = Array("/tmp/adze-fuzz-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { exit(74) }
        let seed = UInt64(time(nil))
        print("seed \(seed), in \(String(cString: made))")
        var fuzzer = CommandLineFuzzer(
            program: arguments[0], folder: String(cString: made), generator: SplitMix64(seed: seed))
        let end = time(nil) + seconds
        while time(nil) < end {
            do { try fuzzer.round(arguments[2 + fuzzer.random(arguments.count - 2)]) } catch { print(error); exit(74) }
        }
        print(
            "\(fuzzer.runs) runs, \(fuzzer.failures) out of order, at most \(fuzzer.heaviest >> 20) MiB"
                + (fuzzer.failures > 0 ? "; the models are in \(fuzzer.folder)" : ""))
        exit(fuzzer.failures == 0 ? 0 : 1)
    }

    private mutating func random(_ bound: Int) -> Int {
        Int(generator.next() % UInt64(bound))
    }

    /// One damaged copy and every verb on it.
    private mutating func round(_ model: String) throws {
        let copy = "\(folder)/\(runs)"
        mkdir(copy, 0o700)
        let names = try folderEntries(model).filter { !isFolder("\(model)/\($0)") && !$0.hasPrefix("golden") }
        let victim = random(names.count)
        var size = 0
        for (index, name) in names.enumerated() {
            var bytes = try InputFile.readAll(path: "\(model)/\(name)", limit: 1 << 26) { _ in
                FileError.notFound(path: name)
            }
            if index == victim { for _ in 0...random(4) { damage(&bytes) } }
            size += bytes.count
            try AtomicFile.write(bytes, to: "\(copy)/\(name)")
        }
        let before = failures
        for verb in CommandLineFuzzer.verbs { try run(verb, on: copy, inputBytes: size) }
        guard failures == before else { return }
        for name in names { unlink("\(copy)/\(name)") }
        rmdir(copy)
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = random(bytes.count)
        switch random(6) {
        case 0: bytes[place] ^= 1 << UInt8(random(8))
        case 1: bytes.removeLast(bytes.count - place)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random(16)))
        case 3:
            let piece = Array(bytes[place..<min(bytes.count, place + 1 + random(64))])
            bytes.insert(contentsOf: (0..<(1 << random(12))).flatMap { _ in piece }.prefix(1 << 16), at: place)
        case 4: bytes[place] = UInt8(random(256))
        default:
            // Inside a string, where there is one further on: what is read without complaint is shown.
            let quote = bytes[place...].firstIndex(of: UInt8(ascii: "\"")) ?? place
            let harm = CommandLineFuzzer.harmful[random(CommandLineFuzzer.harmful.count)]
            bytes.insert(contentsOf: harm, at: min(bytes.count, quote + 1))
        }
    }

    private mutating func run(_ verb: [String], on model: String, inputBytes: Int) throws {
        let arguments = [verb[0], model] + verb.dropFirst()
        let outcome = try spawn(arguments)
        runs += 1
        heaviest = max(heaviest, outcome.peakBytes)
        var broken: [String] = []
        if ![0, 64, 65, 66, 74].contains(outcome.code) { broken.append("it ended with \(outcome.code)") }
        let allowed = CommandLineFuzzer.memoryBase + CommandLineFuzzer.memoryFactor * inputBytes
        if outcome.peakBytes > allowed { broken.append("\(outcome.peakBytes >> 20) MiB for \(inputBytes) bytes") }
        if outcome.processorSeconds > CommandLineFuzzer.seconds { broken.append("\(outcome.processorSeconds) s") }
        let errors = outcome.errors.split(separator: 0x0A)
        if errors.contains(where: { $0.count > CommandLineFuzzer.lineBytes }) { broken.append("a line without end") }
        if errors.count(where: { $0.starts(with: Array("adze: error:".utf8)) }) > 1 { broken.append("several errors") }
        for (stream, bytes) in [("output", outcome.output), ("error", outcome.errors)] {
            if let harm = CommandLineFuzzer.harm(in: bytes) { broken.append("\(harm) on standard \(stream)") }
        }
        if broken.isEmpty { return }
        failures += 1
        print("adze \(arguments.joined(separator: " ")): \(broken.joined(separator: ", "))")
    }

    /// What a terminal would obey, or nil.
    private static func harm(in bytes: [UInt8]) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return "bytes that are no UTF-8" }
        for scalar in text.unicodeScalars where scalar != "\n" && scalar != "\t" {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: return "U+\(String(scalar.value, radix: 16))"
            case .format where scalar.properties.isBidiControl: return "U+\(String(scalar.value, radix: 16))"
            default: continue
            }
        }
        return nil
    }

    private struct Outcome {
        let code: Int
        let output: [UInt8]
        let errors: [UInt8]
        let peakBytes: Int
        let processorSeconds: Int
    }

    private func spawn(_ arguments: [String]) throws -> Outcome {
        let (out, err) = (folder + "/out", folder + "/err")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (descriptor, path) in [(1, out), (2, err)] {
            posix_spawn_file_actions_addopen(&actions, CInt(descriptor), path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        // No environment: what a run gives depends on the model alone.
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var process = pid_t()
        guard posix_spawn(&process, program, &actions, nil, &words, &environment) == 0 else {
            throw FileError.notFound(path: program)
        }
        var (status, usage) = (CInt(0), rusage())
        while wait4(process, &status, 0, &usage) < 0 && errno == EINTR {}
        let signal = Int(status & 0x7F)
        func read(_ path: String) throws -> [UInt8] {
            try InputFile.readAll(path: path, limit: 1 << 28) { _ in FileError.notFound(path: path) }
        }
        return Outcome(
            code: signal == 0 ? Int(status >> 8 & 0xFF) : 128 + signal, output: try read(out), errors: try read(err),
            peakBytes: Int(usage.ru_maxrss) << 10, processorSeconds: Int(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec))
    }
}

extension AtomicFile {
    /// Writes a whole file.
    fileprivate static func write(_ bytes: [UInt8], to path: String) throws {
        var file = try AtomicFile(path: path, replacing: true)
        try file.write(bytes)
        try file.commit()
    }
}
