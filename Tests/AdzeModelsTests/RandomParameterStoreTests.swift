// Made-up weights: repeatable, of the right shapes, and of the spread that is said.

import AdzeTensors
import Testing

@testable import AdzeModels

@Suite struct RandomParameterStoreTests {
    @Test func weightsAreTheSeedsOwn() throws {
        let config = try #require(EncoderShape.wellKnown("bert-tiny")).shape
        let head = Bert.head(.encoder, config, keepsPooler: true)
        let store = RandomParameterStore(config: config, head: head, seed: 1)
        let other = RandomParameterStore(config: config, head: head, seed: 2)
        let names = config.parameters(head: head).map(\.name)
        #expect(store.tensors.map(\.name) == names)
        var seen: Set<[Float]> = []
        for info in store.tensors {
            let values = try store.load(info.name).floats()
            #expect(try values == store.load(info.name).floats() && values.count == info.shape.count)
            guard info.shape.rank == 2 else { continue }
            #expect(try values != other.load(info.name).floats())
            #expect(seen.insert(Array(values.prefix(4))).inserted, "\(info.name) repeats another")
            let spread = (values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)).squareRoot()
            #expect(abs(spread - 0.02) < 0.002, "\(info.name): \(spread)")
        }
        #expect(throws: CheckpointError.self) { try store.load("pooler.dense.bias.bias") }
    }
}
