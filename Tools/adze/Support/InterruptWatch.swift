// Ctrl-C and kill: unfinished outputs are removed and the process ends with 130 (or 143).

import AdzeBytes
import Foundation

/// Waits for SIGINT and SIGTERM in a thread of its own, where removing files is safe, as it is not in a handler.
enum InterruptWatch {
    /// Starts watching; call before any other thread exists, so that all inherit the mask.
    static func start() {
        let signals = watched()
        withUnsafePointer(to: signals) { _ = pthread_sigmask(SIG_BLOCK, $0, nil) }
        let thread = Thread {
            var received: Int32 = 0
            withUnsafePointer(to: signals) { _ = sigwait($0, &received) }
            UnfinishedOutputs.removeAll()
            _exit(128 + received)
        }
        thread.start()
    }

    private static func watched() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        return signals
    }
}
