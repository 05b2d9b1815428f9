// The attention weights of one text, all layers and heads, and what is made of them: means, and how attention adds up from
// layer to layer. Not here: computing them, and which of them a reader looks at.

public import AdzeModels

/// What every token of a text looks at, in each layer and head.
///
/// T tokens, L layers, A heads, which go by their numbers in the whole model; a layer may have lost some. Row q of a matrix holds the weights with which token q looks at each; they sum to 1.
public struct AttentionMap: Sendable {
    /// The T tokens of the model's input.
    public let tokens: [TextToken]
    /// Tokens that did not fit and were cut off.
    public let truncatedTokenCount: Int
    /// A, the heads of a layer of the whole model.
    public let headCount: Int
    /// The heads that layers have lost.
    public let prunedHeads: PrunedHeads
    /// L times (A', T, T), of the heads that the layer has.
    private let weights: [[Float]]
    /// For each layer where a head's weights are among them; nil for one that is lost.
    private let places: [[Int?]]

    /// L.
    public var layerCount: Int { weights.count }
    /// T.
    public var tokenCount: Int { tokens.count }

    package init(
        tokens: [TextToken], truncatedTokenCount: Int, headCount: Int, prunedHeads: PrunedHeads = PrunedHeads(),
        weights: [[Float]]
    ) {
        places = weights.indices.map { layer in
            let lost = Set(prunedHeads.numbers(ofBlock: layer))
            var next = 0
            return (0..<headCount).map { head in
                if lost.contains(head) { return nil }
                next += 1
                return next - 1
            }
        }
        precondition(
            zip(weights, places).allSatisfy { weights, places in
                weights.count == places.count { $0 != nil } * tokens.count * tokens.count
            }, "(A', T, T) a layer")
        self.tokens = tokens
        self.truncatedTokenCount = truncatedTokenCount
        self.headCount = headCount
        self.prunedHeads = prunedHeads
        self.weights = weights
    }

    /// The numbers of the heads that a layer has, ascending.
    public func heads(ofLayer layer: Int) -> [Int] { (0..<headCount).filter { has(head: $0, layer: layer) } }

    /// Whether a layer has a head, or has lost it.
    package func has(head: Int, layer: Int) -> Bool { places[layer][head] != nil }

    /// The T weights with which a token looks at each, of a head or, for nil, the mean of the layer's heads; all numbers
    /// are from 0.
    ///
    /// Throws `AttentionError` for a layer, head or token that is not there.
    public func weights(layer: Int, head: Int?, token: Int) throws(AttentionError) -> [Float] {
        try check(layer: layer, head: head, token: token)
        return row(layer: layer, head: head, token: token)
    }

    /// The weights of a selection; throws as `weights(layer:head:token:)` does.
    public func weights(_ selection: AttentionSelection) throws(AttentionError) -> [Float] {
        try weights(
            layer: selection.layerNumber(of: layerCount), head: selection.head, token: selection.token)
    }

    /// A head's weights, zeros for one that is lost, or for nil the mean of the layer's heads: (T, T).
    package func matrix(layer: Int, head: Int?) -> [Float] {
        let size = tokenCount * tokenCount
        if let head {
            guard let place = places[layer][head] else { return [Float](repeating: 0, count: size) }
            return Array(weights[layer][place * size..<(place + 1) * size])
        }
        return (0..<tokenCount).flatMap { row(layer: layer, head: nil, token: $0) }
    }

    private func check(layer: Int, head: Int?, token: Int) throws(AttentionError) {
        guard (0..<layerCount).contains(layer) else { throw .noSuchLayer(layer, count: layerCount) }
        if let head {
            guard (0..<headCount).contains(head) else { throw .noSuchHead(head, count: headCount) }
            guard has(head: head, layer: layer) else {
                throw .lostHead(head, layer: layer, left: heads(ofLayer: layer))
            }
        }
        guard (0..<tokenCount).contains(token) else { throw .noSuchToken(token, count: tokenCount) }
    }

    /// The same of numbers that were checked.
    package func row(layer: Int, head: Int?, token: Int) -> [Float] {
        func part(_ place: Int) -> ArraySlice<Float> {
            let start = (place * tokenCount + token) * tokenCount
            return weights[layer][start..<start + tokenCount]
        }
        if let place = head.flatMap({ places[layer][$0] }) { return Array(part(place)) }
        let found = places[layer].compactMap { $0 }
        var sums = [Float](repeating: 0, count: tokenCount)
        for place in found {
            for (index, weight) in part(place).enumerated() { sums[index] += weight }
        }
        return sums.map { $0 / Float(found.count) }
    }

    /// Whether every weight is a number.
    package var isFinite: Bool { weights.allSatisfy { $0.allSatisfy(\.isFinite) } }

    // MARK: Rollout

    /// How much of each token's input arrives at a token after the last layer, if attention alone carried it: T values that
    /// sum to 1.
    ///
    /// Each layer passes on half of what its heads' mean brings and half of what was there (the residual), and layers are
    /// multiplied. Throws `AttentionError.noSuchToken`.
    /// - Complexity: O(L · A · T²).
    /// - Source: Abnar and Zuidema (2020), Quantifying Attention Flow in Transformers, arXiv:2005.00928.
    public func rollout(token: Int) throws(AttentionError) -> [Float] {
        guard (0..<tokenCount).contains(token) else { throw .noSuchToken(token, count: tokenCount) }
        var flow = [Float](repeating: 0, count: tokenCount)
        flow[token] = 1
        for layer in weights.indices.reversed() { flow = mixed(flow, matrix(layer: layer, head: nil)) }
        return flow
    }

    /// The same for every token: (T, T).
    ///
    /// - Complexity: O(L · T³).
    package func rollout() -> [Float] {
        var rows = (0..<tokenCount).map { token in
            var row = [Float](repeating: 0, count: tokenCount)
            row[token] = 1
            return row
        }
        for layer in weights.indices.reversed() {
            let mean = matrix(layer: layer, head: nil)
            for token in rows.indices { rows[token] = mixed(rows[token], mean) }
        }
        return rows.flatMap { $0 }
    }

    /// row · (mean + identity) / 2.
    private func mixed(_ row: [Float], _ mean: [Float]) -> [Float] {
        var sums = row
        unsafe mean.withUnsafeBufferPointer { mean in
            unsafe sums.withUnsafeMutableBufferPointer { sums in
                for (token, share) in row.enumerated() where share != 0 {
                    let start = token * row.count
                    for index in 0..<row.count { unsafe sums[index] += share * mean[start + index] }
                }
            }
        }
        return sums.map { $0 / 2 }
    }
}
