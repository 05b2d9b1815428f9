// The program that reads HDF5 for us: where it is, how long it may take, and what its end means. Whatever it sends is
// treated as hostile: it has met the file.

internal import AdzeBytes
internal import AdzeSafetensors

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The program `adze-h5worker`.
public struct HDF5Worker: Sendable, Equatable {
    /// Where it is.
    public let path: String

    /// The worker at a path.
    public init(path: String) { self.path = path }

    /// The worker in the folder of the running executable, never one found by name elsewhere.
    ///
    /// Whether it is there is seen when it is started. Throws `KerasError.readerMissing` where the system does not say
    /// what is running.
    public static func besideExecutable() throws(KerasError) -> HDF5Worker {
        guard let executable = runningExecutable() else { throw .readerMissing(path: "the folder of this program") }
        return HDF5Worker(path: splitPath(executable).folder + "/adze-h5worker")
    }

    /// The tensors of an HDF5 file; throws `KerasError`.
    ///
    /// - Complexity: O(bytes), in memory too: the elements stay in memory as long as the result does.
    func read(file: String, size: Int) throws(KerasError) -> SafetensorsFile {
        // A path that begins with a dash is no option.
        try run(file.hasPrefix("-") ? "./" + file : file, input: nil, size: size)
    }

    /// The tensors of an HDF5 file in memory.
    func read(bytes: [UInt8]) throws(KerasError) -> SafetensorsFile {
        try run("-", input: bytes, size: bytes.count)
    }

    /// The largest file that is read: many times any BERT with its optimizer. It is in memory twice.
    static let maximumBytes = 16 << 30

    /// Ten seconds, and one for each 8 MiB.
    static func secondsAllowed(size: Int) -> Int { 10 + size >> 23 }

    /// The worker lets a file declare four times its size and 64 MiB; a header of 25 MB stands before that.
    static func outputAllowed(size: Int) -> Int {
        let room = 96 << 20
        return size <= (Int.max - room) / 4 ? size * 4 + room : .max
    }

    private func run(_ argument: String, input: [UInt8]?, size: Int) throws(KerasError) -> SafetensorsFile {
        guard size <= HDF5Worker.maximumBytes else { throw .tooLarge(size: size, limit: HDF5Worker.maximumBytes) }
        let limits = ChildLimits(
            seconds: HDF5Worker.secondsAllowed(size: size), outputBytes: HDF5Worker.outputAllowed(size: size),
            // What is not compressed is as large as its file. No overflow: the size is below its limit.
            expectedBytes: size + 65536)
        let outcome: ChildOutcome
        do throws(ProcessError) {
            outcome = try runChild(path, [argument], input: input, limits: limits)
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { throw .readerMissing(path: path) }
            throw .cannotStart(path: path, reason: unsafe "\(error.call): \(String(cString: strerror(error.code)))")
        }
        return try HDF5Worker.stream(of: outcome, limits: limits)
    }

    /// The stream that a run left, or what its end means.
    static func stream(of outcome: ChildOutcome, limits: ChildLimits) throws(KerasError) -> SafetensorsFile {
        switch outcome.end {
        case .exited(0): break
        case .unknown:
            // The header states every size: a stream that parses is whole, however its sender ended.
            guard let stream = try? SafetensorsFile(bytes: outcome.output) else {
                throw .endUnknown(line: line(outcome.errors))
            }
            return stream
        case .exited(65): throw .refused(line(outcome.errors))
        case .exited(let code): throw .readerFailed(code: code, line: line(outcome.errors))
        case .signalled(let signal): throw .readerCrashed(signal: signal)
        case .timedOut: throw .timedOut(seconds: limits.seconds)
        case .tooMuchOutput: throw .tooMuchOutput(limit: limits.outputBytes)
        }
        do throws(SafetensorsError) {
            return try SafetensorsFile(bytes: outcome.output)
        } catch {
            throw .stream(error)
        }
    }

    /// The first line that the worker wrote, without its name, fit for a terminal.
    private static func line(_ errors: [UInt8]) -> String {
        let name = "adze-h5worker: "
        let first = String(decoding: errors.prefix { $0 != 0x0A }, as: UTF8.self)
        let reason = first.hasPrefix(name) ? first.dropFirst(name.count) : first[...]
        return escaped(reason, limit: 600)
    }
}
