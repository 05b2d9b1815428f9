// The peak memory that a reader allocates for one input. Needs AddressSanitizer's hooks, so it exists in the fuzzer's
// build alone.

#if FUZZING
import Synchronization

/// Counts the bytes that are allocated and not freed, through the sanitizer's hooks.
enum AllocationMeter {
    /// What any reader may hold, whatever the input: its own tables among them.
    static let base = 48 << 20
    /// What it may hold for each byte of the input.
    static let factor = 512

    private static let live = Atomic<Int>(0)
    private static let peak = Atomic<Int>(0)
    private static let installed: CInt = {
        // The hooks may not allocate, so what they touch must be there before them.
        live.store(0, ordering: .relaxed)
        peak.store(0, ordering: .relaxed)
        return installHooks(
            { _, size in
                let now = live.add(size, ordering: .relaxed).newValue
                _ = peak.max(now, ordering: .relaxed)
            },
            { pointer in live.subtract(allocatedSize(pointer), ordering: .relaxed) })
    }()

    /// Throws a violation where `body` held more than `base` and `factor` bytes for each byte of the input.
    static func measured(inputSize: Int, _ body: () throws -> Void) throws {
        try require(installed > 0, "the sanitizer takes no more hooks")
        let before = live.load(ordering: .relaxed)
        peak.store(before, ordering: .relaxed)
        try body()
        let held = peak.load(ordering: .relaxed) - before
        try require(
            held <= base + factor * inputSize, "\(held) bytes were held at once for an input of \(inputSize) bytes")
    }
}

@_silgen_name("__sanitizer_install_malloc_and_free_hooks")
private func installHooks(
    _ malloc: @convention(c) (UnsafeRawPointer?, Int) -> Void, _ free: @convention(c) (UnsafeRawPointer?) -> Void
) -> CInt

@_silgen_name("__sanitizer_get_allocated_size")
private func allocatedSize(_ pointer: UnsafeRawPointer?) -> Int
#endif
