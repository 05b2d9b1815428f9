// Numbers as a person reads them.

internal import Adze

/// 1234567 as `1,234,567`.
func grouped(_ number: Int) -> String { groupedDigits(number) }

/// A number to the nearest whole one, grouped; as it is where it is beyond `Int`.
func grouped(_ number: Double) -> String { Int(exactly: number.rounded()).map { grouped($0) } ?? "\(number)" }

/// Points of a score that were lost, as a gain with its sign: `-1.26`, `+0.50`.
func points(lost drop: Double) -> String { (drop < 0 ? "+" : "") + rounded(0 - drop, digits: 2) }
