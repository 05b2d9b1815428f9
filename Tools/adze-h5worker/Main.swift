// `adze-h5worker`: reads one HDF5 file and writes its tensors to standard output as a safetensors stream. The only
// program that links libhdf5, which is not safe on hostile files: it gives up all it can before the library sees a byte.
// It decides nothing about models; names leave as they are in the file.

import CSandbox

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@main struct Main {
    static let usage = """
        usage: adze-h5worker FILE | - | --check-sandbox
        Writes the tensors of an HDF5 file to a pipe on standard output, as a safetensors stream. Limits and a filter
        of system calls hold before the file is looked at; --check-sandbox tries them.

        """

    static func main() {
        // First of all: nothing in the environment may steer the library.
        csandbox_detach()
        let arguments = CommandLine.arguments.dropFirst()
        guard let argument = arguments.first, arguments.count == 1 else {
            end(Refusal(.usage, "name one file, or - for standard input"))
        }
        switch argument {
        case "--help", "-h":
            try? StandardOutput.write(Array(usage.utf8))
        case "--check-sandbox":
            _exit(checkSandbox() ? 0 : 1)
        default:
            do throws(Refusal) {
                try serve(argument)
            } catch {
                end(error)
            }
        }
        _exit(0)
    }

    private static func serve(_ path: String) throws(Refusal) {
        try StandardOutput.requirePipe()
        let image = try FileImage(path: path)
        let sandbox = try enterSandbox(imageSize: image.count)
        let file = try HDF5File(image: image)
        var walk = Walk(imageSize: image.count)
        try walk.run(file)
        try writeStream(walk.findings, file, sandbox: sandbox)
    }

    /// Limits that an honest file of this size stays far below; what holds is told to the reader of the stream.
    private static func enterSandbox(imageSize: Int) throws(Refusal) -> String {
        let memory = UInt64(imageSize) * 4 + 512 << 20
        let seconds = UInt64(5 + imageSize >> 24)
        let outcome = csandbox_enter(memory, seconds)
        let code = errno
        switch outcome {
        case CSANDBOX_FULL: return "full"
        case CSANDBOX_LIMITS_ONLY: return unsafe "limits only: \(String(cString: strerror(code)))"
        default:
            throw Refusal(.system, unsafe "the sandbox could not be entered: \(String(cString: strerror(code)))")
        }
    }

    /// Ends with one line on standard error. `_exit`: a library that met a hostile file is not asked to tidy up.
    private static func end(_ refusal: Refusal) -> Never {
        var line = Array("adze-h5worker: \(refusal.line)\n".utf8)
        if line.count > 2000 { line = line.prefix(1990) + Array("…\n".utf8) }
        _ = StandardOutput.write(line, to: 2)
        _exit(refusal.code.rawValue)
    }
}

/// Why a file is not served, in one line, with the exit code.
struct Refusal: Error {
    /// Exit codes, after BSD's sysexits.
    enum Code: Int32 {
        case usage = 64
        case badData = 65
        case missing = 66
        case system = 74
    }

    let code: Code
    let line: String

    init(_ code: Code, _ line: String) {
        self.code = code
        self.line = line
    }

    /// Content that is refused.
    init(_ line: String) { self.init(.badData, line) }
}
