// Shapes that cannot overflow and element conversions that are exact.

import AdzeTensors
import Testing

@Suite struct TensorTests {
    @Test func shapeOverflowIsNoShape() {
        #expect(Shape([1 << 62, 4]) == nil)
        #expect(Shape([1 << 62, 4, 0]) == nil)
        #expect(Shape([-1]) == nil)
        #expect(Shape(Array(repeating: 1, count: 9)) == nil)
        #expect(Shape([2, 0])?.count == 0)
        #expect(Shape([])?.count == 1)
        #expect(Shape([2, 3, 4])?.rowLength == 12)
    }

    @Test func everyHalfConvertsAsTheProcessorDoes() {
        for bits in UInt16.min...UInt16.max {
            let ours = Float(halfBits: bits)
            #if !(os(macOS) && arch(x86_64))
            let theirs = Float(Float16(bitPattern: bits))
            #expect(ours.isNaN == theirs.isNaN && (ours.isNaN || ours.bitPattern == theirs.bitPattern))
            #endif
        }
    }

    @Test func elementsBecomeFloats() {
        #expect(Tensor(dtype: .bfloat16, shape: Shape(2), bytes: [0x80, 0x3F, 0x00, 0xC0]).floats() == [1, -2])
        #expect(
            Tensor(dtype: .int64, shape: Shape(1), bytes: [255, 255, 255, 255, 255, 255, 255, 255]).floats() == [-1])
        #expect(Tensor(dtype: .bool, shape: Shape(2), bytes: [0, 1]).floats() == [0, 1])
        #expect(Tensor(shape: Shape(2), floats: [0.5, -1]).floats() == [0.5, -1])
    }

    @Test func missingTensorNamesItsNeighbour() {
        let store = MemoryTensorStore([("pooler.dense.weight", Tensor(shape: Shape(1), floats: [1]))])
        #expect(throws: MissingTensor(name: "pooler.dense.weigth", nearest: "pooler.dense.weight")) {
            try store.load("pooler.dense.weigth")
        }
    }
}
