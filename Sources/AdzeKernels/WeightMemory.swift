// Memory for the weights of one model, in large pages where the system has them: a hundred megabytes in small ones are
// 25,000 page faults at the start, and as many entries that the processor's translation tables lack later.

internal import AdzeBytes
internal import Synchronization

/// Hands out memory that lives as long as somebody keeps a part of it. Thread-safe.
package final class WeightMemory: Sendable {
    /// A run of bytes on a cache line's boundary, zero at first.
    @safe package struct Part: @unchecked Sendable {
        // @safe: keeps its slab.
        // @unchecked: who asked for the part is its only writer.
        package let base: UnsafeMutableRawPointer
        private let slab: Slab

        fileprivate init(_ slab: Slab, at offset: Int) {
            unsafe base = slab.base + offset
            self.slab = slab
        }
    }

    /// Bytes of a slab: many matrices share one, so that little of its last large page is wasted. Pages that nobody
    /// touches take no memory.
    private static let slabSize = 64 << 20

    private let current = Mutex<(slab: Slab, used: Int)?>(nil)

    package init() {}

    /// A part of `byteCount` bytes.
    package func allocate(byteCount: Int) -> Part {
        precondition(byteCount >= 0 && byteCount <= Int.max / 2, "a part's size is checked before it is asked for")
        let size = (byteCount + 63) / 64 * 64
        // Between guard pages each part has its own.
        guard GuardSide.wanted == nil else { return Part(Slab(size: byteCount), at: 0) }
        return current.withLock { current in
            if let (slab, used) = current, size <= slab.size - used {
                current = (slab, used + size)
                return Part(slab, at: used)
            }
            let slab = Slab(size: max(size, WeightMemory.slabSize))
            // A part that fills a slab of its own does not end the one in use.
            if size < WeightMemory.slabSize || current == nil { current = (slab, size) }
            return Part(slab, at: 0)
        }
    }
}

/// One mapping.
private final class Slab: @unchecked Sendable {
    // @unchecked: hands out its address and nothing else.
    let size: Int
    private let memory: BufferMemory

    var base: UnsafeMutableRawPointer { unsafe memory.base }

    init(size: Int) {
        self.size = size
        memory = BufferMemory(zeroPages: size, largeFrom: 0)
    }

    deinit { memory.free() }
}
