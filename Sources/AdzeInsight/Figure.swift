// Formatting of numbers for pages, infinite ones and NaN included. Not here: the numbers of an axis.

internal import AdzeBytes

/// Numbers as text.
enum Figure {
    /// A number with so many decimals, 6 at most; a sign only where something is left of it.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return plain(value) }
        let factor = (0..<min(digits, 6)).reduce(1.0) { result, _ in result * 10 }
        let scaled = Int((value.magnitude * factor).rounded())
        let (whole, rest) = scaled.quotientAndRemainder(dividingBy: Int(factor))
        let decimals = String(rest)
        let sign = value < 0 && scaled > 0 ? "−" : ""
        return sign + String(whole)
            + (digits <= 0 ? "" : "." + String(repeating: "0", count: min(digits, 6) - decimals.count) + decimals)
    }

    /// 1234567 as `1,234,567`.
    static func grouped(_ number: Int) -> String { groupedDigits(number, minus: "−") }

    /// A number to the nearest whole one, grouped; in few characters where it is beyond `Int`.
    static func grouped(_ number: Double) -> String {
        Int(exactly: number.rounded()).map { grouped($0) } ?? short(number)
    }

    /// A tick of an axis of counts: nothing between whole numbers.
    static func whole(_ number: Double) -> String { number == number.rounded() ? grouped(number) : "" }

    /// A part as a percentage.
    static func percent(_ part: Double, _ digits: Int = 1) -> String { fixed(part * 100, digits) + " %" }

    /// A score or a loss: four decimals, and few characters for one of any other size.
    static func score(_ value: Double) -> String { value.magnitude < 1e6 ? fixed(value, 4) : short(value) }

    /// A number of any size in few characters: `0.00002` as `2e−5`.
    static func short(_ value: Double) -> String {
        let size = value.magnitude
        if value == 0 { return "0" }
        // Powers of ten are exact, or nearly, only within the range of normal numbers.
        guard value.isFinite, size > 1e-300 else { return plain(value) }
        guard size >= 1e5 || size < 1e-3 else {
            return trimmed(fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 4))
        }
        var exponent = decimalExponent(size)
        var mantissa = trimmed(fixed(size / powerOfTen(exponent), 2))
        if mantissa == "10" { (mantissa, exponent) = ("1", exponent + 1) }
        return (value < 0 ? "−" : "") + mantissa + "e" + (exponent < 0 ? "−\(-exponent)" : "\(exponent)")
    }

    /// A coordinate of a drawing: two decimals, an ASCII sign.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e9 else { return "0" }
        let text = trimmed(fixed(value, 2))
        return text.hasPrefix("−") ? "-" + text.dropFirst() : text
    }

    /// The zeros at the end of a decimal fraction left out.
    static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var text = text
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    /// What has no other form, as the language writes it.
    private static func plain(_ value: Double) -> String {
        if value.isInfinite { return value < 0 ? "−∞" : "∞" }
        return "\(value)".replacing("-", with: "−")
    }
}

/// The exponent e for which 10^e ≤ value < 10^(e + 1), of a positive normal number.
func decimalExponent(_ value: Double) -> Int {
    // log10 2 times the binary exponent is at most one too small.
    let exponent = Int((Double(value.exponent) * 0.30102999566398).rounded(.down))
    return powerOfTen(exponent + 1) <= value ? exponent + 1 : exponent
}

/// The number nearest to a power of ten.
func powerOfTen(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? (exponent < 0 ? 0 : .infinity) }
