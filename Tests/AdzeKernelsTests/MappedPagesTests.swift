// Memory straight from the system: zeros, on a large page's boundary where large pages are asked for, and all of it ours.

import AdzeBytes
import Testing

@testable import AdzeKernels

@Suite struct MappedPagesTests {
    static let largePage = 2 << 20

    @Test(arguments: [0, 1, 4096, 700_000])
    func buffersOfLargePagesAreZerosToTheLastValue(first: Int) {
        for count in [first + 1, first + 524_288, first + 524_289, first + 1_600_000] {
            let buffer = FloatBuffer(zeroPages: count, largePagesFrom: first)
            #expect(buffer.base[0] == 0 && buffer.base[first] == 0 && buffer.base[count - 1] == 0)
            buffer.base[0] = 2
            buffer.base[count - 1] = 1
            #expect(buffer.values(count - 1..<count) == [1])
        }
    }

    @Test func largeMappingsBeginOnALargePage() {
        for size in [MappedPagesTests.largePage, 3 * MappedPagesTests.largePage + 1, 40 << 20] {
            let pages = (0..<4).map { _ in MappedPages(byteCount: size, largeFrom: 0) }
            for page in pages {
                #expect(Int(bitPattern: page.base) % MappedPagesTests.largePage == 0)
                page.base.storeBytes(of: 7, toByteOffset: size - 1, as: UInt8.self)
            }
            for page in pages { page.unmap() }
        }
    }

    @Test func nothingIsStillABuffer() {
        #expect(FloatBuffer(zeroPages: 0, largePagesFrom: 0).values(0..<0).isEmpty)
        #expect(FloatBuffer(zeroPages: 0).count == 0)
    }
}
