// A list of normalizers as a machine: for offsets step by step, otherwise by the fast path where a text allows it.
// Not here: the steps with sources (+Aligned), the fast path (+Fast), what `Replace` looks for (+Matching).

/// Normalizers to be applied in order.
struct StepNormalizer: Sendable {
    let steps: [NormalizerStep]
    private let stages: [(stage: Stage, steps: [NormalizerStep])]
    private let ascii: ASCIITable

    /// - Complexity: O(units of the charsmaps); tables that do not depend on one are made once a process.
    init(_ steps: [NormalizerStep]) {
        self.steps = steps
        stages = Stage.stages(steps)
        ascii = ASCIITable(stages.map(\.stage))
    }

    /// Whether no text is ever changed.
    var isIdentity: Bool { steps.isEmpty }

    /// The normalized text of a range of valid UTF-8 whose first scalar has the index `firstSource`.
    ///
    /// The source of a byte is that of the scalar which the reference aligns it with, or −1 for what it puts before
    /// everything.
    func aligned(_ bytes: Span<UInt8>, _ range: Range<Int>, firstSource: Int) -> AlignedText {
        var text = AlignedText()
        text.bytes.reserveCapacity(range.count)
        text.sources.reserveCapacity(range.count)
        var source = Int32(truncatingIfNeeded: firstSource) - 1
        for index in range {
            if bytes[index] & 0xC0 != 0x80 { source += 1 }
            text.bytes.append(bytes[index])
            text.sources.append(source)
        }
        switch ascii.find(bytes, range) {
        case .same: return text
        case .changed:
            text.bytes.removeAll(keepingCapacity: true)
            ascii.append(bytes, range, to: &text.bytes)
            return text
        case .unknown: break
        }
        for (stage, steps) in stages {
            if stage.leavesUnchanged(text.bytes.span, 0..<text.bytes.count) { continue }
            if let done = stage.aligned(text) {
                text = done
            } else {
                for step in steps { text = step.apply(text) }
            }
        }
        return text
    }

    /// Appends the normalized text of a range of valid UTF-8, or appends nothing and returns false where the steps
    /// have to see more than one scalar at a time.
    func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to out: inout [UInt8]) -> Bool {
        switch ascii.find(bytes, range) {
        case .same:
            out.append(bytes, range)
            return true
        case .changed:
            ascii.append(bytes, range, to: &out)
            return true
        case .unknown: break
        }
        let start = out.count
        var range = range
        // While nothing has changed, the text is where it was, and afterwards behind `start`.
        var isCopied = false
        for (stage, _) in stages {
            if isCopied {
                if stage.leavesUnchanged(out.span, start..<out.count) { continue }
                let text = Array(out[start...])
                out.removeLast(text.count)
                if stage.append(text.span, 0..<text.count, to: &out) { continue }
            } else if case .strip(let left, let right) = stage {
                range = bytes.stripped(range, left: left, right: right)
                continue
            } else {
                if stage.leavesUnchanged(bytes, range) { continue }
                isCopied = true
                if stage.append(bytes, range, to: &out) { continue }
            }
            out.removeLast(out.count - start)
            return false
        }
        if !isCopied { out.append(bytes, range) }
        return true
    }

    /// Whether the normalized text is the text; false where that is not quickly known.
    func leavesUnchanged(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        switch ascii.find(bytes, range) {
        case .same: true
        case .changed: false
        case .unknown: stages.allSatisfy { $0.stage.leavesUnchanged(bytes, range) }
        }
    }
}
