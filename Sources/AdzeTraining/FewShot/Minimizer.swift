// The minimum of a smooth convex function: limited-memory BFGS with a search along each direction, every sum in one order.
//
// Source: Nocedal & Wright, Numerical Optimization, 2nd edition, algorithms 7.4 and 7.5.

/// Limited-memory BFGS.
enum Minimizer {
    /// Steps whose curvature is remembered.
    private static let memory = 20
    private static let mostSteps = 10_000
    /// What every part of the gradient is below at the end, as a share of the greatest at the start.
    private static let tolerance = 1e-10

    /// A step and the change of the gradient over it.
    private struct Curvature {
        let step: [Double]
        let change: [Double]
        let product: Double
    }

    /// The point of least value, searched for from a start.
    ///
    /// Ends where the gradient has vanished, or each part of it is at most `limit`, or where rounding hides any further
    /// descent.
    static func minimum(
        from start: [Double], limit: Double? = nil,
        _ function: ([Double]) -> (value: Double, gradient: [Double])
    ) -> [Double] {
        var (point, history) = (start, [Curvature]())
        var (value, gradient) = function(point)
        let limit = limit ?? tolerance * max(1, greatest(gradient))
        for _ in 0..<mostSteps where greatest(gradient) > limit {
            let direction = self.direction(gradient, history)
            guard let next = search(from: point, value, gradient, direction, isFirst: history.isEmpty, function) else {
                break
            }
            let step = zip(next.point, point).map { $0 - $1 }
            let change = zip(next.gradient, gradient).map { $0 - $1 }
            let product = dot(step, change)
            if product > 0 {
                history.append(Curvature(step: step, change: change, product: product))
                if history.count > memory { history.removeFirst() }
            }
            (point, value, gradient) = (next.point, next.value, next.gradient)
        }
        return point
    }

    /// The two loops: the gradient times the approximate inverse of the Hessian, downwards.
    private static func direction(_ gradient: [Double], _ history: [Curvature]) -> [Double] {
        var direction = gradient.map { -$0 }
        var factors: [Double] = []
        for entry in history.reversed() {
            let factor = dot(entry.step, direction) / entry.product
            factors.append(factor)
            add(&direction, entry.change, -factor)
        }
        if let last = history.last {
            let scale = last.product / dot(last.change, last.change)
            for index in direction.indices { direction[index] *= scale }
        }
        for (entry, factor) in zip(history, factors.reversed()) {
            add(&direction, entry.step, factor - dot(entry.change, direction) / entry.product)
        }
        return direction
    }

    /// The first point along a direction, by halves, that is low enough; nil where none is.
    private static func search(
        from point: [Double], _ value: Double, _ gradient: [Double], _ direction: [Double], isFirst: Bool,
        _ function: ([Double]) -> (value: Double, gradient: [Double])
    ) -> (point: [Double], value: Double, gradient: [Double])? {
        let slope = dot(gradient, direction)
        guard slope < 0 else { return nil }
        var length = isFirst ? min(1, 1 / dot(gradient, gradient).squareRoot()) : 1
        for _ in 0..<60 {
            var next = point
            add(&next, direction, length)
            let found = function(next)
            // Near the end a descent is less than the rounding of the value: there the gradient has to shrink.
            let isLower = found.value <= value + 1e-4 * length * slope
            let isFlat = found.value <= value + 1e-13 * abs(value) && greatest(found.gradient) < greatest(gradient)
            if isLower || isFlat { return (next, found.value, found.gradient) }
            length /= 2
        }
        return nil
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    private static func add(_ target: inout [Double], _ values: [Double], _ factor: Double) {
        for index in target.indices { target[index] += factor * values[index] }
    }

    private static func greatest(_ values: [Double]) -> Double { values.reduce(0) { max($0, abs($1)) } }
}
