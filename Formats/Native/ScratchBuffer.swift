// Scratch memory for coding one chunk, reused for the next, and a store of it that threads share.

import AdzeBytes
import Synchronization

/// A buffer that grows and keeps what it grew to, with slack behind the bytes that were asked for.
struct ScratchBuffer {
    private var memory: BufferMemory?
    private var capacity = 0

    /// `count` bytes of unspecified content; `FloatCoding.slack` more may be read behind them.
    mutating func take(_ count: Int) -> UnsafeMutableRawBufferPointer {
        let needed = count + FloatCoding.slack
        if let memory, capacity >= needed {
            return unsafe UnsafeMutableRawBufferPointer(start: memory.base, count: count)
        }
        memory?.free()
        // Zeros: the slack may be looked at before anything was written there.
        let fresh = BufferMemory(byteCount: needed)
        memory = fresh
        capacity = needed
        return unsafe UnsafeMutableRawBufferPointer(start: fresh.base, count: count)
    }

    /// Gives the memory back; the buffer may be used again.
    mutating func free() {
        memory?.free()
        memory = nil
        capacity = 0
    }
}

extension Workbench {
    /// Workbenches that nobody uses at the moment.
    ///
    /// Thread-safe.
    final class Pool: Sendable {
        private let idle = Mutex<[Workbench]>([])

        /// Runs `body` with a workbench that no other thread has meanwhile.
        func with<Result>(_ body: (Workbench) throws -> Result) rethrows -> Result {
            let bench = idle.withLock { $0.popLast() } ?? Workbench()
            defer { idle.withLock { $0.append(bench) } }
            return try body(bench)
        }
    }
}
