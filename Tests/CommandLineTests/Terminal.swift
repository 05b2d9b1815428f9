// Runs the built `adze` with a terminal for its standard error, as a person sits before it. Not here: what it should show.

import Foundation
import Testing

/// A terminal of 80 columns, and what was written to it.
final class Terminal {
    private let master: Int32
    private let slave: Int32

    private init() throws {
        // What posix_openpt, unlockpt and ptsname do on Linux; Swift sees none of the three there.
        let (unlock, number) = (UInt(0x4004_5431), UInt(0x8004_5430))
        var (isLocked, name) = (Int32(0), UInt32(0))
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(master >= 0 && ioctl(master, unlock, &isLocked) == 0 && ioctl(master, number, &name) == 0)
        slave = open("/dev/pts/\(name)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(slave >= 0)
        var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        try #require(ioctl(slave, UInt(TIOCSWINSZ), &size) == 0)
    }

    deinit { close(master) }

    /// Runs the tool to its end; its standard output goes to a file, or to the terminal too.
    /// - Returns: the exit code, and all that the terminal was told.
    static func run(_ arguments: [String], printsToo: Bool = false, folder: String) throws -> (
        code: Int32, shown: String
    ) {
        let terminal = try Terminal()
        let process = Process()
        process.executableURL = URL(filePath: try #require(Tool.path, "build the product adze first"))
        process.arguments = arguments
        let end = FileHandle(fileDescriptor: terminal.slave, closeOnDealloc: false)
        let output = folder + "/terminal-out"
        try Data().write(to: URL(filePath: output))
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = printsToo ? end : try FileHandle(forWritingTo: URL(filePath: output))
        process.standardError = end
        try process.run()
        // The tool alone holds the other end now: reading ends with it.
        close(terminal.slave)
        let shown = terminal.readAll()
        process.waitUntilExit()
        return (process.terminationStatus, shown)
    }

    private func readAll() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(master, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            // Linux says EIO where the other end is closed.
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
