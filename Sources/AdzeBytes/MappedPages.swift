// Zeroed memory straight from the system, in large pages where that is asked for and granted: small ones cost a fault each
// at first touch, and more entries than the processor's translation tables have. Not here: who uses the memory.

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A private mapping; pages that nobody touches take no memory.
@safe package struct MappedPages: @unchecked Sendable {
    // @safe: the address is live until the one owner unmaps it.
    // @unchecked: hands out its address and nothing else.
    package let base: UnsafeMutableRawPointer
    private let byteCount: Int

    /// The size of a large page, on whose boundary the mapping begins.
    private static let largePage = 2 << 20

    /// A mapping of at least `byteCount` bytes, which from the byte `largeFrom` on asks for large pages; nil: nowhere.
    ///
    /// Whoever makes it sees to it that the size does not overflow. Where there is no memory left the program ends.
    package init(byteCount: Int, largeFrom: Int?) {
        let isLarge = largeFrom.map { byteCount - $0 >= MappedPages.largePage } ?? false
        let size = isLarge ? MappedPages.roundUp(max(byteCount, 1)) : max(byteCount, 1)
        let slack = isLarge ? MappedPages.largePage : 0
        guard let memory = unsafe mmap(nil, size + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0),
            unsafe memory != MAP_FAILED
        else { fatalError("out of memory: \(byteCount) bytes") }
        self.byteCount = size
        guard isLarge, let largeFrom else {
            unsafe base = memory
            return
        }
        let before = MappedPages.roundUp(Int(bitPattern: memory)) - Int(bitPattern: memory)
        unsafe base = memory + before
        if before > 0 { unsafe munmap(memory, before) }
        if slack > before { unsafe munmap(base + size, slack - before) }
        #if os(Linux)
        // A wish: where it is refused, the pages are small ones.
        let first = MappedPages.roundUp(largeFrom)
        unsafe madvise(base + first, size - first, MADV_HUGEPAGE)
        #endif
    }

    /// Gives the memory back; nobody may use it any more.
    package func unmap() { unsafe munmap(base, byteCount) }

    private static func roundUp(_ bytes: Int) -> Int { (bytes + largePage - 1) / largePage * largePage }
}
