// Memory that begins or ends at a page without access, so that reading or writing beyond that end of a buffer is a
// segmentation fault at once. For tests, and for whole runs under `ADZE_GUARD_PAGES`.

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The end of a buffer that lies against a page that may not be touched.
package enum GuardSide: String, Sendable, CaseIterable {
    case start
    case end

    /// What `ADZE_GUARD_PAGES` says; empty where it is unset.
    private static let setting = unsafe getenv("ADZE_GUARD_PAGES").map { unsafe String(cString: $0) } ?? ""

    /// The end that every buffer of this process is guarded at; nil, the usual, for none.
    package static let wanted = GuardSide(rawValue: setting)

    /// What `ADZE_GUARD_PAGES` says where that is no end of a buffer.
    package static let misnamed = setting.isEmpty || wanted != nil ? nil : setting
}

/// A buffer against a guard page.
///
/// Its address is a multiple of its element's size and of no more: flush with the page behind it, a run of floats begins
/// anywhere that a float may. The bytes between its other end and the page there are checked when it is given back.
@safe package struct GuardedPages: @unchecked Sendable {
    // @safe: the address is live until the one owner gives it back.
    // @unchecked: hands out its address and nothing else.
    package let base: UnsafeMutableRawPointer
    package let byteCount: Int
    private let mapping: UnsafeMutableRawPointer
    private let mappingSize: Int
    private let slack: UnsafeMutableRawBufferPointer
    private let side: GuardSide

    private static let pageSize = sysconf(Int32(_SC_PAGESIZE))
    /// What stands in the slack: a NaN, read as floats.
    private static let mark: UInt8 = 0xFF

    /// `byteCount` bytes of zeros. Where there is no memory left the program ends.
    package init(byteCount: Int, at side: GuardSide) {
        precondition(byteCount >= 0 && byteCount <= Int.max / 2, "a buffer's size is checked before it is asked for")
        let page = GuardedPages.pageSize
        let room = (byteCount + page - 1) / page * page
        mappingSize = room + 2 * page
        guard let memory = unsafe mmap(nil, mappingSize, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0),
            unsafe memory != MAP_FAILED,
            unsafe room == 0 || mprotect(memory + page, room, PROT_READ | PROT_WRITE) == 0
        else { fatalError("out of memory: \(byteCount) bytes between guard pages") }
        unsafe mapping = memory
        self.byteCount = byteCount
        self.side = side
        let first = unsafe memory + page
        switch side {
        case .start:
            unsafe base = first
            unsafe slack = UnsafeMutableRawBufferPointer(start: first + byteCount, count: room - byteCount)
        case .end:
            unsafe base = first + (room - byteCount)
            unsafe slack = UnsafeMutableRawBufferPointer(start: first, count: room - byteCount)
        }
        if let start = unsafe slack.baseAddress { unsafe memset(start, Int32(GuardedPages.mark), slack.count) }
    }

    /// Whether nobody has written between the buffer's other end and the page there.
    package var isIntact: Bool { unsafe slack.allSatisfy { $0 == GuardedPages.mark } }

    /// Gives the memory back; the program ends where the slack was written to.
    package func unmap() {
        guard isIntact else { fatalError("written beyond the \(side == .end ? "start" : "end") of \(byteCount) bytes") }
        unsafe munmap(mapping, mappingSize)
    }
}
