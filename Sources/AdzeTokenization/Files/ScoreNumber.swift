// The scores of unigram as `tokenizers` reads them from JSON: its parser rounds a number of more than 15 digits twice, and a
// quarter of a real file's scores end one unit in the last place off. Where two ways to cut a text have the same sum but for
// rounding, that decides. Not here: JSON.
//
// Source: serde_json's `f64_from_parts`, without its feature `float_roundtrip`.

/// A score in a file.
enum ScoreNumber {
    private static let powers: [Double] = (0...308).map { Double("1e\($0)") ?? .infinity }

    /// What the reference makes of a number, given as it is exactly; its digits are the shortest that say it.
    static func read(_ exact: Double) -> Double {
        guard exact.isFinite, exact != 0 else { return exact }
        var (significand, exponent): (UInt64, Int) = (0, 0)
        var (isFraction, isFull) = (false, false)
        let parts = exact.magnitude.description.split(separator: "e")
        for character in parts[0].utf8 {
            if character == UInt8(ascii: ".") {
                isFraction = true
                continue
            }
            // A tail of ".0" is how Swift writes a whole number.
            let digit = UInt64(character &- UInt8(ascii: "0"))
            let (product, isOver) = significand.multipliedReportingOverflow(by: 10)
            let (sum, isOverToo) = product.addingReportingOverflow(digit)
            isFull = isFull || isOver || isOverToo
            if isFull {
                if !isFraction { exponent += 1 }
            } else {
                significand = sum
                if isFraction { exponent -= 1 }
            }
        }
        if parts.count > 1 { exponent += Int(parts[1]) ?? 0 }
        let value = scaled(Double(significand), exponent)
        return exact.sign == .minus ? -value : value
    }

    private static func scaled(_ significand: Double, _ exponent: Int) -> Double {
        var (value, exponent) = (significand, exponent)
        while exponent < -308, value != 0 {
            value /= 1e308
            exponent += 308
        }
        let power = powers[min(abs(exponent), 308)]
        return exponent < 0 ? value / power : value * power
    }

    /// The number to write so that the reference reads a score: itself, or one a few units beside it.
    static func written(_ score: Double) -> Double {
        if read(score) == score { return score }
        var (above, below) = (score, score)
        for _ in 0..<4 {
            (above, below) = (above.nextUp, below.nextDown)
            if read(above) == score { return above }
            if read(below) == score { return below }
        }
        return score
    }
}
