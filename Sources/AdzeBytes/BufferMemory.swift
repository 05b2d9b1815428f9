// Where the memory of buffers comes from: the one place that the engine, the trainer and the stores ask, so that one
// variable puts all of it between guard pages. Not here: what is in it, or Swift's own arrays.

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A fixed number of bytes, which whoever asked for them gives back with `free()`.
///
/// They begin on a cache line's boundary; between guard pages (`ADZE_GUARD_PAGES`) only where their element may.
@safe package struct BufferMemory: @unchecked Sendable {
    // @safe: the address is live until `free()`, which the one owner calls last.
    // @unchecked: hands out its address and nothing else.
    package let base: UnsafeMutableRawPointer
    private let origin: Origin

    @safe private enum Origin {
        // @safe: holds the address for `free()` alone.
        case heap(UnsafeMutableRawPointer)
        case pages(MappedPages)
        case guarded(GuardedPages)

        var base: UnsafeMutableRawPointer {
            switch self {
            case .heap(let memory): unsafe memory
            case .pages(let pages): unsafe pages.base
            case .guarded(let pages): unsafe pages.base
            }
        }
    }

    /// Bytes of zeros.
    package init(byteCount: Int) {
        precondition(byteCount >= 0 && byteCount <= Int.max / 2, "a buffer's size is checked before it is asked for")
        if let side = GuardSide.wanted {
            origin = .guarded(GuardedPages(byteCount: byteCount, at: side))
        } else {
            let memory = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 64)
            unsafe memset(memory, 0, max(byteCount, 1))
            origin = unsafe .heap(memory)
        }
        unsafe base = origin.base
    }

    /// Bytes of zeros whose pages take memory only once something is written to them; see `MappedPages`.
    package init(zeroPages byteCount: Int, largeFrom: Int?) {
        if let side = GuardSide.wanted {
            origin = .guarded(GuardedPages(byteCount: byteCount, at: side))
        } else {
            origin = .pages(MappedPages(byteCount: byteCount, largeFrom: largeFrom))
        }
        unsafe base = origin.base
    }

    /// Gives the memory back; nobody may use it any more.
    package func free() {
        switch origin {
        case .heap(let memory): unsafe memory.deallocate()
        case .pages(let pages): pages.unmap()
        case .guarded(let pages): pages.unmap()
        }
    }

    /// Runs `body` with values of an array; between guard pages with a copy of them there.
    package static func borrow<Element: BitwiseCopyable, Result>(
        _ values: UnsafeBufferPointer<Element>, _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) rethrows -> Result {
        guard let side = GuardSide.wanted, let first = values.baseAddress else { return try unsafe body(values) }
        let pages = GuardedPages(byteCount: values.count * MemoryLayout<Element>.stride, at: side)
        defer { pages.unmap() }
        unsafe pages.base.copyMemory(from: first, byteCount: pages.byteCount)
        let copy = unsafe pages.base.bindMemory(to: Element.self, capacity: values.count)
        return try unsafe body(UnsafeBufferPointer(start: copy, count: values.count))
    }
}
