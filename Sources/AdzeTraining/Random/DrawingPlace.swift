// Where a run draws. Not here: the numbers, which are AdzeBytes' `CounterGenerator`'s.

/// The places of the program that draw, beyond those that dropout has in a model (which count up from 0).
enum DrawingPlace {
    static let examples: UInt32 = 0xFFFF_0000
    static let pooler: UInt32 = 0xFFFF_0001
    static let batches: UInt32 = 0xFFFF_0002
    static let pairs: UInt32 = 0xFFFF_0003
    static let alikePairs: UInt32 = 0xFFFF_0004
    static let otherPairs: UInt32 = 0xFFFF_0005
    static let groupLabels: UInt32 = 0xFFFF_0006
    static let groupTexts: UInt32 = 0xFFFF_0007
    static let halves: UInt32 = 0xFFFF_0008
}
