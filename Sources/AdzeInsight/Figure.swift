// Numbers as a page writes them.

/// Numbers as text.
enum Figure {
    /// A number with so many decimals; a sign only where something is left of it.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "\(value)" }
        let factor = (0..<digits).reduce(1.0) { result, _ in result * 10 }
        let scaled = Int((value.magnitude * factor).rounded())
        let (whole, rest) = scaled.quotientAndRemainder(dividingBy: Int(factor))
        let decimals = String(rest)
        let sign = value < 0 && scaled > 0 ? "−" : ""
        return sign + String(whole)
            + (digits == 0 ? "" : "." + String(repeating: "0", count: digits - decimals.count) + decimals)
    }

    /// 1234567 as `1,234,567`.
    static func grouped(_ number: Int) -> String {
        var digits = Array(String(number.magnitude))
        var position = digits.count - 3
        while position > 0 {
            digits.insert(",", at: position)
            position -= 3
        }
        return (number < 0 ? "−" : "") + String(digits)
    }

    /// A part as a percentage.
    static func percent(_ part: Double, _ digits: Int = 1) -> String { fixed(part * 100, digits) + " %" }

    /// A number of any size in few characters: `0.00002` as `2e−5`.
    static func short(_ value: Double) -> String {
        let size = value.magnitude
        if value == 0 { return "0" }
        if size >= 1e5 || size < 1e-3 {
            var (mantissa, exponent) = (value, 0)
            while mantissa.magnitude >= 9.9995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
            while mantissa.magnitude < 0.99995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
            return trimmed(fixed(mantissa, 2)) + "e" + (exponent < 0 ? "−\(-exponent)" : "\(exponent)")
        }
        return trimmed(fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 4))
    }

    /// A coordinate of a drawing: two decimals, an ASCII sign.
    static func coordinate(_ value: Double) -> String {
        let text = trimmed(fixed(value, 2))
        return text.hasPrefix("−") ? "-" + text.dropFirst() : text
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var text = text
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }
}

/// Round numbers that divide a range for an axis.
struct Ticks {
    /// The numbers, ascending.
    let values: [Double]
    /// The range that they span.
    let low: Double
    let high: Double

    /// About `count` ticks around `low...high`, at steps of 1, 2 or 5 times a power of ten.
    init(_ low: Double, _ high: Double, count: Int = 5) {
        let span = high > low ? high - low : max(low.magnitude, 1)
        var step = 1.0
        while step > span / Double(count) { step /= 10 }
        while step * 10 <= span / Double(count) { step *= 10 }
        for factor in [1.0, 2, 5, 10] where span / (step * factor) <= Double(count) {
            step *= factor
            break
        }
        let first = (low / step).rounded(.down)
        var last = (high / step).rounded(.up)
        if last <= first { last = first + 1 }
        values = stride(from: first, through: last, by: 1).map { $0 * step }
        (self.low, self.high) = (first * step, last * step)
    }

    /// A range that is given, with its own ends.
    init(from low: Double, to high: Double, steps: Int) {
        values = (0...steps).map { low + (high - low) * Double($0) / Double(steps) }
        (self.low, self.high) = (low, high)
    }
}
