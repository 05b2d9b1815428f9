// Round numbers that divide a range for an axis: few and ascending, whatever the range.

/// Round numbers that divide a range for an axis.
struct Ticks {
    /// The largest magnitude of a number that is drawn: sums and products of a chart stay finite.
    static let limit = 1e300

    /// The numbers, ascending.
    let values: [Double]
    /// The range that they span.
    let low: Double
    let high: Double
    /// Decimals that tell neighbours apart; nil where a tick is not written with them.
    private let decimals: Int?

    /// About `count` ticks around `low...high`, at steps of 1, 2 or 5 times a power of ten.
    init(_ low: Double, _ high: Double, count: Int = 5) {
        let low = Ticks.drawn(low)
        let high = max(Ticks.drawn(high), low)
        let size = max(low.magnitude, high.magnitude)
        // Steps below the resolution of the numbers themselves would lead nowhere.
        let span = max(high > low ? max(high - low, size * 1e-9) : max(size, 1), 1e-290)
        let exponent = decimalExponent(span / Double(count))
        let unit = powerOfTen(exponent)
        let step = unit * ([1.0, 2, 5].first { span / (unit * $0) <= Double(count) } ?? 10)
        let first = (low / step).rounded(.down)
        let last = max((high / step).rounded(.up), first + 1)
        values = stride(from: first, through: last, by: 1).map { $0 * step }
        (self.low, self.high) = (first * step, last * step)
        decimals = (-3...3).contains(exponent) && size < 1e12 ? max(0, -exponent) : nil
    }

    /// A range that is given, with its own ends.
    init(from low: Double, to high: Double, steps: Int) {
        values = (0...steps).map { low + (high - low) * Double($0) / Double(steps) }
        (self.low, self.high) = (low, high)
        decimals = nil
    }

    /// A tick as it is written.
    func label(_ value: Double) -> String {
        guard let decimals else { return Figure.short(value) }
        if decimals == 0, value.magnitude >= 1e4 { return Figure.grouped(value) }
        return Figure.trimmed(Figure.fixed(value, decimals))
    }

    /// A number as far as it can be drawn.
    static func drawn(_ value: Double) -> Double { value.isNaN ? 0 : min(max(value, -limit), limit) }
}
