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

    /// Their bits would pass for floats.
    @Test func wholeNumbersAreNotQuantized() {
        let pool = WorkerPool(threadCount: 1)
        let bytes = [UInt8](repeating: 1, count: 16)
        #expect(
            QuantizedTensor(quantizing: Tensor(dtype: .float32, shape: Shape(2, 2), bytes: bytes), pool: pool) != nil)
        #expect(QuantizedTensor(quantizing: Tensor(dtype: .int32, shape: Shape(2, 2), bytes: bytes), pool: pool) == nil)
    }
}
