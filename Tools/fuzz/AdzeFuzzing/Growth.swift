// Whether a reader's work and memory grow as its input does: inputs of one shape in two sizes, processor time and peak
// memory compared. Not part of any test, because it measures time: `fuzz-READER --grow`.

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Inputs of one shape, as large as one likes.
struct GrowingInput: Sendable {
    /// What there is much of.
    let name: String
    /// The input with so many of them.
    let bytes: @Sendable (Int) -> [UInt8]
}

extension FuzzTarget {
    /// Eight times the input may take this many times the work: sorting takes 9, noise some more, a square 64.
    private static let mostWork = 24.0
    private static let step = 8
    /// Work below this says nothing.
    private static let leastSeconds = 0.03
    private static let mostBytes = 4 << 20
    /// What may be held: a base, and so many bytes for each of the input.
    private static let memoryBase = 64 << 20
    private static let memoryFactor = 512

    /// Grows the target's inputs; exits with 1 where one takes more work or memory than its size is worth.
    func grow() -> Never {
        var failures = 0
        let inputs = FuzzTarget.growingInputs[name] ?? []
        for input in inputs {
            let (line, holds) = measure(input)
            print("\(name), \(input.name): \(line)")
            if !holds { failures += 1 }
        }
        print("\(name): \(inputs.count) shapes, \(failures) out of proportion")
        exit(failures == 0 ? 0 : 1)
    }

    private func measure(_ input: GrowingInput) -> (line: String, holds: Bool) {
        var count = 500
        var small = input.bytes(count)
        var seconds = cost(small)
        while seconds < FuzzTarget.leastSeconds, small.count * 2 <= FuzzTarget.mostBytes {
            count *= 2
            small = input.bytes(count)
            seconds = cost(small)
        }
        guard seconds >= FuzzTarget.leastSeconds else {
            return ("\(small.count) bytes in \(milliseconds(seconds))", true)
        }
        seconds = min(seconds, cost(small), cost(small))
        let large = input.bytes(count * FuzzTarget.step)
        let before = Memory.beginPeak()
        let largeSeconds = min(cost(large), cost(large))
        let held = max(0, Memory.peak() - before)
        let ratio = largeSeconds / seconds
        let allowed = FuzzTarget.memoryBase + FuzzTarget.memoryFactor * large.count
        let line =
            "\(small.count) bytes in \(milliseconds(seconds)), \(large.count) in \(milliseconds(largeSeconds)):"
            + " \(Int(ratio)) times the work for \(large.count / max(small.count, 1)) times the bytes, \(held >> 20) MiB"
        return (line, ratio <= FuzzTarget.mostWork && held <= allowed)
    }

    /// Seconds of processor time of one look at an input; a violated property is reported and costs nothing.
    private func cost(_ bytes: [UInt8]) -> Double {
        let start = clock()
        do { try run(bytes) } catch { print("\(name): \(error)") }
        return Double(clock() - start) / Double(CLOCKS_PER_SEC)
    }

    private func milliseconds(_ seconds: Double) -> String { "\(Int(seconds * 1000)) ms" }
}

/// The process's memory as Linux counts it; elsewhere nothing is known.
private enum Memory {
    /// Forgets the peak and gives the memory held now.
    static func beginPeak() -> Int {
        if let file = fopen("/proc/self/clear_refs", "w") {
            fputs("5", file)
            fclose(file)
        }
        return field("VmRSS:")
    }

    /// The most memory held since.
    static func peak() -> Int { field("VmHWM:") }

    private static func field(_ name: String) -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        while fgets(&buffer, 256, file) != nil {
            let line = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard line.hasPrefix(name) else { continue }
            return (Int(line.filter { $0.isNumber }) ?? 0) << 10
        }
        return 0
    }
}
