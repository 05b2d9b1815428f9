// Operands of kernels against a page that may not be touched, so that a kernel which reads or writes beyond them ends the
// test there and then. Not here: what a kernel should compute.

package import AdzeBytes

/// Values in memory of their own, whose end or start lies against a guard page.
///
/// They are aligned as their element has to be and no more: flush with the page behind them, floats lie on a multiple of
/// four. The bytes before the other end are checked when the values go.
public final class GuardedArray<Element: BitwiseCopyable> {
    private let pages: GuardedPages
    /// The first value.
    public let base: UnsafeMutablePointer<Element>
    /// How many there are.
    public let count: Int

    /// A copy of `values`.
    package init(_ values: [Element], at side: GuardSide) {
        precondition(MemoryLayout<Element>.stride == MemoryLayout<Element>.size, "values fill their memory")
        pages = GuardedPages(byteCount: values.count * MemoryLayout<Element>.stride, at: side)
        base = pages.base.bindMemory(to: Element.self, capacity: values.count)
        base.initialize(from: values, count: values.count)
        count = values.count
    }

    /// What they are now.
    public var values: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }

    deinit { pages.unmap() }
}
