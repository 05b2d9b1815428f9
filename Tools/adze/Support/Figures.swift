// Numbers as a person reads them.

internal import AdzeBytes

/// 1234567 as `1,234,567`.
func grouped(_ number: Int) -> String { groupedDigits(number) }

/// A number to the nearest whole one, grouped; as it is where it is beyond `Int`.
func grouped(_ number: Double) -> String { Int(exactly: number.rounded()).map { grouped($0) } ?? "\(number)" }

/// Bytes as `87 kB`, `433 MB` or `1.2 GB`, in powers of ten.
func byteSize(_ bytes: Int) -> String {
    switch bytes {
    case ..<1000: "\(bytes) bytes"
    case ..<1_000_000: "\(rounded(Double(bytes) / 1e3, digits: 0)) kB"
    case ..<1_000_000_000: "\(rounded(Double(bytes) / 1e6, digits: bytes < 10_000_000 ? 1 : 0)) MB"
    default: "\(rounded(Double(bytes) / 1e9, digits: 2)) GB"
    }
}
