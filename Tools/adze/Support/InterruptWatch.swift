// Ctrl-C, kill, a terminal that is gone, a limit of time: unfinished outputs are removed and the process ends with 128 and
// the signal's number.

import Adze
import AdzeThreads
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Waits for the signals that ask a process to end in a thread of its own, where removing files is safe, as it is not in a
/// handler.
enum InterruptWatch {
    /// Starts watching; call before any other thread exists, so that all inherit the mask.
    static func start() {
        // A write beyond a limit of size, or to a reader that is gone, is an error to be told, not the end.
        signal(SIGXFSZ, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        let signals = watched()
        unsafe withUnsafePointer(to: signals) { _ = unsafe pthread_sigmask(SIG_BLOCK, $0, nil) }
        _ = startThread {
            var received: Int32 = 0
            unsafe withUnsafePointer(to: signals) { _ = unsafe sigwait($0, &received) }
            // A job that can save what it has done is let to; whoever asks twice does not want to wait.
            if isSaving.withLock({ $0 }) {
                wasAsked.withLock { $0 = received }
                // A shell or `timeout` may send the same request to the process and to its group.
                let first = ContinuousClock.now
                repeat {
                    unsafe withUnsafePointer(to: signals) { _ = unsafe sigwait($0, &received) }
                } while ContinuousClock.now - first < .milliseconds(500)
            }
            UnfinishedOutputs.end(128 + received)
        }
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
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU] {
            // `nohup` and a shell's `&` have a process ignore some.
            var action = sigaction()
            if unsafe sigaction(signal, nil, &action) == 0, !isIgnored(action) { unsafe sigaddset(&signals, signal) }
        }
        return signals
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        #if canImport(Darwin)
        let handler = action.__sigaction_u.__sa_handler
        #else
        let handler = unsafe action.__sigaction_handler.sa_handler
        #endif
        // Handlers are C functions; SIG_IGN is the number 1 in the shape of one.
        return unsafe unsafeBitCast(handler, to: Int.self) == 1
    }
}
