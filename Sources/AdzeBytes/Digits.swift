// Formatting of numbers, durations in seconds, and trimming of texts, for several modules. Not here: how a page or a
// table shows them.

/// 16 hexadecimal digits.
package func hexDigits(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

/// Bytes as two hexadecimal digits each.
package func hexDigits(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// 1234567 as `1,234,567`.
package func groupedDigits(_ number: Int, minus: String = "-") -> String {
    var digits = Array(String(number.magnitude))
    var position = digits.count - 3
    while position > 0 {
        digits.insert(",", at: position)
        position -= 3
    }
    return (number < 0 ? minus : "") + String(digits)
}

/// A number with so many decimals, 6 at most.
package func rounded(_ value: Double, digits: Int) -> String {
    guard value.isFinite, value.magnitude < 1e12 else { return "\(value)" }
    let digits = min(max(digits, 0), 6)
    let factor = (0..<digits).reduce(1.0) { result, _ in result * 10 }
    let scaled = Int((value.magnitude * factor).rounded())
    let (whole, fraction) = scaled.quotientAndRemainder(dividingBy: Int(factor))
    let text = String(fraction)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return sign + String(whole) + (digits == 0 ? "" : "." + String(repeating: "0", count: digits - text.count) + text)
}

/// `1 text`, `1,000 texts`; a noun that takes more than an s with its plural.
package func counted(_ number: Int, _ noun: String, plural: String? = nil) -> String {
    "\(groupedDigits(number)) \(number == 1 ? noun : plural ?? noun + "s")"
}

/// Bytes as `87 kB`, `433 MB` or `1.2 GB`, in powers of ten.
package func byteSize(_ bytes: Int) -> String {
    switch bytes {
    case ..<1000: "\(bytes) bytes"
    case ..<1_000_000: "\(rounded(Double(bytes) / 1e3, digits: 0)) kB"
    case ..<1_000_000_000: "\(rounded(Double(bytes) / 1e6, digits: bytes < 10_000_000 ? 1 : 0)) MB"
    default: "\(rounded(Double(bytes) / 1e9, digits: 2)) GB"
    }
}

extension Duration {
    /// The duration in seconds.
    package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// The text without white space at either end.
package func trimmed(_ text: some StringProtocol) -> String {
    let scalars = text.unicodeScalars
    // Most texts have none.
    if let first = scalars.first, let last = scalars.last, ("!"..."~").contains(first), ("!"..."~").contains(last) {
        return String(text)
    }
    guard let start = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
        let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(text[start..<scalars.index(after: last)])
}
