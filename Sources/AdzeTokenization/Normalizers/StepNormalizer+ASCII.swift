// Most texts of most files: ASCII of which letters at most change, each to another. One table for all steps tells them.
// Not here: every other text.

extension StepNormalizer {
    /// What all steps together make of each ASCII byte, where its neighbours allow to say it.
    struct ASCIITable: Sendable {
        enum Finding { case same, changed, unknown }

        /// An entry is what the byte becomes, and these.
        private static let unknown: UInt16 = 0x80
        /// Not known where the byte before is the same.
        private static let single: UInt16 = 0x100
        private static let changed: UInt16 = 0x200

        private var entries = [UInt16](repeating: Self.unknown, count: 256)
        /// Whether white space at the ends is removed.
        private var strips = false

        init(_ stages: [Stage]) {
            for stage in stages { if case .strip = stage { strips = true } }
            for byte in UInt8(0)..<0x80 { entries[Int(byte)] = Self.entry(byte, stages) }
        }

        private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

        private static func entry(_ byte: UInt8, _ stages: [Stage]) -> UInt16 {
            var result = byte
            var isSingle = false
            for stage in stages {
                switch stage {
                case .map(let map), .charsmap(_, let map): result = map.ascii[Int(result)]
                case .replace(let matcher, let content):
                    switch matcher.role(of: result, content) {
                    case .none: break
                    case .pair: isSingle = true
                    case .match: return unknown
                    }
                case .strip: break
                case .prepend, .slow: return unknown
                }
                // Were others to change, or letters to be looked for, bytes that differ could become a pair.
                guard result < 0x80, result == byte || isLetter(byte) && isLetter(result) else { return unknown }
                if isSingle, isLetter(byte) { return unknown }
            }
            return UInt16(result) | (isSingle ? single : 0) | (result == byte ? 0 : changed)
        }

        /// Whether the steps leave a range as it is, or only change letters.
        func find(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Finding {
            let entries = entries.span
            if strips, !range.isEmpty {
                let ends = bytes.whitespaceLength(at: range.lowerBound, before: range.upperBound)
                if ends > 0 || bytes[range.upperBound - 1] <= 0x20 { return .unknown }
            }
            var last: UInt8 = 0xFF
            var seen: UInt16 = 0
            for index in range {
                let byte = bytes[index]
                let entry = entries[Int(byte)]
                if entry & (Self.unknown | Self.single) != 0, entry & Self.unknown != 0 || byte == last {
                    return .unknown
                }
                seen |= entry
                last = byte
            }
            return seen & Self.changed == 0 ? .same : .changed
        }

        /// Appends what becomes of a range of which `find` has said it.
        func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to out: inout [UInt8]) {
            let entries = entries.span
            let base = out.count - range.lowerBound
            out.append(contentsOf: repeatElement(0, count: range.count))
            var target = out.mutableSpan
            for index in range { target[base + index] = UInt8(truncatingIfNeeded: entries[Int(bytes[index])]) }
        }
    }
}
