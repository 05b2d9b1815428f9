// A reader as libFuzzer and the replay see it: a name, and a function of bytes that throws where a property does not
// hold. Not here: the properties, which are in a file for each reader.

/// One reader with the properties that must hold of it for every input.
public struct FuzzTarget: Sendable {
    /// The reader's name, which is also that of its corpus and of its program `fuzz-NAME`.
    public let name: String
    private let check: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, _ check: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.check = check
    }

    /// Every target.
    public static let all: [FuzzTarget] = [
        json, safetensors, zip, pickle, native, tokenizer, sentencepiece, csv, jsonl, workerstream,
    ]

    /// Throws a `Violation` where a property does not hold of these bytes.
    ///
    /// A build of the fuzzer also measures what is allocated meanwhile.
    public func run(_ bytes: [UInt8]) throws {
        #if FUZZING
        try AllocationMeter.measured(inputSize: bytes.count) { try check(bytes) }
        #else
        try check(bytes)
        #endif
    }

    /// What `LLVMFuzzerTestOneInput` does with its input: a violation is a crash, so that the input is kept.
    public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        do {
            // A copy of its own: the sanitizer then sees a read past its end.
            try run(Array(UnsafeBufferPointer(start: start, count: count)))
            return 0
        } catch {
            fatalError("\(error)")
        }
    }
}

/// A property that does not hold.
public struct Violation: Error, CustomStringConvertible {
    /// What should have been.
    public let description: String
}

/// Throws a violation unless the property holds.
func require(_ holds: Bool, _ property: @autoclosure () -> String) throws(Violation) {
    guard holds else { throw Violation(description: property()) }
}
