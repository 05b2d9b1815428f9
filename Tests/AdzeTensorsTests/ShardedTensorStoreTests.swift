// Shards under an index: one store where they agree, a refusal by name where they do not.

import AdzeBytes
import AdzeTensors
import Testing

@Suite struct ShardedTensorStoreTests {
    /// A store that lists one tensor less than it knows.
    struct Picky: TensorStore {
        struct Unreadable: Error {}
        var tensors: [TensorInfo] { [] }
        var aliases: [String: String] { ["tied": "q"] }
        var unreadable: [String: String] { ["q": "it is quantized"] }
        func load(_ name: String) throws -> Tensor {
            if name == "q" { throw Unreadable() }
            throw MissingTensor(name: name, nearest: nil)
        }
    }

    func tensor(_ value: Float) -> Tensor { Tensor(shape: Shape(1), floats: [value]) }

    func shards() -> [(name: String, store: any TensorStore)] {
        [
            ("one", MemoryTensorStore([("b", tensor(1)), ("a", tensor(2))])),
            ("two", MemoryTensorStore([("c", tensor(3))])),
        ]
    }

    func refusal(_ map: [(tensor: String, shard: String)], _ more: [(name: String, store: any TensorStore)] = [])
        -> ShardError?
    {
        do throws(ShardError) {
            _ = try ShardedTensorStore(weightMap: map, shards: shards() + more)
            return nil
        } catch {
            return error
        }
    }

    @Test func shardsAreOneStore() throws {
        let map = [(tensor: "a", shard: "one"), ("c", "two"), ("b", "one")]
        let store = try ShardedTensorStore(weightMap: map, shards: shards())
        #expect(store.tensors.map(\.name) == ["b", "a", "c"])
        #expect(try store.load("c").floats() == [3] && store.load("a").floats() == [2])
        #expect(store.unindexed.isEmpty)
        #expect(throws: MissingTensor(name: "d", nearest: nil)) { try store.load("d") }
    }

    @Test func tensorsOutsideTheIndexAreThereAndListed() throws {
        let store = try ShardedTensorStore(weightMap: [(tensor: "a", shard: "one")], shards: shards())
        #expect(store.unindexed == ["b", "c"])
        #expect(try store.load("c").floats() == [3])
    }

    @Test func tensorMissingFromItsShard() {
        #expect(refusal([("d", "one")]) == .notInShard(tensor: "d", shard: "one", nearest: nil))
        #expect(
            refusal([("layer.weight", "x")], [("x", MemoryTensorStore([("layer.weigth", tensor(0))]))])
                == .notInShard(tensor: "layer.weight", shard: "x", nearest: "layer.weigth"))
    }

    /// transformers reads every shard whole, whatever the index says of it.
    @Test func tensorInAnotherShardThanTheIndexSays() throws {
        let map = [(tensor: "a", shard: "two"), ("b", "one"), ("c", "one")]
        let store = try ShardedTensorStore(weightMap: map, shards: shards())
        #expect(try store.load("a").floats() == [2] && store.load("c").floats() == [3])
        #expect(store.misplaced.map(\.tensor) == ["a", "c"] && store.misplaced.map(\.shard) == ["one", "two"])
        #expect(store.unindexed.isEmpty)
    }

    @Test func missingShard() {
        #expect(refusal([("a", "three")]) == .noSuchShard(tensor: "a", shard: "three"))
    }

    @Test func duplicateBetweenShards() {
        let again: [(name: String, store: any TensorStore)] = [("three", MemoryTensorStore([("a", tensor(4))]))]
        #expect(refusal([], again) == .inTwoShards(tensor: "a", first: "one", second: "three"))
    }

    @Test func duplicateInTheIndex() {
        #expect(refusal([("a", "one"), ("a", "one")]) == .indexedTwice(tensor: "a"))
    }

    @Test func unreadableTensorKeepsItsReadersWords() throws {
        let map = [(tensor: "q", shard: "picky"), ("a", "one")]
        let store = try ShardedTensorStore(weightMap: map, shards: shards() + [("picky", Picky())])
        #expect(!store.tensors.contains { $0.name == "q" })
        #expect(throws: Picky.Unreadable.self) { try store.load("q") }
        #expect(store.aliases == ["tied": "q"] && store.unreadable == ["q": "it is quantized"])
    }
}
