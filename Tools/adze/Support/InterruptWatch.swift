// Ctrl-C and kill: unfinished outputs are removed and the process ends with 130 (or 143).

import AdzeBytes
import Foundation
import Synchronization

/// Waits for SIGINT and SIGTERM in a thread of its own, where removing files is safe, as it is not in a handler.
enum InterruptWatch {
    /// Starts watching; call before any other thread exists, so that all inherit the mask.
    static func start() {
        let signals = watched()
        withUnsafePointer(to: signals) { _ = pthread_sigmask(SIG_BLOCK, $0, nil) }
        let thread = Thread {
            var received: Int32 = 0
            withUnsafePointer(to: signals) { _ = sigwait($0, &received) }
            // A job that can save what it has done is let to; whoever asks twice does not want to wait.
            if isSaving.withLock({ $0 }) {
                wasAsked.withLock { $0 = received }
                // A shell or `timeout` may send the same request to the process and to its group.
                let first = ContinuousClock.now
                repeat {
                    withUnsafePointer(to: signals) { _ = sigwait($0, &received) }
                } while ContinuousClock.now - first < .milliseconds(500)
            }
            UnfinishedOutputs.removeAll()
            _exit(128 + received)
        }
        thread.start()
    }

    private static let isSaving = Mutex(false)
    private static let wasAsked = Mutex<Int32>(0)

    /// From here on the first signal does not end the process: the job asks for it and ends by itself.
    static func letSave(_ isOn: Bool) { isSaving.withLock { $0 = isOn } }

    /// The signal that asked the job to end, or nil.
    static var asked: Int32? {
        let signal = wasAsked.withLock { $0 }
        return signal == 0 ? nil : signal
    }

    private static func watched() -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        return signals
    }
}
