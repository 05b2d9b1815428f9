// Kernels on operands that end, or begin, at a page that may not be touched: nothing is read or written beyond what the
// contract in ckernels.h names, and the results are those of the scalar kernels on memory with room around it, which the
// other suites hold against the plain definitions. Each runs in a process of its own, which a fault ends.

import AdzeBytes
import AdzeTestSupport
import CKernels
import Testing

@testable import AdzeKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct GuardedKernelTests {
    @Test(arguments: InstructionSet.available, GuardedKernel.allCases)
    func nothingBeyondItsOperandsIsTouched(set: InstructionSet, kernel: GuardedKernel) async {
        await #expect(processExitsWith: .success, "\(set) \(kernel)") {
            [set = set.rawValue as String, kernel = kernel.rawValue as String] in
            let set = try #require(InstructionSet(rawValue: set)),
                kernel = try #require(GuardedKernel(rawValue: kernel))
            let expected = kernel.run(Kernels(.scalar).table, nil)
            for side in GuardSide.allCases { #expect(kernel.run(Kernels(set).table, side) == expected, "\(side)") }
        }
    }

    @Test func everyKernelOfTheTableIsAmongThem() {
        let pointer = MemoryLayout<UnsafeRawPointer>.size
        #expect(MemoryLayout<ck_kernels>.size == (1 + GuardedKernel.allCases.count) * pointer)
    }

    @Test(arguments: GuardSide.allCases)
    func aByteBeyondAGuardedBufferIsAFault(side: GuardSide) async {
        for count in [0, 1, 4096, 5000] {
            await #expect(processExitsWith: .signal(SIGSEGV), "\(count)") {
                [side = side.rawValue as String, count = count as Int] in
                let side = try #require(GuardSide(rawValue: side))
                let array = GuardedArray([UInt8](repeating: 1, count: count), at: side)
                #expect(array.values.count == count)
                array.base[side == .end ? count : -1] = 2
            }
        }
    }

    @Test(arguments: GuardSide.allCases)
    func aByteWrittenAtTheOtherEndIsSeen(side: GuardSide) {
        let pages = GuardedPages(byteCount: 10, at: side)
        let bytes = UnsafeMutableRawBufferPointer(start: pages.base, count: 10)
        #expect(bytes.allSatisfy { $0 == 0 } && pages.isIntact)
        for index in bytes.indices { bytes[index] = 7 }
        #expect(pages.isIntact)
        let place = side == .end ? -1 : 10, before = pages.base.load(fromByteOffset: place, as: UInt8.self)
        pages.base.storeBytes(of: 0, toByteOffset: place, as: UInt8.self)
        #expect(!pages.isIntact)
        pages.base.storeBytes(of: before, toByteOffset: place, as: UInt8.self)
        pages.unmap()
    }
}
