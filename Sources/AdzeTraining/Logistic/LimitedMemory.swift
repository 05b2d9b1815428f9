// The minimum of a smooth convex function by L-BFGS. Not here: what is minimised.

/// L-BFGS: Nocedal and Wright 2006, "Numerical Optimization", algorithms 7.4 and 7.5, with backtracking to Armijo's condition.
enum LimitedMemory {
    /// Where the search ended.
    struct Result {
        let point: [Double]
        let value: Double
        let steps: Int
        /// Whether the gradient is small enough there; else the steps ran out, or rounding left none that leads down.
        let hasConverged: Bool
    }

    /// How many steps are remembered.
    private static let memory = 10
    /// How often a step is halved before there is none.
    private static let halvings = 40

    /// The minimum of a function that gives its value at a point and writes its gradient, from zero.
    static func minimum(
        count: Int, tolerance: Double, stepLimit: Int,
        of function: (_ point: [Double], _ gradient: inout [Double]) -> Double
    ) -> Result {
        var point = [Double](repeating: 0, count: count)
        var gradient = point
        var value = function(point, &gradient)
        var past: [(step: [Double], change: [Double], curvature: Double)] = []
        var steps = 0
        while largest(gradient) > tolerance, steps < stepLimit {
            let direction = direction(gradient, past)
            let slope = dot(direction, gradient)
            var length = past.isEmpty ? 1 / max(largest(gradient), 1) : 1
            var (next, nextGradient, nextValue) = (point, gradient, Double.infinity)
            var tries = 0
            repeat {
                for index in 0..<count { next[index] = point[index] + length * direction[index] }
                nextValue = function(next, &nextGradient)
                length /= 2
                tries += 1
            } while !(nextValue <= value + 1e-4 * 2 * length * slope) && tries < halvings
            guard nextValue < value else { break }
            let step = zip(next, point).map { $0 - $1 }
            let change = zip(nextGradient, gradient).map { $0 - $1 }
            let curvature = dot(step, change)
            // Of a convex function it is positive, but for rounding, which must not turn the direction round.
            if curvature > 1e-12 * dot(change, change) { past.append((step, change, curvature)) }
            if past.count > memory { past.removeFirst() }
            (point, gradient, value) = (next, nextGradient, nextValue)
            steps += 1
        }
        return Result(point: point, value: value, steps: steps, hasConverged: largest(gradient) <= tolerance)
    }

    /// The direction from the gradient and the past steps, by the two loops.
    private static func direction(
        _ gradient: [Double], _ past: [(step: [Double], change: [Double], curvature: Double)]
    ) -> [Double] {
        var direction = gradient.map { -$0 }
        var shares: [Double] = []
        for one in past.reversed() {
            let share = dot(one.step, direction) / one.curvature
            shares.append(share)
            for index in direction.indices { direction[index] -= share * one.change[index] }
        }
        if let last = past.last {
            let scale = last.curvature / dot(last.change, last.change)
            for index in direction.indices { direction[index] *= scale }
        }
        for (one, share) in zip(past, shares.reversed()) {
            let correction = share - dot(one.change, direction) / one.curvature
            for index in direction.indices { direction[index] += correction * one.step[index] }
        }
        return direction
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    private static func largest(_ values: [Double]) -> Double { values.reduce(0) { max($0, abs($1)) } }
}
