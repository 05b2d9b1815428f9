// What a header says of the elements of a matrix whose codes lie beyond ±127. Not here: which elements get such codes
// (`OutlierCoding.swift`).

import AdzeBytes
import AdzeTensors

extension NativeHeader {
    /// The lowest version that can say what the header says.
    var version: UInt32 {
        tensors.contains {
            if case .int8(_, _, let outliers) = $0.scheme { !outliers.isEmpty } else { false }
        } ? 2 : 1
    }

    /// A list of pairs: element and code.
    static func json(_ outliers: [CodeOutlier]) -> JSONValue {
        .array(outliers.map { .array([.integer($0.index), .integer(Int($0.code))]) })
    }

    /// The outliers of a matrix, at least one: in the order of their elements, with codes that no byte has, and no row of
    /// which could sum up to more than 32 bits hold.
    static func outliers(_ values: [JSONValue], shape: Shape, _ path: String) throws(NativeError) -> [CodeOutlier] {
        func refuse(_ expected: String, _ found: String) -> NativeError {
            .headerField(path, expected: expected, found: found)
        }
        guard (1...OutlierCoding.mostPerTensor).contains(values.count) else {
            throw refuse("1 to \(OutlierCoding.mostPerTensor) outliers, or no such field", "\(values.count)")
        }
        var outliers: [CodeOutlier] = []
        var (row, sum) = (-1, 0)
        for value in values {
            guard let pair = value.array, pair.count == 2, let index = pair[0].integer, let code = pair[1].integer
            else {
                throw refuse("pairs of whole numbers", value.kindName)
            }
            guard index > (outliers.last?.index ?? -1), index < shape.count else {
                throw refuse("elements in their order, below \(shape.count)", "\(index)")
            }
            let allowed = CodeOutlier.magnitudes
            guard let code = Int32(exactly: code), allowed.contains(Int32(clamping: code.magnitude)) else {
                throw refuse("codes from ±\(allowed.lowerBound) to ±\(allowed.upperBound)", "\(code)")
            }
            if index / shape[1] != row { (row, sum) = (index / shape[1], 127 * shape[1]) }
            sum += Int(code.magnitude)
            guard sum <= OutlierCoding.mostPerRow else {
                throw refuse("codes that sum to at most \(OutlierCoding.mostPerRow) in a row", "more in row \(row)")
            }
            outliers.append(CodeOutlier(index: index, code: code))
        }
        return outliers
    }
}
