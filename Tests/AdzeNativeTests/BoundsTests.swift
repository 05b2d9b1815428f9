// Checks whose absence shows in no file's refusal, only in memory that is read and was not meant: asked for directly.

import AdzeTensors
import AdzeThreads
import Testing

@testable import AdzeNative

@Suite struct BoundsTests {
    @Test func noBitsAreTakenBehindTheEnd() {
        let memory = [UInt8](repeating: 0xFF, count: 2 + FloatCoding.slack)
        memory.withUnsafeBytes { bytes in
            var reader = BitReader(UnsafeRawBufferPointer(rebasing: bytes[..<2]))
            reader.skip(16)
            #expect(reader.peek() != nil)
            reader.skip(1)
            #expect(reader.peek() == nil && reader.problemAtEnd != nil)
        }
    }

    /// Whole numbers would pass for floats; a vector and an empty matrix have no rows to scale.
    @Test func onlyMatricesOfFloatsAreQuantized() {
        let pool = WorkerPool(threadCount: 1)
        func isQuantized(_ dtype: DType, _ shape: Shape) -> Bool {
            let bytes = [UInt8](repeating: 1, count: shape.count * dtype.size)
            return QuantizedTensor(quantizing: Tensor(dtype: dtype, shape: shape, bytes: bytes), pool: pool) != nil
        }
        #expect(isQuantized(.float32, Shape(2, 2)))
        #expect(!isQuantized(.int32, Shape(2, 2)))
        #expect(!isQuantized(.float32, Shape(4)))
        #expect(!isQuantized(.float32, Shape(2, 2, 1)))
        #expect(!isQuantized(.float32, Shape(0, 2)))
    }
}
