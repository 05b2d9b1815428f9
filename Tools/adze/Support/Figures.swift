// Numbers as a person reads them.

extension Duration {
    /// The duration in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// 1234567 as `1,234,567`.
func grouped(_ number: Int) -> String {
    var digits = Array(String(number.magnitude))
    var position = digits.count - 3
    while position > 0 {
        digits.insert(",", at: position)
        position -= 3
    }
    return (number < 0 ? "-" : "") + String(digits)
}

/// A number to the nearest whole one, grouped; as it is where it is beyond `Int`.
func grouped(_ number: Double) -> String { Int(exactly: number.rounded()).map { grouped($0) } ?? "\(number)" }

/// `1 text`, `1,000 texts`.
func counted(_ number: Int, _ noun: String) -> String { "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")" }

/// A number with so many decimals, 6 at most.
func rounded(_ value: Double, digits: Int) -> String {
    guard value.isFinite, value.magnitude < 1e12 else { return "\(value)" }
    let digits = min(max(digits, 0), 6)
    let factor = (0..<digits).reduce(1.0) { result, _ in result * 10 }
    let scaled = Int((value.magnitude * factor).rounded())
    let (whole, fraction) = scaled.quotientAndRemainder(dividingBy: Int(factor))
    let text = String(fraction)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return sign + String(whole) + (digits == 0 ? "" : "." + String(repeating: "0", count: digits - text.count) + text)
}

/// Bytes as `87 kB`, `433 MB` or `1.2 GB`, in powers of ten.
func byteSize(_ bytes: Int) -> String {
    switch bytes {
    case ..<1000: "\(bytes) bytes"
    case ..<1_000_000: "\(rounded(Double(bytes) / 1e3, digits: 0)) kB"
    case ..<1_000_000_000: "\(rounded(Double(bytes) / 1e6, digits: bytes < 10_000_000 ? 1 : 0)) MB"
    default: "\(rounded(Double(bytes) / 1e9, digits: 2)) GB"
    }
}
